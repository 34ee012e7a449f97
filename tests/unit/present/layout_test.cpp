// Text on a terminal: width, safety, wrapping.
#include "present/layout.hpp"

#include <gtest/gtest.h>

namespace gramme::present {
namespace {

TEST(DisplayWidth, CountsColumnsNotBytes) {
    EXPECT_EQ(display_width("abc"), 3U);
    EXPECT_EQ(display_width("Zürich"), 6U);
    EXPECT_EQ(display_width("e\u0301"), 1U);  // a letter and a combining accent
    EXPECT_EQ(display_width("東京"), 4U);
    EXPECT_EQ(display_width("\xff\xfe"), 2U);
    EXPECT_EQ(display_width("\xe6\x9d"), 2U);  // a character cut short
}

TEST(Printable, LetsNoEscapeCodeThrough) {
    EXPECT_EQ(printable("a\x1b[31mb"), "a?[31mb");
    EXPECT_EQ(printable("two\nlines"), "two lines");
    EXPECT_EQ(printable("Zürich"), "Zürich");
    EXPECT_EQ(printable("\xff"), "?");
    EXPECT_EQ(printable("\xc0\xaf"), "??");  // overlong
    EXPECT_EQ(printable("a\u202e"
                        "b"),
              "a?b");  // right-to-left override
    EXPECT_EQ(printable("\xc2\x9b"
                        "31m"),
              "?31m");  // C1 control sequence introducer
}

TEST(Cut, SaysThatSomethingIsMissing) {
    EXPECT_EQ(cut("abcdef", 6), "abcdef");
    EXPECT_EQ(cut("abcdefg", 6), "abc...");
    EXPECT_EQ(cut("東京東京", 6), "東...");
    EXPECT_EQ(cut("abcdefg", 2), "..");
}

TEST(Lines, WrapsBelowItself) {
    Lines lines{TextStyle{false, 42}, 8};
    lines.add("note", "one two three four five six seven eight");
    EXPECT_EQ(std::move(lines).text(),
              "  note      one two three four five six\n"
              "            seven eight\n");
}

TEST(Lines, LeavesALongWordWhole) {
    Lines lines{TextStyle{false, 42}, 8};
    lines.add("store", "sqlite:/a/very/long/path/to/the/store/of/all/runs.db run");
    EXPECT_EQ(std::move(lines).text(),
              "  store     sqlite:/a/very/long/path/to/the/store/of/all/runs.db\n"
              "            run\n");
}

TEST(Lines, ColoursOnlyWhereAsked) {
    Lines lines{TextStyle{true, 80}, 4};
    lines.add("gap", "x", Ink::kWarning);
    EXPECT_EQ(std::move(lines).text(), "  \x1b[2mgap \x1b[0m  \x1b[33mx\x1b[0m\n");
}

}  // namespace
}  // namespace gramme::present
