#include "plan/family.hpp"

#include <gtest/gtest.h>

namespace gramme::plan {
namespace {

constexpr LineageKind kResume = LineageKind::kResumeOf;
constexpr LineageKind kTune = LineageKind::kFineTuneOf;
constexpr LineageKind kTrial = LineageKind::kTrialOf;

/// A run that started in hour `hour` and used `kwh`, at 400 g/kWh give or take half.
Member made_up(const std::string& id, std::int64_t hour, double kwh, std::optional<Lineage> lineage = {},
               const std::string& part_of = "") {
    Member out;
    out.run.id = id;
    out.run.started_wall_ns = hour;
    out.run.lineage = std::move(lineage);
    out.run.part_of = part_of;
    out.energy_kwh = kwh;
    out.operational_kgco2e = Estimate{kwh * 0.4, kwh * 0.2, kwh * 0.6};
    return out;
}

const FamilyNode& node_of(const Family& family, std::string_view id) {
    for (const FamilyNode& node : family.nodes) {
        if (node.id == id) {
            return node;
        }
    }
    ADD_FAILURE() << id;
    return family.nodes.front();
}

TEST(Family, TheFinalRunAndGettingThere) {
    // base 60 kWh, three trials of 10, 5 and 25, fine-tuned 5: getting there is 60 + 40 = 100 kWh, 40 kg.
    const Forest forest = forest_of(
        {made_up("base", 1, 60.0), made_up("t1", 2, 10.0, Lineage{kTrial, "base"}),
         made_up("t2", 3, 5.0, Lineage{kTrial, "base"}), made_up("final", 5, 5.0, Lineage{kTune, "base"}),
         made_up("t3", 6, 25.0, Lineage{kTrial, "base"})});
    ASSERT_EQ(forest.families.size(), 1U);
    const Family& family = forest.families.front();
    EXPECT_TRUE(node_of(family, "final").is_final) << "a trial is later, but no model";
    EXPECT_DOUBLE_EQ(*family.final_run.energy_kwh, 5.0);
    EXPECT_DOUBLE_EQ(*family.on_the_way.energy_kwh, 100.0);
    EXPECT_DOUBLE_EQ(family.on_the_way.operational_kgco2e->value, 40.0);
    EXPECT_DOUBLE_EQ(family.on_the_way.operational_kgco2e->low, 20.0);
    EXPECT_DOUBLE_EQ(*family.multiplier, 21.0);  // (5 + 100) / 5
}

TEST(Family, APartOfARunIsNotAddedTwice) {
    const Forest forest = forest_of(
        {made_up("outer", 1, 10.0), made_up("span", 2, 4.0, Lineage{kTrial, "outer"}, "outer"),
         made_up("other", 3, 3.0, {}, "outer"), made_up("next", 4, 1.0, Lineage{kResume, "outer"})});
    ASSERT_EQ(forest.families.size(), 1U);
    EXPECT_EQ(forest.families[0].all.runs, 2U);
    EXPECT_DOUBLE_EQ(*forest.families[0].all.energy_kwh, 11.0);
    EXPECT_FALSE(node_of(forest.families[0], "span").counted);
    EXPECT_FALSE(node_of(forest.families[0], "other").counted);
}

TEST(Family, AnAncestorThatIsGoneStillHoldsItsChildrenTogether) {
    const Forest forest = forest_of(
        {made_up("a", 1, 1.0, Lineage{kTrial, "sweep"}), made_up("b", 2, 2.0, Lineage{kTrial, "sweep"})});
    ASSERT_EQ(forest.families.size(), 1U);
    EXPECT_FALSE(forest.families[0].nodes[0].member);
    EXPECT_EQ(forest.families[0].final_run.runs, 0U) << "trials alone make no model";
    EXPECT_DOUBLE_EQ(*forest.families[0].all.energy_kwh, 3.0);
}

TEST(Family, AnotherModelOfTheSameBaseIsNotOnTheWay) {
    const Forest forest = forest_of({made_up("base", 1, 8.0), made_up("mine", 2, 1.0, Lineage{kTune, "base"}),
                                     made_up("yours", 3, 2.0, Lineage{kTune, "base"}),
                                     made_up("crashed", 4, 4.0, Lineage{kResume, "base"})},
                                    "mine");
    ASSERT_EQ(forest.families.size(), 1U);
    const Family& family = forest.families[0];
    EXPECT_TRUE(node_of(family, "mine").is_final);
    EXPECT_FALSE(node_of(family, "yours").on_the_way);
    EXPECT_TRUE(node_of(family, "crashed").on_the_way) << "the base, resumed in vain";
    EXPECT_DOUBLE_EQ(*family.on_the_way.energy_kwh, 12.0);
    EXPECT_DOUBLE_EQ(*family.all.energy_kwh, 15.0);
}

TEST(Family, WhatIsNotKnownIsCountedAsThat) {
    Member unknown = made_up("u", 1, 0.0);
    unknown.energy_kwh.reset();
    unknown.operational_kgco2e.reset();
    const Forest forest = forest_of({unknown, made_up("v", 2, 2.0, Lineage{kResume, "u"})});
    EXPECT_EQ(forest.families[0].all.not_known, 1U);
    EXPECT_DOUBLE_EQ(*forest.families[0].all.energy_kwh, 2.0);
    EXPECT_FALSE(forest.families[0].multiplier);
}

TEST(Family, ACircleIsCutAndSaid) {
    const Forest forest =
        forest_of({made_up("a", 1, 1.0, Lineage{kResume, "b"}), made_up("b", 2, 2.0, Lineage{kResume, "a"}),
                   made_up("c", 3, 3.0, Lineage{kResume, "c"})});
    EXPECT_EQ(forest.notes.size(), 2U);
    ASSERT_EQ(forest.families.size(), 2U);
    EXPECT_EQ(forest.families[0].all.runs + forest.families[1].all.runs, 3U);
}

}  // namespace
}  // namespace gramme::plan
