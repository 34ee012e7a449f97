// The whole training run: seconds of matrix products, a minute under a sanitizer, so it has a label of its
// own.
#include <gtest/gtest.h>

#include "small_plan.hpp"

namespace gramme::transformer {
namespace {

TEST(Trainer, LearnsMoreThanPairsOfCharacters) {
    const auto corpus = licence(32);
    ASSERT_TRUE(corpus) << corpus.error().what;
    const TrainingPlan plan = small_plan(*corpus, 800);
    Trainer trainer{plan, *corpus};
    for (int i = 0; i < plan.steps; ++i) {
        trainer.step();
    }
    EXPECT_LT(trainer.validate(), corpus->bigram_nats());
}

}  // namespace
}  // namespace gramme::transformer
