// The server on a real socket, with clients that behave and clients that do not.
#include "serve/server.hpp"

#include <gmock/gmock.h>

#include <chrono>
#include <thread>

#include "server_fixture.hpp"

namespace gramme::serve {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

using ServerTest = testing::ServerFixture;
using testing::Client;

TEST_F(ServerTest, AnswersWithPolicyTagAndLength) {
    start();
    const std::string answer = exchange(get("/api/v1/openapi.json"));
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\n"));
    EXPECT_THAT(answer, HasSubstr("Content-Security-Policy: default-src 'none'; script-src 'self'"));
    EXPECT_THAT(answer, HasSubstr("X-Content-Type-Options: nosniff"));
    EXPECT_THAT(answer, HasSubstr("\r\nETag: \""));
    EXPECT_THAT(answer, HasSubstr("\r\nContent-Length: "));
}

TEST_F(ServerTest, SaysWhatHasNotChangedWithoutABody) {
    start();
    const std::string answer = exchange(get("/"));
    const std::size_t at = answer.find("ETag: ") + 6;
    const std::string tag = answer.substr(at, answer.find("\r\n", at) - at);
    const std::string again = exchange(get("/", "If-None-Match: " + tag + "\r\n"));
    EXPECT_THAT(again, StartsWith("HTTP/1.1 304"));
    EXPECT_EQ(again.size(), again.find("\r\n\r\n") + 4);
}

TEST_F(ServerTest, PacksWhatTheClientCanUnpack) {
    start();
    EXPECT_THAT(exchange(get("/api/v1/devices", "Accept-Encoding: gzip\r\n")),
                HasSubstr("Content-Encoding: gzip"));
    EXPECT_THAT(exchange(get("/api/v1/devices")), Not(HasSubstr("Content-Encoding")));
    EXPECT_THAT(exchange(get("/api/v1/devices", "Accept-Encoding: br, gzip;q=0\r\n")),
                Not(HasSubstr("Content-Encoding")));
    EXPECT_THAT(exchange(get("/api/v1/devices", "Accept-Encoding: br;q=1.0, gzip;q=0.8\r\n")),
                HasSubstr("Content-Encoding: gzip"));
}

TEST_F(ServerTest, HeadHasNoBody) {
    start();
    const std::string answer =
        exchange("HEAD /api/v1/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK"));
    EXPECT_EQ(answer.size(), answer.find("\r\n\r\n") + 4);
}

TEST_F(ServerTest, KeepsAConnectionForMoreRequestsAlsoWhenTheyComeAtOnce) {
    start();
    const Client client{server_->port()};
    const std::string one = "GET /api/v1/live HTTP/1.1\r\nHost: localhost\r\n\r\n";
    client.send(one + one + get("/api/v1/live"));
    const std::string answers = client.read();
    std::size_t count = 0;
    for (std::size_t at = answers.find("HTTP/1.1 200"); at != std::string::npos;
         at = answers.find("HTTP/1.1 200", at + 1)) {
        ++count;
    }
    EXPECT_EQ(count, 3U);
}

TEST_F(ServerTest, WhatTwoReadersCouldReadInTwoWaysIsRefused) {
    start();
    for (const char* head :
         {"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n", "Content-Length: 4\r\nContent-Length: 5\r\n",
          "Content-Length: -1\r\n", "Content-Length: 4, 4\r\n", "Transfer-Encoding: chunked, identity\r\n",
          "Transfer-Encoding: xchunked\r\n", "Transfer-Encoding: gzip, chunked\r\n",
          "Origin: http://localhost\r\nOrigin: http://localhost\r\n", "Content-Length: 0x4\r\n",
          "Content-Length: 99999999999999999999\r\n", "Host: other\r\n", "Content-Length : 4\r\n",
          " Folded: 1\r\n"}) {
        const std::string answer =
            exchange(std::string{"POST /api/v1/estimate HTTP/1.1\r\nHost: localhost\r\n"} + head +
                     "\r\n0\r\n\r\nGET /api/v1/health HTTP/1.1\r\nHost: localhost\r\n\r\n");
        EXPECT_THAT(answer, ::testing::AnyOf(StartsWith("HTTP/1.1 400"), StartsWith("HTTP/1.1 403"),
                                             StartsWith("HTTP/1.1 413"), ::testing::IsEmpty()))
            << head;
        EXPECT_THAT(answer, Not(HasSubstr("gramme/health"))) << head;
    }
}

TEST_F(ServerTest, GarbageIsRefused) {
    start();
    for (const std::string& bytes :
         {std::string("\x16\x03\x01\x02\x00\x01", 6), std::string("hello\r\n\r\n"),
          std::string("GET / HTTP/9.9\r\n\r\n"), std::string("GET  HTTP/1.1\r\n\r\n"),
          std::string("GET /\0 HTTP/1.1\r\n\r\n", 18), std::string("\r\n\r\n\r\n")}) {
        const Client client{server_->port()};
        client.send(bytes);
        ::shutdown(0, 0);
        const std::string answer = client.read("\r\n\r\n");
        EXPECT_THAT(answer, ::testing::AnyOf(StartsWith("HTTP/1.1 400"), ::testing::IsEmpty())) << bytes;
    }
    EXPECT_THAT(exchange(get("/api/v1/live")), StartsWith("HTTP/1.1 200"));
}

