// Work that is cancelled ends soon, wherever it is, and leaves nothing half done.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <thread>

#include "scratch.hpp"
#include "store/sqlite_db.hpp"

namespace gramme::store {
namespace {

using Clock = std::chrono::steady_clock;

class Cancelled : public ::testing::Test {
protected:
    Database open() {
        Patience patience;
        patience.is_cancelled = [this] { return cancelled_.load(); };
        auto database = Database::open(folder_.file("runs.db"), patience);
        EXPECT_TRUE(database);
        return *std::move(database);
    }
    /// While `work` runs, somebody cancels it.
    template <class Work>
    void cancel_during(Work work) {
        std::thread other{[this] {
            std::this_thread::sleep_for(std::chrono::milliseconds{50});
            cancelled_ = true;
        }};
        const auto begin = Clock::now();
        work();
        other.join();
        EXPECT_LT(Clock::now() - begin, std::chrono::seconds{10});
    }

    gramme::testing::ScratchFolder folder_;
    std::atomic<bool> cancelled_{false};
};

TEST_F(Cancelled, AStatementWithoutEndEnds) {
    const Database database = open();
    cancel_during([&] {
        const auto sum = database.integer(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT sum(i % 7) FROM n");
        ASSERT_FALSE(sum);
        EXPECT_EQ(sum.error().code, Code::kUnavailable) << sum.error().what;
    });
}

TEST_F(Cancelled, WritingLeavesNothing) {
    const Database database = open();
    ASSERT_TRUE(database.execute("CREATE TABLE t (i INTEGER)"));
    cancel_during([&] {
        auto transaction = Transaction::begin(database, "BEGIN IMMEDIATE");
        ASSERT_TRUE(transaction);
        ASSERT_TRUE(database.execute("INSERT INTO t VALUES (1)"));
        const auto endless = database.execute(
            "INSERT INTO t WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n "
            "WHERE i < 0");
        ASSERT_FALSE(endless);
        EXPECT_EQ(endless.error().code, Code::kUnavailable) << endless.error().what;
    });
    cancelled_ = false;
    EXPECT_EQ(*open().integer("SELECT count(*) FROM t"), 0);
}

TEST_F(Cancelled, NobodyWaitsForALockAnyMore) {
    const Database holder = open();
    const Database waiter = open();
    const auto held = Transaction::begin(holder, "BEGIN EXCLUSIVE");
    ASSERT_TRUE(held);
    cancel_during([&] {
        const auto got = Transaction::begin(waiter, "BEGIN IMMEDIATE");
        ASSERT_FALSE(got);
        EXPECT_EQ(got.error().code, Code::kUnavailable) << got.error().what;
    });
}

}  // namespace
}  // namespace gramme::store
