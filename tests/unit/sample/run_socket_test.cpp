#include "sample/run_socket.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "host/real_host.hpp"

namespace gramme::sample {
namespace {

class RunSocketTest : public ::testing::Test {
protected:
    void SetUp() override {
        std::string pattern = (std::filesystem::temp_directory_path() / "gramme-socket-XXXXXX").string();
        dir_ = ::mkdtemp(pattern.data());
        ::unsetenv("XDG_RUNTIME_DIR");
    }
    void TearDown() override { std::filesystem::remove_all(dir_); }

    std::string dir_;
    std::unique_ptr<Host> host_ = host::make_real_host("");
};

TEST(MarkerJson, RoundTripsEveryKind) {
    for (const auto kind : {Marker::Kind::kSpanBegin, Marker::Kind::kSpanEnd, Marker::Kind::kMark}) {
        const auto back = marker_from_json(marker_to_json({kind, 0, "epoch \"1\"\n", R"({"loss":0.5})"}));
        ASSERT_TRUE(back) << back.error().what;
        EXPECT_EQ(back->kind, kind);
        EXPECT_EQ(back->name, "epoch \"1\"\n");
        EXPECT_EQ(back->detail, R"({"loss":0.5})");
    }
}

TEST(MarkerJson, RefusesWhatIsNoMarker) {
    for (const char* text :
         {"", "1", "[]", "{}", R"({"kind":"mark"})", R"({"kind":"mark","name":3})",
          R"({"kind":"stop","name":"x"})", "{\"kind\":\"mark\",\"name\":\"x\"", "\xff\xfe"}) {
        EXPECT_FALSE(marker_from_json(text)) << text;
    }
}

TEST(MarkerJson, DeepNestingDoesNotOverflow) {
    const std::string deep =
        R"({"kind":"mark","name":"x","detail":)" + std::string(2000, '[') + std::string(2000, ']') + "}";
    const auto marker = marker_from_json(deep);
    if (marker) {
        EXPECT_LT(marker->detail.size(), 100U);
    }
}

TEST_F(RunSocketTest, LiesInAShortFolderOfThisUserAloneWhereItsPathWouldBeTooLong) {
    const std::string deep = dir_ + "/" + std::string(100, 'h');
    std::filesystem::create_directories(deep);
    ::setenv("TMPDIR", dir_.c_str(), 1);
    const std::string folder = dir_ + "/gramme-" + std::to_string(::geteuid());
    {
        auto socket = RunSocket::create(*host_, deep, "run-1");
        ASSERT_TRUE(socket) << socket.error().what;
        EXPECT_EQ(socket->path(), folder + "/run-1.sock");
        EXPECT_EQ(std::filesystem::status(folder).permissions(), std::filesystem::perms::owner_all);
        ASSERT_TRUE(RunClient::connect(socket->path()));
    }
    EXPECT_TRUE(std::filesystem::is_empty(folder));
    // One that others can write to may be anybody's: the next is taken.
    std::filesystem::permissions(folder, std::filesystem::perms::all);
    {
        auto elsewhere = RunSocket::create(*host_, deep, "0b6fd4a3-run-socket-test");
        ASSERT_TRUE(elsewhere) << elsewhere.error().what;
        EXPECT_TRUE(elsewhere->path().starts_with("/tmp/gramme-")) << elsewhere->path();
    }
    ::unsetenv("TMPDIR");
}

TEST_F(RunSocketTest, ARelativeRuntimeFolderCountsAsNone) {
    ::setenv("XDG_RUNTIME_DIR", "run", 1);
    EXPECT_FALSE(runtime_folder(*host_));
    EXPECT_EQ(rendezvous_folder(*host_, dir_), dir_);
    ::setenv("XDG_RUNTIME_DIR", dir_.c_str(), 1);
    EXPECT_EQ(rendezvous_folder(*host_, ""), dir_ + "/gramme");
    ::unsetenv("XDG_RUNTIME_DIR");
}

TEST_F(RunSocketTest, CarriesAMarkerFromClientToRun) {
    auto socket = RunSocket::create(*host_, dir_, "run-1");
    ASSERT_TRUE(socket) << socket.error().what;
    const auto client = RunClient::connect(socket->path());
    ASSERT_TRUE(client) << client.error().what;
    ASSERT_TRUE(client->send({Marker::Kind::kSpanBegin, 0, "epoch 1", ""}));
    const auto received = socket->receive();
    ASSERT_TRUE(received.has_value());
    ASSERT_TRUE(*received);
    EXPECT_EQ((*received)->name, "epoch 1");
    EXPECT_EQ(socket->sender(), ::getpid());
    EXPECT_FALSE(socket->receive().has_value()) << "one message, received once";
}

TEST_F(RunSocketTest, FileGoesWithTheSocketAndAStaleNameIsUnavailable) {
    std::string path;
    {
        const auto socket = RunSocket::create(*host_, dir_, "run-2");
        ASSERT_TRUE(socket);
        path = socket->path();
        EXPECT_TRUE(std::filesystem::exists(path));
    }
    EXPECT_FALSE(std::filesystem::exists(path));
    const auto client = RunClient::connect(path);
    ASSERT_FALSE(client);
    EXPECT_EQ(client.error().code, Code::kUnavailable);
}

TEST_F(RunSocketTest, MarkerBeyondFourKibibytesIsRefusedByTheSender) {
    const auto socket = RunSocket::create(*host_, dir_, "run-4");
    ASSERT_TRUE(socket);
    const auto client = RunClient::connect(socket->path());
    ASSERT_TRUE(client);
    EXPECT_FALSE(client->send({Marker::Kind::kMark, 0, std::string(5000, 'x'), ""}));
}

}  // namespace
}  // namespace gramme::sample
