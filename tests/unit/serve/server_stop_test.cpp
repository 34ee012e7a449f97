// The server stops in bounded time, whatever it is at, and its answers of fixed things are kept.
#include <gmock/gmock.h>

#include <chrono>
#include <csignal>

#include "server_fixture.hpp"
#include "store/sqlite_db.hpp"

namespace gramme::serve {
namespace {

using testing::Client;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class ServerStopTest : public testing::ServerFixture {
protected:
    void expect_quick_stop() {
        const auto begin = std::chrono::steady_clock::now();
        stop();
        EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds{10});
    }
};

TEST_F(ServerStopTest, AStatementThatNeverEndsEnds) {
    {
        const auto database = store::Database::open(folder_.file("runs.db"));
        ASSERT_TRUE(database);
        ASSERT_TRUE(database->execute(
            "DROP TABLE summaries; CREATE VIEW summaries AS WITH RECURSIVE n(run) AS (SELECT 1 UNION ALL "
            "SELECT run + 1 FROM n) SELECT run FROM n"));
    }
    start();
    const Client client{server_->port()};
    client.send(get("/api/v1/health"));  // counts them
    std::this_thread::sleep_for(std::chrono::milliseconds{200});
    expect_quick_stop();
    server_.reset();  // and with it the connection
    EXPECT_EQ(client.read(), "") << "it has had no answer";
}

TEST_F(ServerStopTest, AWriterThatWaitsForAnotherEnds) {
    add(gramme::testing::made_up_run());
    remake({true, "127.0.0.1", "", true});
    const auto other = store::Database::open(folder_.file("runs.db"));
    ASSERT_TRUE(other);
    const auto held = store::Transaction::begin(*other, "BEGIN IMMEDIATE");
    ASSERT_TRUE(held);
    start();
    const Client client{server_->port()};
    client.send("DELETE /api/v1/runs/" + gramme::testing::made_up_run().id +
                " HTTP/1.1\r\nHost: localhost\r\n\r\n");
    std::this_thread::sleep_for(std::chrono::milliseconds{200});
    expect_quick_stop();
    EXPECT_EQ(*other->integer("SELECT count(*) FROM runs"), 1);
}

TEST_F(ServerStopTest, AnAnswerThatWasOnItsWayIsTheLastOfItsConnection) {
    add(gramme::testing::made_up_run());
    remake({true, "127.0.0.1", "", true});
    const auto other = store::Database::open(folder_.file("runs.db"));
    ASSERT_TRUE(other);
    auto held = store::Transaction::begin(*other, "BEGIN IMMEDIATE");
    ASSERT_TRUE(held);
    start();
    const Client client{server_->port()};
    client.send("DELETE /api/v1/runs/" + gramme::testing::made_up_run().id +
                " HTTP/1.1\r\nHost: localhost\r\n\r\n");
    std::this_thread::sleep_for(std::chrono::milliseconds{200});
    server_->stop();
    std::this_thread::sleep_for(std::chrono::milliseconds{200});
    const auto begin = std::chrono::steady_clock::now();
    ASSERT_TRUE(held->commit());
    stop();
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds{2500})
        << "not the three seconds that answers are given";
    EXPECT_THAT(client.read(), StartsWith("HTTP/1.1 204"));
}

TEST_F(ServerStopTest, ASignalThatComesBeforeItServesIsNotLost) {
    const auto server = Server::open(*service_, {"127.0.0.1", 0, true}, 2);
    ASSERT_TRUE(server) << server.error().what;
    (*server)->stop_on_signals();
    ASSERT_EQ(std::raise(SIGTERM), 0);
    (*server)->run();  // else the test would have ended here, or never
}

TEST_F(ServerStopTest, WhatNeverChangesIsKeptWithItsTag) {
    start();
    for (const char* path : {"/api/v1/regions?limit=7", "/api/v1/devices", "/api/v1/openapi.json"}) {
        const std::string plain = exchange(get(path));
        EXPECT_EQ(exchange(get(path)), plain);
        const std::string packed = exchange(get(path, "Accept-Encoding: gzip\r\n"));
        EXPECT_THAT(packed, HasSubstr("Content-Encoding: gzip"));
        EXPECT_LT(packed.size(), plain.size());
        const std::size_t at = packed.find("ETag: ") + 6;
        const std::string tag = packed.substr(at, packed.find("\r\n", at) - at);
        EXPECT_THAT(plain, ::testing::Not(HasSubstr(tag))) << "other bytes, another tag";
        EXPECT_THAT(exchange(get(path, "Accept-Encoding: gzip\r\nIf-None-Match: " + tag + "\r\n")),
                    StartsWith("HTTP/1.1 304"));
    }
}

TEST(ReferenceAnswers, AreMadeOnceForEachLimitAndOfOddLimitsFewAreKept) {
    using What = ReferenceAnswers::What;
    ReferenceAnswers answers;
    int made = 0;
    const auto make = [&] {
        ++made;
        return Result<std::string>{std::string(5000, 'x')};
    };
    for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(answers.get(What::kRegions, 1000, i == 1, make)->is_gzip, i == 1);
    }
    EXPECT_EQ(made, 1);
    for (std::size_t limit = 1; limit <= 100; ++limit) {
        EXPECT_EQ(answers.get(What::kRegions, limit, false, make)->bytes().size(), 5000U);
    }
    EXPECT_EQ(made, 101);
    for (std::size_t limit = 1; limit <= 100; ++limit) {
        (void)answers.get(What::kRegions, limit, false, make);
    }
    EXPECT_GT(made, 190) << "whoever asks must not fill the memory";
    EXPECT_FALSE(answers.get(What::kSources, 1, false, [] {
        return Result<std::string>{Error{Code::kIo, "no", ""}};
    }));
}

}  // namespace
}  // namespace gramme::serve
