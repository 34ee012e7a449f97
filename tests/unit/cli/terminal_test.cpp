#include "cli/terminal.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "temporary.hpp"

namespace gramme::cli {
namespace {

using testing::CapturedTerminal;
using testing::EnvHost;

TEST(PrintError, SaysWhatAndTheHintOnStandardError) {
    CapturedTerminal captured;
    print_error(captured.terminal, {Code::kUsage, "unknown option --x", "see `gramme --help`"});
    EXPECT_EQ(captured.err(), "gramme: unknown option --x\n  hint: see `gramme --help`\n");
    EXPECT_EQ(captured.out(), "");
}

TEST(PrintError, LetsNoEscapeSequenceThrough) {
    CapturedTerminal captured;
    print_error(captured.terminal, {Code::kUsage, "unknown \x1b]0;x\x07", ""});
    EXPECT_EQ(captured.err(), "gramme: unknown ?]0;x?\n");
}

TEST(PrintError, IsColouredOnlyWhereThatIsWanted) {
    CapturedTerminal captured;
    captured.terminal.err_style.colour = true;
    print_error(captured.terminal, {Code::kUsage, "no", ""});
    EXPECT_EQ(captured.err(), "\x1b[31mgramme: \x1b[0mno\n");
}

TEST(StandardTerminal, WidthComesFromColumnsWhereThereIsNoTerminal) {
    // Under ctest the streams are pipes; on a terminal its own width wins.
    if (::isatty(1) == 1) {
        GTEST_SKIP() << "standard output is a terminal";
    }
    EXPECT_EQ(standard_terminal(EnvHost{{{"COLUMNS", "132"}}}).out_style.width, 132U);
    EXPECT_EQ(standard_terminal(EnvHost{{{"COLUMNS", "0"}}}).out_style.width, 80U);
    EXPECT_EQ(standard_terminal(EnvHost{}).out_style.width, 80U);
    EXPECT_FALSE(standard_terminal(EnvHost{{{"TERM", "xterm"}}}).out_style.colour);
}

TEST(ExitCodeOf, FollowsSysexits) {
    EXPECT_EQ(exit_code_of({Code::kUsage, "", ""}), 64);
    EXPECT_EQ(exit_code_of({Code::kMalformed, "", ""}), 65);
    EXPECT_EQ(exit_code_of({Code::kNotFound, "", ""}), 66);
    EXPECT_EQ(exit_code_of({Code::kUnavailable, "", ""}), 69);
    EXPECT_EQ(exit_code_of({Code::kBug, "", ""}), 70);
    EXPECT_EQ(exit_code_of({Code::kIo, "", ""}), 73);
    EXPECT_EQ(exit_code_of({Code::kPermission, "", ""}), 77);
}

}  // namespace
}  // namespace gramme::cli
