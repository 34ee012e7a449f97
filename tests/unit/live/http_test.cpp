#include "live/http.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scripted_transport.hpp"

namespace gramme::live {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::ScriptedTransport;

class Patience : public ::testing::Test {
protected:
    Result<HttpAnswer> get() {
        return get_patiently(net, {}, [this](double seconds) { slept.push_back(seconds); });
    }
    ScriptedTransport net;
    std::vector<double> slept;
};

TEST_F(Patience, AsksAgainWhatMayPass) {
    net.answer(500, "");
    net.fail(HttpAnswer::Kind::kNoConnection);
    net.answer(200, "{}");
    EXPECT_EQ(get()->status, 200);
    EXPECT_THAT(slept, ElementsAre(0.5, 1.0));
}

TEST_F(Patience, EndsAfterThreeTries) {
    for (int i = 0; i < 4; ++i) {
        net.answer(503, "");
    }
    EXPECT_EQ(get()->status, 503);
    EXPECT_EQ(net.asked.size(), 3U);
}

TEST_F(Patience, WaitsAsLongAsTheServerWishes) {
    net.answer(429, "", 7.0);
    net.answer(200, "{}");
    EXPECT_EQ(get()->status, 200);
    EXPECT_THAT(slept, ElementsAre(7.0));
}

TEST_F(Patience, DoesNotWaitLongerThanTenSeconds) {
    net.answer(429, "", 11.0);
    EXPECT_EQ(get()->status, 429);
    EXPECT_THAT(slept, IsEmpty());
}

TEST_F(Patience, AsksOnceWhatWillNotPass) {
    for (const int status : {301, 400, 401, 403, 404, 501}) {
        net.answer(status, "");
        EXPECT_EQ(get()->status, status);
    }
    for (const auto kind :
         {HttpAnswer::Kind::kTimedOut, HttpAnswer::Kind::kTooLarge, HttpAnswer::Kind::kFailed}) {
        net.fail(kind);
        EXPECT_EQ(get()->kind, kind);
    }
    EXPECT_THAT(slept, IsEmpty());
}

TEST(Server, IsHttpsOrThisMachine) {
    EXPECT_EQ(*checked_server("https://api.example.org/"), "https://api.example.org");
    EXPECT_EQ(*checked_server("https://proxy.example.org:8443/em//"), "https://proxy.example.org:8443/em");
    EXPECT_EQ(*checked_server("http://127.0.0.1:8080"), "http://127.0.0.1:8080");
    EXPECT_EQ(*checked_server("http://127.9.8.7"), "http://127.9.8.7");
    EXPECT_EQ(*checked_server("http://[::1]:80/x"), "http://[::1]:80/x");
    EXPECT_EQ(*checked_server("http://localhost:80"), "http://localhost:80");
}

TEST(Server, RefusesWhatCouldLoseAKey) {
    for (const char* url : {"http://api.example.org",
                            "http://127.0.0.1.example.org",
                            "http://127.0.0.1@example.org",
                            "http://10.0.0.1",
                            "http://127.1",
                            "http://127.0.0.256",
                            "http://127.0.0.1x",
                            "http://127.0.0.",
                            "http://[::2]",
                            "http://[::1",
                            "http://[::1]x.example.org",
                            "ftp://127.0.0.1",
                            "file:///etc/passwd",
                            "https://",
                            "https:///x",
                            "https://u:p@example.org",
                            "https://example.org/?x=1",
                            "https://example.org#x",
                            "https://exa mple.org",
                            "https://example.org\n",
                            "http://127.0.0.1\\@example.org",
                            "127.0.0.1",
                            "",
                            "https",
                            "http://127.0.0.1:80:90",
                            "http://localhost.example.org"}) {
        const auto server = checked_server(url);
        ASSERT_FALSE(server) << url;
        EXPECT_EQ(server.error().code, Code::kUsage);
    }
}

TEST(Secrets, AreReplacedWhereverTheyStand) {
    EXPECT_EQ(without_secrets("token abc and abc", {"abc"}), "token (key) and (key)");
    EXPECT_EQ(without_secrets("key", {"key"}), "(key)") << "no endless search in what was put there";
    EXPECT_EQ(without_secrets("as it is", {""}), "as it is");
}

TEST(Secrets, InsideOneAnotherLeaveNothing) {
    for (const std::vector<std::string>& order :
         {std::vector<std::string>{"ada", "ada-4711"}, std::vector<std::string>{"ada-4711", "ada"}}) {
        EXPECT_EQ(without_secrets("user ada, password ada-4711!", order), "user (key), password (key)!");
    }
    EXPECT_EQ(without_secrets("<abcdef>", {"abcd", "cdef"}), "<(key)>") << "they overlap";
    EXPECT_EQ(without_secrets("<ababa>", {"aba"}), "<(key)>") << "one overlaps itself";
    EXPECT_EQ(without_secrets("<key>", {"key", "e"}), "<(key)>");
}

}  // namespace
}  // namespace gramme::live
