#include "train_transformer/trainer.hpp"

#include <algorithm>
#include <atomic>
#include <thread>

namespace gramme::transformer {
namespace {

constexpr std::size_t kMostShards = 8;
constexpr std::size_t kValidationBatch = 16;

/// Calls `work(i)` for each i below `count` on up to `threads` threads, the caller's among them.
template <class Work>
void parallel_for(std::size_t count, int threads, const Work& work) {
    std::atomic<std::size_t> next{0};
    const auto take = [&] {
        for (std::size_t i = next++; i < count; i = next++) {
            work(i);
        }
    };
    std::vector<std::jthread> helpers;
    const std::size_t wanted = std::min(count, static_cast<std::size_t>(threads));
    for (std::size_t i = 1; i < wanted; ++i) {
        helpers.emplace_back(take);
    }
    take();
}

}  // namespace

Trainer::Trainer(const TrainingPlan& plan, const Corpus& corpus)
    : plan_(plan),
      corpus_(corpus),
      random_(plan.seed),
      weights_(random_weights<float>(plan.shape, random_)),
      adam_(plan.shape),
      shard_gradients_(std::min(kMostShards, static_cast<std::size_t>(plan.batch)),
                       zero_weights<float>(plan.shape)) {}

double Trainer::gradient_of(std::span<const Sequence> batch) {
    const std::size_t shards = shard_gradients_.size();
    std::vector<double> losses(shards);
    parallel_for(shards, plan_.threads, [&](std::size_t i) {
        const std::size_t begin = batch.size() * i / shards;
        const std::size_t end = batch.size() * (i + 1) / shards;
        const double share = static_cast<double>(end - begin) / static_cast<double>(batch.size());
        for (const auto& named : shard_gradients_[i].all()) {
            named.matrix->setZero();
        }
        losses[i] = share * loss(plan_.shape, weights_, batch.subspan(begin, end - begin),
                                 &shard_gradients_[i], share);
    });
    const auto sum = shard_gradients_.front().all();
    double total = losses.front();
    for (std::size_t i = 1; i < shards; ++i) {
        const auto part = shard_gradients_[i].all();
        for (std::size_t k = 0; k < sum.size(); ++k) {
            *sum[k].matrix += *part[k].matrix;
        }
        total += losses[i];
    }
    return total;
}

double Trainer::step() {
    std::vector<Sequence> batch;
    for (int i = 0; i < plan_.batch; ++i) {
        batch.push_back(corpus_.sample(random_));
    }
    const double nats = gradient_of(batch);
    adam_.step(weights_, shard_gradients_.front(), learning_rate(done_, plan_.steps, plan_.peak_rate));
    ++done_;
    return nats;
}

double Trainer::validate() const {
    const std::vector<Sequence> all = corpus_.validation();
    const std::size_t batches = (all.size() + kValidationBatch - 1) / kValidationBatch;
    std::vector<double> sums(batches);
    parallel_for(batches, plan_.threads, [&](std::size_t i) {
        const std::size_t begin = i * kValidationBatch;
        const std::size_t size = std::min(kValidationBatch, all.size() - begin);
        const auto batch = std::span{all}.subspan(begin, size);
        sums[i] = loss(plan_.shape, weights_, batch) * static_cast<double>(size);
    });
    double nats = 0.0;
    for (const double sum : sums) {
        nats += sum;
    }
    return nats / static_cast<double>(all.size());
}

}  // namespace gramme::transformer