TEST_F(ServerTest, ATargetWithItsHostIsReadWhereBothNameOne) {
    start();
    EXPECT_THAT(exchange(get("http://localhost/api/v1/live")), StartsWith("HTTP/1.1 200"));
    EXPECT_THAT(exchange(get("HTTP://LOCALHOST")), StartsWith("HTTP/1.1 200"));
    for (const char* target : {"http://evil.example/api/v1/live", "http:///api/v1/live", "http://",
                               "ftp://localhost/api/v1/live", "http://x@localhost/api/v1/live"}) {
        EXPECT_THAT(exchange(get(target)), StartsWith("HTTP/1.1 400")) << target;
    }
}

TEST_F(ServerTest, RequestsThatAreRefusedAreCountedToo) {
    start();
    for (const std::string& bytes : {std::string{"nonsense\r\n\r\n"}, get("/"), get("/../x")}) {
        EXPECT_THAT(exchange(bytes), StartsWith("HTTP/1.1 "));
    }
    EXPECT_EQ(service_->counters().requests.load(), 3U);
}

TEST_F(ServerTest, WhatIsTooLargeIsRefused) {
    ServerLimits limits;
    limits.header_bytes = 2048;
    limits.body_bytes = 1000;
    start(limits);
    EXPECT_THAT(exchange(get("/", "X: " + std::string(4000, 'x') + "\r\n")), StartsWith("HTTP/1.1 431"));
    EXPECT_THAT(exchange("POST /api/v1/estimate HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5000\r\n\r\n"),
                StartsWith("HTTP/1.1 413"));
    EXPECT_THAT(exchange("POST /api/v1/estimate HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: "
                         "chunked\r\n\r\n1000\r\n" +
                         std::string(4096, ' ') + "\r\n"),
                StartsWith("HTTP/1.1 413"));
}

TEST_F(ServerTest, AClientThatDripsIsCutOff) {
    ServerLimits limits;
    limits.header_seconds = 1;
    start(limits);
    const Client client{server_->port()};
    const auto begin = std::chrono::steady_clock::now();
    client.send("GET / HTTP/1.1\r\nHo");
    EXPECT_EQ(client.read(), "");
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds{15});
}

TEST_F(ServerTest, AClientThatDripsItsSecondRequestIsCutOffToo) {
    ServerLimits limits;
    limits.header_seconds = 1;
    limits.idle_seconds = 60;
    start(limits);
    const Client client{server_->port()};
    client.send("GET /api/v1/live HTTP/1.1\r\nHost: localhost\r\n\r\n");
    EXPECT_THAT(client.read("\"runs\""), StartsWith("HTTP/1.1 200"));
    const auto begin = std::chrono::steady_clock::now();
    client.send("GET / HTTP/1.1\r\nHo");
    client.read();
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds{15});
}

TEST_F(ServerTest, ANewFollowerSendsNothingToTheOthers) {
    start();
    const Client first{server_->port()};
    first.send(get("/api/v1/live/stream"));
    first.read("event: live");
    const auto begin = std::chrono::steady_clock::now();
    for (int i = 0; i < 30; ++i) {
        const Client other{server_->port()};
        other.send(get("/api/v1/live/stream"));
        EXPECT_THAT(other.read("event: live"), HasSubstr("event: live"));
    }
    const Client last{server_->port()};
    last.send(get("/api/v1/live/stream"));
    last.read("event: live");
    const std::string text = first.read("event: live");  // at least one comes
    std::size_t events = 0;
    for (std::size_t at = text.find("event: live"); at != std::string::npos;
         at = text.find("event: live", at + 1)) {
        ++events;
    }
    const auto seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    EXPECT_LE(static_cast<double>(events), seconds + 3.0);
}

TEST_F(ServerTest, MoreConnectionsThanAllowedAreClosedAndOthersGoOn) {
    ServerLimits limits;
    limits.connections = 3;
    start(limits);
    const Client first{server_->port()};
    const std::string one = "GET /api/v1/live HTTP/1.1\r\nHost: localhost\r\n\r\n";
    first.send(one);
    EXPECT_THAT(first.read("\"runs\""), StartsWith("HTTP/1.1 200"));
    const Client second{server_->port()};
    second.send(one);
    EXPECT_THAT(second.read("\"runs\""), StartsWith("HTTP/1.1 200"));
    const Client third{server_->port()};
    third.send(one);
    EXPECT_THAT(third.read("\"runs\""), StartsWith("HTTP/1.1 200"));
    const Client fourth{server_->port()};
    fourth.send(one);
    EXPECT_EQ(fourth.read(), "");
    first.send(get("/api/v1/live"));
    EXPECT_THAT(first.read(), StartsWith("HTTP/1.1 200"));
}

