// The targets of the model of CPU power, on machines that it was not made from.
#include "load_curves.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

namespace gramme::validation {
namespace {

std::vector<Step> steps_with(Clock clock) {
    const std::ifstream in(GRAMME_SOURCE_DIR "/tests/data/load_curves.csv");
    std::ostringstream text;
    text << in.rdbuf();
    auto steps = play_load_curves(text.str(), clock);
    EXPECT_TRUE(steps) << steps.error().what;
    return steps ? *std::move(steps) : std::vector<Step>{};
}

TEST(LoadCurves, ErrorIsAtMostThreeQuartersOfCodeCarbons) {
    const std::vector<Step> steps = steps_with(Clock::kShown);
    ASSERT_EQ(steps.size(), 38U);
    EXPECT_LE(score(steps, "").ratio(), 0.75);
    EXPECT_LE(score(steps, "threadripper-1950x").ratio(), 0.75);
}

TEST(LoadCurves, NineStepsOfTenLieInTheInterval) {
    EXPECT_GE(score(steps_with(Clock::kShown), "").coverage, 0.9);
}

TEST(LoadCurves, TheIntervalIsAtMostAFactorOfThreeWide) {
    EXPECT_LE(score(steps_with(Clock::kShown), "").median_width, 3.0);
}

TEST(LoadCurves, AHiddenClockWidensTheInterval) {
    // One of the two runs at half its clock below half load, which nobody can know then.
    EXPECT_GT(score(steps_with(Clock::kHidden), "").median_width,
              score(steps_with(Clock::kShown), "").median_width);
}

TEST(LoadCurves, CodeCarbonIsWhatItsFormulaSays) {
    const std::vector<Step> steps = steps_with(Clock::kShown);
    ASSERT_FALSE(steps.empty());
    EXPECT_NEAR(steps[0].codecarbon_w, 18.435,
                1e-3);  // 180 W x (0.1 + 0.9 x 0.139^3): threadripper at 13.9 %
}

}  // namespace
}  // namespace gramme::validation
