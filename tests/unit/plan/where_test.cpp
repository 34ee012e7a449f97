// plan::rank: the front against its definition; hours with other hardware.
#include "plan/where.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace gramme::plan {
namespace {

Way way(double kg, double hours, std::optional<double> money, const std::string& label) {
    Way out;
    out.kgco2e = {kg, kg, kg};
    out.hours = {hours, hours, hours};
    out.money = money;
    out.label = out.place = label;
    out.footprint.energy_kwh = Estimate{1.0, 1.0, 1.0};
    return out;
}

/// As the words say it, each pair on its own.
bool beats(const Way& a, const Way& b) {
    const double money_a = a.money.value_or(0.0);
    const double money_b = b.money.value_or(0.0);
    const bool no_worse =
        a.kgco2e.value <= b.kgco2e.value && a.hours.value <= b.hours.value && money_a <= money_b;
    const bool better = a.kgco2e.value < b.kgco2e.value || a.hours.value < b.hours.value || money_a < money_b;
    return no_worse && better;
}

RC_GTEST_PROP(Where, TheFrontIsWhatNoOtherWayBeats, (bool with_money)) {
    const auto count = *rc::gen::inRange(1, 60);
    Where all;
    for (int i = 0; i < count; ++i) {
        const auto few = [] { return static_cast<double>(*rc::gen::inRange(0, 8)); };
        const double kg = few();
        const double hours = few();
        const auto money = with_money ? std::optional{few()} : std::nullopt;
        all.ways.push_back(way(kg, hours, money, std::to_string(i)));
    }
    rank(all);
    for (std::size_t i = 0; i < all.ways.size(); ++i) {
        const Way& one = all.ways[i];
        bool beaten = false;
        for (const Way& other : all.ways) {
            beaten = beaten || beats(other, one);
        }
        RC_ASSERT(one.on_front == !beaten);
        if (beaten) {
            RC_ASSERT(all.ways[one.beaten_by].on_front);
            RC_ASSERT(beats(all.ways[one.beaten_by], one));
        }
        RC_ASSERT(all.ways[all.fastest].hours.value <= one.hours.value);
        if (with_money) {
            RC_ASSERT(*all.ways[*all.cheapest].money <= *one.money);
        }
        if (i > 0) {  // RC_ASSERT looks at both sides of ||
            RC_ASSERT(all.ways[i - 1].kgco2e.value <= one.kgco2e.value);
        }
    }
}

TEST(Where, HoursFollowThroughputAndLoseSomeWithEachDoubling) {
    // 8 devices of 100 for 10 h; with 32 of 50 it is twice the throughput, and two doublings keep 0.9 x 0.9.
    EXPECT_DOUBLE_EQ(hours_with(10.0, {100.0, 8.0}, {50.0, 32.0}, 0.9), 10.0 * 0.5 / 0.81);
    EXPECT_DOUBLE_EQ(hours_with(10.0, {100.0, 8.0}, {100.0, 8.0}, 0.9), 10.0);
    // Fewer of them waste less: half the devices take less than twice the time.
    EXPECT_DOUBLE_EQ(hours_with(10.0, {100.0, 8.0}, {100.0, 4.0}, 0.9), 18.0);
    EXPECT_DOUBLE_EQ(hours_with(10.0, {100.0, 8.0}, {100.0, 16.0}, 1.0), 5.0);
}

TEST(Where, OnlyWhatDiffersTellsTwoWaysApart) {
    Where all;
    for (const char* place : {"A", "B"}) {
        for (const double factor : {1.0, 1.5}) {
            Way one = way((place == std::string{"A"} ? 1.0 : 1.3) * factor, 10.0, {}, place);
            one.footprint.factors.intensity.sigma_ln = 0.3;  // exp(1.96 x sqrt(2) x 0.3) = 2.3
            one.hardware = factor == 1.0 ? "gpu" : "other gpu";
            all.ways.push_back(one);
        }
    }
    rank(all);
    EXPECT_FALSE(all.ways[0].like_least);
    EXPECT_EQ(all.ways[1].place, "B");
    EXPECT_TRUE(all.ways[1].like_least) << "another place, within the intervals of both grids";
    EXPECT_EQ(all.ways[2].hardware, "other gpu");
    EXPECT_FALSE(all.ways[2].like_least) << "the same place: its grid is the same for both";
}

}  // namespace
}  // namespace gramme::plan
