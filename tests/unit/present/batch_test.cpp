#include "present/batch.hpp"

#include <gmock/gmock.h>

namespace gramme::present {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const std::vector<BatchGroup> kGroups{{"a,b", 1234, 2, 2000.0, 2400.0, {960.0, 500.0, 1800.0}},
                                      {"none", 0, 3, 0.0, 0.0, {}}};

TEST(Batch, TheLineOfAllRows) {
    EXPECT_EQ(batch_line(kGroups[0]), "1,234 rows: 2 MWh, 1.0 t CO2e (0.5 to 1.8); 2 rows without a figure");
    EXPECT_EQ(batch_line(kGroups[1]), "0 rows; 3 rows without a figure");  // unknown is not zero
}

TEST(Batch, CsvHasAllDigitsAndEmptyCellsForWhatIsUnknown) {
    EXPECT_EQ(batch_csv(kGroups, "team"),
              "team,rows,rows_without,energy_kwh,facility_energy_kwh,operational_kgco2e,operational_low,"
              "operational_high\n"
              "\"a,b\",1234,2,2000,2400,960,500,1800\nnone,0,3,,,,,\n");
}

TEST(Batch, ALongTableSaysHowManyAreLeft) {
    const auto text = batch_table(kGroups, "team", 1, {});
    ASSERT_TRUE(text);
    EXPECT_THAT(*text, HasSubstr("1 more groups: --summary FILE"));
    EXPECT_THAT(*text, Not(HasSubstr("none")));
}

}  // namespace
}  // namespace gramme::present
