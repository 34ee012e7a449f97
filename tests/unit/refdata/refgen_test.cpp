// The generator as a program, and what it leaves in the library.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

struct Ran {
    int status = -1;
    std::string output;  ///< stdout and stderr
};

Ran run(const std::string& command) {
    Ran ran;
    std::FILE* pipe = ::popen((command + " 2>&1").c_str(), "r");
    if (pipe == nullptr) {
        return ran;
    }
    std::array<char, 4'096> buffer{};
    while (const std::size_t size = std::fread(buffer.data(), 1, buffer.size(), pipe)) {
        ran.output.append(buffer.data(), size);
    }
    ran.status = WEXITSTATUS(::pclose(pipe));
    return ran;
}

std::string text_of(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    return std::move(text).str();
}

/// The header stays first.
void reverse_rows(const fs::path& path) {
    std::istringstream in(text_of(path));
    std::vector<std::string> lines;
    for (std::string line; std::getline(in, line);) {
        lines.push_back(line);
    }
    std::reverse(lines.begin() + 1, lines.end());
    std::ofstream out(path, std::ios::binary);
    for (const std::string& line : lines) {
        out << line << '\n';
    }
}

const fs::path kData = fs::path(GRAMME_SOURCE_DIR) / "data";

/// A copy of data/ that a test may spoil.
class Refgen : public ::testing::Test {
protected:
    void SetUp() override {
        std::string name = (fs::temp_directory_path() / "gramme-refgen-XXXXXX").string();
        ASSERT_NE(::mkdtemp(name.data()), nullptr);
        folder_ = name;
        for (const auto& file : fs::directory_iterator(kData)) {
            fs::copy(file.path(), folder_ / file.path().filename());
        }
    }
    void TearDown() override { fs::remove_all(folder_); }

    void append(const std::string& file, const std::string& line) const {
        std::ofstream(folder_ / file, std::ios::app) << line << '\n';
    }
    [[nodiscard]] Ran check() const {
        return run(std::string(GRAMME_REFGEN) + " --check " + folder_.string());
    }

    fs::path folder_;
};

TEST_F(Refgen, AcceptsTheTables) {
    const Ran ran = check();
    EXPECT_EQ(ran.status, 0) << ran.output;
    EXPECT_EQ(ran.output, "");
}

TEST_F(Refgen, RefusesAShareAlikeSource) {
    append("sources.csv", "odbl,A table,Someone,2025,ODbL-1.0,yes,https://example.org/,");
    const Ran ran = check();
    EXPECT_EQ(ran.status, 65);
    EXPECT_THAT(ran.output, HasSubstr(":share_alike: data under a share-alike licence"));
}

TEST_F(Refgen, RefusesASourceThatNoRowNames) {
    append("sources.csv", "idle,A table,Someone,2025,MIT,no,https://example.org/,");
    EXPECT_THAT(check().output, HasSubstr(":source: no row names this source"));
}

TEST_F(Refgen, RefusesBadRowsWithFileLineAndColumn) {
    append("pue.csv", "nobody,,2025,nan,0.04,reported,uptime_survey,");
    const Ran ran = check();
    EXPECT_EQ(ran.status, 65);
    EXPECT_THAT(ran.output, HasSubstr("/pue.csv:155:pue: \"nan\" is not a number"));
}

TEST_F(Refgen, RefusesALifecycleIntensityOfZero) {
    append("grid_intensity.csv",
           "FRA,1990,0,lifecycle,production,co2e,0,mirror-crosschecked,owid_ember_2026,");
    const Ran ran = check();
    EXPECT_EQ(ran.status, 65);
    EXPECT_THAT(ran.output, HasSubstr("/grid_intensity.csv:"));
    EXPECT_THAT(ran.output, HasSubstr(":gco2e_per_kwh: a lifecycle intensity of 0"));
}

TEST_F(Refgen, RefusesAKeyThatStandsTwice) {
    append("grid_zones.csv", "FRA,FR,FRA,country,France,iso_3166");
    EXPECT_THAT(check().output, HasSubstr("grid_zones.csv:384:zone: the key \"FRA\" stands already"));
}

TEST_F(Refgen, RefusesOverlappingSteppings) {
    append("cpu_microarchitectures.csv", "GenuineIntel,6,85,7,7,other,linux_intel_family");
    EXPECT_THAT(check().output, HasSubstr(":stepping_min: overlaps"));
}

TEST_F(Refgen, MissingTableIsMissingInput) {
    fs::remove(folder_ / "cpus.csv");
    EXPECT_EQ(check().status, 66);
}

TEST_F(Refgen, UsageIsSixtyFour) {
    EXPECT_EQ(run(GRAMME_REFGEN).status, 64);
    EXPECT_EQ(run(std::string(GRAMME_REFGEN) + " --out").status, 64);
}

TEST_F(Refgen, WritesTheSameFileFromRowsInAnotherOrder) {
    const auto generate = [&](const char* name) {
        const std::string out = (folder_ / name).string();
        const Ran ran = run(std::string(GRAMME_REFGEN) + " --out " + out + " " + folder_.string());
        EXPECT_EQ(ran.status, 0) << ran.output;
        return text_of(out);
    };
    const std::string first = generate("a.cpp");
    EXPECT_GT(first.size(), 100'000U);
    for (const auto& file : fs::directory_iterator(kData)) {
        if (file.path().extension() == ".csv") {
            reverse_rows(folder_ / file.path().filename());
        }
    }
    EXPECT_TRUE(first == generate("b.cpp"));  // not EXPECT_EQ: a megabyte in a message helps nobody
}

TEST(SourcesPage, IsMadeFromTheTable) {
    const Ran ran = run(std::string(GRAMME_REFGEN) + " --sources-md " + kData.string());
    EXPECT_EQ(ran.status, 0);
    EXPECT_EQ(ran.output, text_of(kData / "SOURCES.md")) << "run: refgen --sources-md data > data/SOURCES.md";
}

TEST(CompiledTables, NeedNoRelocation) {
    if (run("command -v readelf").status != 0) {
        GTEST_SKIP() << "readelf is not installed";
    }
    const Ran ran = run(std::string("readelf -SW ") + GRAMME_REFDATA_LIBRARY);
    ASSERT_EQ(ran.status, 0);
    const std::size_t begin = ran.output.find("compiled_tables.cpp.o)");
    ASSERT_NE(begin, std::string::npos);
    const std::string sections = ran.output.substr(begin, ran.output.find("\nFile:", begin) - begin);
    EXPECT_THAT(sections, HasSubstr(" .rodata"));
    EXPECT_EQ(sections.find(".rela.rodata"), std::string::npos) << sections;
    EXPECT_EQ(sections.find(".data.rel.ro"), std::string::npos) << sections;
}

}  // namespace
