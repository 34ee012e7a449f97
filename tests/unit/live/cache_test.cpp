#include "live/cache.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>

#include "live/cache_folder.hpp"

namespace gramme::live {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::int64_t kHour = 3600;
constexpr std::int64_t kDay = 24 * kHour;
constexpr std::int64_t kStart = 1'767'225'600;  // 2026-01-01T00:00:00Z

Query piece() {
    return {Provider::kElectricityMaps, "FR", "lifecycle", Span{kStart, kStart + 2 * kHour}};
}
std::vector<Point> points() {
    return {{kStart, kStart + kHour, 56.25, Knowledge::kMeasured},
            {kStart + kHour, kStart + 2 * kHour, 41.0, Knowledge::kEstimated}};
}

TEST(Kept, IsReadBackAsItWasWritten) {
    const auto kept = read_kept(kept_text(piece(), "", {points(), kStart + kDay}), piece(), "");
    ASSERT_TRUE(kept) << kept.error().what;
    EXPECT_EQ(kept->fetched_s, kStart + kDay);
    ASSERT_EQ(kept->points.size(), 2U);
    EXPECT_EQ(kept->points[0].gco2e_per_kwh, 56.25);
    EXPECT_EQ(kept->points[1].from_s, kStart + kHour);
    EXPECT_EQ(kept->points[1].knowledge, Knowledge::kEstimated);
}

TEST(Kept, IsOfOnePieceProviderBasisAndServerOnly) {
    const std::string text = kept_text(piece(), "", {points(), kStart});
    std::vector<Query> others(4, piece());
    others[0].zone = "DE";
    others[1].basis = "direct";
    others[2].span->until_s += kHour;
    others[3].provider = Provider::kWattTime;
    for (const Query& other : others) {
        EXPECT_FALSE(read_kept(text, other, ""));
        EXPECT_NE(kept_name(other, ""), kept_name(piece(), ""));
    }
    EXPECT_FALSE(read_kept(text, piece(), "https://proxy.example.org"));
    EXPECT_NE(kept_name(piece(), "https://proxy.example.org"), kept_name(piece(), ""));
    EXPECT_EQ(kept_name(piece(), ""), "electricitymaps-FR-lifecycle-20260101T00-20260101T02.json");
}

TEST(Kept, RefusesADamagedText) {
    const std::string text = kept_text(piece(), "", {points(), kStart});
    for (std::size_t size = 0; size + 2 < text.size(); ++size) {
        EXPECT_FALSE(read_kept(text.substr(0, size), piece(), "")) << size;
    }
    const auto with = [&](const std::string& from, const std::string& to) {
        std::string changed = text;
        const std::size_t at = changed.find(from);
        EXPECT_NE(at, std::string::npos) << from;
        return changed.replace(at, from.size(), to);
    };
    for (const auto& [from, to] :
         std::vector<std::pair<std::string, std::string>>{{"56.25", "-1"},
                                                          {"56.25", "1e99"},
                                                          {"56.25", "\"56\""},
                                                          {"56.25", "null"},
                                                          {"56.25,0", "56.25,9"},
                                                          {"56.25,0", "56.25,0.5"},
                                                          {"cache/1", "cache/2"},
                                                          {"1767225600,", "1e30,"},
                                                          {"[1767225600", "[1767999999"},
                                                          {"\"points\"", "\"values\""},
                                                          {"[[", "[7,["}}) {
        EXPECT_FALSE(read_kept(with(from, to), piece(), "")) << from << " -> " << to;
    }
}

TEST(Kept, RefusesATextThatNestsDeeply) {
    // Copying what it says of "schema" would call itself 3,000,000 times.
    const std::size_t levels = 3'000'000;
    const std::string deep =
        R"({"schema":)" + std::string(levels, '[') + std::string(levels, ']') + R"(,"points":[]})";
    const auto kept = read_kept(deep, piece(), "");
    ASSERT_FALSE(kept);
    EXPECT_THAT(kept.error().what, HasSubstr("nests"));
}

TEST(Kept, IsFreshForFiveMinutes) {
    const Kept kept{points(), kStart + 3 * kHour};
    EXPECT_TRUE(is_usable(kept, piece(), kept.fetched_s));
    EXPECT_TRUE(is_usable(kept, piece(), kept.fetched_s + 299));
    EXPECT_FALSE(is_usable(kept, piece(), kept.fetched_s + 300));
    EXPECT_FALSE(is_usable(kept, piece(), kept.fetched_s - 1)) << "a clock that went back";
}

TEST(Kept, HoldsForGoodOnceItIsSettled) {
    const std::int64_t settled = kStart + 2 * kHour + kSettledAfterS;
    EXPECT_TRUE(is_usable({points(), settled}, piece(), settled + 1000 * kDay));
    EXPECT_FALSE(is_usable({points(), settled - 1}, piece(), settled + 1000 * kDay));
}

TEST(Kept, IsAskedForAgainWhereItHasAHoleOrAForecast) {
    const std::int64_t settled = kStart + 10 * kDay;
    std::vector<Point> hole = points();
    hole.erase(hole.begin());
    EXPECT_FALSE(is_usable({hole, settled}, piece(), settled + kDay));
    std::vector<Point> short_end = points();
    short_end.pop_back();
    EXPECT_FALSE(is_usable({short_end, settled}, piece(), settled + kDay));
    std::vector<Point> forecast = points();
    forecast[0].knowledge = Knowledge::kForecast;
    EXPECT_FALSE(is_usable({forecast, settled}, piece(), settled + kDay));
}

TEST(Kept, OfTheNewestValueHoldsForFiveMinutesOnly) {
    Query newest = piece();
    newest.span.reset();
    EXPECT_TRUE(is_usable({points(), kStart}, newest, kStart + 299));
    EXPECT_FALSE(is_usable({points(), kStart}, newest, kStart + 300));
}

class CacheFolder : public ::testing::Test {
protected:
    CacheFolder() {
        std::string name = (fs::temp_directory_path() / "gramme-cache-XXXXXX").string();
        EXPECT_NE(::mkdtemp(name.data()), nullptr);
        base = name;
    }
    ~CacheFolder() override { fs::remove_all(base); }
    [[nodiscard]] std::string folder() const { return base / "made/gramme/intensity"; }
    static unsigned mode_of(const std::string& path) {
        struct stat status {};
        EXPECT_EQ(::stat(path.c_str(), &status), 0) << path;
        return status.st_mode & 0777U;
    }
    fs::path base;
    std::vector<std::string> warnings;
};

TEST_F(CacheFolder, KeepsForNobodyElse) {
    const Cache cache{folder()};
    cache.keep(piece(), "", {points(), kStart}, warnings);
    EXPECT_THAT(warnings, IsEmpty());
    EXPECT_EQ(mode_of(folder()), 0700U);
    EXPECT_EQ(mode_of(folder() + "/" + kept_name(piece(), "")), 0600U);
    const auto found = cache.find(piece(), "", kStart + 1, warnings);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->size(), 2U);
    EXPECT_FALSE(cache.find(piece(), "", kStart + 300, warnings));
    EXPECT_EQ(std::distance(fs::directory_iterator{folder()}, {}), 1) << "nothing is left beside it";
}