TEST_F(ServerTest, OneAddressMayNotShutOutTheOthers) {
    ServerLimits limits;
    limits.connections_per_address = 2;
    start(limits);
    constexpr std::uint32_t kOther = 2;  // 127.0.0.2
    const std::string one = "GET /api/v1/live HTTP/1.1\r\nHost: localhost\r\n\r\n";
    auto first = std::make_unique<Client>(server_->port());
    first->send(one);
    EXPECT_THAT(first->read("\"runs\""), StartsWith("HTTP/1.1 200"));
    const Client half_open{server_->port()};
    half_open.send("GET /api");
    const Client refused{server_->port()};
    refused.send(one);
    EXPECT_EQ(refused.read(), "");
    const Client elsewhere{server_->port(), kOther};
    elsewhere.send(one);
    EXPECT_THAT(elsewhere.read("\"runs\""), StartsWith("HTTP/1.1 200"));
    first.reset();  // who goes makes room
    std::string answer;
    for (int i = 0; i < 200 && answer.empty(); ++i) {
        const Client again{server_->port()};
        again.send(get("/api/v1/live"));
        answer = again.read();
        std::this_thread::sleep_for(std::chrono::milliseconds{answer.empty() ? 20 : 0});
    }
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 200"));
}

TEST_F(ServerTest, ManyFollowTheLiveRunsAndTooManyAreTold) {
    ServerLimits limits;
    limits.streams = 20;
    start(limits);
    std::vector<std::unique_ptr<Client>> clients;
    for (std::size_t i = 0; i < limits.streams; ++i) {
        clients.push_back(std::make_unique<Client>(server_->port()));
        clients.back()->send(get("/api/v1/live/stream"));
    }
    for (const auto& client : clients) {
        const std::string text = client->read("\n\n");
        EXPECT_THAT(text, HasSubstr("text/event-stream"));
        EXPECT_THAT(client->read("\n\n"), HasSubstr("event: live\ndata: {\"schema\":\"gramme/live/1\""));
    }
    EXPECT_THAT(exchange(get("/api/v1/live/stream")), StartsWith("HTTP/1.1 503"));
    clients.clear();  // those who go make room
    for (int i = 0; i < 200 && service_->counters().streams.load() > 0; ++i) {
        std::this_thread::sleep_for(std::chrono::milliseconds{50});
    }
    EXPECT_EQ(service_->counters().streams.load(), 0);
}

TEST_F(ServerTest, StopsWithClientsThatWaitAndFollow) {
    start();
    const Client idle{server_->port()};
    const Client follower{server_->port()};
    follower.send(get("/api/v1/live/stream"));
    follower.read("event: live");
    const auto begin = std::chrono::steady_clock::now();
    stop();
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds{10});
    EXPECT_FALSE(Client{server_->port()}.connected());
}

TEST_F(ServerTest, AskedFromManyThreadsAtOnceEverybodyGetsTheirOwn) {
    add(gramme::testing::made_up_run());
    start();
    std::vector<std::thread> threads;
    std::atomic<int> wrong{0};
    for (int t = 0; t < 8; ++t) {
        threads.emplace_back([&, t] {
            for (int i = 0; i < 10; ++i) {
                const std::string hours = std::to_string(t * 100 + i + 1);
                const std::string body = R"({"power_w":1000,"hours":)" + hours + "}";
                const std::string answer = exchange(
                    "POST /api/v1/estimate HTTP/1.1\r\nHost: localhost\r\nConnection: "
                    "close\r\nContent-Length: " +
                    std::to_string(body.size()) + "\r\n\r\n" + body);
                const std::string listed = exchange(get("/api/v1/runs"));
                const auto json =
                    testing::Json::parse(answer.substr(answer.find("\r\n\r\n")), nullptr, false);
                const bool right = json.is_object() && json["energy_kwh"]["value"] == t * 100.0 + i + 1.0 &&
                                   listed.find("\"total\":1") != std::string::npos;
                wrong += right ? 0 : 1;
            }
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    EXPECT_EQ(wrong.load(), 0);
}

TEST(Listen, UnderstandsAddressesAndRefusesNames) {
    EXPECT_TRUE(parse_listen("127.0.0.1:7777")->loopback);
    EXPECT_TRUE(parse_listen("localhost:0")->loopback);
    EXPECT_TRUE(parse_listen("[::1]:7777")->loopback);
    EXPECT_FALSE(parse_listen("0.0.0.0:7777")->loopback);
    EXPECT_FALSE(parse_listen("[::]:7777")->loopback);
    for (const char* text : {"", "7777", ":7777", "127.0.0.1", "127.0.0.1:", "127.0.0.1:70000",
                             "example.org:80", "::1:80", "127.0.0.1:-1", "127.0.0.1:x"}) {
        EXPECT_FALSE(parse_listen(text)) << text;
    }
}

TEST_F(ServerTest, APortThatIsTakenIsNamed) {
    start();
    const auto second = Server::open(*service_, {"127.0.0.1", server_->port(), true}, 1);
    ASSERT_FALSE(second);
    EXPECT_THAT(second.error().what, HasSubstr(std::to_string(server_->port())));
}

}  // namespace
}  // namespace gramme::serve
