#include "sweep/attempt.hpp"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace gramme::sweep
