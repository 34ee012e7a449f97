#include "plan/space.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "plan/sampling.hpp"

namespace gramme::plan {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

Parameter list(const std::string& name, std::vector<std::string> values) {
    Parameter out;
    out.name = name;
    out.values = std::move(values);
    return out;
}

Parameter range(const std::string& name, double low, double high) {
    Parameter out;
    out.name = name;
    out.low = low;
    out.high = high;
    return out;
}

/// momentum stands only beside sgd, and nesterov only beside a momentum of 0.9.
Space conditional() {
    Parameter nesterov = list("nesterov", {"true", "false"});
    nesterov.when = {{"momentum", {"0.9"}}};
    Parameter momentum = list("momentum", {"0.5", "0.9"});
    momentum.when = {{"optimizer", {"sgd"}}};
    Space space;
    space.parameters = {nesterov, momentum, list("optimizer", {"sgd", "adam"}),
                        list("batch", {"16", "32", "64"})};
    return space;
}

std::string refusal(Space space) {
    const auto done = check_space(space);
    return done ? "" : done.error().what;
}

TEST(Space, APointFitsIntoAnArgument) {
    // Else the kernel refuses to start a trial, in the middle of a sweep (E2BIG).
    Space space;
    space.parameters = {list("a", {"1", "2"}), list("b", {"x", std::string(59'000, 'y')})};
    EXPECT_EQ(refusal(space), "");
    space.parameters[1].values[1].append(2'000, 'y');
    EXPECT_THAT(refusal(space), HasSubstr("parameter 'b'"));
    space.parameters[1].values[1] = std::string(40'000, 'y');
    space.parameters[0].values[1] = std::string(30'000, 'y');
    EXPECT_THAT(refusal(space), HasSubstr("60000 bytes together"));
}

TEST(Space, AGridCountsAParameterOnlyWhereItsConditionHolds) {
    Space space = conditional();
    ASSERT_TRUE(check_space(space));
    // sgd: momentum 0.5 (1) + momentum 0.9 with two of nesterov (2) = 3; adam: 1; times three batches.
    EXPECT_DOUBLE_EQ(grid_size(space), 12.0);
    const auto points = grid_points(space, 100);
    ASSERT_TRUE(points);
    EXPECT_EQ(points->size(), 12U);
    EXPECT_EQ(point_text(points->front()), "optimizer=sgd batch=16 momentum=0.5");
    EXPECT_EQ(point_text(points->back()), "optimizer=adam batch=64");
    EXPECT_FALSE(grid_points(space, 11));
}

TEST(Space, ARangeHasItsEndsAndEqualRatiosOnALogScale) {
    Parameter lr = range("lr", 1e-4, 1e-1);
    lr.is_log = true;
    lr.points = 4;
    EXPECT_THAT(grid_values(lr), ElementsAre("0.0001", "0.001", "0.01", "0.1"));
    Parameter stepped = range("x", 0.1, 0.5);
    stepped.step = 0.1;
    EXPECT_THAT(grid_values(stepped), ElementsAre("0.1", "0.2", "0.3", "0.4", "0.5"));
    Parameter layers = range("layers", 1, 4);
    layers.is_integer = true;
    EXPECT_EQ(grid_count(layers), 4U);
    EXPECT_TRUE(grid_is_assumed(range("y", 0, 1)));
    EXPECT_EQ(grid_count(range("y", 0, 1)), kUsualPoints);
}

TEST(Space, SaysWhatIsWrong) {
    Space space;
    EXPECT_THAT(refusal(space), HasSubstr("1 to 200"));
    space.parameters = {range("lr", 1, 1)};
    EXPECT_THAT(refusal(space), HasSubstr("does not go up"));
    space.parameters = {range("lr", 0, 1)};
    space.parameters[0].is_log = true;
    EXPECT_THAT(refusal(space), HasSubstr("above 0"));
    space.parameters = {list("a", {"1"}), list("a", {"2"})};
    EXPECT_THAT(refusal(space), HasSubstr("twice"));
    space = conditional();
    space.parameters[2].when = {{"momentum", {"0.9"}}};
    EXPECT_THAT(refusal(space), HasSubstr("lead back"));
    space = conditional();
    space.parameters[1].when[0].values = {"rmsprop"};
    EXPECT_THAT(refusal(space), HasSubstr("never has the value 'rmsprop'"));
    space.parameters = {range("x", 0, 1)};
    space.parameters[0].step = 1e-9;
    EXPECT_THAT(refusal(space), HasSubstr("100000"));
}

TEST(Sampling, TheSameSeedDrawsTheSamePointsWhateverTheirNumber) {
    Space space = conditional();
    space.parameters.push_back(range("lr", 1e-4, 1e-1));
    space.parameters.back().is_log = true;
    ASSERT_TRUE(check_space(space));
    const auto few = draw_points(space, 7, 5);
    const auto many = draw_points(space, 7, 50);
    ASSERT_EQ(many.size(), 50U);
    EXPECT_TRUE(std::equal(few.begin(), few.end(), many.begin()));
    EXPECT_NE(draw_points(space, 8, 5), few);
    for (const Point& point : many) {
        const bool sgd = point_text(point).find("optimizer=sgd") != std::string::npos;
        const bool has = point_text(point).find("momentum=") != std::string::npos;
        EXPECT_EQ(sgd, has) << point_text(point);
    }
}

TEST(Sampling, ALogScaleFillsEachDecadeAlike) {
    Space space;
    space.parameters = {range("lr", 1e-4, 1e-1)};
    space.parameters[0].is_log = true;
    constexpr int kDraws = 3000;
    int below = 0;  // 0.001: a third of the range on its scale, 0.9 % of it on a line
    for (std::uint64_t i = 0; i < kDraws; ++i) {
        const double value = std::stod(draw(space, 1, i)[0].second);
        ASSERT_GE(value, 1e-4);
        ASSERT_LE(value, 1e-1);
        below += value < 1e-3 ? 1 : 0;
    }
    EXPECT_NEAR(below, kDraws / 3, 3 * 26);  // three standard deviations of a binomial
}

TEST(Sampling, AWholeRangeReachesBothEndsAsOftenAsTheRest) {
    Space space;
    space.parameters = {range("layers", 1, 4)};
    space.parameters[0].is_integer = true;
    int ends = 0;
    for (std::uint64_t i = 0; i < 2000; ++i) {
        const std::string value = draw(space, 3, i)[0].second;
        ends += value == "1" || value == "4" ? 1 : 0;
    }
    EXPECT_NEAR(ends, 1000, 3 * 22);
}

TEST(Sampling, AFiniteSpaceIsDrawnOnce) {
    Space space = conditional();
    ASSERT_TRUE(check_space(space));
    EXPECT_EQ(draw_points(space, 1, 100).size(), 12U) << "training a point again tells nothing new";
}

TEST(GridSize, AChainOfConditionsIsCountedStateByState) {
    // c0, and each next one where the one before is 0 or 1: all 24 are always there.
    Space space;
    for (int i = 0; i < 24; ++i) {
        Parameter one;
        one.name = "c" + std::to_string(i);
        one.values = {"0", "1"};
        if (i > 0) {
            one.when = {{"c" + std::to_string(i - 1), {"0", "1"}}};
        }
        space.parameters.push_back(one);
    }
    ASSERT_TRUE(check_space(space));
    EXPECT_EQ(grid_size(space), 16777216.0);  // 2^24
    space.parameters[23].when = {{"c22", {"1"}}};
    EXPECT_EQ(grid_size(space), 12582912.0);  // 2^22 x (1 + 2)
}

TEST(GridSize, ValuesThatNoConditionTellsApartAreCountedTogether) {
    // 12 lists of 30, and one more parameter where each of them has its first value: 30^12 - 1 + 2.
    Space space;
    Parameter last;
    last.name = "last";
    last.values = {"0", "1"};
    for (int i = 0; i < 12; ++i) {
        Parameter one;
        one.name = "p" + std::to_string(i);
        for (int v = 0; v < 30; ++v) {
            one.values.push_back(std::to_string(v));
        }
        last.when.push_back({one.name, {"0"}});
        space.parameters.push_back(one);
    }
    space.parameters.push_back(last);
    ASSERT_TRUE(check_space(space));
    EXPECT_NEAR(grid_size(space) / (std::pow(30.0, 12.0) + 1.0), 1.0, 1e-12);
}

TEST(GridSize, ConditionsThatHangTogetherInTooManyWaysAreRefused) {
    Space space;
    Parameter last;
    last.name = "last";
    last.values = {"0", "1"};
    for (int i = 0; i < 40; ++i) {
        Parameter one;
        one.name = "p" + std::to_string(i);
        one.values = {"0", "1"};
        last.when.push_back({one.name, {"0"}});
        space.parameters.push_back(one);
    }
    space.parameters.push_back(last);
    const auto checked = check_space(space);
    ASSERT_FALSE(checked);
    EXPECT_EQ(checked.error().code, Code::kMalformed);
}

}  // namespace
}  // namespace gramme::plan
