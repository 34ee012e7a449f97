// A text and a training run small enough for a test.
#pragma once

#include "train_transformer/trainer.hpp"

namespace gramme::transformer {

/// The licence of this project: always there, and about as long as the default text.
inline Result<Corpus> licence(int context) {
    auto text = read_text(GRAMME_SOURCE_DIR "/LICENSE");
    if (!text) {
        return std::move(text).error();
    }
    return Corpus::from_text(*text, static_cast<std::size_t>(context));
}

inline TrainingPlan small_plan(const Corpus& corpus, int steps) {
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

}  // namespace gramme::transformer
