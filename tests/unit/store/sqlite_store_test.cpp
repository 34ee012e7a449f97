#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include <algorithm>

#include "scratch.hpp"
#include "store/data_dir.hpp"
#include "store/sqlite_schema.hpp"
#include "store/sqlite_store.hpp"
#include "store/store.hpp"

namespace gramme::store {
namespace {

using testing::energy_of;
using testing::kSecond;
using testing::kStart;
using testing::made_up_device;
using testing::made_up_run;
using testing::made_up_window;
using testing::ScratchFolder;

Ledger made_up_ledger() {
    Ledger ledger;
    ledger.devices = {made_up_device("cpu0"), made_up_device("gpu0")};
    ledger.devices[1].kind = DeviceKind::kGpu;
    ledger.devices[1].quality = Quality::kIntegrated;
    ledger.devices[1].membership = Membership::kUnknown;
    ledger.windows = {made_up_window(0, 0, 10, 1.0 / 3.0), made_up_window(0, 10, 20, 2.0),
                      made_up_window(1, 0, 10, 300.0)};
    ledger.windows[2].quality = Quality::kIntegrated;
    ledger.windows[2].use = {10.0,        6.5,         Joules{290.0}, Joules{64.5}, Joules{1.0},
                             Joules{2.0}, Joules{4.0}, Joules{8.0},   Joules{16.0}};
    ledger.gaps = {{1, 10 * kSecond, 20 * kSecond, "NVML: GPU is lost"}};
    ledger.markers = {{Marker::Kind::kSpanBegin, 5, "epoch", "{}"}, {Marker::Kind::kMark, 6, "note", ""}};
    return ledger;
}

Footprint made_up_footprint() {
    Footprint footprint;
    footprint.energy_kwh = Estimate{0.5, 0.4, 0.6};
    footprint.operational_kgco2e = Estimate{0.2, 0.1, 0.4};
    return footprint;
}

constexpr std::string_view kJson = R"({"schema":"gramme/footprint/1","factors":{"pue":{"value":1.2}}})";

class SqliteStoreTest : public ::testing::Test {
protected:
    std::unique_ptr<Store> open() {
        auto store = Store::open(path());
        EXPECT_TRUE(store) << store.error().what;
        return *std::move(store);
    }
    [[nodiscard]] std::string path() const { return folder_.file("data/runs.db"); }
    static Result<void> add(Store& store, const RunRecord& run) {
        return store.add(run, made_up_ledger(), made_up_footprint(), kJson, kStart);
    }

