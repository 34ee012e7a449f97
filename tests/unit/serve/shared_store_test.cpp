// The store belongs to other programs too: they lock it, and a person replaces its file.
#include <gmock/gmock.h>

#include <chrono>

#include "server_fixture.hpp"
#include "store/sqlite_db.hpp"

namespace gramme::serve {
namespace {

using testing::Client;
using ::testing::HasSubstr;
using testing::Json;
using testing::ServiceFixture;
using ::testing::StartsWith;

class SharedStoreTest : public testing::ServerFixture {};

TEST_F(SharedStoreTest, WritesThatWaitLeaveReadersTheirThreadAndGiveUpSoon) {
    add(gramme::testing::made_up_run());
    remake({true, "127.0.0.1", "", true});
    const auto other = store::Database::open(folder_.file("runs.db"));
    ASSERT_TRUE(other);
    const auto held = store::Transaction::begin(*other, "BEGIN IMMEDIATE");
    ASSERT_TRUE(held);
    start();
    const std::string run = "/api/v1/runs/" + gramme::testing::made_up_run().id;
    const std::string asked = "DELETE " + run + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    const Client first{server_->port()};
    const Client second{server_->port()};
    const Client third{server_->port()};
    first.send(asked);
    second.send(asked);
    third.send("POST " + run + "/recost HTTP/1.1\r\nHost: localhost\r\nContent-Length: 16\r\n\r\n" +
               R"({"region":"SWE"})");
    std::this_thread::sleep_for(std::chrono::milliseconds{200});
    const auto begin = std::chrono::steady_clock::now();
    EXPECT_THAT(exchange(get("/api/v1/runs")), StartsWith("HTTP/1.1 200"));
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds{1500});
    const std::string refused = first.read();
    EXPECT_THAT(refused, StartsWith("HTTP/1.1 503"));
    EXPECT_THAT(refused, HasSubstr("another process kept the store locked; try again"));
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds{10});
}

TEST_F(SharedStoreTest, TheLogOfTheFileBeforeIsNotLaidOverANewOne) {
    add(gramme::testing::made_up_run());
    EXPECT_EQ(ServiceFixture::get("/api/v1/health").at("runs"), 1);
    ASSERT_TRUE(std::filesystem::exists(folder_.file("runs.db-wal")));
    const std::string other = folder_.file("other.db");
    {
        const auto made = store::Store::open(other);
        ASSERT_TRUE(made);
    }
    {
        const auto made = store::Database::open(other);
        ASSERT_TRUE(made && made->execute("PRAGMA wal_checkpoint(TRUNCATE)"));
    }
    std::filesystem::remove(other + "-wal");
    std::filesystem::remove(other + "-shm");
    std::filesystem::rename(folder_.file("runs.db"), folder_.file("before.db"));
    std::filesystem::rename(other, folder_.file("runs.db"));
    for (const char* path : {"/api/v1/runs", "/api/v1/totals"}) {
        const Json error = ServiceFixture::get(path, 503).at("error");
        EXPECT_THAT(std::string{error.at("message")}, HasSubstr("runs.db-wal of the one before"));
        EXPECT_THAT(std::string{error.at("hint")}, HasSubstr("runs.db-shm"));
    }
    EXPECT_EQ(ServiceFixture::get("/api/v1/health").at("status"), "store_unreadable");
    for (const char* end : {"-wal", "-shm"}) {  // the way out that it names
        std::filesystem::rename(folder_.file("runs.db") + end, folder_.file("before.db") + end);
    }
    EXPECT_EQ(ServiceFixture::get("/api/v1/runs").at("total"), 0);
    const auto before = store::Store::open(folder_.file("before.db"));
    ASSERT_TRUE(before);
    EXPECT_EQ(*(*before)->count(), 1U) << "nothing of it is lost";
}

}  // namespace
}  // namespace gramme::serve