TEST_F(CacheFolder, IsNotStoppedByWhatAKilledWriterLeft) {
    const Cache cache{folder()};
    fs::create_directories(folder());
    const std::string name = folder() + "/" + kept_name(piece(), "");
    for (const std::string& left : {name + "." + std::to_string(::getpid()) + ".part", name + ".part"}) {
        std::ofstream{left} << "half a fi";
    }
    cache.keep(piece(), "", {points(), kStart}, warnings);
    EXPECT_THAT(warnings, IsEmpty());
    EXPECT_TRUE(cache.find(piece(), "", kStart, warnings));
}

TEST_F(CacheFolder, LosesWhatCanNoLongerBeUsed) {
    const Cache cache{folder()};
    fs::create_directories(folder() + "/neso-a-folder.json");
    const auto written = [&](const std::string& name, std::int64_t at_s) {
        const std::string path = folder() + "/" + name;
        std::ofstream{path} << "{}";
        const timespec times[2] = {{at_s, 0}, {at_s, 0}};
        EXPECT_EQ(::utimensat(AT_FDCWD, path.c_str(), times, 0), 0);
    };
    const std::int64_t now_s = kStart + 10 * kDay;
    const std::int64_t old_s = now_s - kDay - 1;  // 2026-01-09T23:59:59Z: until 2026-01-07T23 is settled
    const std::vector<std::string> stale{"neso-GB-direct-20260101T00-20260108T00.json",
                                         "neso-GB-direct-20260101T00-20260109T05.json",
                                         "watttime-CAISO_NORTH-direct-20260101T00-20260109T05-0a1b2c3d.json",
                                         "neso-GB-direct-latest.json",
                                         "electricitymaps-FR-direct-latest-0a1b2c3d.json",
                                         "neso-GB-direct-20260101T00-20260102T00.json.4711.part"};
    const std::vector<std::string> useful{"neso-GB-direct-20260101T00-20260107T23.json",
                                          "watttime-CAISO_NORTH-direct-20260101T00-20260107T23-0a1b2c3d.json",
                                          "notes.json", "neso-GB-direct-latest.txt"};
    for (const auto& names : {stale, useful}) {
        for (const std::string& name : names) {
            written(name, old_s);
        }
    }
    written("neso-GB-direct-20260101T00-20260109T06.json", old_s + 1);
    fs::create_symlink("notes.json", folder() + "/neso-GB-marginal-latest.json");
    cache.keep(piece(), "", {points(), now_s}, warnings);
    for (const std::string& name : stale) {
        EXPECT_FALSE(fs::exists(folder() + "/" + name)) << name;
    }
    for (const std::string& name : useful) {
        EXPECT_TRUE(fs::exists(folder() + "/" + name)) << name;
    }
    EXPECT_TRUE(fs::exists(folder() + "/neso-GB-direct-20260101T00-20260109T06.json")) << "a day old";
    EXPECT_TRUE(fs::exists(folder() + "/neso-GB-marginal-latest.json")) << "a link";
    EXPECT_TRUE(cache.find(piece(), "", now_s, warnings)) << "what was just kept";
    EXPECT_THAT(warnings, IsEmpty());
}

