#include <gtest/gtest.h>

#include "small_plan.hpp"

namespace gramme::transformer {
namespace {

TEST(Trainer, GivesTheSameLossesForAnyNumberOfThreads) {
    const auto corpus = licence(32);
    ASSERT_TRUE(corpus) << corpus.error().what;
    TrainingPlan plan = small_plan(*corpus, 5);
    Trainer alone{plan, *corpus};
    plan.threads = 3;
    Trainer together{plan, *corpus};
    for (int i = 0; i < plan.steps; ++i) {
        EXPECT_EQ(alone.step(), together.step()) << "step " << i;
    }
    EXPECT_EQ(alone.validate(), together.validate());
}

TEST(Trainer, ASeedGivesAnotherRun) {
    const auto corpus = licence(32);
    ASSERT_TRUE(corpus) << corpus.error().what;
    TrainingPlan plan = small_plan(*corpus, 5);
    Trainer one{plan, *corpus};
    plan.seed = 2;
    Trainer two{plan, *corpus};
    EXPECT_NE(one.step(), two.step());
}

TEST(Trainer, TakesABatchOfOneSequence) {
    const auto corpus = licence(32);
    ASSERT_TRUE(corpus) << corpus.error().what;
    TrainingPlan plan = small_plan(*corpus, 1);
    plan.batch = 1;
    Trainer trainer{plan, *corpus};
    EXPECT_GT(trainer.step(), 0.0);
}

}  // namespace
}  // namespace gramme::transformer
