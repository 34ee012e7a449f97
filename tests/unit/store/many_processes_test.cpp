// Two hundred runs that end at once: one store, one CSV file, nothing lost and nothing torn.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <random>
#include <set>

#include "base/csv.hpp"
#include "scratch.hpp"
#include "store/emissions_csv.hpp"
#include "store/store.hpp"

namespace gramme::store {
namespace {

using testing::in_child;
using testing::made_up_device;
using testing::made_up_run;
using testing::made_up_window;
using testing::read_file;
using testing::ScratchFolder;
using testing::wait_for;

constexpr int kProcesses = 200;

/// Starts them all, lets them go together (a pipe that closes), waits; how many failed.
template <class Work>
int run_together(Work work) {
    std::array<int, 2> gate{};
    EXPECT_EQ(::pipe(gate.data()), 0);
    std::vector<pid_t> children;
    for (int i = 0; i < kProcesses; ++i) {
        children.push_back(in_child([&] {
            ::close(gate[1]);
            char byte = 0;
            while (::read(gate[0], &byte, 1) < 0) {
            }
            return work(i) ? 0 : 1;
        }));
    }
    ::close(gate[0]);
    ::close(gate[1]);
    int failed = 0;
    for (const pid_t child : children) {
        failed += wait_for(child) == 0 ? 0 : 1;
    }
    return failed;
}

TEST(ManyProcesses, AllAddTheirRunToAFreshStore) {
    const ScratchFolder folder;
    const std::string path = folder.file("new/folder/runs.db");
    Ledger ledger;
    ledger.devices = {made_up_device("cpu0")};
    ledger.windows = {made_up_window(0, 0, 10, 1.0)};
    const int failed = run_together([&](int i) {
        auto store = Store::open(path);
        if (!store) {
            ::fprintf(stderr, "%s\n", store.error().what.c_str());
            return false;
        }
        const auto added =
            (*store)->add(made_up_run("run-" + std::to_string(1'000 + i)), ledger, {}, "{}", 1);
        if (!added) {
            ::fprintf(stderr, "%s\n", added.error().what.c_str());
        }
        return static_cast<bool>(added);
    });
    EXPECT_EQ(failed, 0);
    const auto store = Store::open(path);
    ASSERT_TRUE(store);
    const auto all = (*store)->list({});
    ASSERT_TRUE(all);
    std::set<std::string> ids;
    for (const RunSummary& summary : *all) {
        ids.insert(summary.run.id);
    }
    EXPECT_EQ(ids.size(), static_cast<std::size_t>(kProcesses));
    EXPECT_EQ((*store)->show("run-1199")->ledger.windows.size(), 1U);
}

TEST(ManyProcesses, AllAppendTheirRowToOneCsv) {
    const ScratchFolder folder;
    const std::string path = folder.file("emissions.csv");
    const CsvRow header{"run_id", "text", "energy"};
    const auto row_of = [](int i) {
        return CsvRow{std::to_string(i), std::string(static_cast<std::size_t>(50 * i), 'x') + ",\"\n", "0.5"};
    };
    EXPECT_EQ(run_together([&](int i) {
                  const auto outcome = append_row(path, header, row_of(i));
                  return outcome && outcome->path == path;
              }),
              0);
    const auto rows = parse_csv(read_file(path));
    ASSERT_TRUE(rows) << rows.error().what;
    ASSERT_EQ(rows->size(), static_cast<std::size_t>(kProcesses) + 1);
    EXPECT_EQ(rows->front(), header);
    std::set<int> seen;
    for (std::size_t i = 1; i < rows->size(); ++i) {
        const int number = std::stoi(rows->at(i).front());
        EXPECT_EQ(rows->at(i), row_of(number));
        seen.insert(number);
    }
    EXPECT_EQ(seen.size(), static_cast<std::size_t>(kProcesses));
}

TEST(ManyProcesses, KillingAWriterOfTheStoreLosesNoFinishedRun) {
    const ScratchFolder folder;
    const std::string path = folder.file("runs.db");
    std::minstd_rand random{42};
    std::size_t finished = 0;
    for (int round = 0; round < 25; ++round) {
        std::array<int, 2> report{};
        ASSERT_EQ(::pipe(report.data()), 0);
        const pid_t writer = in_child([&] {
            ::close(report[0]);
            Ledger ledger;
            ledger.devices = {made_up_device("cpu0")};
            ledger.windows.assign(200, made_up_window(0, 0, 10, 1.0));
            for (int i = 0;; ++i) {
                auto store = Store::open(path);
                const std::string id = "run-" + std::to_string(round) + "-" + std::to_string(i);
                if (!store || !(*store)->add(made_up_run(id), ledger, {}, "", 1) ||
                    ::write(report[1], "x", 1) != 1) {
                    return 1;
                }
            }
        });
        ::close(report[1]);
        ::usleep(2'000 + static_cast<useconds_t>(random() % 30'000));
        ::kill(writer, SIGKILL);
        EXPECT_EQ(wait_for(writer), 1000 + SIGKILL);
        std::array<char, 4'096> told{};
        for (ssize_t count = 0; (count = ::read(report[0], told.data(), told.size())) > 0;) {
            finished += static_cast<std::size_t>(count);
        }
        ::close(report[0]);
        auto store = Store::open(path);
        ASSERT_TRUE(store) << store.error().what;
        const auto all = (*store)->list({});
        ASSERT_TRUE(all) << all.error().what;
        EXPECT_GE(all->size(), finished);
        EXPECT_LE(all->size(), finished + static_cast<std::size_t>(round) + 1);  // done, but not yet told
        for (const RunSummary& summary : *all) {
            ASSERT_EQ((*store)->show(summary.run.id)->ledger.windows.size(), 200U);  // whole or not at all
        }
    }
}

}  // namespace
}  // namespace gramme::store
