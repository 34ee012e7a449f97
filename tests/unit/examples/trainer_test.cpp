#include "train_transformer/trainer.hpp"

#include <gtest/gtest.h>

namespace gramme::transformer {
namespace {

/// The licence of this project: always there, and about as long as the default text.
Result<Corpus> licence(int context) {
    auto text = read_text(GRAMME_SOURCE_DIR "/LICENSE");
    if (!text) {
        return std::move(text).error();
    }
    return Corpus::from_text(*text, static_cast<std::size_t>(context));
}

TrainingPlan small_plan(const Corpus& corpus, int steps) {
    TrainingPlan plan;
    plan.shape = {.vocabulary = static_cast<int>(corpus.vocabulary()),
                  .context = 32,
                  .width = 32,
                  .heads = 2,
                  .layers = 2};
    plan.batch = 8;
    plan.steps = steps;
    plan.peak_rate = 6e-3;
    return plan;
}

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
