// Rows that were cut, torn, shifted or wrong: named with line and reason, and the others are read.
#include <gmock/gmock.h>

#include "emissions_text.hpp"
#include "foreign/emissions_file.hpp"

namespace gramme::foreign {
namespace {

using testing::Changes;
using ::testing::HasSubstr;
using testing::kHeader38;
using testing::kId;
using testing::row38;
using testing::row_without;

EmissionsFile parsed(const std::string& text) {
    auto file = parse_emissions(kHeader38 + "\n" + text);
    EXPECT_TRUE(file) << file.error().what;
    return file ? *std::move(file) : EmissionsFile{};
}

/// The reason why this one row is not taken; "" where it is.
std::string reason_of(const std::string& row) {
    const EmissionsFile file = parsed(row + row38());
    EXPECT_EQ(file.rows.size() + file.rejected.size(), 2U) << row;
    return file.rejected.empty() ? "" : file.rejected.front().reason;
}

TEST(EmissionsDamage, ALineThatStopsIsNotTakenInPart) {
    std::string line = row38();
    line.pop_back();
    for (std::size_t size = 1; size < line.size(); ++size) {
        const EmissionsFile file = parsed(line.substr(0, size));
        EXPECT_TRUE(file.rows.empty()) << line.substr(0, size);
        EXPECT_EQ(file.rejected.size(), 1U) << line.substr(0, size);
    }
}

TEST(EmissionsDamage, AnEndedLineThatStopsIsNotTakenInPart) {
    std::string line = row38();
    line.resize(line.size() - 5);  // "...,N,1.0\n": wue is missing
    EXPECT_THAT(reason_of(line + "\n"), HasSubstr("37 fields under a header of 38: the line may be cut"));
    EXPECT_THAT(reason_of(line.substr(0, 100) + row38()), HasSubstr("fields under a header of 38"));
}

TEST(EmissionsDamage, AnOpenQuoteDoesNotTakeTheNextRows) {
    const EmissionsFile file =
        parsed("2024-03-01T10:00:00,\"be\n" + row38() + row38({{"project_name", "\"b\""}}));
    ASSERT_EQ(file.rows.size(), 2U);
    ASSERT_EQ(file.rejected.size(), 1U);
    EXPECT_EQ(file.rejected[0].line, 2U);
    EXPECT_THAT(file.rejected[0].reason, HasSubstr("a quote is opened and not closed"));
}

TEST(EmissionsDamage, BlocksOfNulBytesAreNamed) {
    EXPECT_EQ(reason_of(std::string(40, '\0') + "\n"), "it holds NUL bytes");
}

TEST(EmissionsDamage, AnEndlessLineIsNamedAndTheNextOnesAreRead) {
    std::string commas = row38();
    commas.pop_back();
    commas += std::string(std::size_t{2} << 20U, ',') + "\n";
    const EmissionsFile file = parsed(row38() + commas + row38());
    EXPECT_EQ(file.rows.size(), 2U);
    ASSERT_EQ(file.rejected.size(), 1U);
    EXPECT_EQ(file.rejected[0].line, 3U);
    EXPECT_THAT(file.rejected[0].reason, HasSubstr("longer than 1 MiB"));
    EXPECT_THAT(file.rejected[0].fields, ::testing::Contains(kId)) << "it may be a later row of that run";
    const auto header = parse_emissions(kHeader38 + std::string(std::size_t{2} << 20U, ',') + "\n" + row38());
    ASSERT_FALSE(header);
    EXPECT_THAT(header.error().what, HasSubstr("line 1 is longer than 1 MiB"));
}

TEST(EmissionsDamage, AFileOfNothingButRubbishIsGivenUp) {
    std::string text = kHeader38 + "\n" + row38();
    for (std::size_t i = 0; i <= kMostRejected; ++i) {
        text += "x\n";
    }
    const auto file = parse_emissions(text);
    ASSERT_FALSE(file);
    EXPECT_EQ(file.error().code, Code::kOutOfRange);
    EXPECT_THAT(file.error().what, HasSubstr("10000 lines that cannot be taken, the first in line 3"));
}

TEST(EmissionsDamage, AnIdIsNoStory) {
    EXPECT_THAT(reason_of(row38({{"run_id", std::string(300, 'a')}})),
                HasSubstr("run_id: it has more than 256"));
}

TEST(EmissionsDamage, WhatCannotStandInAColumnIsNamed) {
    const std::vector<std::pair<Changes, std::string>> cases{
        {{{"duration", "an hour"}}, "duration: 'an hour' is no number"},
        {{{"duration", ""}}, "duration: it is empty"},
        {{{"timestamp", "yesterday"}}, "timestamp: 'yesterday' is no time"},
        {{{"cpu_energy", "-1e-3"}}, "cpu_energy: '-1e-3' is below 0"},
        {{{"energy_consumed", "nan"}}, "energy_consumed: 'nan' is no number"},
        {{{"emissions", "inf"}}, "emissions: 'inf' is no number"},
        {{{"pue", "0.5"}}, "pue: '0.5' is no PUE"},
        {{{"on_cloud", "maybe"}}, "on_cloud: 'maybe' is neither Y nor N"},
        {{{"energy_consumed", "0.5"}}, "energy_consumed is 0.5 kWh, its parts are 0.33"},
        {{{"emissions", "19.8"}}, "emissions are 19.8 kg of 0.33 kWh: no grid is like that"},
        {{{"duration", "0"}}, "energy was used in no time"},
        {{{"duration", "1e12"}}, "longer than CodeCarbon exists"},
        {{{"run_id", ""}, {"experiment_id", ""}}, "neither run_id nor experiment_id"}};
    for (const auto& [changes, reason] : cases) {
        EXPECT_THAT(reason_of(row38(changes)), HasSubstr(reason));
    }
}

TEST(EmissionsDamage, EveryRowWithoutItsEmptyColumnsComesBack) {
    const std::vector<std::vector<std::string>> ways{
        {"region"},
        {"longitude", "latitude"},
        {"region", "longitude", "latitude"},
        {"region", "gpu_count", "gpu_model", "longitude", "latitude"},
        {"country_name", "country_iso_code", "region"},
        {"cpu_model", "region"}};
    for (const auto& way : ways) {
        const EmissionsFile file = parsed(row_without(way));
        ASSERT_EQ(file.rows.size(), 1U)
            << way.front() << (file.rejected.empty() ? "" : file.rejected[0].reason);
        EXPECT_EQ(file.rows[0].at(Column::kOs), "Linux-6.1.0");
        EXPECT_EQ(file.rows[0].at(Column::kRamTotalSize), "62.5");
        EXPECT_EQ(file.rows[0].at(Column::kPue), "1.0");
        for (const std::string& name : way) {
            EXPECT_EQ(file.rows[0].at(*column_named(name)), "") << name;
        }
    }
}

TEST(EmissionsDamage, TheRowComesBackAfterPandasHasFilledItUp) {
    // CodeCarbon's update mode reads the short row and writes it with empty fields at its end.
    std::string line = row_without({"region", "longitude", "latitude"});
    line.insert(line.size() - 1, ",,,");
    const EmissionsFile file = parsed(line);
    ASSERT_EQ(file.rows.size(), 1U);
    EXPECT_EQ(file.rows[0].at(Column::kOnCloud), "N");
    EXPECT_EQ(file.rows[0].at(Column::kOs), "Linux-6.1.0");
}

TEST(EmissionsDamage, ARowThatFitsInTwoWaysIsNotGuessed) {
    // "gcp" and "usa" may be the cloud, or the country that was lost.
    EXPECT_THAT(reason_of(row_without({"country_name", "country_iso_code", "region"},
                                      {{"cloud_provider", "gcp"}, {"cloud_region", "usa"}})),
                HasSubstr("more than one way"));
}

TEST(EmissionsDamage, ARowInAnotherOrderThanItsHeaderIsPutUnderTheRightNames) {
    // wue stands first in the header; releases from 3.0 compared sorted names and appended in their own
    // order.
    const std::string other = "wue," + kHeader38.substr(0, kHeader38.size() - 4);
    const auto file = parse_emissions(other + "\n" + row38());
    ASSERT_TRUE(file);
    ASSERT_EQ(file->rows.size(), 1U);
    EXPECT_EQ(file->rows[0].at(Column::kTimestamp), "2024-03-01T11:00:00");
    EXPECT_EQ(file->rows[0].at(Column::kRunId), kId);
    EXPECT_EQ(file->rows[0].at(Column::kPue), "1.0");
    EXPECT_THAT(file->notes.at(0), HasSubstr("in another order than its header"));
}

TEST(EmissionsDamage, UnknownsAreNotZero) {
    const EmissionsFile file = parsed(row38({{"gpu_energy", ""}, {"emissions", ""}, {"water_consumed", ""}}));
    ASSERT_EQ(file.rows.size(), 1U);
    EXPECT_EQ(file.rows[0].at(Column::kGpuEnergy), "");
    EXPECT_EQ(file.rows[0].at(Column::kEmissions), "");
}

}  // namespace
}  // namespace gramme::foreign
