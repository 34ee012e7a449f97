#include "serve/guard.hpp"

#include <gtest/gtest.h>

namespace gramme::serve {
namespace {

Request request_to(const std::string& host) {
    Request request;
    request.method = "GET";
    request.path = "/api/v1/runs";
    request.host = host;
    return request;
}

const Access kLoopback{true, "127.0.0.1", "", false};
const Access kOpen{false, "0.0.0.0", "0123456789abcdef", false};

TEST(Guard, OnLoopbackOnlyNamesOfThisMachineAreAnswered) {
    for (const char* host :
         {"localhost", "LOCALHOST:7777", "127.0.0.1", "127.0.0.1:8000", "[::1]:7777", "[::1]"}) {
        EXPECT_FALSE(refusal(request_to(host), kLoopback, false)) << host;
    }
    for (const char* host : {"evil.example", "localhost.evil.example", "127.0.0.1.nip.io", "10.0.0.1", "::1",
                             "", ":7777", "[::1", "localhost:1:2", "127.0.0.1@evil.example", "evil@localhost",
                             "localhost:", "localhost:77x", "[::1]:", "[::1]:x", "localhost:777777"}) {
        EXPECT_TRUE(refusal(request_to(host), kLoopback, false)) << host;
        EXPECT_TRUE(refusal(request_to(host), kLoopback, true)) << host << ": the page, too";
    }
}

TEST(Guard, APageOfAnotherOriginIsRefused) {
    Request request = request_to("localhost:7777");
    request.origin = "http://localhost:7777";
    EXPECT_FALSE(refusal(request, kLoopback, false));
    for (const char* origin : {"http://evil.example", "null", "http://localhost:7778",
                               "file://localhost:7777", "http://localhost:7777.evil.example"}) {
        request.origin = origin;
        EXPECT_TRUE(refusal(request, kLoopback, false)) << origin;
    }
    request.origin.clear();
    request.fetch_site = "cross-site";
    EXPECT_TRUE(refusal(request, kLoopback, false));
}

TEST(Guard, OffLoopbackNothingIsAnsweredWithoutTheToken) {
    Request request = request_to("node7:7777");
    ASSERT_TRUE(refusal(request, kOpen, false));
    EXPECT_EQ(refusal(request, kOpen, false)->status, 401);
    EXPECT_FALSE(refusal(request, kOpen, true)) << "the page itself holds nothing of anybody";
    for (const char* wrong : {"Bearer 0123456789abcdeX", "Bearer ", "Bearer 0123456789abcdef0",
                              "0123456789abcdef", "Basic 0123456789abcdef"}) {
        request.authorization = wrong;
        EXPECT_TRUE(refusal(request, kOpen, false)) << wrong;
    }
    request.authorization = "bearer 0123456789abcdef";
    EXPECT_FALSE(refusal(request, kOpen, false));
    request.authorization.clear();
    request.cookie = "a=b; gramme_token_7777=0123456789abcdef; c=d";
    EXPECT_FALSE(refusal(request, kOpen, false));
    for (const char* cookie : {"xgramme_token_7777=0123456789abcdef", "gramme_token_7778=0123456789abcdef",
                               "gramme_token=0123456789abcdef"}) {
        request.cookie = cookie;
        EXPECT_TRUE(refusal(request, kOpen, false)) << cookie << " is that of another port";
    }
    request.host = "node7";
    EXPECT_FALSE(refusal(request, kOpen, false));
}

TEST(Guard, AnEmptySecretIsNobodys) {
    EXPECT_FALSE(same_secret("", ""));
    EXPECT_FALSE(same_secret("a", ""));
    EXPECT_TRUE(same_secret("a", "a"));
}

}  // namespace
}  // namespace gramme::serve
