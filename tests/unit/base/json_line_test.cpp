#include "base/json_line.hpp"

#include <gtest/gtest.h>

namespace gramme {
namespace {

TEST(JsonLine, MembersOfTheObjectItself) {
    JsonLine line;
    ASSERT_TRUE(scan_json_line(R"( {"a":"x\"y","b":-1.5e3,"c":null,"d":{"a":[1,{}]},"e":true} )", line));
    ASSERT_EQ(line.members.size(), 5U);
    EXPECT_EQ(line.members[0].key, "a");
    EXPECT_EQ(line.members[0].value, R"(x\"y)");
    EXPECT_EQ(line.members[0].kind, JsonMember::Kind::kString);
    EXPECT_EQ(line.members[1].value, "-1.5e3");
    EXPECT_EQ(line.members[1].kind, JsonMember::Kind::kNumber);
    EXPECT_EQ(line.members[2].kind, JsonMember::Kind::kNull);
    EXPECT_EQ(line.members[3].value, R"({"a":[1,{}]})");
    EXPECT_EQ(line.members[4].kind, JsonMember::Kind::kOther);
}

TEST(JsonLine, TheClosingBraceIsWhereMoreMembersGo) {
    JsonLine line;
    ASSERT_TRUE(scan_json_line(R"({"a":{}} )", line));
    EXPECT_EQ(line.close, 7U);
    ASSERT_TRUE(scan_json_line("{}", line));
    EXPECT_EQ(line.close, 1U);
    EXPECT_TRUE(line.members.empty());
}

TEST(JsonLine, WhatIsNoObjectIsRefused) {
    JsonLine line;
    for (const char* const text :
         {"", "[]", "{", "{}}", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{\"a\":01}", "{\"a\":1.}",
          "{\"a\":\"\\x\"}", "{\"a\":\"\\u12g4\"}", "{\"a\":nul}", "{'a':1}", "{\"a\":\"b"}) {
        EXPECT_FALSE(scan_json_line(text, line)) << text;
    }
    EXPECT_FALSE(scan_json_line(std::string(100, '[') + std::string(100, ']'), line));
    EXPECT_FALSE(scan_json_line("{\"a\":" + std::string(100'000, '[') + "}", line));  // no stack overflow
}

TEST(JsonLine, EscapesAreReplaced) {
    EXPECT_EQ(*json_unescaped(R"(a\n\"\\\/\u00e9\ud83c\udf0d)"), "a\n\"\\/\xC3\xA9\xF0\x9F\x8C\x8D");
    EXPECT_FALSE(json_unescaped(R"(\ud83c)"));
    EXPECT_FALSE(json_unescaped(R"(\udf0d)"));
}

TEST(JsonLine, Quoted) {
    EXPECT_EQ(json_quoted("a\"b\\c\n"), R"("a\"b\\c\u000a")");
}

}  // namespace
}  // namespace gramme
