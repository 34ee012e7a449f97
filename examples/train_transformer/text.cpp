#include "train_transformer/text.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <memory>

namespace gramme::transformer {
namespace {

constexpr std::size_t kBlocksPerValidation = 10;
constexpr std::size_t kBlocks = 10 * kBlocksPerValidation;

double entropy_nats(std::span<const double> counts) {
    double total = 0.0;
    for (const double count : counts) {
        total += count;
    }
    double nats = 0.0;
    for (const double count : counts) {
        nats -= count > 0.0 ? count / total * std::log(count / total) : 0.0;
    }
    return nats;
}

}  // namespace

Result<Corpus> Corpus::from_text(std::string_view text, std::size_t context) {
    const std::size_t least = 2 * kBlocksPerValidation * (context + 1);
    if (text.size() < least) {
        return Error{Code::kOutOfRange,
                     "the text has " + std::to_string(text.size()) + " bytes; a context of " +
                         std::to_string(context) + " needs at least " + std::to_string(least),
                     "give a longer text with --text, or a smaller --context"};
    }
    std::array<Symbol, 256> symbol_of{};
    for (const char c : text) {
        symbol_of[static_cast<unsigned char>(c)] = 1;
    }
    Corpus corpus;
    for (Symbol& symbol : symbol_of) {
        symbol = symbol != 0 ? static_cast<Symbol>(corpus.vocabulary_++) : -1;
    }
    if (corpus.vocabulary_ < 2) {
        return Error{Code::kOutOfRange, "the text repeats a single byte: there is nothing to learn",
                     "give another text with --text"};
    }
    corpus.context_ = context;
    corpus.symbols_.reserve(text.size());
    for (const char c : text) {
        corpus.symbols_.push_back(symbol_of[static_cast<unsigned char>(c)]);
    }

    // A validation block holds at least one sequence; what is left at the end is trained on.
    const std::size_t block = std::max(context + 1, text.size() / kBlocks);
    const std::size_t group = kBlocksPerValidation * block;
    for (std::size_t begin = 0; begin < text.size(); begin += group) {
        const std::size_t validation_at = begin + group - block;
        const std::size_t training_end = std::min(validation_at, text.size());
        if (training_end - begin > context) {
            corpus.training_.push_back({begin, training_end});
        }
        if (validation_at + block <= text.size()) {
            corpus.validation_.push_back({validation_at, validation_at + block});
        }
    }
    return corpus;
}

std::size_t Corpus::training_size() const {
    std::size_t size = 0;
    for (const Block& block : training_) {
        size += block.end - block.begin;
    }
    return size;
}

Sequence Corpus::at(std::size_t position) const {
    const std::span<const Symbol> all = symbols_;
    return {all.subspan(position, context_), all.subspan(position + 1, context_)};
}

Sequence Corpus::sample(Random& random) const {
    std::size_t starts = 0;
    for (const Block& block : training_) {
        starts += block.end - block.begin - context_;
    }
    std::size_t chosen = random.below(starts);
    for (const Block& block : training_) {
        const std::size_t here = block.end - block.begin - context_;
        if (chosen < here) {
            return at(block.begin + chosen);
        }
        chosen -= here;
    }
    GRAMME_ASSERT(false);
}

std::vector<Sequence> Corpus::validation() const {
    std::vector<Sequence> sequences;
    for (const Block& block : validation_) {
        for (std::size_t i = block.begin; i + context_ + 1 <= block.end; i += context_) {
            sequences.push_back(at(i));
        }
    }
    return sequences;
}

double Corpus::unigram_nats() const {
    std::vector<double> counts(vocabulary_);
    for (const Block& block : training_) {
        for (std::size_t i = block.begin; i < block.end; ++i) {
            counts[static_cast<std::size_t>(symbols_[i])] += 1.0;
        }
    }
    return entropy_nats(counts);
}

double Corpus::bigram_nats() const {
    std::vector<std::vector<double>> pairs(vocabulary_, std::vector<double>(vocabulary_));
    std::vector<double> firsts(vocabulary_);
    double total = 0.0;
    for (const Block& block : training_) {
        for (std::size_t i = block.begin; i + 1 < block.end; ++i) {
            const auto first = static_cast<std::size_t>(symbols_[i]);
            pairs[first][static_cast<std::size_t>(symbols_[i + 1])] += 1.0;
            firsts[first] += 1.0;
            total += 1.0;
        }
    }
    double nats = 0.0;
    for (std::size_t first = 0; first < vocabulary_; ++first) {
        if (firsts[first] > 0.0) {
            nats += firsts[first] / total * entropy_nats(pairs[first]);
        }
    }
    return nats;
}

Result<std::string> read_text(const std::string& path) {
    const auto failed = [&path](int error) {
        const Code code = error == ENOENT ? Code::kNotFound : error == EACCES ? Code::kPermission : Code::kIo;
        return Error{code, "cannot read " + path + ": " + std::strerror(error),
                     "give a readable text file with --text FILE"};
    };
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file{std::fopen(path.c_str(), "rb"), &std::fclose};
    if (!file) {
        return failed(errno);
    }
    std::string text;
    std::array<char, 65536> chunk{};
    std::size_t got = 0;
    while ((got = std::fread(chunk.data(), 1, chunk.size(), file.get())) > 0) {
        text.append(chunk.data(), got);
    }
    if (std::ferror(file.get()) != 0) {  // a folder opens and fails here
        return failed(errno);
    }
    return text;
}

}  // namespace gramme::transformer
