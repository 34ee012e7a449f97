#include "train_transformer/optimiser.hpp"

#include <gtest/gtest.h>

namespace gramme::transformer {
namespace {

constexpr Shape kShape{.vocabulary = 2, .context = 2, .width = 2, .heads = 1, .layers = 1};

TEST(Adam, FirstStepHasTheSizeOfTheLearningRate) {
    // Bias-corrected mean is g, bias-corrected square is g^2: the step is rate x g / |g|.
    Weights<double> weights = zero_weights<double>(kShape);
    Weights<double> gradient = zero_weights<double>(kShape);
    gradient.head(0, 0) = 0.5;
    gradient.head(1, 1) = -0.01;
    Adam<double> adam{kShape};
    adam.step(weights, gradient, 0.1);
    EXPECT_NEAR(weights.head(0, 0), -0.1, 1e-6);
    EXPECT_NEAR(weights.head(1, 1), 0.1, 1e-6);
    EXPECT_EQ(weights.head(0, 1), 0.0);
}

TEST(Adam, ShortensALongGradientToOne) {
    Weights<double> weights = zero_weights<double>(kShape);
    Weights<double> gradient = zero_weights<double>(kShape);
    gradient.head(0, 0) = 30.0;
    gradient.symbol(0, 0) = 40.0;  // norm 50
    Adam<double> adam{kShape};
    adam.step(weights, gradient, 0.1);
    EXPECT_NEAR(gradient.head(0, 0), 0.6, 1e-9);
    EXPECT_NEAR(gradient.symbol(0, 0), 0.8, 1e-9);
}

TEST(LearningRate, RisesThenFallsToATenth) {
    EXPECT_DOUBLE_EQ(learning_rate(0, 100, 1.0), 0.2);  // 100 / 20 = 5 steps to rise
    EXPECT_DOUBLE_EQ(learning_rate(4, 100, 1.0), 1.0);
    EXPECT_DOUBLE_EQ(learning_rate(5, 100, 1.0), 1.0);
    EXPECT_NEAR(learning_rate(99, 100, 1.0), 0.1, 1e-3);
    EXPECT_DOUBLE_EQ(learning_rate(0, 1, 1.0), 1.0);
}

}  // namespace
}  // namespace gramme::transformer
