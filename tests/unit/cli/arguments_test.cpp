#include "cli/arguments.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

namespace gramme::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::array kOptions{OptionSpec{"region", "REGION", "Where."}, OptionSpec{"name", "NAME", "What."},
                              OptionSpec{"quiet", "", "Say nothing.", 'q'}};
constexpr CommandSpec kRun{.name = "run",
                           .summary = "measure",
                           .usage = "gramme run [options] -- command",
                           .options = kOptions,
                           .least_words = 1,
                           .most_words = 99,
                           .takes_command = true,
                           .description = "Runs.",
                           .examples = "  gramme run -- true"};
constexpr CommandSpec kShow{.name = "show",
                            .summary = "show",
                            .usage = "gramme show ID",
                            .options = kOptions,
                            .least_words = 1,
                            .most_words = 1,
                            .takes_command = false,
                            .description = "Shows.",
                            .examples = ""};

Result<Arguments> parse(const CommandSpec& command, const std::vector<std::string>& typed) {
    return parse_arguments(command, typed);
}

TEST(Arguments, TakeAValueAfterABlankOrAnEqualsSign) {
    const auto a = parse(kRun, {"--region", "FRA", "--name=a=b", "true"});
    ASSERT_TRUE(a) << a.error().what;
    EXPECT_EQ(a->value("region"), "FRA");
    EXPECT_EQ(a->value("name"), "a=b");
}

TEST(Arguments, KeepAnEmptyValueAndDoNotTakeTheNextWordForIt) {
    const auto a = parse(kRun, {"--name=", "true"});
    ASSERT_TRUE(a) << a.error().what;
    EXPECT_EQ(a->value("name"), "");
    EXPECT_THAT(a->words, ElementsAre("true"));
}

TEST(Arguments, TakeAValueThatStartsWithAMinus) {
    const auto a = parse(kRun, {"--name", "-5", "true"});
    ASSERT_TRUE(a) << a.error().what;
    EXPECT_EQ(a->value("name"), "-5");
}

TEST(Arguments, LeaveEverythingAfterTwoMinusesToTheCommand) {
    const auto a = parse(kRun, {"-q", "--", "python", "--region", "x", "--", "-h"});
    ASSERT_TRUE(a) << a.error().what;
    EXPECT_TRUE(a->has("quiet"));
    EXPECT_FALSE(a->has("region"));
    EXPECT_FALSE(a->help);
    EXPECT_THAT(a->words, ElementsAre("python", "--region", "x", "--", "-h"));
}

TEST(Arguments, LeaveEverythingFromTheFirstWordOnToTheCommand) {
    const auto a = parse(kRun, {"--quiet", "python", "--name", "x", "--", "--help"});
    ASSERT_TRUE(a) << a.error().what;
    EXPECT_FALSE(a->has("name"));
    EXPECT_THAT(a->words, ElementsAre("python", "--name", "x", "--", "--help"));
}

TEST(Arguments, TheLastOfTwoValuesCounts) {
    const auto a = parse(kRun, {"--region", "FRA", "--region", "DEU", "true"});
    ASSERT_TRUE(a) << a.error().what;
    EXPECT_EQ(a->value("region"), "DEU");
}

TEST(Arguments, OptionsMayStandBehindAWord) {
    const auto a = parse(kShow, {"01ab", "--quiet"});
    ASSERT_TRUE(a) << a.error().what;
    EXPECT_TRUE(a->has("quiet"));
    EXPECT_THAT(a->words, ElementsAre("01ab"));
}

TEST(Arguments, OfferTheNearestOption) {
    const auto a = parse(kRun, {"--reigon", "FRA", "true"});
    ASSERT_FALSE(a);
    EXPECT_EQ(a.error().code, Code::kUsage);
    EXPECT_EQ(a.error().what, "unknown option --reigon of `gramme run`");
    EXPECT_THAT(a.error().hint, HasSubstr("--region"));
}

TEST(Arguments, RefuseAnOptionWithoutItsValue) {
    for (const auto& typed : std::vector<std::vector<std::string>>{{"--region"},
                                                                   {"--region", "--", "true"},
                                                                   {"--region", "--quiet", "true"},
                                                                   {"--region", "--name=x"}}) {
        const auto a = parse(kRun, typed);
        ASSERT_FALSE(a) << typed.size();
        EXPECT_EQ(a.error().what, "--region needs a value");
    }
}

TEST(Arguments, RefuseAValueForAFlag) {
    const auto a = parse(kRun, {"--quiet=yes", "true"});
    ASSERT_FALSE(a);
    EXPECT_EQ(a.error().what, "--quiet takes no value");
}

TEST(Arguments, RefuseALetterOfWhichThereIsNone) {
    const auto a = parse(kRun, {"-x", "true"});
    ASSERT_FALSE(a);
    EXPECT_THAT(a.error().what, HasSubstr("unknown option -x"));
}

TEST(Arguments, AskForTheCommand) {
    for (const auto& typed : std::vector<std::vector<std::string>>{{}, {"--"}, {"-q"}}) {
        const auto a = parse(kRun, typed);
        ASSERT_FALSE(a);
        EXPECT_EQ(a.error().what, "no command to run");
        EXPECT_THAT(a.error().hint, HasSubstr("gramme run [options] -- command"));
    }
}

TEST(Arguments, RefuseAWordTooMany) {
    const auto a = parse(kShow, {"01ab", "02cd"});
    ASSERT_FALSE(a);
    EXPECT_THAT(a.error().what, HasSubstr("'02cd'"));
}

TEST(Arguments, HelpNeedsNothingElse) {
    const auto a = parse(kShow, {"--help", "--nonsense"});
    ASSERT_TRUE(a) << a.error().what;
    EXPECT_TRUE(a->help);
    EXPECT_THAT(a->words, IsEmpty());
}

TEST(HelpText, NamesEveryOptionAndTheExamples) {
    const std::string text = help_text(kRun, 80);
    EXPECT_THAT(text, HasSubstr("Usage: gramme run [options] -- command"));
    EXPECT_THAT(text, HasSubstr("--region REGION"));
    EXPECT_THAT(text, HasSubstr("-q, --quiet"));
    EXPECT_THAT(text, HasSubstr("-h, --help"));
    EXPECT_THAT(text, HasSubstr("gramme run -- true"));
}

}  // namespace
}  // namespace gramme::cli
