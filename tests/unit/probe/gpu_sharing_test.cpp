#include "probe/gpu_sharing.hpp"

#include <gtest/gtest.h>

#include <map>

namespace gramme::probe {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

Party nobody_knows(unsigned) {
    return Party::kUnknown;
}

TEST(GpuSharing, WhatIsNotSharedIsTheJobs) {
    GpuSharing sharing{5 * kSecond};
    sharing.end_alone(15 * kSecond);
    EXPECT_DOUBLE_EQ(sharing.at(15 * kSecond).job_s, 10.0);
    EXPECT_DOUBLE_EQ(sharing.at(15 * kSecond).busy_s, 10.0);
    EXPECT_DOUBLE_EQ(sharing.at(10 * kSecond).job_s, 5.0);  // half of it
    EXPECT_DOUBLE_EQ(sharing.at(1 * kSecond).job_s, 0.0);   // before it
}

TEST(GpuSharing, WhatNoProcessTellsIsUntold) {
    GpuSharing sharing{0};
    sharing.end_alone(1 * kSecond);  // nothing was listed
    EXPECT_DOUBLE_EQ(sharing.at(1 * kSecond).untold_s, 1.0);
    sharing.see({{7, Party::kJob}});
    sharing.end_alone(2 * kSecond);
    EXPECT_DOUBLE_EQ(sharing.at(2 * kSecond).untold_s, 1.0) << "it is on it, and nobody else";
    sharing.see({{7, Party::kJob}, {8, Party::kUnknown}});
    sharing.end_alone(3 * kSecond);
    EXPECT_DOUBLE_EQ(sharing.at(3 * kSecond).untold_s, 2.0);
    const std::vector<ProcessUse> uses{{7, 20, 0}, {8, 50, 0}};
    sharing.end_shared(4 * kSecond, uses, nobody_knows);
    EXPECT_DOUBLE_EQ(sharing.at(4 * kSecond).untold_s, 2.5);
    sharing.end_without_job(5 * kSecond);
    EXPECT_DOUBLE_EQ(sharing.at(5 * kSecond).untold_s, 2.5);
}

TEST(GpuSharing, UseIsAddedUpForTheJobAndForAll) {
    GpuSharing sharing{0};
    sharing.see({{7, Party::kJob}, {8, Party::kOther}, {9, Party::kJob}});
    EXPECT_TRUE(sharing.others());
    EXPECT_TRUE(sharing.job_was_there());
    const std::vector<ProcessUse> uses{{7, 20, 0}, {8, 50, 0}, {9, 10, 0}};
    sharing.end_shared(10 * kSecond, uses, nobody_knows);
    // 20 % + 10 % of 10 s are the job's, 20 % + 50 % + 10 % were busy
    EXPECT_NEAR(sharing.at(10 * kSecond).job_s, 3.0, 1e-12);
    EXPECT_NEAR(sharing.at(10 * kSecond).busy_s, 8.0, 1e-12);
    sharing.end_shared(20 * kSecond, {}, nobody_knows);  // nothing ran
    EXPECT_NEAR(sharing.at(20 * kSecond).busy_s, 8.0, 1e-12);
    sharing.end_without_job(30 * kSecond);
    EXPECT_NEAR(sharing.at(30 * kSecond).job_s, 3.0, 1e-12);
    EXPECT_NEAR(sharing.at(30 * kSecond).busy_s, 18.0, 1e-12);
}

TEST(GpuSharing, AVerdictOutlastsItsProcessByOneList) {
    GpuSharing sharing{0};
    sharing.see({{7, Party::kJob}, {8, Party::kOther}});
    sharing.see({});
    EXPECT_EQ(sharing.verdict(7), Party::kJob);
    EXPECT_EQ(sharing.verdict(8), Party::kOther);
    EXPECT_FALSE(sharing.others());
    EXPECT_TRUE(sharing.job_was_there()) << "in the stretch that has not ended yet";
    sharing.see({});
    EXPECT_FALSE(sharing.verdict(7)) << "the id may be another process by now";
}

TEST(GpuSharing, WhoCannotBeToldCountsWithTheJob) {
    GpuSharing sharing{0};
    sharing.see({{7, Party::kUnknown}, {8, Party::kOther}});
    EXPECT_EQ(sharing.unknown(), 1U);
    EXPECT_FALSE(sharing.verdict(7)) << "asked again each time";
    std::map<unsigned, int> asked;
    const std::vector<ProcessUse> uses{{7, 30, 0}, {8, 30, 0}, {9, 40, 0}};
    sharing.end_shared(10 * kSecond, uses, [&](unsigned pid) {
        ++asked[pid];
        return pid == 9 ? Party::kOther : Party::kUnknown;
    });
    EXPECT_NEAR(sharing.at(10 * kSecond).job_s, 3.0, 1e-12);
    EXPECT_NEAR(sharing.at(10 * kSecond).busy_s, 10.0, 1e-12);
    EXPECT_EQ(asked, (std::map<unsigned, int>{{7, 1}, {9, 1}}));
}

TEST(GpuSharing, TimeThatGoesBackEndsNothing) {
    GpuSharing sharing{10 * kSecond};
    sharing.end_alone(5 * kSecond);
    EXPECT_DOUBLE_EQ(sharing.at(20 * kSecond).busy_s, 0.0);
}

}  // namespace
}  // namespace gramme::probe
