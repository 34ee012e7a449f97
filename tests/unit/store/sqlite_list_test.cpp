#include "store/sqlite_list.hpp"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include "scratch.hpp"
#include "store/sqlite_schema.hpp"

namespace gramme::store {
namespace {

using testing::made_up_run;
using testing::ScratchFolder;

Footprint footprint(double kg) {
    Footprint out;
    out.energy_kwh = Estimate{kg * 2, kg, kg * 3};
    out.operational_kgco2e = Estimate{kg, kg / 2, kg * 2};
    return out;
}

std::string id_of(int i) {
    return "01936b2e-0000-7000-8000-00000000000" + std::to_string(i);
}

TEST(RunPages, UnknownFiguresComeLastEitherWay) {
    const ScratchFolder folder;
    const auto store = Store::open(folder.file("runs.db"));
    ASSERT_TRUE(store);
    for (const int i : {1, 2, 3}) {
        ASSERT_TRUE((*store)->add(made_up_run(id_of(i)), {}, i == 2 ? Footprint{} : footprint(i), "{}", 0));
    }
    RunQuery query;
    query.sort = RunQuery::Sort::kCarbon;
    for (const bool descending : {true, false}) {
        query.descending = descending;
        const auto page = (*store)->page(query);
        ASSERT_TRUE(page) << page.error().what;
        ASSERT_EQ(page->rows.size(), 3U);
        EXPECT_EQ(page->rows[0].run.id, id_of(descending ? 3 : 1));
        EXPECT_EQ(page->rows[2].run.id, id_of(2));
    }
    const auto totals = (*store)->totals({});
    ASSERT_TRUE(totals);
    EXPECT_EQ(totals->all.runs, 3U);
    EXPECT_EQ(totals->all.not_known, 1U);
    EXPECT_DOUBLE_EQ(totals->all.operational_kgco2e->value, 4.0);
    EXPECT_DOUBLE_EQ(totals->all.operational_kgco2e->high, 8.0);
}

TEST(RunPages, ANewFootprintIsTheOneThatCounts) {
    const ScratchFolder folder;
    const auto store = Store::open(folder.file("runs.db"));
    ASSERT_TRUE(store);
    ASSERT_TRUE((*store)->add(made_up_run(), {}, footprint(1), "{}", 0));
    ASSERT_TRUE((*store)->add_footprint(made_up_run().id, footprint(5), "{}", 1));
    EXPECT_DOUBLE_EQ((*store)->totals({})->all.operational_kgco2e->value, 5.0);
    EXPECT_DOUBLE_EQ(*(*store)->page({})->rows[0].operational_kgco2e, 5.0);
    ASSERT_TRUE((*store)->add_footprint(made_up_run().id, footprint(7), "{}", 2));
    const auto shown = (*store)->show(made_up_run().id);
    ASSERT_TRUE(shown) << shown.error().what;
    ASSERT_EQ(shown->earlier.size(), 2U) << "newest first, the current one not among them";
    EXPECT_EQ(shown->earlier[0].computed_wall_ns, 1);
    EXPECT_DOUBLE_EQ(shown->earlier[0].operational_kgco2e->value, 5.0);
    EXPECT_DOUBLE_EQ(shown->earlier[1].operational_kgco2e->value, 1.0);
}

TEST(RunPages, NameTheGpusThatWereCounted) {
    const ScratchFolder folder;
    const auto store = Store::open(folder.file("runs.db"));
    ASSERT_TRUE(store);
    Ledger ledger;
    for (const char* const name : {"A100", "A100", "H100", "T4"}) {
        Device gpu = testing::made_up_device("gpu" + std::to_string(ledger.devices.size()));
        gpu.kind = DeviceKind::kGpu;
        gpu.name = name;
        ledger.devices.push_back(gpu);
    }
    ledger.devices[2].membership = Membership::kOut;
    ledger.devices[3].membership = Membership::kUnknown;  // no process of the job was seen on it
    ledger.devices.push_back(testing::made_up_device("cpu0"));
    ASSERT_TRUE((*store)->add(made_up_run(), ledger, footprint(1), "{}", 0));
    EXPECT_EQ((*store)->page({})->rows[0].gpus, (std::vector<std::string>{"A100", "A100"}));
    RunRecord whole = made_up_run(id_of(2));
    whole.scope = Scope::kMachine;
    whole.started_wall_ns += 1;
    ASSERT_TRUE((*store)->add(whole, ledger, footprint(1), "{}", 0));
    EXPECT_EQ((*store)->page({})->rows[0].gpus.size(), 4U) << "all of the machine is counted";
}

TEST(RunPages, FindTheSpansOfARun) {
    const ScratchFolder folder;
    const auto store = Store::open(folder.file("runs.db"));
    ASSERT_TRUE(store);
    RunRecord part = made_up_run(id_of(2));
    part.part_of = id_of(1);
    ASSERT_TRUE((*store)->add(made_up_run(id_of(1)), {}, footprint(3), "{}", 0));
    ASSERT_TRUE((*store)->add(part, {}, footprint(1), "{}", 0));
    RunQuery query;
    query.part_of = id_of(1);
    const auto page = (*store)->page(query);
    ASSERT_TRUE(page) << page.error().what;
    ASSERT_EQ(page->total, 1U);
    EXPECT_EQ(page->rows[0].run.id, id_of(2));
}

TEST(RunPages, AStoreOfBeforeIsTakenOver) {
    const ScratchFolder folder;
    const std::string path = folder.file("runs.db");
    {
        const auto store = Store::open(path);
        ASSERT_TRUE(store);
        Ledger ledger;
        ledger.devices = {testing::made_up_device("cpu0")};
        ledger.gaps = {{0, 0, 1, "gone"}};
        RunRecord part = made_up_run(id_of(2));
        part.part_of = id_of(1);
        ASSERT_TRUE(
            (*store)->add(made_up_run(id_of(1)), ledger, footprint(3), R"({"quality":"measured"})", 0));
        ASSERT_TRUE((*store)->add(part, {}, footprint(1), R"({"quality":null})", 0));
    }
    sqlite3* database = nullptr;
    ASSERT_EQ(sqlite3_open(path.c_str(), &database), SQLITE_OK);
    ASSERT_EQ(
        sqlite3_exec(database, "DROP TABLE summaries; PRAGMA user_version = 2", nullptr, nullptr, nullptr),
        SQLITE_OK);
    sqlite3_close(database);
    const auto store = Store::open(path);
    ASSERT_TRUE(store) << store.error().what;
    const auto page = (*store)->page({});
    ASSERT_TRUE(page) << page.error().what;
    EXPECT_EQ(page->total, 2U);
    const auto totals = (*store)->totals({});
    EXPECT_EQ(totals->all.runs, 1U) << "a span of another run";
    EXPECT_EQ(totals->all.with_gaps, 1U);
    EXPECT_DOUBLE_EQ(totals->all.operational_kgco2e->value, 3.0);
    RunQuery query;
    query.project = "digits";
    query.limit = 1;
    EXPECT_EQ((*store)->page(query)->rows.size(), 1U);
}

}  // namespace
}  // namespace gramme::store
