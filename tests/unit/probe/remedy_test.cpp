#include "probe/remedy.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fake_host.hpp"

namespace gramme::probe {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(ShellWord, PathsOfTheKernelStayAsTheyAre) {
    EXPECT_EQ(shell_word("/sys/devices/virtual/powercap/intel-rapl/intel-rapl:0/energy_uj"),
              "/sys/devices/virtual/powercap/intel-rapl/intel-rapl:0/energy_uj");
}

TEST(ShellWord, WhatAShellWouldActOnStandsInSingleQuotes) {
    EXPECT_EQ(shell_word("/sys/$(reboot)"), "'/sys/$(reboot)'");
    EXPECT_EQ(shell_word("/a; reboot"), "'/a; reboot'");
    EXPECT_EQ(shell_word("/a#b"), "'/a#b'");
    EXPECT_EQ(shell_word("/a*"), "'/a*'");
    EXPECT_EQ(shell_word("it's"), R"('it'\''s')");
    EXPECT_EQ(shell_word(""), "''");
}

TEST(ShellWord, NoneOfAControlCharacter) {
    for (const char* text : {"/a\nreboot", "/a\x1b[2J", "/a\x7f", "/a\tb", "/a\xc2\x85"}) {
        EXPECT_EQ(shell_word(text), std::nullopt) << text;
    }
}

TEST(AllowReading, OfAllFilesOrOfNone) {
    EXPECT_THAT(allow_reading({"/a", "/b c"}),
                ElementsAre("sudo chmod a+r /a '/b c'   # until the next boot"));
    EXPECT_THAT(allow_reading({"/a", "/b\nreboot"}), IsEmpty());
    EXPECT_THAT(allow_reading({}), IsEmpty());
}

TEST(AllowReading, OfThoseThatAreRefusedOnly) {
    testing::FakeHost host{{{"/a", "1\n"}, {"/b", "2\n"}, {"/c", "3\n"}}};
    host.fail("/b", Code::kPermission);
    host.fail("/c", Code::kIo);
    EXPECT_THAT(allow_reading_refused(host, {"/a", "/b", "/c", "/none"}),
                ElementsAre("sudo chmod a+r /b   # until the next boot"));
    EXPECT_THAT(allow_reading_refused(host, {"/a", "/c"}), IsEmpty());
}

}  // namespace
}  // namespace gramme::probe
