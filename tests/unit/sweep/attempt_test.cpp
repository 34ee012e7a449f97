#include "sweep/attempt.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "scratch.hpp"

namespace gramme::sweep {
namespace {

TEST(BegunAt, IsTheEndOfTheMillisecondThatTheIdSays) {
    Ran ran;
    ran.id = "0193f5a1-2b3c-7da7-bf74-96c4187129bb";
    EXPECT_EQ(begun_at(ran), (0x0193'f5a1'2b3cLL + 1) * 1'000'000);
}

TEST(BegunAt, OfWhatIsNoSuchIdIsNotKnown) {
    for (const char* id : {"", "0193f5a1", "0193f5a1-2b3", "0193f5a1-2bxc-7da7", "-----------------"}) {
        Ran ran;
        ran.id = id;
        EXPECT_EQ(begun_at(ran), std::nullopt) << id;
    }
}

TEST(ComplaintIn, IsTheLastErrorWithItsWayOut) {
    const testing::ScratchFolder folder;
    const auto said = [&](const char* text) {
        std::ofstream{folder.file("log")} << text;
        return complaint_in(folder.file("log"));
    };
    const Complaint both = said("gramme: warning: a\ngramme: --scope: 'foo'\n  hint: give job\n");
    EXPECT_EQ(both.what, "--scope: 'foo'");
    EXPECT_EQ(both.hint, "give job");
    EXPECT_EQ(said("gramme: one\n  hint: x\ngramme: two\n").hint, "") << "a hint is of its own error";
    EXPECT_EQ(said("what else\n\n").what, "what else");
    EXPECT_EQ(said("").what, "");
}

}  // namespace
}  // namespace gramme::sweep
