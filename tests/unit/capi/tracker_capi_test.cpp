// The functions of include/gramme.h as a program calls them, arguments that make no sense included.
#include <dirent.h>
#include <gramme.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

namespace {

class TrackerCapi : public ::testing::Test {
protected:
    void SetUp() override {
        std::string name = (std::filesystem::temp_directory_path() / "gramme-capi-XXXXXX").string();
        ASSERT_NE(::mkdtemp(name.data()), nullptr);
        folder = name;
        ::setenv("XDG_DATA_HOME", folder.c_str(), 1);
        ::setenv("XDG_RUNTIME_DIR", folder.c_str(), 1);
        settings = gramme_settings_new();
        for (const auto& [key, value] : {std::pair{"config", "none"}, {"csv", "none"}, {"store", "none"}}) {
            ASSERT_EQ(gramme_settings_set(settings, key, value, &error), GRAMME_OK) << error.what;
        }
    }
    void TearDown() override {
        gramme_settings_free(settings);
        std::filesystem::remove_all(folder);
    }
    gramme_tracker* start() {
        gramme_tracker* tracker = nullptr;
        EXPECT_EQ(gramme_tracker_start(settings, &tracker, &error), GRAMME_OK) << error.what;
        return tracker;
    }
    static std::string taken(char* text) {
        const std::string copy = text;
        gramme_text_free(text);
        return copy;
    }
    static gramme_totals totals_of(gramme_tracker* tracker) {
        gramme_totals totals{};
        totals.size = sizeof totals;
        EXPECT_EQ(gramme_tracker_totals(tracker, &totals, nullptr), GRAMME_OK);
        return totals;
    }
    static std::size_t open_files() {
        std::size_t count = 0;
        DIR* dir = ::opendir("/proc/self/fd");
        while (::readdir(dir) != nullptr) {
            ++count;
        }
        ::closedir(dir);
        return count;
    }

