#include "train_transformer/text.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

namespace gramme::transformer {
namespace {

/// "ababab...": unigram entropy ln 2, bigram entropy 0.
std::string alternating(std::size_t size) {
    std::string text;
    for (std::size_t i = 0; i < size; ++i) {
        text += i % 2 == 0 ? 'a' : 'b';
    }
    return text;
}

TEST(Corpus, NumbersTheBytesInTheirOrder) {
    const auto corpus = Corpus::from_text("cab" + alternating(400), 4);
    ASSERT_TRUE(corpus) << corpus.error().what;
    EXPECT_EQ(corpus->vocabulary(), 3U);
    EXPECT_EQ(corpus->size(), 403U);
}

TEST(Corpus, TargetsAreTheNextSymbols) {
    const auto corpus = Corpus::from_text(alternating(400), 4);
    ASSERT_TRUE(corpus) << corpus.error().what;
    Random random{1};
    const Sequence sequence = corpus->sample(random);
    ASSERT_EQ(sequence.input.size(), 4U);
    ASSERT_EQ(sequence.target.size(), 4U);
    EXPECT_EQ(sequence.target.data(), sequence.input.data() + 1);
}

TEST(Corpus, NeverTrainsOnWhatValidates) {
    const auto corpus = Corpus::from_text(alternating(1000), 8);
    ASSERT_TRUE(corpus) << corpus.error().what;
    std::set<const Symbol*> validating;
    for (const Sequence& sequence : corpus->validation()) {
        for (std::size_t i = 0; i < sequence.input.size(); ++i) {
            validating.insert(&sequence.input[i]);
            validating.insert(&sequence.target[i]);
        }
    }
    EXPECT_FALSE(validating.empty());
    Random random{1};
    for (int i = 0; i < 5000; ++i) {
        const Sequence sequence = corpus->sample(random);
        for (std::size_t k = 0; k < sequence.input.size(); ++k) {
            ASSERT_FALSE(validating.contains(&sequence.input[k]));
            ASSERT_FALSE(validating.contains(&sequence.target[k]));
        }
    }
}

TEST(Corpus, KnowsItsEntropies) {
    const auto corpus = Corpus::from_text(alternating(1000), 4);
    ASSERT_TRUE(corpus) << corpus.error().what;
    EXPECT_NEAR(corpus->unigram_nats(), std::log(2.0), 1e-3);
    EXPECT_DOUBLE_EQ(corpus->bigram_nats(), 0.0);
}

TEST(Corpus, RefusesATextTooSmallForItsContext) {
    EXPECT_TRUE(Corpus::from_text(alternating(100), 4));  // 20 x (4 + 1)
    const auto small = Corpus::from_text(alternating(99), 4);
    ASSERT_FALSE(small);
    EXPECT_EQ(small.error().code, Code::kOutOfRange);
    EXPECT_NE(small.error().what.find("99 bytes"), std::string::npos) << small.error().what;
    EXPECT_FALSE(Corpus::from_text("", 4));
}

TEST(Corpus, RefusesATextOfOneSymbol) {
    EXPECT_FALSE(Corpus::from_text(std::string(1000, 'a'), 4));
}

TEST(ReadText, NamesWhatItCannotRead) {
    const auto absent = read_text("/nowhere/at/all");
    ASSERT_FALSE(absent);
    EXPECT_EQ(absent.error().code, Code::kNotFound);
    const auto folder = read_text("/");
    ASSERT_FALSE(folder);
    EXPECT_EQ(folder.error().code, Code::kIo);
}

}  // namespace
}  // namespace gramme::transformer
