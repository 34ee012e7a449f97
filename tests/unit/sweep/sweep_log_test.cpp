#include "sweep/sweep_log.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "scratch.hpp"

namespace gramme::sweep {
namespace {

using testing::ScratchFolder;

const std::vector<plan::Point> kPoints{{{"b", "2"}, {"a", "\"quoted\" 1"}}, {{"b", "3"}}, {{"b", "4"}}};
const Scope kScope{kPoints, 1};

SweepIdentity identity() {
    SweepIdentity out;
    out.id = "01936b2e-0000-7000-8000-000000000001";
    out.space = "[parameters]\na = [1]\n";
    out.command = {"train", "{a}"};
    out.method = "random";
    out.objective = "regex x";
    out.seed = 18446744073709551615U;
    out.configs = 3;
    return out;
}

plan::Trial trial_of(std::size_t config) {
    plan::Trial out;
    out.task = {config, 0, 0.5};
    out.point = kPoints.at(config);
    out.outcome = plan::Outcome::kNotANumber;
    out.exit_status = 0;
    out.note = "its objective is nan";
    out.run_id = "01936b2e-0000-7000-8000-00000000000a";
    out.energy_kwh = 0.1;
    out.operational_kgco2e = Estimate{0.04, 0.02, 0.08};
    out.duration_s = 1.5;
    out.ended_wall_ns = 42;
    return out;
}

TEST(SweepLog, WhatEndedIsThereAgain) {
    const ScratchFolder folder;
    {
        auto log = SweepLog::open(folder.file("s"), identity(), kScope, 0);
        ASSERT_TRUE(log) << log.error().what;
        ASSERT_TRUE(log->note_start({0, 0, 0.5}, 1, 1'000'000'000));
        log->note_pid({0, 0, 0.5}, 77, 1'000'000'000);
        ASSERT_TRUE(log->note_end(trial_of(0), 3'000'000'000));
        ASSERT_TRUE(log->note_start({1, 0, 0.5}, 1, 4'000'000'000));
        log->note_pid({1, 0, 0.5}, 78, 4'000'000'000);
        EXPECT_FALSE(SweepLog::open(folder.file("s"), identity(), kScope, 0)) << "it runs just now";
    }
    SweepIdentity other = identity();
    other.id = "01936b2e-0000-7000-8000-000000000002";
    const auto again = SweepLog::open(folder.file("s"), other, kScope, 9'000'000'000);
    ASSERT_TRUE(again) << again.error().what;
    EXPECT_EQ(again->id(), identity().id) << "the sweep keeps its id";
    ASSERT_EQ(again->ended().size(), 1U);
    const plan::Trial& trial = again->ended()[0];
    EXPECT_EQ(trial.point, trial_of(0).point);
    EXPECT_EQ(trial.outcome, plan::Outcome::kNotANumber);
    EXPECT_DOUBLE_EQ(trial.operational_kgco2e->high, 0.08);
    ASSERT_EQ(again->open_trials().size(), 1U);
    EXPECT_EQ(again->open_trials().begin()->second.pid, 78);
    EXPECT_EQ(again->attempts({1, 0, 0.5}), 1U);
    EXPECT_DOUBLE_EQ(again->earlier_s(), 4.0) << "from its begin to the last thing that it did";
}

TEST(SweepLog, ALineThatWasCutIsTakenOff) {
    const ScratchFolder folder;
    {
        auto log = SweepLog::open(folder.file("s"), identity(), kScope, 0);
        ASSERT_TRUE(log->note_end(trial_of(0), 1));
    }
    std::ofstream{folder.file("s/sweep.jsonl"), std::ios::app} << R"({"at_ns":2,"end":{"config":1)";
    auto log = SweepLog::open(folder.file("s"), identity(), kScope, 5);
    ASSERT_TRUE(log) << log.error().what;
    EXPECT_EQ(log->ended().size(), 1U);
    ASSERT_TRUE(log->note_end(trial_of(1), 6));
    std::ifstream file{folder.file("s/sweep.jsonl")};
    const std::string text{std::istreambuf_iterator<char>{file}, {}};
    EXPECT_EQ(text.find(R"("config":1{)"), std::string::npos);
}

TEST(SweepLog, ADamagedLineIsReportedAndLeft) {
    const ScratchFolder folder;
    { ASSERT_TRUE(SweepLog::open(folder.file("s"), identity(), kScope, 0)); }
    std::ofstream{folder.file("s/sweep.jsonl"), std::ios::app} << "what is this\n";
    const auto log = SweepLog::open(folder.file("s"), identity(), kScope, 5);
    ASSERT_FALSE(log);
    EXPECT_EQ(log.error().code, Code::kMalformed);
    EXPECT_NE(log.error().what.find("sweep.jsonl:3"), std::string::npos) << log.error().what;
}

TEST(SweepLog, ALineAboutAPointThatIsNotInTheSearchIsDamage) {
    plan::Trial other_rung = trial_of(2);
    other_rung.task.rung = 1;
    plan::Trial other_point = trial_of(2);
    other_point.point = kPoints[1];
    for (const auto& [trial, word] :
         {std::pair{other_rung, "rung"}, std::pair{other_point, "other values"}}) {
        const ScratchFolder folder;
        {
            auto log = SweepLog::open(folder.file("s"), identity(), kScope, 0);
            ASSERT_TRUE(log->note_end(trial, 1));
        }
        const auto log = SweepLog::open(folder.file("s"), identity(), kScope, 5);
        ASSERT_FALSE(log) << word;
        EXPECT_EQ(log.error().code, Code::kMalformed);
        EXPECT_NE(log.error().what.find("sweep.jsonl:3"), std::string::npos) << log.error().what;
        EXPECT_NE(log.error().what.find(word), std::string::npos) << log.error().what;
    }
    for (const char* line : {R"({"at_ns":1,"start":{"attempt":1,"budget":1.0,"config":3,"rung":0}})",
                             R"({"at_ns":1,"pid":{"attempt":1,"budget":1.0,"config":99,"pid":7,"rung":0}})",
                             R"({"at_ns":1,"start":{"attempt":1,"budget":2.0,"config":1,"rung":0}})"}) {
        const ScratchFolder folder;
        { ASSERT_TRUE(SweepLog::open(folder.file("s"), identity(), kScope, 0)); }
        std::ofstream{folder.file("s/sweep.jsonl"), std::ios::app} << line << "\n";
        const auto log = SweepLog::open(folder.file("s"), identity(), kScope, 5);
        ASSERT_FALSE(log) << line;
        EXPECT_EQ(log.error().code, Code::kMalformed);
        EXPECT_NE(log.error().what.find("sweep.jsonl:3"), std::string::npos) << log.error().what;
    }
}

TEST(SweepLog, ASecondEndOfAPointIsDamage) {
    const ScratchFolder folder;
    {
        auto log = SweepLog::open(folder.file("s"), identity(), kScope, 0);
        ASSERT_TRUE(log->note_end(trial_of(0), 1));
        ASSERT_TRUE(log->note_end(trial_of(1), 2));
        ASSERT_TRUE(log->note_end(trial_of(0), 3));
    }
    const auto log = SweepLog::open(folder.file("s"), identity(), kScope, 5);
    ASSERT_FALSE(log) << "it would count twice";
    EXPECT_EQ(log.error().code, Code::kMalformed);
    EXPECT_NE(log.error().what.find("sweep.jsonl:5"), std::string::npos) << log.error().what;
    EXPECT_NE(log.error().what.find("ended before"), std::string::npos) << log.error().what;
}

TEST(SweepLog, OneThatWasAskedToEndWithTheSweepMayStillRun) {
    const ScratchFolder folder;
    {
        auto log = SweepLog::open(folder.file("s"), identity(), kScope, 0);
        ASSERT_TRUE(log->note_start({0, 0, 1.0}, 1, 1));
        log->note_pid({0, 0, 1.0}, 77, 1);
        ASSERT_TRUE(log->note_drop({0, 0, 1.0}, 2));
    }
    const auto log = SweepLog::open(folder.file("s"), identity(), kScope, 5);
    ASSERT_TRUE(log) << log.error().what;
    ASSERT_EQ(log->open_trials().size(), 1U);
    EXPECT_EQ(log->open_trials().begin()->second.dropped_ns, 2);
    EXPECT_EQ(log->open_trials().begin()->second.pid, 77);
}

TEST(SweepLog, TimeInWhichATrialOutlivedItsSweepCounts) {
    const ScratchFolder folder;
    constexpr std::int64_t kSecond = 1'000'000'000;
    {
        auto log = SweepLog::open(folder.file("s"), identity(), kScope, 10 * kSecond);
        ASSERT_TRUE(log->note_start({0, 0, 0.5}, 1, 11 * kSecond));  // killed here
    }
    {
        auto log = SweepLog::open(folder.file("s"), identity(), kScope, 100 * kSecond);
        EXPECT_DOUBLE_EQ(log->earlier_s(), 1.0);
        log->ran(11 * kSecond, 41 * kSecond);
        EXPECT_DOUBLE_EQ(log->earlier_s(), 31.0);
        plan::Trial trial = trial_of(0);
        trial.duration_s = 30.0;
        trial.ended_wall_ns = 41 * kSecond;
        ASSERT_TRUE(log->note_end(trial, 100 * kSecond));
    }
    auto log = SweepLog::open(folder.file("s"), identity(), kScope, 200 * kSecond);
    EXPECT_DOUBLE_EQ(log->earlier_s(), 31.0) << "it is read from the end of the trial";
    log->ran(20 * kSecond, 500 * kSecond);
    EXPECT_DOUBLE_EQ(log->earlier_s(), 90.0) << "no time counts twice";
}

TEST(SweepLog, AnotherSweepIsNotGoneOnWith) {
    const ScratchFolder folder;
    { ASSERT_TRUE(SweepLog::open(folder.file("s"), identity(), kScope, 0)); }
    SweepIdentity other = identity();
    other.seed = 2;
    const auto log = SweepLog::open(folder.file("s"), other, kScope, 5);
    ASSERT_FALSE(log);
    EXPECT_EQ(log.error().code, Code::kUsage);
    EXPECT_NE(log.error().what.find("another seed"), std::string::npos) << log.error().what;
}

}  // namespace
}  // namespace gramme::sweep
