// One training run: draws batches, spreads them over threads, moves the weights, measures the validation
// loss.
#pragma once

#include <cstdint>
#include <vector>

#include "train_transformer/model.hpp"
#include "train_transformer/optimiser.hpp"
#include "train_transformer/text.hpp"

namespace gramme::transformer {

struct TrainingPlan {
    Shape shape;
    int batch = 16;
    int steps = 1200;
    int threads = 1;
    double peak_rate = 3e-3;
    std::uint64_t seed = 1;
};

/// One caller thread; `threads` workers inside a step. The result depends on the plan's numbers and the
/// corpus, not on the number of threads: a batch is always cut into the same shards, and these are added in
/// one order.
class Trainer {
public:
    /// `corpus` is borrowed for the life of the trainer and was made for `plan.shape.context`.
    Trainer(const TrainingPlan& plan, const Corpus& corpus);
    /// One step of Adam; the mean loss of its batch before the step, in nats per symbol.
    double step();
    /// Mean loss over all validation blocks, in nats per symbol.
    [[nodiscard]] double validate() const;

private:
    double gradient_of(std::span<const Sequence> batch);

    TrainingPlan plan_;
    const Corpus& corpus_;
    Random random_;
    Weights<float> weights_;
    Adam<float> adam_;
    std::vector<Weights<float>> shard_gradients_;
    int done_ = 0;
};

}  // namespace gramme::transformer
