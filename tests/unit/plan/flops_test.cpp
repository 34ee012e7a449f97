#include "plan/flops.hpp"

#include <gtest/gtest.h>

namespace gramme::plan {
namespace {

Shape shape(double parameters, double tokens, double layers, double width, double length) {
    Shape out;
    out.parameters = parameters;
    out.tokens = tokens;
    out.layers = layers;
    out.width = width;
    out.sequence_length = length;
    return out;
}

double attention_percent(const Shape& of) {
    const Compute compute = compute_of(Method::kFull, of);
    return 100.0 * compute.attention_per_token / compute.weights_per_token;
}

TEST(Flops, AreSixOfAParameterAndTwelveOfAPair) {
    // 6 x 10 + 12 x 2 x 3 x 5 = 60 + 360 = 420, of 7 tokens 2940
    const Compute compute = compute_of(Method::kFull, shape(10, 7, 2, 3, 5));
    EXPECT_DOUBLE_EQ(compute.weights_per_token, 60.0);
    EXPECT_DOUBLE_EQ(compute.attention_per_token, 360.0);
    EXPECT_DOUBLE_EQ(compute.model, 2940.0);
    EXPECT_DOUBLE_EQ(compute.hardware, 2940.0);
}

TEST(Flops, AttentionOfPublishedModelsIsAsPublished) {
    // research on planning: PaLM 1.1 %, GPT-3 2.8 %, Llama 3 8B at 8k 27 %, 405B at 8k 8 %, at 128k 133 %
    EXPECT_NEAR(attention_percent(shape(540.35e9, 1, 118, 48 * 256, 2048)), 1.1, 0.05);
    EXPECT_NEAR(attention_percent(shape(175e9, 1, 96, 12288, 2048)), 2.8, 0.05);
    EXPECT_NEAR(attention_percent(shape(8.03e9, 1, 32, 4096, 8192)), 27.0, 0.5);
    EXPECT_NEAR(attention_percent(shape(405.9e9, 1, 126, 16384, 8192)), 8.0, 0.5);
    EXPECT_NEAR(attention_percent(shape(405.9e9, 1, 126, 16384, 131072)), 133.0, 0.5);
}

TEST(Flops, WhatIsFrozenNeedsNoGradient) {
    Shape of = shape(10, 1, 2, 3, 5);
    EXPECT_DOUBLE_EQ(compute_of(Method::kLora, of).model,
                     40.0 + 360.0);  // attention has no weights to leave out
    EXPECT_DOUBLE_EQ(compute_of(Method::kUse, of).model, 20.0 + 120.0);
    of.head_parameters = 1.0;
    EXPECT_DOUBLE_EQ(compute_of(Method::kFrozen, of).model, 20.0 + 6.0 + 120.0);
    EXPECT_DOUBLE_EQ(compute_of(Method::kFull, of).model, 60.0 + 360.0);
}

TEST(Flops, RecomputingIsAFurtherForwardPass) {
    // OPT's log: 4.30e23 executed; 8ND = 8 x 175e9 x 300e9 = 4.2e23 without attention
    Shape opt;
    opt.parameters = 175e9;
    opt.tokens = 300e9;
    opt.recompute = true;
    const Compute compute = compute_of(Method::kFull, opt);
    EXPECT_DOUBLE_EQ(compute.model, 3.15e23);
    EXPECT_DOUBLE_EQ(compute.hardware, 4.2e23);
    EXPECT_DOUBLE_EQ(compute_of(Method::kUse, opt).hardware, 1.05e23);  // nothing comes back
}

TEST(Flops, WithoutAShapeThereIsNoAttention) {
    Shape of = shape(10, 7, 2, 3, 5);
    of.width.reset();
    EXPECT_DOUBLE_EQ(compute_of(Method::kFull, of).model, 420.0);
    EXPECT_DOUBLE_EQ(compute_of(Method::kFull, of).attention_per_token, 0.0);
}

TEST(Method, IsNamed) {
    for (const Method one : {Method::kFull, Method::kLora, Method::kFrozen}) {
        EXPECT_EQ(*method_named(name_of(one), "--method"), one);
    }
    EXPECT_EQ(method_named("sft", "--method").error().code, Code::kUsage);
    EXPECT_FALSE(method_named("use", "--method"));
}

}  // namespace
}  // namespace gramme::plan