    std::string folder;
    gramme_settings* settings = nullptr;
    gramme_error error{};
};

TEST_F(TrackerCapi, EveryArgumentMayBeNull) {
    EXPECT_EQ(gramme_settings_set(nullptr, "name", "x", &error), GRAMME_USAGE);
    EXPECT_STREQ(error.what, "settings is NULL");
    EXPECT_EQ(gramme_settings_set(settings, nullptr, "x", nullptr), GRAMME_USAGE);
    EXPECT_EQ(gramme_settings_set(settings, "name", nullptr, nullptr), GRAMME_USAGE);
    EXPECT_EQ(gramme_tracker_start(settings, nullptr, nullptr), GRAMME_USAGE);
    EXPECT_EQ(gramme_tracker_stop(nullptr, nullptr), GRAMME_USAGE);
    EXPECT_EQ(gramme_tracker_totals(nullptr, nullptr, nullptr), GRAMME_USAGE);
    EXPECT_STREQ(gramme_tracker_run_id(nullptr), "");
    EXPECT_STREQ(gramme_tracker_socket(nullptr), "");
    gramme_tracker_free(nullptr);
    gramme_settings_free(nullptr);
    gramme_text_free(nullptr);
    gramme_tracker* tracker = start();
    EXPECT_EQ(gramme_tracker_totals(tracker, nullptr, nullptr), GRAMME_USAGE);
    EXPECT_EQ(gramme_tracker_result(tracker, nullptr, nullptr), GRAMME_USAGE);
    EXPECT_EQ(gramme_tracker_span_begin(tracker, nullptr, nullptr, nullptr, nullptr), GRAMME_USAGE);
    EXPECT_EQ(gramme_tracker_mark(tracker, nullptr, nullptr, nullptr), GRAMME_USAGE);
    EXPECT_EQ(gramme_tracker_log(tracker, nullptr, 1, nullptr), GRAMME_USAGE);
    EXPECT_EQ(gramme_tracker_log(tracker, nullptr, 0, nullptr), GRAMME_OK);
    gramme_tracker_free(tracker);
}

TEST_F(TrackerCapi, ASettingThatMakesNoSenseIsNamedWithTheWayOut) {
    EXPECT_EQ(gramme_settings_set(settings, "pue", "0.5", &error), GRAMME_USAGE);
    EXPECT_NE(std::string{error.what}.find("pue: '0.5'"), std::string::npos) << error.what;
    EXPECT_NE(std::string{error.hint}.find("1 to 10"), std::string::npos) << error.hint;
    EXPECT_EQ(gramme_settings_set(settings, "colour", "red", &error), GRAMME_USAGE);
    EXPECT_EQ(gramme_settings_set(settings, "join", "perhaps", &error), GRAMME_USAGE);
    EXPECT_EQ(gramme_settings_set(settings, "quiet", "true", &error), GRAMME_USAGE);
    ASSERT_EQ(gramme_settings_set(settings, "region", "atlantis", &error), GRAMME_OK) << "known at the start";
    EXPECT_EQ(gramme_settings_check(settings, &error), GRAMME_USAGE);
    EXPECT_NE(std::string{error.what}.find("atlantis"), std::string::npos) << error.what;
    error = {};
    gramme_tracker* tracker = nullptr;
    EXPECT_EQ(gramme_tracker_start(settings, &tracker, &error), GRAMME_USAGE);
    EXPECT_NE(std::string{error.what}.find("atlantis"), std::string::npos) << error.what;
    EXPECT_EQ(tracker, nullptr);
}

TEST_F(TrackerCapi, WhatCanStartIsCheckedWithoutATrace) {
    ASSERT_EQ(gramme_settings_set(settings, "region", "FRA", &error), GRAMME_OK);
    EXPECT_EQ(gramme_settings_check(settings, &error), GRAMME_OK) << error.what;
    EXPECT_FALSE(std::filesystem::exists(folder + "/emissions.csv"));
}

TEST_F(TrackerCapi, ALongTextIsCutAtAWholeCharacter) {
    std::string name;
    for (int i = 0; i < 400; ++i) {
        name += "\xC3\xA9";  // e with an acute accent
    }
    EXPECT_EQ(gramme_settings_set(settings, name.c_str(), "x", &error), GRAMME_USAGE);
    const std::string what = error.what;
    EXPECT_LT(what.size(), sizeof error.what);
    EXPECT_EQ(what.size() % 2, 0U) << "no half of the two bytes";
}

TEST_F(TrackerCapi, TotalsNeverFallAndAreThoseOfTheResult) {
    gramme_tracker* tracker = start();
    gramme_totals before = totals_of(tracker);
    for (int i = 0; i < 20; ++i) {
        std::this_thread::sleep_for(std::chrono::milliseconds{15});
        const gramme_totals now = totals_of(tracker);
        EXPECT_GE(now.energy_kwh, before.energy_kwh);
        EXPECT_GE(now.duration_s, before.duration_s);
        before = now;
    }
    EXPECT_EQ(gramme_tracker_stop(tracker, &error), GRAMME_OK);
    EXPECT_EQ(gramme_tracker_stop(tracker, &error), GRAMME_OK) << "again: nothing";
    const gramme_totals all = totals_of(tracker);
    EXPECT_GE(all.energy_kwh, before.energy_kwh);
    EXPECT_NEAR(all.operational_kgco2e, all.energy_kwh * all.pue * all.intensity_gco2e_per_kwh / 1000.0,
                1e-15);
    char* json = nullptr;
    ASSERT_EQ(gramme_tracker_result(tracker, &json, &error), GRAMME_OK);
    const std::string text = taken(json);
    EXPECT_NE(text.find("gramme/footprint/1"), std::string::npos);
    gramme_tracker_free(tracker);
}

/// `tracker`'s card made of `text`; empty where it is refused.
std::string card_of(gramme_tracker* tracker, const char* text, gramme_error* error, double beside = 0.0) {
    gramme_card card{};
    card.size = sizeof card;
    card.text = text;
    card.training_type = "fine-tuning";
    card.beside_kgco2e = beside;
    char* out = nullptr;
    if (gramme_tracker_model_card(tracker, &card, &out, error) != GRAMME_OK) {
        EXPECT_EQ(out, nullptr) << "untouched";
        return "";
    }
    std::string copy = out;
    gramme_text_free(out);
    return copy;
}

double grams_in(const std::string& card) {
    const std::string key = "emissions: ";
    return std::stod(card.substr(card.find("  " + key) + 2 + key.size()));
}

TEST_F(TrackerCapi, AModelCardGetsTheEmissionsAndKeepsTheRest) {
    gramme_tracker* tracker = start();
    std::this_thread::sleep_for(std::chrono::milliseconds{50});
    const std::string old = "---\nlicense: mit # kept\n---\n\n# A model\n";
    EXPECT_NE(card_of(tracker, old.c_str(), &error).find("co2_eq_emissions"), std::string::npos) << "so far";
    ASSERT_EQ(gramme_tracker_stop(tracker, &error), GRAMME_OK);
    const std::string card = card_of(tracker, old.c_str(), &error);
    EXPECT_TRUE(card.starts_with("---\nlicense: mit # kept\nco2_eq_emissions:\n")) << card;
    EXPECT_TRUE(card.ends_with("---\n\n# A model\n")) << card;
    EXPECT_NE(card.find("training_type: \"fine-tuning\""), std::string::npos) << card;
    const double grams = 1000.0 * totals_of(tracker).operational_kgco2e;
    ASSERT_GT(grams, 0.0);
    EXPECT_NEAR(grams_in(card), grams, 1e-5 * grams);
    EXPECT_NEAR(grams_in(card_of(tracker, nullptr, &error, 0.25)), 250.0 + grams, 0.01);
    EXPECT_EQ(card_of(tracker, card.c_str(), &error), card) << "again: the same";
    gramme_tracker_free(tracker);
}

TEST_F(TrackerCapi, AModelCardThatCannotBeChangedSafelyIsRefused) {
    gramme_tracker* tracker = start();
    EXPECT_EQ(card_of(tracker, "---\nlicense: mit\n", &error), "");
    EXPECT_EQ(error.code, GRAMME_MALFORMED);
    EXPECT_EQ(card_of(tracker, "", &error, -1.0), "");
    EXPECT_EQ(error.code, GRAMME_USAGE);
    gramme_card unset{};
    char* out = nullptr;
    EXPECT_EQ(gramme_tracker_model_card(tracker, &unset, &out, nullptr), GRAMME_USAGE);
    EXPECT_EQ(gramme_tracker_model_card(tracker, nullptr, &out, nullptr), GRAMME_USAGE);
    EXPECT_EQ(gramme_tracker_model_card(nullptr, &unset, &out, nullptr), GRAMME_USAGE);
    unset.size = sizeof unset;
    EXPECT_EQ(gramme_tracker_model_card(tracker, &unset, nullptr, nullptr), GRAMME_USAGE);
    gramme_tracker_free(tracker);
}

TEST_F(TrackerCapi, AnOlderShorterStructIsFilledAsFarAsItGoes) {
    gramme_tracker* tracker = start();
    struct {
        gramme_totals totals;
        char behind[16];
    } room{};
    std::memset(&room, 0x5A, sizeof room);
    room.totals.size = offsetof(gramme_totals, power_w);
    EXPECT_EQ(gramme_tracker_totals(tracker, &room.totals, &error), GRAMME_OK);
    double untouched = 0.0;
    std::memset(&untouched, 0x5A, sizeof untouched);
    EXPECT_EQ(room.totals.power_w, untouched);
    room.totals.size = 0;
    EXPECT_EQ(gramme_tracker_totals(tracker, &room.totals, &error), GRAMME_USAGE) << "a size that nobody set";
    gramme_tracker_free(tracker);
}

TEST_F(TrackerCapi, WhatANewerStructHasBeyondIsMarkedAsUnknown) {
    gramme_tracker* tracker = start();
    struct {
        gramme_totals totals;
        double newer;
        std::int64_t count;
        double behind;
    } room{};
    room.behind = 7.0;
    room.totals.size = offsetof(decltype(room), behind);
    EXPECT_EQ(gramme_tracker_totals(tracker, &room.totals, &error), GRAMME_OK);
    EXPECT_GE(room.totals.duration_s, 0.0);
    EXPECT_TRUE(std::isnan(room.newer));
    EXPECT_EQ(room.count, -1);
    EXPECT_EQ(room.behind, 7.0);
    gramme_tracker_free(tracker);
}

TEST_F(TrackerCapi, ASpanThatCouldNotBeAnsweredIsStillOpen) {
    gramme_tracker* tracker = start();
    std::int64_t id = 0;
    ASSERT_EQ(gramme_tracker_span_begin(tracker, "epoch", nullptr, &id, &error), GRAMME_OK);
    gramme_totals used{};
    EXPECT_EQ(gramme_tracker_span_end(tracker, id, &used, &error), GRAMME_USAGE) << "a size that nobody set";
    used.size = sizeof used;
    EXPECT_EQ(gramme_tracker_span_end(tracker, id, &used, &error), GRAMME_OK) << error.what;
    gramme_tracker_free(tracker);
}

TEST_F(TrackerCapi, AfterTheStopNothingIsLogged) {
    gramme_tracker* tracker = start();
    const gramme_value value{"tokens", 3.0};
    EXPECT_EQ(gramme_tracker_log(tracker, &value, 1, &error), GRAMME_OK);
    ASSERT_EQ(gramme_tracker_stop(tracker, &error), GRAMME_OK);
    EXPECT_EQ(gramme_tracker_log(tracker, &value, 1, &error), GRAMME_UNAVAILABLE) << "as a mark";
    EXPECT_STREQ(error.what, "the tracker has stopped");
    gramme_tracker_free(tracker);
}

TEST_F(TrackerCapi, SpansEndOnceAndOnlyThoseThatAreOpen) {
    gramme_tracker* tracker = start();
    std::int64_t outer = 0;
    std::int64_t inner = 0;
    ASSERT_EQ(gramme_tracker_span_begin(tracker, "outer", nullptr, &outer, &error), GRAMME_OK);
    ASSERT_EQ(gramme_tracker_span_begin(tracker, "inner", R"({"lr": 1e-3})", &inner, &error), GRAMME_OK);
    EXPECT_NE(outer, inner);
    gramme_totals used{};
    used.size = sizeof used;
    EXPECT_EQ(gramme_tracker_span_end(tracker, inner, &used, &error), GRAMME_OK);
    EXPECT_GE(used.energy_kwh, 0.0);
    EXPECT_EQ(gramme_tracker_span_end(tracker, inner, nullptr, &error), GRAMME_NOT_FOUND);
    EXPECT_EQ(gramme_tracker_span_end(tracker, 4711, nullptr, &error), GRAMME_NOT_FOUND);
    EXPECT_EQ(gramme_tracker_stop(tracker, &error), GRAMME_OK) << "ends the outer one";
    EXPECT_EQ(gramme_tracker_span_end(tracker, outer, nullptr, &error), GRAMME_NOT_FOUND);
    EXPECT_EQ(gramme_tracker_span_begin(tracker, "late", nullptr, &outer, &error), GRAMME_UNAVAILABLE);
    EXPECT_EQ(gramme_tracker_mark(tracker, "late", nullptr, &error), GRAMME_UNAVAILABLE);
    gramme_tracker_free(tracker);
}

TEST_F(TrackerCapi, SeveralTrackersAtOnceEachHaveTheirOwn) {
    ASSERT_EQ(gramme_settings_set(settings, "join", "never", &error), GRAMME_OK);
    gramme_tracker* a = start();
    gramme_tracker* b = start();
    EXPECT_STRNE(gramme_tracker_run_id(a), gramme_tracker_run_id(b));
    EXPECT_EQ(gramme_tracker_stop(a, nullptr), GRAMME_OK);
    std::this_thread::sleep_for(std::chrono::milliseconds{50});
    EXPECT_GT(totals_of(b).duration_s, totals_of(a).duration_s);
    gramme_tracker_free(a);
    gramme_tracker_free(b);
}

TEST_F(TrackerCapi, ThreadsMayUseOneTrackerWhileItStops) {
    ASSERT_EQ(gramme_settings_set(settings, "interval", "0.01", &error), GRAMME_OK);
    gramme_tracker* tracker = start();
    std::atomic<bool> done = false;
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&, i] {
            const gramme_value value{"tokens", 1.0};
            while (!done) {
                std::int64_t id = 0;
                (void)gramme_tracker_span_begin(tracker, "work", nullptr, &id, nullptr);
                (void)gramme_tracker_log(tracker, &value, 1, nullptr);
                (void)totals_of(tracker);
                if (i == 0) {
                    (void)gramme_tracker_pause(tracker, nullptr);
                    (void)gramme_tracker_resume(tracker, nullptr);
                }
                (void)gramme_tracker_span_end(tracker, id, nullptr, nullptr);
            }
        });
    }
    std::this_thread::sleep_for(std::chrono::milliseconds{200});
    std::thread other{[&] { EXPECT_EQ(gramme_tracker_stop(tracker, nullptr), GRAMME_OK); }};
    EXPECT_EQ(gramme_tracker_stop(tracker, nullptr), GRAMME_OK);
    other.join();
    done = true;
    for (std::thread& thread : threads) {
        thread.join();
    }
    gramme_tracker_free(tracker);
}

TEST_F(TrackerCapi, AThousandStartsAndStopsLeaveNothingBehind) {
    const auto once = [&] { gramme_tracker_free(start()); };
    for (int i = 0; i < 20; ++i) {
        once();  // what is made once for all is made
    }
    const auto resident_kib = [] {
        std::ifstream file{"/proc/self/statm"};
        long all = 0;
        long resident = 0;
        file >> all >> resident;
        return resident * (::sysconf(_SC_PAGESIZE) / 1024);
    };
    const std::size_t files = open_files();
    const long before_kib = resident_kib();
    for (int i = 0; i < 1000; ++i) {
        once();
    }
    EXPECT_EQ(open_files(), files);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    EXPECT_LT(resident_kib() - before_kib, 512) << "KiB more";
#else
    (void)before_kib;  // a sanitizer keeps what was freed, and finds leaks itself
#endif
    EXPECT_TRUE(std::filesystem::is_empty(folder + "/gramme/journal"));
}

}  // namespace
