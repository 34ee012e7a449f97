// gramme runs import: files of CodeCarbon into the store of the real program.
#include <gmock/gmock.h>

#include "sandbox.hpp"

namespace gramme::testing {
namespace {

std::string fixture(const std::string& name) {
    return std::string{GRAMME_SOURCE_DIR} + "/tests/fixtures/codecarbon/" + name;
}

class Import : public Integration {};

TEST_F(Import, TimesAreThoseOfThisMachineWhereNobodySaysOtherwise) {
    box.env["TZ"] = "CET-1CEST,M3.5.0,M10.5.0/3";
    ASSERT_EQ(box.gramme({"runs", "import", fixture("3.2.csv")}).exit_code, 0);
    const Json winter = box.show("00000000-0000-4000-8000-000000000008");
    EXPECT_EQ(text_of(winter["run"], "started_at"),
              "2024-03-01T09:00:00Z");  // written at 11:00 after an hour, CET
    EXPECT_THAT(winter["run"]["warnings"].dump(), ::testing::HasSubstr("taken as UTC+01:00"));
    std::string summer = file_text(fixture("3.2.csv"));
    summer.replace(summer.find("2024-03-01"), 10, "2024-07-01");
    summer.replace(summer.find("000000000008"), 12, "000000000018");
    write_file(box.path("work/summer.csv"), summer);
    ASSERT_EQ(box.gramme({"runs", "import", "summer.csv"}).exit_code, 0);
    EXPECT_EQ(text_of(box.show("00000000-0000-4000-8000-000000000018")["run"], "started_at"),
              "2024-07-01T08:00:00Z");
}

TEST_F(Import, OfOurOwnRowFindsTheRunThatIsThere) {
    box.use_fixture("vm");
    ASSERT_EQ(box.run({"--pue", "1.5", "--region", "FRA"}, {"sleep", "0.3"}).exit_code, 0);
    const Json measured = box.result();
    const Outcome again = box.gramme({"runs", "import", "emissions.csv"});
    EXPECT_EQ(again.exit_code, 0) << again.err;
    EXPECT_THAT(again.err, ::testing::HasSubstr("0 runs imported, 1 run in the store already"));
    // In another store it is the same energy and carbon, but for a rounding.
    const std::string store = "sqlite:" + box.path("other.db");
    ASSERT_EQ(box.gramme({"runs", "import", "emissions.csv", "--store", store}).exit_code, 0);
    const Outcome shown =
        box.gramme({"runs", "show", text_of(measured["run"], "id"), "--store", store, "--json"});
    const Json imported = Json::parse(shown.out);
    EXPECT_NEAR(joules_of(imported), joules_of(measured), 1e-6 * joules_of(measured));
    EXPECT_NEAR(imported["operational_kgco2e"]["value"].get<double>(),
                measured["operational_kgco2e"]["value"].get<double>(),
                1e-6 * measured["operational_kgco2e"]["value"].get<double>());
    EXPECT_EQ(imported["quality"], "assumed") << "the row does not say how it was known";
}

TEST_F(Import, ABadFileEndsWith65AndTheOthersAreIn) {
    write_file(box.path("work/torn.csv"), file_text(fixture("2.3.csv")).substr(0, 500));
    write_file(box.path("work/none.csv"), "not a table\n");
    const Outcome outcome = box.gramme({"runs", "import", "torn.csv", "none.csv", fixture("2.0.csv")});
    EXPECT_EQ(outcome.exit_code, 65) << outcome.err;
    EXPECT_THAT(outcome.err, ::testing::HasSubstr("torn.csv:2: not imported"));
    EXPECT_THAT(outcome.err, ::testing::HasSubstr("none.csv:1: not imported"));
    EXPECT_EQ(box.runs().size(), 1U);
}

}  // namespace
}  // namespace gramme::testing
