// The text to learn: bytes as symbols, split into blocks to train on and blocks to validate on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "train_transformer/random.hpp"

namespace gramme::transformer {

using Symbol = std::int32_t;

/// One sequence of `context` symbols and, one place further, what follows each of them. Borrowed from a
/// Corpus.
struct Sequence {
    std::span<const Symbol> input;
    std::span<const Symbol> target;
};

/// A text as symbols 0..vocabulary-1 (the different bytes of the text, in byte order). Immutable.
class Corpus {
public:
    /// Every tenth block validates: neighbours of both kinds lie all over the text, because its end (a
    /// licence's appendix) is unlike the rest. kOutOfRange if the text has fewer than 20 x (context + 1)
    /// bytes, or a single symbol.
    static Result<Corpus> from_text(std::string_view text, std::size_t context);

    [[nodiscard]] std::size_t size() const { return symbols_.size(); }
    [[nodiscard]] std::size_t vocabulary() const { return vocabulary_; }
    [[nodiscard]] std::size_t training_size() const;

    /// A random sequence of the training blocks; it never reaches into a validation block.
    [[nodiscard]] Sequence sample(Random& random) const;
    /// The validation blocks, cut into sequences that do not overlap.
    [[nodiscard]] std::vector<Sequence> validation() const;

    /// Entropy of one symbol of the training blocks, in nats: what a model of letter frequencies would reach.
    [[nodiscard]] double unigram_nats() const;
    /// Entropy of a symbol given the one before it, in nats, counted in the training blocks: the best that
    /// any model of pairs could reach there. Source: Shannon, "Prediction and Entropy of Printed English",
    /// 1951.
    [[nodiscard]] double bigram_nats() const;

private:
    struct Block {
        std::size_t begin = 0;
        std::size_t end = 0;
    };
    [[nodiscard]] Sequence at(std::size_t position) const;

    std::vector<Symbol> symbols_;
    std::size_t vocabulary_ = 0;
    std::size_t context_ = 0;
    std::vector<Block> training_;
    std::vector<Block> validation_;
};

/// The bytes of a file. kNotFound, kPermission or kIo.
[[nodiscard]] Result<std::string> read_text(const std::string& path);

}  // namespace gramme::transformer
