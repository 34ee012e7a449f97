#include "cli/commands.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "cli/installed.hpp"
#include "config/settings.hpp"

namespace gramme::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

Result<Invocation> parse(const std::vector<std::string>& typed) {
    return parse_line(typed);
}

TEST(ParseLine, FindsACommandOfOneWordAndOfTwo) {
    const auto run = parse({"run", "--pue", "1.2", "--", "true"});
    ASSERT_TRUE(run) << run.error().what;
    EXPECT_EQ(run->command->name, "run");
    EXPECT_EQ(run->arguments.value("pue"), "1.2");
    const auto show = parse({"runs", "show", "0193"});
    ASSERT_TRUE(show) << show.error().what;
    EXPECT_EQ(show->command->name, "runs show");
    EXPECT_THAT(show->arguments.words, ElementsAre("0193"));
}

TEST(ParseLine, GivesHelpInEveryUsualWay) {
    for (const auto& typed : std::vector<std::vector<std::string>>{{},
                                                                   {"--help"},
                                                                   {"-h"},
                                                                   {"help"},
                                                                   {"help", "run"},
                                                                   {"run", "--help"},
                                                                   {"run", "-q", "-h", "--", "true"},
                                                                   {"runs"},
                                                                   {"runs", "--help"},
                                                                   {"help", "runs"},
                                                                   {"help", "runs", "list"},
                                                                   {"runs", "list", "-h"}}) {
        const auto line = parse(typed);
        ASSERT_TRUE(line) << ::testing::PrintToString(typed) << line.error().what;
        EXPECT_EQ(line->kind, Invocation::Kind::kHelp) << ::testing::PrintToString(typed);
    }
    EXPECT_EQ(parse({"help", "runs", "list"})->command->name, "runs list");
    EXPECT_EQ(parse({"runs"})->group, "runs");
}

TEST(ParseLine, LeavesHelpOfTheCommandToTheCommand) {
    const auto line = parse({"run", "python", "--help"});
    ASSERT_TRUE(line) << line.error().what;
    EXPECT_EQ(line->kind, Invocation::Kind::kCommand);
    EXPECT_THAT(line->arguments.words, ElementsAre("python", "--help"));
}

TEST(ParseLine, KnowsTheVersion) {
    EXPECT_EQ(parse({"--version"})->kind, Invocation::Kind::kVersion);
    EXPECT_EQ(parse({"-V"})->kind, Invocation::Kind::kVersion);
}

TEST(ParseLine, OffersTheNearestCommand) {
    const auto line = parse({"rnu", "--", "true"});
    ASSERT_FALSE(line);
    EXPECT_EQ(line.error().code, Code::kUsage);
    EXPECT_THAT(line.error().hint, HasSubstr("run"));
    const auto member = parse({"runs", "lst"});
    ASSERT_FALSE(member);
    EXPECT_THAT(member.error().hint, HasSubstr("runs list"));
}

TEST(ParseLine, TellsHowToMeasureAProgramTypedWithoutRun) {
    const auto line = parse({"python", "train.py"});
    ASSERT_FALSE(line);
    EXPECT_THAT(line.error().hint, HasSubstr("gramme run -- python"));
}

TEST(OverviewText, NamesEveryCommand) {
    const std::string text = overview_text("");
    for (const CommandSpec& command : commands()) {
        EXPECT_THAT(text, HasSubstr(std::string{command.name}));
    }
}

TEST(Overview, PromisesAManualPageOnlyWhereOneIsInstalled) {
    const std::string text = overview_text("");
    EXPECT_EQ(text.find("man gramme") != std::string::npos, kHasManPage);
    EXPECT_EQ(text.find("docs/configuration.md") != std::string::npos, !kHasManPage);
    EXPECT_THAT(text, HasSubstr("gramme help COMMAND"));
}

TEST(Commands, EverySettingIsAFlagOfRun) {
    const CommandSpec* run = find_command("run");
    for (const std::string_view name : config::setting_names()) {
        EXPECT_TRUE(std::any_of(run->options.begin(), run->options.end(), [&](const OptionSpec& option) {
            return option.name == name;
        })) << name;
    }
}

TEST(ManualPage, NamesEveryCommandAndOption) {
    std::ifstream file{std::string{GRAMME_SOURCE_DIR} + "/docs/man/gramme.1.scd"};
    const std::string page{std::istreambuf_iterator<char>{file}, {}};
    ASSERT_FALSE(page.empty());
    for (const CommandSpec& command : commands()) {
        EXPECT_THAT(page, HasSubstr("\n## gramme " + std::string{command.name} + "\n"));
        for (const OptionSpec& option : command.options) {
            EXPECT_THAT(page, HasSubstr("*--" + std::string{option.name} + "*")) << command.name;
        }
    }
}

}  // namespace
}  // namespace gramme::cli
