#include "store/run_id.hpp"

#include <gmock/gmock.h>

namespace gramme::store {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(RunId, IsMeantWholeOrByABeginningThatOnlyOneHas) {
    const std::vector<std::string> ids{"01936b30-04", "01936b2e-01", "01936b30-03", "01936b2e-01"};
    EXPECT_EQ(*meant_id("01936b30-03", ids, "here"), "01936b30-03");
    EXPECT_EQ(*meant_id("01936b2e", ids, "here"), "01936b2e-01") << "twice the same is one";
    EXPECT_EQ(*meant_id("0193", {"01936b2e-01"}, "here"), "01936b2e-01");
}

TEST(RunId, OfSeveralRunsIsAnErrorThatNamesThem) {
    const auto several = meant_id("0193", {"01936b30", "01936b2e"}, "here");
    ASSERT_FALSE(several);
    EXPECT_EQ(several.error().code, Code::kMalformed);
    EXPECT_EQ(several.error().what, "\"0193\" fits several runs: 01936b2e, 01936b30");
    const auto many = meant_id("run-", {"run-1", "run-2", "run-3", "run-4", "run-5", "run-6"}, "here");
    EXPECT_THAT(many.error().what, HasSubstr("run-5, ..."));
    EXPECT_THAT(many.error().what, Not(HasSubstr("run-6")));
}

TEST(RunId, ThatIsTheBeginningOfAnotherIsStillItself) {
    EXPECT_EQ(*meant_id("run-1", {"run-1", "run-12"}, "here"), "run-1");
    EXPECT_EQ(*meant_id("abc", {"abc", "abcd"}, "here"), "abc") << "also where it is short";
}

TEST(RunId, OfFewerThanFourCharactersNamesNone) {
    for (const char* typed : {"", "0", "019"}) {
        const auto none = meant_id(typed, {"01936b2e"}, "here");
        ASSERT_FALSE(none) << typed;
        EXPECT_EQ(none.error().code, Code::kNotFound);
        EXPECT_THAT(none.error().hint, HasSubstr("4 characters"));
    }
}

}  // namespace
}  // namespace gramme::store
