#include "live/json_depth.hpp"

#include <gtest/gtest.h>

#include <string>

#include "live/providers.hpp"

namespace gramme::live {
namespace {

std::string nested(std::size_t levels) {
    return std::string(levels, '[') + std::string(levels, ']');
}

TEST(JsonDepth, EndsAtEightLevels) {
    EXPECT_FALSE(is_too_deep(nested(8)));
    EXPECT_TRUE(is_too_deep(nested(9)));
    EXPECT_TRUE(is_too_deep(R"({"a": )" + nested(8) + "}"));
    EXPECT_FALSE(is_too_deep("[" + nested(7) + "," + nested(7) + "]")) << "side by side is not deep";
    EXPECT_FALSE(is_too_deep(""));
}

TEST(JsonDepth, CountsNoBracketOfAString) {
    EXPECT_FALSE(is_too_deep(R"(["[[[[[[[[[[", "\"[[[[[[[[[[", "\\"])"));
    EXPECT_TRUE(is_too_deep(R"(["\\", )" + nested(8) + "]")) << "the string ends behind its backslash";
    EXPECT_TRUE(is_too_deep(R"(["]]]]]]]]", )" + nested(8) + "]"))
        << "what closes in a string closes nothing";
}

TEST(JsonDepth, OfAServersAnswerIsLimited) {
    const std::string deep = nested(3'000'000);
    const Query query{Provider::kNeso, "GB", "direct", std::nullopt};
    const auto points = points_of(query, R"({"data": )" + deep + "}");
    ASSERT_FALSE(points);
    EXPECT_EQ(points.error().code, Code::kMalformed);
    EXPECT_NE(points.error().what.find("nests too deeply"), std::string::npos) << points.error().what;
    EXPECT_FALSE(token_of_login(R"({"token": "t", "more": )" + deep + "}"));
    EXPECT_EQ(complaint_of(R"({"error": "no", "more": )" + deep + "}"), "");
}

}  // namespace
}  // namespace gramme::live
