#include "sweep/words.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gramme::sweep {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

plan::Space space_of(std::initializer_list<const char*> names) {
    plan::Space space;
    for (const char* name : names) {
        plan::Parameter one;
        one.name = name;
        one.values = {"1"};
        space.parameters.push_back(one);
    }
    return space;
}

TEST(Words, OtherBracesStayAsTheyAre) {
    const Filling filling{{"lr", "0.1"}, {"dir", "x.d"}};
    EXPECT_EQ(filled("--lr={lr}", filling), "--lr=0.1");
    EXPECT_EQ(filled("{print $1} ${HOME} {} {lr", filling), "{print $1} ${HOME} {} {lr");
    EXPECT_EQ(filled("{{lr}}{dir}/{dir}", filling), "{0.1}x.d/x.d");
}

TEST(Words, AParameterThatThePointDoesNotHaveTakesItsOptionAlong) {
    const plan::Space space = space_of({"lr", "momentum"});
    const Filling filling{{"lr", "0.1"}};
    EXPECT_THAT(filled_command({"t", "--lr", "{lr}", "--momentum", "{momentum}", "-q"}, space, filling),
                ElementsAre("t", "--lr", "0.1", "-q"));
    EXPECT_THAT(filled_command({"t", "in", "{momentum}", "--m={momentum}", "out"}, space, filling),
                ElementsAre("t", "in", "out"));
}

TEST(Words, ADoubtForWhatTheCommandDoesNotUse) {
    EXPECT_THAT(doubts_about({"t", "{lr}", "{dir}"}, space_of({"lr"})), IsEmpty());
    const auto doubts = doubts_about({"t", "{batc}", "${HOME}"}, space_of({"batch"}));
    ASSERT_EQ(doubts.size(), 2U);
    EXPECT_THAT(doubts[0], HasSubstr("does not hold {batch}"));
    EXPECT_THAT(doubts[1], HasSubstr("{batc}"));
}

}  // namespace
}  // namespace gramme::sweep