TEST_F(CacheFolder, LooksAtAHundredFilesAtATime) {
    fs::create_directories(folder());
    constexpr std::int64_t kFiles = 250;
    for (std::int64_t i = 0; i < kFiles; ++i) {
        std::ofstream{folder() + "/neso-Z" + std::to_string(i) + "-direct-latest.json"} << "{}";
    }
    const auto left = [&] { return std::distance(fs::directory_iterator{folder()}, {}); };
    const std::int64_t later_s = ::time(nullptr) + 2 * kDay;
    remove_stale(folder(), later_s);
    EXPECT_EQ(left(), kFiles - 100);
    remove_stale(folder(), later_s + 1);
    remove_stale(folder(), later_s + 2);
    EXPECT_EQ(left(), 0);
    remove_stale(folder() + "/absent", later_s);
}

TEST_F(CacheFolder, PassesOverADamagedFileWithAWarning) {
    const Cache cache{folder()};
    cache.keep(piece(), "", {points(), kStart}, warnings);
    std::ofstream{folder() + "/" + kept_name(piece(), "")} << "{\"schema\":";
    EXPECT_FALSE(cache.find(piece(), "", kStart, warnings));
    EXPECT_THAT(warnings, ElementsAre(HasSubstr("is passed over")));
}

TEST_F(CacheFolder, SaysOnceThatItCannotWrite) {
    std::ofstream{base / "made"} << "a file where the folder should be";
    const Cache cache{folder()};
    cache.keep(piece(), "", {points(), kStart}, warnings);
    cache.keep(piece(), "", {points(), kStart}, warnings);
    EXPECT_THAT(warnings, ElementsAre(HasSubstr("nothing is kept in")));
    EXPECT_FALSE(cache.find(piece(), "", kStart, warnings));
}

TEST_F(CacheFolder, NeverLooksIntoARelativeFolder) {
    for (const char* name : {"", "gramme/intensity"}) {
        const Cache cache{name};
        cache.keep(piece(), "", {points(), kStart}, warnings);
        EXPECT_FALSE(cache.find(piece(), "", kStart, warnings));
        EXPECT_FALSE(fs::exists("gramme/intensity"));
    }
    EXPECT_THAT(warnings, IsEmpty());
}

}  // namespace
}  // namespace gramme::live
