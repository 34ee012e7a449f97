#include "base/text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <string>
#include <vector>

namespace gramme {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Folded, LowersAsciiAndDropsAccents) {
    EXPECT_EQ(folded("Montréal"), "montreal");
    EXPECT_EQ(folded("São Paulo"), "sao paulo");
    EXPECT_EQ(folded("ZÜRICH"), "zurich");
    EXPECT_EQ(folded("Łódź"), "lodz");
    EXPECT_EQ(folded("Œrsted"), "orsted");  // one letter for a ligature
    EXPECT_EQ(folded("aws:EU-west-3"), "aws:eu-west-3");
}

TEST(Folded, KeepsWhatIsNoLatinLetter) {
    EXPECT_EQ(folded("2×3"), "2×3");
    EXPECT_EQ(folded("東京"), "東京");
    EXPECT_EQ(folded("\xFF\xC3"), "\xFF\xC3");
    EXPECT_EQ(folded("\xC3"
                     "A"),
              "\xC3"
              "a");  // no continuation byte: two bytes of their own
}

TEST(Split, KeepsEmptyParts) {
    EXPECT_THAT(split("a,,b", ','), ElementsAre("a", "", "b"));
    EXPECT_THAT(split("", ','), ElementsAre(""));
    EXPECT_THAT(split(",", ','), ElementsAre("", ""));
}

TEST(EditDistance, CountsSingleEdits) {
    EXPECT_EQ(edit_distance("", ""), 0U);
    EXPECT_EQ(edit_distance("", "abc"), 3U);
    EXPECT_EQ(edit_distance("kitten", "sitting"), 3U);  // k-s, e-i, +g
    EXPECT_EQ(edit_distance("same", "same"), 0U);
}

TEST(EditDistance, ASwapOfNeighboursIsOneEdit) {
    EXPECT_EQ(edit_distance("paris", "pairs"), 1U);
    EXPECT_EQ(edit_distance("ab", "ba"), 1U);
    EXPECT_EQ(edit_distance("ca", "abc"), 3U);  // optimal string alignment: no edit inside a swap
}

TEST(EditDistance, IsSymmetric) {
    EXPECT_EQ(edit_distance("montreal", "mumbai"), edit_distance("mumbai", "montreal"));
}

TEST(Nearest, OffersTheClosestFirst) {
    const std::vector<std::string> places{"Mumbai", "Montreal", "Paris", "Parma"};
    EXPECT_THAT(nearest("pari", places), ElementsAre("Paris", "Parma"));
    EXPECT_THAT(nearest("montrael", places), ElementsAre("Montreal"));
}

TEST(Nearest, FoldsBeforeItCompares) {
    const std::vector<std::string> places{"Montréal"};
    EXPECT_THAT(nearest("MONTREAL", places), ElementsAre("Montréal"));
}

TEST(Nearest, OffersNothingFarAway) {
    const std::vector<std::string> places{"aws:eu-west-3"};
    EXPECT_THAT(nearest("xyz", places), IsEmpty());
}

TEST(Nearest, KeepsToWhatStillLooksLikeTheWord) {
    EXPECT_THAT(nearest("git", std::vector<std::string>{"run", "fit", "gets"}), ElementsAre("fit"));
    EXPECT_THAT(nearest("x", std::vector<std::string>{"a"}), IsEmpty());
    EXPECT_THAT(nearest("--colour", std::vector<std::string>{"--store", "--color"}), ElementsAre("--color"));
    EXPECT_THAT(nearest("far-away-place", std::vector<std::string>{"us-east-place"}), IsEmpty());
}

TEST(Nearest, GivesUpOnNothingThatIsWithinTheMistakes) {
    // All words of two letters up to a length: what it offers is what the whole distance says.
    std::vector<std::string> words{""};
    for (std::size_t i = 0; words[i].size() < 7; ++i) {
        words.push_back(words[i] + 'a');
        words.push_back(words[i] + 'b');
    }
    for (const std::string wanted : {"ab", "abab", "aabba", "bbaabab", "abbaabba"}) {
        const std::size_t mistakes = wanted.size() < 4 ? 1 : wanted.size() < 8 ? 2 : 3;
        std::vector<std::string> near;
        for (std::size_t distance = 0; distance <= mistakes; ++distance) {
            std::copy_if(words.begin(), words.end(), std::back_inserter(near),
                         [&](const std::string& word) { return edit_distance(wanted, word) == distance; });
        }
        EXPECT_EQ(nearest(wanted, words, words.size()), near) << wanted;
    }
}

TEST(Nearest, OffersEachNameOnceAndAtMostSoMany) {
    const std::vector<std::string> names{"aa", "ab", "aa", "ac", "ad"};
    EXPECT_THAT(nearest("aa", names, 2), ElementsAre("aa", "ab"));
    EXPECT_THAT(nearest("aa", names), ElementsAre("aa", "ab", "ac"));
}

}  // namespace
}  // namespace gramme
