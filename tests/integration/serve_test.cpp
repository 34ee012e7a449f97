// gramme serve: the real program, asked over loopback while others measure.
#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <functional>
#include <thread>

#include "sandbox.hpp"

namespace gramme::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

bool comes_true(const std::function<bool()>& holds) {
    for (int i = 0; i < 1200; ++i) {
        if (holds()) {
            return true;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds{25});
    }
    return false;
}

class Serve : public Integration {
protected:
    /// Its address is its first line of output.
    void serve(const Words& options = {}) {
        server_.emplace(box.start(joined({"serve", "--listen", "127.0.0.1:0"}, options)));
        ASSERT_TRUE(comes_true([&] { return server_->out().find('\n') != std::string::npos; }))
            << server_->err();
        const std::string address = server_->out();
        ASSERT_THAT(address, StartsWith("http://127.0.0.1:"));
        port_ =
            static_cast<std::uint16_t>(std::stoi(address.substr(std::string{"http://127.0.0.1:"}.size())));
    }

    [[nodiscard]] std::string exchange(const std::string& request, const std::string& until = "") const {
        const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port_);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        const timeval limit{30, 0};
        ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
        std::string answer;
        if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
            ::send(fd, request.data(), request.size(), MSG_NOSIGNAL) ==
                static_cast<ssize_t>(request.size())) {
            char block[8192];
            ssize_t count = 0;
            while ((count = ::recv(fd, block, sizeof block, 0)) > 0) {
                answer.append(block, static_cast<std::size_t>(count));
                if (!until.empty() && answer.find(until) != std::string::npos) {
                    break;
                }
            }
        }
        ::close(fd);
        return answer;
    }
    [[nodiscard]] Json get(const std::string& path) const {
        const std::string answer =
            exchange("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        const std::size_t body = answer.find("\r\n\r\n");
        return body == std::string::npos ? Json{} : Json::parse(answer.substr(body + 4), nullptr, false);
    }
    [[nodiscard]] int stop() {
        server_->send(SIGTERM);
        const Outcome outcome = server_->wait();
        return outcome.timed_out ? -2 : outcome.exit_code;
    }

    std::optional<Process> server_;
    std::uint16_t port_ = 0;
};

TEST_F(Serve, ShowsARunWhileItIsMeasuredAndAfterwards) {
    serve();
    EXPECT_EQ(get("/api/v1/runs").at("total"), 0);
    const Process run =
        box.start({"run", "--csv", "none", "--name", "<b>live</b>", "--region", "FRA", "--", "sleep", "30"});
    Json live;
    ASSERT_TRUE(comes_true([&] {
        live = get("/api/v1/live");
        return live.is_object() && live.value("runs", Json::array()).size() == 1 &&
               !live["runs"][0]["energy_kwh"].is_null();
    })) << live;
    const std::string id = live["runs"][0]["id"];
    EXPECT_EQ(live["runs"][0]["name"], "<b>live</b>");
    EXPECT_EQ(get("/api/v1/runs/" + id).at("run").at("state"), "running");
    EXPECT_FALSE(get("/api/v1/runs/" + id + "/windows").at("devices").empty());
    EXPECT_THAT(exchange("GET /api/v1/live/stream HTTP/1.1\r\nHost: localhost\r\n\r\n", id),
                HasSubstr("event: live"));
    run.send(SIGTERM);
    ASSERT_TRUE(comes_true([&] { return get("/api/v1/runs").value("total", 0) == 1; }));
    ASSERT_TRUE(comes_true([&] { return get("/api/v1/live").at("runs").empty(); }));
    EXPECT_EQ(get("/api/v1/runs/" + id).at("run").at("state"), "finished");
    EXPECT_EQ(stop(), 0);
}

TEST_F(Serve, ARunWhoseGrammeIsKilledStaysInSight) {
    serve();
    const Process run = box.start({"run", "--csv", "none", "--", "sleep", "30"});
    ASSERT_TRUE(comes_true([&] { return get("/api/v1/live").at("runs").size() == 1; }));
    run.send_to_group(SIGKILL);
    ASSERT_TRUE(comes_true([&] { return get("/api/v1/runs").value("total", 0) == 1; }));
    EXPECT_EQ(get("/api/v1/runs").at("rows").at(0).at("state"), "interrupted");
    EXPECT_EQ(stop(), 0);
}

TEST_F(Serve, SaysTheSameAsTheCommands) {
    box.run({"--csv", "none", "--region", "FRA"}, {"true"});
    serve();
    const std::string id = text_of(box.runs().at(0), "id");
    EXPECT_EQ(get("/api/v1/runs/" + id).at("operational_kgco2e"), box.show(id).at("operational_kgco2e"));
    const Json rows = Json::parse(box.gramme({"regions", "paris", "--json"}).out).at("rows");
    EXPECT_EQ(get("/api/v1/regions?q=paris").at("rows"), rows);
    EXPECT_EQ(stop(), 0);
}

TEST_F(Serve, MetricsPassPrometheusOwnCheck) {
    if (box.tool({"sh", "-c", "command -v promtool"}).exit_code != 0) {
        GTEST_SKIP() << "promtool is not installed (Debian: prometheus)";
    }
    const Process run = box.start({"run", "--csv", "none", "--", "sleep", "30"});
    serve();
    ASSERT_TRUE(comes_true([&] { return get("/api/v1/live").at("runs").size() == 1; }));
    const std::string answer =
        exchange("GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    write_file(box.path("metrics"), answer.substr(answer.find("\r\n\r\n") + 4));
    const Outcome checked = box.tool({"sh", "-c", "promtool check metrics < " + box.path("metrics")});
    EXPECT_EQ(checked.exit_code, 0) << checked.out << checked.err;
    EXPECT_THAT(answer, HasSubstr("gramme_live_runs 1\n"));
    run.send(SIGTERM);
    EXPECT_EQ(stop(), 0);
}

TEST_F(Serve, KeepsNothingBesideTheStore) {
    box.run({"--csv", "none"}, {"true"});
    serve();
    EXPECT_EQ(get("/api/v1/health").at("runs"), 1);
    box.run({"--csv", "none"}, {"true"});
    EXPECT_EQ(get("/api/v1/health").at("runs"), 2);
    EXPECT_EQ(stop(), 0);
}

TEST_F(Serve, RefusesAddressesAndSecretsThatAreNone) {
    EXPECT_EQ(box.gramme({"serve", "--listen", "example.org:80"}).exit_code, 64);
    EXPECT_EQ(box.gramme({"serve", "--store", "none"}).exit_code, 64);
    box.env["GRAMME_SERVE_TOKEN"] = "short";
    const Outcome outcome = box.gramme({"serve"});
    EXPECT_EQ(outcome.exit_code, 64);
    EXPECT_THAT(outcome.err, HasSubstr("GRAMME_SERVE_TOKEN"));
}

TEST_F(Serve, WithATokenOfOnesOwnLoopbackNeedsItToo) {
    box.env["GRAMME_SERVE_TOKEN"] = "0123456789abcdef";
    serve();
    EXPECT_EQ(get("/api/v1/runs").at("error").at("status"), 401);
    EXPECT_THAT(
        exchange("GET /api/v1/runs HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer 0123456789abcdef\r\n"
                 "Connection: close\r\n\r\n"),
        StartsWith("HTTP/1.1 200"));
    EXPECT_EQ(stop(), 0);
}

}  // namespace
}  // namespace gramme::testing
