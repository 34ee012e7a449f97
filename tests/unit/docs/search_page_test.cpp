// docs/method/search.md: the numbers of its examples are read from the page and worked out again.
#include <gtest/gtest.h>

#include <cmath>

#include "page_numbers.hpp"
#include "plan/family.hpp"
#include "plan/search_cost.hpp"
#include "sweep/spending.hpp"
#include "units/quantity.hpp"

namespace gramme {
namespace {

const std::string kN = R"(([0-9][0-9.]*))";

plan::Parameter list_of(const std::string& name, double values) {
    plan::Parameter out;
    out.name = name;
    for (int i = 0; i < static_cast<int>(values); ++i) {
        out.values.push_back(std::to_string(i));
    }
    return out;
}

TEST(SearchPage, AGridWithACondition) {
    const auto x =
        numbers("search", "A batch of " + kN + " values and an optimizer, sgd or adam, with a momentum of " +
                              kN + " values for sgd alone: .* = " + kN + " points, not " + kN + R"(\.)");
    plan::Space space;
    space.parameters = {list_of("batch", x[0]), list_of("optimizer", 2), list_of("momentum", x[1])};
    EXPECT_DOUBLE_EQ(plan::grid_size(space), x[3]);
    space.parameters[2].when = {{"optimizer", {"0"}}};
    ASSERT_TRUE(plan::check_space(space));
    EXPECT_DOUBLE_EQ(plan::grid_size(space), x[2]);
}

TEST(SearchPage, DrawsForARank) {
    const auto x = numbers(
        "search", "The best " + kN + " % with " + kN + R"( %: ln\()" + kN + R"(\) / ln\()" + kN + R"(\) = )" +
                      kN + ", so " + kN + " draws. The best " + kN + " % with " + kN + " %: " + kN +
                      " draws. Instead of a grid of " + kN + " points " + kN + " draws save " + kN + " %");
    EXPECT_NEAR(std::log(x[2]) / std::log(x[3]), x[4], 0.05);
    EXPECT_EQ(static_cast<double>(plan::draws_needed(x[1] / 100.0, x[0] / 100.0)), x[5]);
    EXPECT_EQ(static_cast<double>(plan::draws_needed(x[7] / 100.0, x[6] / 100.0)), x[8]);
    EXPECT_NEAR(100.0 * (1.0 - x[10] / x[9]), x[11], 0.5);
}

TEST(SearchPage, NarrowingSavesDraws) {
    const auto x = numbers("search", "Half of one range: " + kN + " draws become " + kN +
                                         ". One decade of three on a logarithmic scale: " + kN + " draws");
    plan::SearchRequest request;
    plan::Parameter rate;
    rate.name = "rate";
    rate.low = 1e-4;
    rate.high = 1e-1;
    rate.is_log = true;
    request.space.parameters = {rate};
    request.narrow = {{"rate", 1e-3, 1e-2, {}}};
    const auto plan = plan::plan_search(request);
    ASSERT_TRUE(plan);
    EXPECT_EQ(plan->ways[1].configs, x[0]);
    EXPECT_EQ(static_cast<double>(plan->half.random), x[1]);
    EXPECT_EQ(static_cast<double>(plan->narrowed->random), x[2]);
}

TEST(SearchPage, HalvingOfEightyOne) {
    const auto x = numbers("search", "n = " + kN + ", eta = " + kN + ": " + kN + " full trainings anew, " +
                                         kN + " from checkpoints, instead of " + kN + R"(\.)");
    const auto rungs = plan::halving_rungs(static_cast<std::size_t>(x[0]), x[1]);
    EXPECT_DOUBLE_EQ(plan::cost_restarting(rungs), x[2]);
    EXPECT_NEAR(plan::cost_resuming(rungs), x[3], 0.005);
    EXPECT_EQ(x[4], x[0]);
}

TEST(SearchPage, HyperbandOfEightyOne) {
    const auto x = numbers("search", "R = " + kN + ", eta = " + kN + ": brackets of " + kN + ", " + kN +
                                         ", " + kN + ", " + kN + " and " + kN + " configurations, " + kN +
                                         " in all, for " + kN + " full trainings");
    const auto brackets = plan::hyperband_brackets(x[0], x[1]);
    ASSERT_EQ(brackets.size(), 5U);
    double configs = 0.0;
    double cost = 0.0;
    for (std::size_t i = 0; i < brackets.size(); ++i) {
        EXPECT_EQ(static_cast<double>(brackets[i].front().configs), x[2 + i]);
        configs += x[2 + i];
        cost += plan::cost_restarting(brackets[i]);
    }
    EXPECT_EQ(configs, x[7]);
    EXPECT_NEAR(cost, x[8], 0.05);
}

TEST(SearchPage, ALimitOfASweep) {
    const auto x = numbers("search", "A trial took " + kN + " kWh and an attempt that was cut short " + kN +
                                         " kWh. Of a limit of " + kN + " kWh " + kN +
                                         " kWh are left behind the next trial");
    const auto trial_of = [](double kwh) {
        plan::Trial out;
        out.energy_kwh = kwh;
        out.operational_kgco2e = Estimate{kwh, kwh, kwh};
        return out;
    };
    sweep::Spending spending;
    spending.add_ended(trial_of(x[0]));
    spending.set_cut_short({trial_of(x[1])});
    EXPECT_NEAR(x[2] - x[0] - x[1] - x[0], x[3], 1e-9);
    const plan::Limit limit{plan::Resource::kEnergy, Joules{KilowattHours{x[2]}}.value(), "1kWh"};
    EXPECT_EQ(spending.no_room(limit, 1.0, 0.0, 0.0), "");
    EXPECT_NE(spending.no_room(limit, 1.0, 1.0, 0.0), "");
}

TEST(SearchPage, GettingThere) {
    const auto x =
        numbers("search", "A base of " + kN + " kWh, three trials of " + kN + ", " + kN + " and " + kN +
                              " kWh, and a final fine-tuning of " + kN + " kWh: getting there took " + kN +
                              " kWh, together " + kN + " times the final run");
    std::vector<plan::Member> members(5);
    for (std::size_t i = 0; i < members.size(); ++i) {
        members[i].run.id = std::string(1, static_cast<char>('a' + i));
        members[i].run.started_wall_ns = static_cast<std::int64_t>(i);
        members[i].energy_kwh = x[i];
        if (i > 0) {
            members[i].run.lineage = Lineage{i == 4 ? LineageKind::kFineTuneOf : LineageKind::kTrialOf, "a"};
        }
    }
    const plan::Forest forest = plan::forest_of(members);
    ASSERT_EQ(forest.families.size(), 1U);
    EXPECT_DOUBLE_EQ(*forest.families[0].on_the_way.energy_kwh, x[5]);
    EXPECT_DOUBLE_EQ(*forest.families[0].multiplier, x[6]);
}

}  // namespace
}  // namespace gramme
