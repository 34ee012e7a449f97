// What stands beside a span or mark is the same in this process's record and in that of the run around it.
#include "track/marker_detail.hpp"

#include <gtest/gtest.h>

#include <string>

#include "sample/run_socket.hpp"

namespace gramme::track {
namespace {

std::string nested(int objects) {
    std::string text;
    for (int i = 0; i < objects; ++i) {
        text += R"({"a": )";
    }
    return text + "1" + std::string(static_cast<std::size_t>(objects), '}');
}

TEST(MarkerDetail, ComesThroughTheSocketAsItIsKeptHere) {
    for (const std::string& detail :
         {nested(1), nested(7), std::string{R"({"lr": 1e-3, "x": [1, {"b": null}]})"}}) {
        const auto marker = checked_marker(Marker::Kind::kMark, "saved", detail);
        ASSERT_TRUE(marker) << marker.error().what;
        EXPECT_EQ(marker->detail, detail);
        const auto heard = sample::marker_from_json(sample::marker_to_json(*marker));
        ASSERT_TRUE(heard);
        std::string bare = detail;
        std::erase(bare, ' ');
        EXPECT_EQ(heard->detail,
                  bare == R"({"lr":1e-3,"x":[1,{"b":null}]})" ? R"({"lr":0.001,"x":[1,{"b":null}]})" : bare);
    }
}

TEST(MarkerDetail, NumbersThatAreNoneAreTexts) {
    const auto marker = checked_marker(
        Marker::Kind::kMark, "x", R"({"loss": NaN, "up": [Infinity, -Infinity], "name": "NaN \"Infinity"})");
    ASSERT_TRUE(marker) << marker.error().what;
    EXPECT_EQ(marker->detail, R"({"loss": "nan", "up": ["inf", "-inf"], "name": "NaN \"Infinity"})");
}

TEST(MarkerDetail, WhatIsNoObjectIsRefused) {
    for (const char* const detail :
         {"1", "[]", "{", R"({"a": })", R"({"a": 1} x)", R"({"a": NaNa})", "{'a': 1}", "{\"a\": \"\xff\"}"}) {
        const auto marker = checked_marker(Marker::Kind::kMark, "x", detail);
        ASSERT_FALSE(marker) << detail;
        EXPECT_EQ(marker.error().code, Code::kMalformed) << detail;
    }
    EXPECT_TRUE(checked_marker(Marker::Kind::kMark, "x", ""));
    EXPECT_TRUE(checked_marker(Marker::Kind::kMark, "x", "{}"));
}

TEST(MarkerDetail, LimitsAreThoseOfAMessage) {
    EXPECT_EQ(checked_marker(Marker::Kind::kMark, "x", nested(8)).error().code, Code::kOutOfRange);
    const std::string frame = R"({"kind":"mark","name":"x","detail":{"a":""}})";
    const std::string most(sample::kMostMessageBytes - frame.size(), 'b');
    EXPECT_TRUE(checked_marker(Marker::Kind::kMark, "x", R"({"a":")" + most + R"("})"));
    const auto longer = checked_marker(Marker::Kind::kMark, "x", R"({"a":")" + most + R"(b"})");
    ASSERT_FALSE(longer);
    EXPECT_EQ(longer.error().what, "the marker 'x' is longer than 4 KiB");
    EXPECT_EQ(checked_marker(Marker::Kind::kSpanBegin, std::string(5000, 'n'), "").error().code,
              Code::kOutOfRange);
}

}  // namespace
}  // namespace gramme::track
