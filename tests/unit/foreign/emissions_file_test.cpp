#include "foreign/emissions_file.hpp"

#include <gmock/gmock.h>

#include <algorithm>

#include "emissions_text.hpp"

namespace gramme::foreign {
namespace {

using ::testing::ElementsAre;
using testing::fixture;
using ::testing::HasSubstr;
using testing::kHeader38;
using testing::kId;
using testing::row38;

EmissionsFile parsed(const std::string& text) {
    auto file = parse_emissions(text);
    EXPECT_TRUE(file) << file.error().what;
    return file ? *std::move(file) : EmissionsFile{};
}

TEST(EmissionsFile, ReadsEveryGenerationOfHeaders) {
    for (const char* generation : {"0.1", "1.2", "2.0", "2.2", "2.3", "2.8", "3.0", "3.2"}) {
        const EmissionsFile file = parsed(fixture(std::string{generation} + ".csv"));
        ASSERT_EQ(file.rows.size(), 1U) << generation;
        EXPECT_TRUE(file.rejected.empty()) << generation << file.rejected.front().reason;
        const EmissionsRow& row = file.rows.front();
        EXPECT_EQ(row.line, 2U);
        EXPECT_EQ(row.at(Column::kProjectName), "bert") << generation;
        EXPECT_EQ(row.at(Column::kDuration), "3600") << generation;
        EXPECT_EQ(row.at(Column::kEmissions), "0.0198") << generation;
        EXPECT_EQ(row.at(Column::kEnergyConsumed), "0.33") << generation;
        EXPECT_EQ(row.at(Column::kCountryIsoCode), "FRA") << generation;
        EXPECT_EQ(row.at(Column::kOnCloud), "N") << generation;
    }
}

TEST(EmissionsFile, SaysWhatAGenerationDoesNotKnow) {
    const EmissionsRow old = parsed(fixture("2.2.csv")).rows.at(0);
    EXPECT_FALSE(old.names(Column::kPue));
    EXPECT_TRUE(old.names(Column::kRunId));
    EXPECT_TRUE(parsed(fixture("2.3.csv")).rows.at(0).names(Column::kPue));
}

TEST(EmissionsFile, TakesABomCrlfAndQuotedFields) {
    const EmissionsFile file =
        parsed("\xEF\xBB\xBF" + kHeader38 + "\r\n" + row38({{"project_name", "\"bert, \"\"large\"\"\""}}));
    ASSERT_EQ(file.rows.size(), 1U);
    EXPECT_EQ(file.rows[0].at(Column::kProjectName), "bert, \"large\"");
}

TEST(EmissionsFile, TakesLinesThatEndWithCr) {
    std::string text = kHeader38 + "\n" + row38() + row38({{"project_name", "\"two\nlines\""}});
    std::replace(text.begin(), text.end(), '\n', '\r');
    // A program that knows nothing of it appends.
    const EmissionsFile file = parsed(text + row38());
    EXPECT_TRUE(file.rejected.empty()) << file.rejected.front().reason;
    ASSERT_EQ(file.rows.size(), 3U);
    EXPECT_EQ(file.rows[1].at(Column::kProjectName), "two\nlines");
    EXPECT_EQ(file.rows[1].line, 3U);
    EXPECT_EQ(file.rows[2].line, 5U);
    // One inside of a line of another file is a character.
    EXPECT_EQ(
        parsed(kHeader38 + "\n" + row38({{"project_name", "a\rb"}})).rows.at(0).at(Column::kProjectName),
        "a\rb");
}

TEST(EmissionsFile, TakesAQuotedFieldOfSeveralLines) {
    const EmissionsFile file =
        parsed(kHeader38 + "\n" + row38({{"project_name", "\"two\nlines\""}}) + row38());
    ASSERT_EQ(file.rows.size(), 2U);
    EXPECT_EQ(file.rows[0].at(Column::kProjectName), "two\nlines");
    EXPECT_EQ(file.rows[1].line, 4U);
}

TEST(EmissionsFile, Latin1BecomesUtf8) {
    const EmissionsFile file = parsed(kHeader38 + "\n" +
                                      row38({{"region",
                                              "qu\xE9"
                                              "bec"}}));
    ASSERT_EQ(file.rows.size(), 1U);
    EXPECT_EQ(file.rows[0].at(Column::kRegion), "québec");
}

TEST(EmissionsFile, AHeaderInTheMiddleHoldsForWhatFollows) {
    const EmissionsFile file = parsed(fixture("1.2.csv") + kHeader38 + "\n" + row38());
    ASSERT_EQ(file.rows.size(), 2U);
    EXPECT_TRUE(file.rejected.empty());
    EXPECT_FALSE(file.rows[0].names(Column::kPue));
    EXPECT_EQ(file.rows[1].at(Column::kRunId), kId);
    EXPECT_EQ(file.rows[1].at(Column::kPue), "1.0");
}

TEST(EmissionsFile, OtherColumnsAreLeftAlone) {
    const EmissionsFile file = parsed("mine," + kHeader38 + "\nanything," + row38());
    ASSERT_EQ(file.rows.size(), 1U);
    EXPECT_EQ(file.rows[0].at(Column::kRunId), kId);
}

TEST(EmissionsFile, AnotherFileIsRefused) {
    for (const char* text : {"", "\n\n", "a,b\n1,2\n", "not a table"}) {
        const auto file = parse_emissions(text);
        ASSERT_FALSE(file) << text;
        EXPECT_EQ(file.error().code, Code::kMalformed);
    }
    const auto twice = parse_emissions("timestamp,duration,energy_consumed,duration\n");
    ASSERT_FALSE(twice);
    EXPECT_THAT(twice.error().what, HasSubstr("duration twice"));
}

TEST(EmissionsFile, RealRowsOf330ArePutBackInPlace) {
    const EmissionsFile file = parsed(fixture("3.3.0.csv"));  // 38, then 35 fields
    ASSERT_EQ(file.rows.size(), 6U);
    EXPECT_TRUE(file.rejected.empty());
    EXPECT_EQ(file.notes.size(), 5U);
    EXPECT_THAT(file.notes[0],
                HasSubstr("line 3: written without its empty columns region, longitude, latitude"));
    for (const EmissionsRow& row : file.rows) {
        EXPECT_EQ(row.at(Column::kOs), "Linux-6.1.0-x86_64-with-glibc2.36");
        EXPECT_EQ(row.at(Column::kRamTotalSize), "23.540576934814453");
        EXPECT_EQ(row.at(Column::kOnCloud), "N");
        EXPECT_EQ(row.at(Column::kPue), "1.0");
        EXPECT_EQ(row.at(Column::kLongitude), "");
    }
}

}  // namespace
}  // namespace gramme::foreign
