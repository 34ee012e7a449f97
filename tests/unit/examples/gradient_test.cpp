// Every weight's derivative against central differences, in double: (f(w + h) - f(w - h)) / 2h.
#include <gtest/gtest.h>

#include <cmath>

#include "train_transformer/model.hpp"

namespace gramme::transformer {
namespace {

constexpr double kStep = 1e-5;
constexpr double kMostRelativeError = 1e-4;

/// A model in which every weight matters: biases and gains are random as well.
Weights<double> any_weights(const Shape& shape) {
    Random random{7};
    Weights<double> weights = random_weights<double>(shape, random);
    for (const auto& named : weights.all()) {
        for (Eigen::Index i = 0; i < named.matrix->size(); ++i) {
            named.matrix->data()[i] += 0.2 * random.normal();
        }
    }
    return weights;
}

double relative_error(const Matrix<double>& a, const Matrix<double>& b) {
    return (a - b).norm() / (a.norm() + b.norm());
}

class Gradient : public ::testing::Test {
protected:
    Shape shape_{.vocabulary = 5, .context = 4, .width = 6, .heads = 2, .layers = 2};
    // The last symbol follows the inputs; 3 never comes first, 4 is never an input.
    std::vector<Symbol> text_{0, 1, 2, 3, 4, 2, 2, 0, 1, 3};
    std::vector<Sequence> batch_{{{text_.data(), 4}, {text_.data() + 1, 4}},
                                 {{text_.data() + 5, 4}, {text_.data() + 6, 4}}};
    Weights<double> weights_ = any_weights(shape_);
};

TEST_F(Gradient, OfEveryMatrixAgreesWithFiniteDifferences) {
    Weights<double> analytic = zero_weights<double>(shape_);
    loss(shape_, weights_, batch_, &analytic);
    Weights<double> numeric = zero_weights<double>(shape_);
    const auto at = weights_.all();
    const auto analytics = analytic.all();
    const auto numerics = numeric.all();
    ASSERT_EQ(at.size(), 2U + 2U * 12U + 4U);
    for (std::size_t k = 0; k < at.size(); ++k) {
        for (Eigen::Index i = 0; i < at[k].matrix->size(); ++i) {
            double& weight = at[k].matrix->data()[i];
            const double kept = weight;
            weight = kept + kStep;
            const double above = loss(shape_, weights_, batch_);
            weight = kept - kStep;
            const double below = loss(shape_, weights_, batch_);
            weight = kept;
            numerics[k].matrix->data()[i] = (above - below) / (2.0 * kStep);
        }
        EXPECT_GT(numerics[k].matrix->norm(), 1e-6) << at[k].name << " does nothing";
        EXPECT_LT(relative_error(*analytics[k].matrix, *numerics[k].matrix), kMostRelativeError)
            << at[k].name;
    }
}

TEST_F(Gradient, IsAddedWithItsScale) {
    Weights<double> once = zero_weights<double>(shape_);
    loss(shape_, weights_, batch_, &once);
    Weights<double> thrice = zero_weights<double>(shape_);
    loss(shape_, weights_, batch_, &thrice, 1.0);
    loss(shape_, weights_, batch_, &thrice, 2.0);
    EXPECT_LT(relative_error(thrice.head, 3.0 * once.head), 1e-12);
    EXPECT_LT(relative_error(thrice.symbol, 3.0 * once.symbol), 1e-12);
}

TEST(Attention, GivesTheFutureNoWeight) {
    Random random{3};
    Matrix<double> qkv(3, 6);
    for (Eigen::Index i = 0; i < qkv.size(); ++i) {
        qkv.data()[i] = random.normal();
    }
    Matrix<double> weights;
    const Matrix<double> before = attention(qkv, 3, 1, weights);
    EXPECT_EQ(weights(0, 1), 0.0);
    EXPECT_EQ(weights(0, 2), 0.0);
    EXPECT_EQ(weights(1, 2), 0.0);
    EXPECT_DOUBLE_EQ(weights(0, 0), 1.0);  // the first position sees itself alone
    EXPECT_DOUBLE_EQ(weights.row(2).sum(), 1.0);
    qkv.row(2).setConstant(9.0);  // the last position changes: the first two stay
    const Matrix<double> after = attention(qkv, 3, 1, weights);
    EXPECT_TRUE(before.topRows(2) == after.topRows(2));
    EXPECT_FALSE(before.row(2) == after.row(2));
}

TEST(LayerNorm, GivesRowsOfMeanZeroAndVarianceOne) {
    Matrix<double> x(1, 4);
    x << 1.0, 2.0, 3.0, 6.0;  // mean 3, variance (4 + 1 + 0 + 9) / 4 = 3.5
    NormCache<double> cache;
    const Matrix<double> y =
        layer_norm<double>(x, Matrix<double>::Ones(1, 4), Matrix<double>::Zero(1, 4), cache);
    EXPECT_NEAR(y(0, 0), -2.0 / std::sqrt(3.5), 1e-5);
    EXPECT_NEAR(y(0, 3), 3.0 / std::sqrt(3.5), 1e-5);
}

TEST(Loss, OfAnEvenGuessIsTheLogarithmOfTheVocabulary) {
    const Shape shape{.vocabulary = 5, .context = 2, .width = 4, .heads = 2, .layers = 1};
    const std::vector<Symbol> text{0, 1, 2};
    const std::vector<Sequence> batch{{{text.data(), 2}, {text.data() + 1, 2}}};
    Random random{1};
    Weights<double> weights = random_weights<double>(shape, random);
    weights.head.setZero();
    EXPECT_DOUBLE_EQ(loss(shape, weights, batch), std::log(5.0));
}

}  // namespace
}  // namespace gramme::transformer
