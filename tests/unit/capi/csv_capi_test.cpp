// Rows of emissions.csv through include/gramme.h.
#include <gramme.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace {

class CsvCapi : public ::testing::Test {
protected:
    void SetUp() override {
        std::string name = (std::filesystem::temp_directory_path() / "gramme-csv-XXXXXX").string();
        ASSERT_NE(::mkdtemp(name.data()), nullptr);
        folder = name;
        path = folder + "/emissions.csv";
        ::setenv("XDG_DATA_HOME", folder.c_str(), 1);
        ::setenv("XDG_RUNTIME_DIR", folder.c_str(), 1);
    }
    void TearDown() override { std::filesystem::remove_all(folder); }
    [[nodiscard]] std::string text() const {
        std::ifstream file{path, std::ios::binary};
        return {std::istreambuf_iterator<char>{file}, {}};
    }
    int put(const char* row, const char* key = nullptr) {
        return gramme_csv_put(path.c_str(), "run_id,emissions", row, key, nullptr, &error);
    }
    std::string folder, path;
    gramme_error error{};
};

TEST_F(CsvCapi, AppendsOrTakesThePlaceOfTheRunsOwnRow) {
    EXPECT_EQ(put("a,1"), GRAMME_OK) << error.what;
    EXPECT_EQ(put("\"b, 2\",1"), GRAMME_OK) << error.what;
    EXPECT_EQ(put("a,2"), GRAMME_OK) << error.what;
    EXPECT_EQ(text(), "run_id,emissions\na,1\n\"b, 2\",1\na,2\n");
    EXPECT_EQ(put("a,3", "run_id"), GRAMME_OK) << error.what;
    EXPECT_EQ(text(), "run_id,emissions\n\"b, 2\",1\na,3\n");
}

TEST_F(CsvCapi, SaysWhereTheRowIs) {
    std::ofstream{path} << "another,header\n";
    char* written = nullptr;
    ASSERT_EQ(gramme_csv_put(path.c_str(), "run_id,emissions", "a,1", nullptr, &written, &error), GRAMME_OK);
    EXPECT_EQ(std::string{written}, folder + "/emissions-gramme.csv");
    gramme_text_free(written);
    EXPECT_EQ(text(), "another,header\n");
}

TEST_F(CsvCapi, RefusesWhatMakesNoSense) {
    EXPECT_EQ(put("a,1,2"), GRAMME_USAGE);
    EXPECT_EQ(put("a,1\nb,2"), GRAMME_USAGE);
    EXPECT_EQ(put("\"a,1"), GRAMME_MALFORMED);
    EXPECT_EQ(put("a,1", "id"), GRAMME_USAGE);
    EXPECT_STREQ(error.what, "key: the header has no column 'id'");
    EXPECT_EQ(gramme_csv_put(path.c_str(), nullptr, "a", nullptr, nullptr, &error), GRAMME_USAGE);
    EXPECT_EQ(gramme_csv_put(nullptr, "a", "a", nullptr, nullptr, nullptr), GRAMME_USAGE);
    EXPECT_FALSE(std::filesystem::exists(path));
    path = folder + "/nowhere/emissions.csv";
    EXPECT_EQ(put("a,1"), GRAMME_IO);
}

TEST_F(CsvCapi, ARowOfATrackerHasTheColumnsAndItsId) {
    constexpr const char* kId = "01a21682-7af1-73a8-8f0f-3efbb7a2e666";
    gramme_settings* settings = gramme_settings_new();
    for (const auto& [name, value] :
         {std::pair{"config", "none"}, {"csv", "none"}, {"store", "none"}, {"join", "never"}, {"id", kId}}) {
        ASSERT_EQ(gramme_settings_set(settings, name, value, &error), GRAMME_OK) << error.what;
    }
    EXPECT_EQ(gramme_settings_set(settings, "id", "run-7", &error), GRAMME_USAGE);
    gramme_tracker* tracker = nullptr;
    ASSERT_EQ(gramme_tracker_start(settings, &tracker, &error), GRAMME_OK) << error.what;
    gramme_settings_free(settings);
    EXPECT_STREQ(gramme_tracker_run_id(tracker), kId);
    const std::string header = gramme_emissions_header();
    EXPECT_EQ(std::count(header.begin(), header.end(), ','), 37);
    for (const bool at_the_end : {false, true}) {
        if (at_the_end) {
            ASSERT_EQ(gramme_tracker_stop(tracker, &error), GRAMME_OK) << error.what;
        }
        char* row = nullptr;
        ASSERT_EQ(gramme_tracker_emissions(tracker, &row, &error), GRAMME_OK) << error.what;
        EXPECT_NE(std::string{row}.find(kId), std::string::npos) << row;
        EXPECT_EQ(gramme_csv_put(path.c_str(), header.c_str(), row, "run_id", nullptr, &error), GRAMME_OK)
            << error.what;
        gramme_text_free(row);
    }
    const std::string kept = text();
    EXPECT_EQ(std::count(kept.begin(), kept.end(), '\n'), 2);  // the header and one row
    EXPECT_EQ(gramme_tracker_emissions(tracker, nullptr, &error), GRAMME_USAGE);
    gramme_tracker_free(tracker);
    EXPECT_EQ(gramme_tracker_emissions(nullptr, nullptr, nullptr), GRAMME_USAGE);
}

}  // namespace