    ScratchFolder folder_;
};

TEST_F(SqliteStoreTest, GivesBackWhatWasPutIn) {
    const auto store = open();
    ASSERT_TRUE(add(*store, made_up_run()));
    const auto shown = store->show(made_up_run().id);
    ASSERT_TRUE(shown) << shown.error().what;
    EXPECT_EQ(shown->run.id, made_up_run().id);
    EXPECT_EQ(shown->run.command, made_up_run().command);
    EXPECT_EQ(shown->run.tags, made_up_run().tags);
    EXPECT_EQ(shown->footprint_json, kJson);
    const Ledger want = made_up_ledger();
    const Ledger& got = shown->ledger;
    ASSERT_EQ(got.devices.size(), 2U);
    EXPECT_EQ(got.devices[1].id, "gpu0");
    EXPECT_EQ(got.devices[1].kind, DeviceKind::kGpu);
    EXPECT_EQ(got.devices[1].quality, Quality::kIntegrated);
    EXPECT_EQ(got.devices[1].membership, Membership::kUnknown);
    EXPECT_EQ(got.devices[0].gain_sigma, 0.03);
    EXPECT_EQ(got.devices[0].group, "rapl");
    ASSERT_EQ(got.windows.size(), 3U);
    EXPECT_EQ(got.windows[0].energy.value(), 1.0 / 3.0);  // to the last bit
    EXPECT_EQ(got.windows[1].from_ns, 10 * kSecond);
    EXPECT_EQ(got.windows[1].job.value(), 1.0);
    EXPECT_EQ(got.windows[1].unassigned.value(), 0.5);
    EXPECT_EQ(got.windows[1].busy_cpu_s, 0.75);
    EXPECT_EQ(got.windows[2].quality, Quality::kIntegrated);
    EXPECT_EQ(got.windows[2].readings, 1U);
    EXPECT_EQ(got.windows[0].use.known_s, 0.0);
    const Use& use = got.windows[2].use;
    EXPECT_EQ(use.known_s, 10.0);
    EXPECT_EQ(use.busy_s, 6.5);
    EXPECT_EQ(use.known.value(), 290.0);
    EXPECT_EQ(use.idle.value(), 64.5);
    EXPECT_EQ(use.start_up.value(), 1.0);
    EXPECT_EQ(use.evaluation.value(), 2.0);
    EXPECT_EQ(use.loading.value(), 4.0);
    EXPECT_EQ(use.quiet.value(), 8.0);
    EXPECT_EQ(use.unclear.value(), 16.0);
    ASSERT_EQ(got.gaps.size(), 1U);
    EXPECT_EQ(got.gaps[0].reason, want.gaps[0].reason);
    ASSERT_EQ(got.markers.size(), 2U);
    EXPECT_EQ(got.markers[0].kind, Marker::Kind::kSpanBegin);
    EXPECT_EQ(got.markers[1].name, "note");
}

TEST_F(SqliteStoreTest, AddingAgainChangesNothing) {
    const auto store = open();
    ASSERT_TRUE(add(*store, made_up_run()));
    RunRecord again = made_up_run();
    again.name = "another";
    ASSERT_TRUE(add(*store, again));
    const auto all = store->list({});
    ASSERT_TRUE(all);
    ASSERT_EQ(all->size(), 1U);
    EXPECT_EQ(all->front().run.name, "first try");
    EXPECT_EQ(store->show(again.id)->ledger.windows.size(), 3U);
}

TEST_F(SqliteStoreTest, ListsNewestFirstWithTheNumbersOfTheFootprint) {
    const auto store = open();
    for (int i = 0; i < 5; ++i) {
        RunRecord run = made_up_run("run-" + std::to_string(i));
        run.started_wall_ns += i * kSecond;
        ASSERT_TRUE(add(*store, run));
    }
    RunFilter filter;
    filter.limit = 2;
    const auto some = store->list(filter);
    ASSERT_TRUE(some) << some.error().what;
    ASSERT_EQ(some->size(), 2U);
    EXPECT_EQ(some->at(0).run.id, "run-4");
    EXPECT_EQ(some->at(1).run.id, "run-3");
    EXPECT_EQ(some->at(0).energy_kwh, 0.5);
    EXPECT_EQ(some->at(0).operational_kgco2e, 0.2);
    EXPECT_EQ(some->at(0).low_kgco2e, 0.1);
    EXPECT_EQ(some->at(0).high_kgco2e, 0.4);
    EXPECT_TRUE(some->at(0).has_gaps);
    filter = {};
    filter.since_wall_ns = kStart + 3 * kSecond;
    EXPECT_EQ(store->list(filter)->size(), 2U);
}

TEST_F(SqliteStoreTest, UnknownNumbersStayUnknown) {
    const auto store = open();
    ASSERT_TRUE(store->add(made_up_run(), {}, {}, "", kStart));
    const auto all = store->list({});
    ASSERT_EQ(all->size(), 1U);
    EXPECT_FALSE(all->front().energy_kwh.has_value());
    EXPECT_FALSE(all->front().operational_kgco2e.has_value());
    EXPECT_FALSE(all->front().has_gaps);
    EXPECT_EQ(store->show(made_up_run().id)->footprint_json, "");
}

TEST_F(SqliteStoreTest, FiltersByProjectAndByText) {
    const auto store = open();
    RunRecord run = made_up_run("aaaa");
    ASSERT_TRUE(add(*store, run));
    run = made_up_run("bbbb");
    run.project = "100%_real";
    run.command = {"Rscript", "fit.R"};
    run.tags = {{"team", "green"}};
    ASSERT_TRUE(add(*store, run));
    const auto count = [&](const std::string& project, const std::string& text) {
        return store->list({project, text, std::nullopt, 0})->size();
    };
    EXPECT_EQ(count("digits", ""), 1U);
    EXPECT_EQ(count("digit", ""), 0U);
    EXPECT_EQ(count("", "FIT.r"), 1U);
    EXPECT_EQ(count("", "team=gr"), 1U);
    EXPECT_EQ(count("", "100%_r"), 1U);
    EXPECT_EQ(count("", "1%r"), 0U);  // % is a character like others
    EXPECT_EQ(count("", "aaa"), 1U);
    EXPECT_EQ(count("", "'; DROP TABLE runs"), 0U);
}

TEST_F(SqliteStoreTest, FindsByUniquePrefix) {
    const auto store = open();
    for (const char* id : {"0193aaaa-1", "0193aaaa-2", "0193bbbb-1", "0193"}) {
        ASSERT_TRUE(add(*store, made_up_run(id)));
    }
    EXPECT_EQ(store->show("0193b")->run.id, "0193bbbb-1");
    EXPECT_EQ(store->show("0193")->run.id, "0193");  // a whole id is never ambiguous
    const auto several = store->show("0193a");
    ASSERT_FALSE(several);
    EXPECT_EQ(several.error().code, Code::kMalformed);
    EXPECT_NE(several.error().what.find("0193aaaa-1, 0193aaaa-2"), std::string::npos) << several.error().what;
    EXPECT_EQ(store->show("019").error().code, Code::kNotFound);  // too short
    EXPECT_EQ(store->show("0194").error().code, Code::kNotFound);
    EXPECT_EQ(store->show("").error().code, Code::kNotFound);
}

TEST_F(SqliteStoreTest, RemovesARunAndAllThatHangsOnIt) {
    const auto store = open();
    ASSERT_TRUE(add(*store, made_up_run("aaaa")));
    ASSERT_TRUE(add(*store, made_up_run("bbbb")));
    ASSERT_TRUE(store->remove("aaaa"));
    EXPECT_EQ(store->show("aaaa").error().code, Code::kNotFound);
    EXPECT_EQ(store->remove("aaaa").error().code, Code::kNotFound);
    const auto database = Database::open(path());
    for (const char* table : {"runs", "footprints"}) {
        EXPECT_EQ(*database->integer(std::string{"SELECT count(*) FROM "} + table), 1) << table;
    }
    for (const char* table : {"tags", "devices", "windows", "gaps", "markers"}) {
        EXPECT_EQ(*database->integer(std::string{"SELECT count(DISTINCT run) FROM "} + table), 1) << table;
    }
}

TEST_F(SqliteStoreTest, AFootprintComputedAnewIsTheCurrentOneAndTheOldOneStays) {
    const auto store = open();
    ASSERT_TRUE(add(*store, made_up_run()));
    Footprint anew = made_up_footprint();
    anew.operational_kgco2e = Estimate{0.7, 0.6, 0.8};
    constexpr std::string_view kAnew = R"({"schema":"gramme/footprint/1","anew":true})";
    ASSERT_TRUE(store->add_footprint(made_up_run().id.substr(0, 8), anew, kAnew, kStart + kSecond));
    const auto shown = store->show(made_up_run().id);
    ASSERT_TRUE(shown) << shown.error().what;
    EXPECT_EQ(shown->footprint_json, kAnew);
    EXPECT_EQ(shown->footprints, 2);
    EXPECT_EQ(shown->computed_wall_ns, kStart + kSecond);
    EXPECT_EQ(shown->ledger.windows.size(), made_up_ledger().windows.size());
    EXPECT_EQ((*store->list({}))[0].operational_kgco2e, 0.7);
    const auto database = Database::open(path());
    EXPECT_EQ(*database->integer("SELECT count(*) FROM footprints WHERE operational_kgco2e = 0.2"), 1);
    EXPECT_EQ(store->add_footprint("deadbeef", anew, kAnew, kStart).error().code, Code::kNotFound);
}

TEST_F(SqliteStoreTest, IsPrivate) {
    const auto store = open();
    ASSERT_TRUE(add(*store, made_up_run()));
    struct stat status {};
    ASSERT_EQ(::stat(path().c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0600U);
    ASSERT_EQ(::stat(folder_.file("data").c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0700U);
}

TEST_F(SqliteStoreTest, TakesUrlsOfItsOwnSchemeOnly) {
    EXPECT_TRUE(Store::open("sqlite:" + path()));
    EXPECT_EQ((*Store::open("sqlite://" + path()))->url(), "sqlite:" + path());
    EXPECT_EQ(Store::open("postgresql://db/gramme").error().code, Code::kUnsupported);
    EXPECT_EQ(Store::open("https://example.org").error().code, Code::kUnsupported);
    EXPECT_EQ(Store::open("sqlite:").error().code, Code::kUsage);
    EXPECT_EQ(Store::open(folder_.path()).error().code, Code::kIo);
}

}  // namespace
}  // namespace gramme::store
