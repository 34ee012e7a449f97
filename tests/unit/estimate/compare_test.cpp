// Rows on one basis, ranked, with what makes the ratio and which differences mean nothing.
#include "estimate/compare.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace gramme::estimate {
namespace {

using testing::HasSubstr;

Candidate in_region(const std::string& region) {
    Candidate one;
    one.label = region;
    one.job.groups.push_back({JobGroup::Kind::kEnergy, "", 1'000.0, 1.0});
    one.job.factors.region = region;
    return one;
}

Comparison compared(const std::vector<std::string>& regions,
                    refdata::Basis basis = refdata::Basis::kLifecycle) {
    std::vector<Candidate> candidates;
    for (const std::string& region : regions) {
        candidates.push_back(in_region(region));
        candidates.back().job.factors.basis = name_of(basis);
    }
    auto all = compare(candidates, Axis::kRegion, basis, {});
    EXPECT_TRUE(all) << all.error().what;
    return all ? *std::move(all) : Comparison{};
}

const ComparedRow& row(const Comparison& all, std::string_view label) {
    return *std::find_if(all.rows.begin(), all.rows.end(),
                         [&](const ComparedRow& one) { return one.label == label; });
}

TEST(Compare, SortsByCarbonAndTellsGridFromPue) {
    const Comparison all = compared({"aws:ap-south-1", "aws:eu-north-1", "aws:eu-west-3"});
    ASSERT_EQ(all.rows.size(), 3U);
    EXPECT_EQ(all.rows.front().label, "aws:eu-north-1");
    EXPECT_EQ(all.rows.back().label, "aws:ap-south-1");
    ASSERT_TRUE(all.ratio && all.grid_ratio && all.pue_ratio && all.energy_ratio);
    EXPECT_GT(*all.ratio, 10.0);
    EXPECT_NEAR(*all.ratio, *all.grid_ratio * *all.pue_ratio, 1e-9);
    EXPECT_DOUBLE_EQ(*all.energy_ratio, 1.0);
    EXPECT_DOUBLE_EQ(all.rows.front().times_best.value_or(0.0), 1.0);
}

TEST(Compare, NeverRanksTwoBases) {
    // us-east-1 has a direct figure of its own: on lifecycle basis it takes that of its country, marked.
    const Comparison all = compared({"aws:us-east-1", "aws:eu-west-3", "aws:ca-central-1"});
    for (const ComparedRow& one : all.rows) {
        EXPECT_EQ(one.footprint.factors.intensity.basis, "lifecycle") << one.label;
    }
    EXPECT_TRUE(row(all, "aws:us-east-1").from_country);
    EXPECT_FALSE(row(all, "aws:eu-west-3").from_country);
    EXPECT_GE(row(all, "aws:us-east-1").footprint.factors.intensity.sigma_ln, 0.40);
}

TEST(Compare, OnDirectBasisAPlaceWithoutSuchAFigureIsLeftOut) {
    const Comparison all = compared({"aws:us-east-1", "WLD"}, refdata::Basis::kDirect);
    ASSERT_EQ(all.rows.size(), 1U);
    ASSERT_EQ(all.unranked.size(), 1U);
    EXPECT_THAT(all.unranked.front().why, HasSubstr("no direct figure"));
}

TEST(Compare, TheJobsOwnErrorSaysNothingAboutTheOrderOfPlaces) {
    std::vector<Candidate> candidates;
    for (const double grams : {100.0, 101.0}) {
        Candidate one;
        one.label = std::to_string(static_cast<int>(grams));
        one.job.groups.push_back({JobGroup::Kind::kDevice, "h100", 0.0, 1.0});  // its energy is known to 20 %
        one.job.hours = 1.0;
        one.job.factors.intensity_gco2e_per_kwh = grams;
        one.job.factors.pue = 1.1;
        candidates.push_back(one);
    }
    const auto all = compare(candidates, Axis::kRegion, refdata::Basis::kLifecycle, {});
    ASSERT_TRUE(all);
    EXPECT_FALSE(all->rows.back().like_best);  // both are given exactly, so 1 % is a difference
}

TEST(Compare, NeighboursWithinTheirIntervalsAreMarked) {
    const Comparison all = compared({"aws:eu-north-1", "aws:eu-west-3", "aws:ap-south-1"});
    EXPECT_TRUE(row(all, "aws:eu-west-3").like_best);  // 41 against 35 g/kWh, each to 30 %
    EXPECT_FALSE(row(all, "aws:ap-south-1").like_best);
    EXPECT_FALSE(all.rows.front().like_best);
}

TEST(Compare, NothingIsSoManyTimesZeroAndOnlyZeroIsLikeIt) {
    std::vector<Candidate> candidates;
    for (const double grams : {0.0, 0.0, 1e-9, 900.0}) {
        Candidate one;
        one.label = std::to_string(candidates.size());
        one.job.groups.push_back({JobGroup::Kind::kEnergy, "", 1.0, 1.0});
        one.job.factors.intensity_gco2e_per_kwh = grams;
        candidates.push_back(one);
    }
    const auto all = compare(candidates, Axis::kRegion, refdata::Basis::kLifecycle, {});
    ASSERT_TRUE(all) << all.error().what;
    EXPECT_FALSE(all->ratio || all->grid_ratio || all->pue_ratio || all->energy_ratio);
    EXPECT_TRUE(all->rows[1].like_best);
    for (const std::size_t i : {2U, 3U}) {
        EXPECT_FALSE(all->rows[i].like_best) << i;
        EXPECT_FALSE(all->rows[i].times_best.has_value()) << i;
    }
}

Comparison of_years(const std::string& region, int first, int last) {
    std::vector<Candidate> candidates;
    for (int year = first; year <= last; ++year) {
        candidates.push_back(in_region(region));
        candidates.back().label = std::to_string(year);
        candidates.back().job.factors.year = year;
    }
    auto all = compare(candidates, Axis::kYear, refdata::Basis::kLifecycle, {});
    EXPECT_TRUE(all) << all.error().what;
    return all ? *std::move(all) : Comparison{};
}

TEST(Compare, AYearWithoutAFigureIsMarkedOrLeftOutNeverInvented) {
    const Comparison all = of_years("FRA", 2007, 2030);  // France: each year from 2010 to 2025
    EXPECT_EQ(all.rows.size(), 16U);
    for (const ComparedRow& one : all.rows) {
        EXPECT_EQ(std::to_string(one.footprint.factors.intensity.year), one.label);
        EXPECT_FALSE(one.older_figure);
    }
    ASSERT_EQ(all.unranked.size(), 2U);
    EXPECT_EQ(all.unranked[0].label, "2007-2009");
    EXPECT_EQ(all.unranked[1].label, "2026-2030");
    EXPECT_THAT(all.unranked[1].why, HasSubstr("after 2025"));
    const Comparison hole = of_years("BDI", 2011, 2013);  // Burundi: none of 2012
    ASSERT_EQ(hole.rows.size(), 3U);
    EXPECT_TRUE(row(hole, "2012").older_figure);
    EXPECT_EQ(row(hole, "2012").footprint.factors.intensity.year, 2011);
    // Quebec: lifecycle figures of 2019 and 2020, then one without a year.
    const Comparison quebec = of_years("CA-QC", 2019, 2025);
    EXPECT_EQ(quebec.rows.size(), 2U);
    EXPECT_THAT(quebec.unranked.front().why, HasSubstr("after 2020"));
    EXPECT_FALSE(compare({}, Axis::kYear, refdata::Basis::kLifecycle, {}));
}

TEST(Compare, ARowThatFailsIsNamedAndTheOthersStay) {
    const Comparison all = compared({"FRA", "nowhere"});
    EXPECT_EQ(all.rows.size(), 1U);
    ASSERT_EQ(all.unranked.size(), 1U);
    EXPECT_THAT(all.unranked.front().why, HasSubstr("nowhere"));
    EXPECT_FALSE(compare({in_region("nowhere")}, Axis::kRegion, refdata::Basis::kLifecycle, {}));
    EXPECT_FALSE(compare({}, Axis::kRegion, refdata::Basis::kLifecycle, {}));
}

}  // namespace
}  // namespace gramme::estimate
