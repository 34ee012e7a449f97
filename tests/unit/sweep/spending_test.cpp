#include "sweep/spending.hpp"

#include <gtest/gtest.h>

namespace gramme::sweep {
namespace {

constexpr const char* kSweep = "01936b2e-0000-7000-8000-000000000001";

plan::Trial trial(double budget, std::optional<double> kwh) {
    plan::Trial out;
    out.task.budget = budget;
    out.run_id = "r";
    out.energy_kwh = kwh;
    if (kwh) {
        out.operational_kgco2e = Estimate{*kwh * 0.4, *kwh * 0.3, *kwh * 0.5};
    }
    out.duration_s = 100.0 * budget;
    return out;
}

plan::Limit limit(const char* text) {
    return *plan::parse_limit(text);
}

TEST(SweepSpending, AttemptsThatWereCutShortCount) {
    Spending spending;
    EXPECT_EQ(spending.no_room(limit("1kWh"), 1.0, 0.0, 0.0), "") << "the first trial tells what one takes";
    spending.add_ended(trial(1.0, 0.2));
    // 0.2 used, 0.2 for the next: 0.4 of 1.
    EXPECT_EQ(spending.no_room(limit("1kWh"), 1.0, 0.0, 0.0), "");
    spending.set_cut_short({trial(1.0, 0.5)});
    EXPECT_EQ(spending.no_room(limit("1kWh"), 1.0, 0.0, 0.0), "");  // 0.2 + 0.5 + 0.2 = 0.9
    EXPECT_NE(spending.no_room(limit("1kWh"), 1.0, 1.0, 0.0), "");  // and 0.2 for one that runs: 1.1
    spending.set_cut_short({trial(1.0, 0.7)});
    EXPECT_NE(spending.no_room(limit("1kWh"), 1.0, 0.0, 0.0), "");  // 0.2 + 0.7 + 0.2 = 1.1
    // (0.2 + 0.7) kWh x 0.4 kg/kWh = 360 g, and 80 g for the next.
    EXPECT_EQ(spending.no_room(limit("450g"), 1.0, 0.0, 0.0), "");
    EXPECT_NE(spending.no_room(limit("430g"), 1.0, 0.0, 0.0), "");
}

TEST(SweepSpending, WhatWasCutShortAloneMayHaveSpentItAll) {
    Spending spending;
    spending.set_cut_short({trial(1.0, 1.5)});
    EXPECT_NE(spending.no_room(limit("1kWh"), 1.0, 0.0, 0.0), "");
    EXPECT_EQ(spending.no_room(limit("2kWh"), 1.0, 0.0, 0.0), "");
}

TEST(SweepSpending, UnknownIsNotZero) {
    Spending spending;
    spending.add_ended(trial(1.0, 0.2));
    spending.add_ended(trial(1.0, std::nullopt));  // taken to have used 0.2
    EXPECT_EQ(spending.no_room(limit("0.6kWh"), 1.0, 0.0, 0.0), "");
    EXPECT_NE(spending.no_room(limit("0.59kWh"), 1.0, 0.0, 0.0), "");
    spending.set_cut_short({trial(1.0, std::nullopt)});
    EXPECT_NE(spending.no_room(limit("0.79kWh"), 1.0, 0.0, 0.0), "");
    EXPECT_EQ(spending.no_room(limit("0.81kWh"), 1.0, 0.0, 0.0), "");
    Spending nothing;
    nothing.add_ended(trial(1.0, std::nullopt));
    EXPECT_NE(nothing.no_room(limit("1kWh"), 1.0, 0.0, 0.0).find("not known"), std::string::npos);
    EXPECT_EQ(nothing.no_room(limit("201s"), 1.0, 0.0, 100.0), "") << "its time is known";
    EXPECT_NE(nothing.no_room(limit("199s"), 1.0, 0.0, 100.0), "");
}

TEST(SweepSpending, RunsOfTheSweepThatAreNoEndOfATrialWereCutShort) {
    store::RunSummary run;
    run.run.id = "cut";
    run.run.lineage = Lineage{};
    run.run.lineage->id = kSweep;
    run.run.tags = {{"trial", "0003"}};
    run.run.started_wall_ns = 1'000'000'000;
    run.run.duration_s = 2.0;
    run.energy_kwh = 0.5;
    store::RunSummary of_other = run;
    of_other.run.lineage->id = "other";
    store::RunSummary ended = run;
    ended.run.id = "r";
    store::RunSummary span = run;
    span.run.part_of = "cut";
    const auto cut = cut_short_among({run, of_other, ended, span}, kSweep, {trial(1.0, 0.2)});
    ASSERT_EQ(cut.size(), 1U);
    EXPECT_EQ(cut[0].run_id, "cut");
    EXPECT_EQ(cut[0].note, "0003");
    EXPECT_EQ(cut[0].energy_kwh, 0.5);
    EXPECT_EQ(cut[0].ended_wall_ns, 3'000'000'000);
}

}  // namespace
}  // namespace gramme::sweep
