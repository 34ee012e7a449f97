#include "track/marker_keeper.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sample/memory_journal.hpp"

namespace gramme::track {
namespace {

TEST(MarkerKeeper, KeepsTheFirstTenThousandAndSaysHowManyCameAfter) {
    sample::MemoryJournal journal;
    std::vector<std::string> warnings;
    MarkerKeeper keeper{journal, warnings};
    for (int i = 0; i < 10'003; ++i) {
        keeper.keep({Marker::Kind::kMark, i, "m", ""});
    }
    EXPECT_EQ(journal.ledger()->markers.size(), 10'000U);
    keeper.tell_dropped();
    EXPECT_THAT(warnings, ::testing::ElementsAre(::testing::HasSubstr("3 spans and marks")));
}

TEST(MarkerKeeper, KeepsWhatWasLoggedAlsoBesideAFloodOfSpans) {
    sample::MemoryJournal journal;
    std::vector<std::string> warnings;
    MarkerKeeper keeper{journal, warnings};
    for (int i = 0; i < 11'000; ++i) {
        keeper.keep({Marker::Kind::kSpanBegin, i, "step", ""});
        keeper.keep({Marker::Kind::kMark, i, "log", R"({"samples": 32})"});
    }
    EXPECT_EQ(journal.ledger()->markers.size(), 21'000U);
    for (int i = 0; i < 10'000; ++i) {
        keeper.keep({Marker::Kind::kMark, i, "log", R"({"samples": 32})"});
    }
    keeper.tell_dropped();
    EXPECT_THAT(warnings, ::testing::ElementsAre(::testing::HasSubstr("1000 spans and marks"),
                                                 ::testing::HasSubstr("counts of samples")));
}

TEST(MarkerKeeper, SaysATroubleOnceAndOnlySomeDifferentOnes) {
    sample::MemoryJournal journal;
    std::vector<std::string> warnings;
    MarkerKeeper keeper{journal, warnings};
    for (int i = 0; i < 40; ++i) {
        keeper.refuse("trouble " + std::to_string(i / 2));
    }
    EXPECT_EQ(warnings.size(), 10U);
}

}  // namespace
}  // namespace gramme::track
