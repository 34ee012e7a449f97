#include "serve/message.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "serve/gzip.hpp"

namespace gramme::serve {
namespace {

using ::testing::Pair;

TEST(Target, IsSplitAndDecoded) {
    const auto target = parse_target("/api/v1/runs?q=a%20b+c&tag=k%3Dv&empty&q=second#there");
    ASSERT_TRUE(target) << target.error().what;
    EXPECT_EQ(target->path, "/api/v1/runs");
    EXPECT_THAT(target->query, ::testing::ElementsAre(Pair("q", "a b c"), Pair("tag", "k=v"),
                                                      Pair("empty", ""), Pair("q", "second")));
}

TEST(Target, ThatClimbsIsRefused) {
    for (const char* path : {"/../etc/passwd", "/a/../../b", "/a/%2e%2e/b", "/%2E%2e", "/a/..", "/./a",
                             "/a\\..\\b", "/a/%5c..", "", "a", "http://other/", "*"}) {
        EXPECT_FALSE(parse_target(path)) << path;
    }
    EXPECT_TRUE(parse_target("/runs/a..b"));
}

TEST(Target, WithBadEscapesOrNulIsRefused) {
    for (const char* path : {"/%", "/%4", "/%zz", "/%00", "/a?b=%", "/a?b=%0"}) {
        EXPECT_FALSE(parse_target(path)) << path;
    }
    EXPECT_FALSE(parse_target(std::string_view{"/a\0b", 4}));
    EXPECT_FALSE(parse_target(std::string_view{"/a?b=\0", 6}));
}

TEST(Target, OfAnyBytesIsAnErrorOrBeginsWithASlash) {
    rc::check([](const std::string& text) {
        const auto target = parse_target("/" + text);
        if (target) {
            RC_ASSERT(target->path.front() == '/');
            RC_ASSERT(target->path.find("/../") == std::string::npos);
            RC_ASSERT(target->path.find('\0') == std::string::npos || text.find('\0') != std::string::npos);
        } else {
            RC_ASSERT(!target.error().what.empty());
        }
    });
}

TEST(ErrorAnswer, SaysWhatAndTheWayOut) {
    const Response response = error_response(Error{Code::kUsage, "hours: '-1' is below 0", "give hours"});
    EXPECT_EQ(response.status, 400);
    EXPECT_THAT(response.body, ::testing::HasSubstr("hours: '-1' is below 0"));
    EXPECT_THAT(response.body, ::testing::HasSubstr("gramme/error/1"));
    EXPECT_EQ(error_response(Error{Code::kNotFound, "", ""}).status, 404);
    EXPECT_EQ(error_response(Error{Code::kUnavailable, "", ""}).status, 503);
    EXPECT_EQ(error_response(Error{Code::kBug, "", ""}).status, 500);
}

TEST(Gzip, BeginsAndEndsAsItsFormatSays) {
    const std::string text(100'000, 'a');
    const std::string packed = gzipped(text);
    ASSERT_GT(packed.size(), 18U);
    EXPECT_LT(packed.size(), 1'000U);
    EXPECT_EQ(packed.substr(0, 3), "\x1f\x8b\x08");
    EXPECT_EQ(static_cast<unsigned char>(packed[packed.size() - 4]),
              100'000 % 256);  // its length, little-endian
}

}  // namespace
}  // namespace gramme::serve
