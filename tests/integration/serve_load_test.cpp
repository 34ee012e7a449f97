// gramme serve under many clients at once, good ones and bad ones, while others write into its store. The
// sanitized builds are what this is for: a race, a leak or a use after free makes the server's exit status
// other than 0.
#include <gmock/gmock.h>
#include <sqlite3.h>

#include <array>
#include <atomic>
#include <csignal>
#include <mutex>
#include <random>
#include <vector>

#include "serve_fixture.hpp"

namespace gramme::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

/// One connection.
class Line {
public:
    explicit Line(std::uint16_t port) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        const timeval limit{30, 0};
        ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
        ok_ = ::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    }
    ~Line() { ::close(fd_); }
    Line(const Line&) = delete;
    Line& operator=(const Line&) = delete;

    [[nodiscard]] bool ok() const { return ok_; }
    void send(const std::string& bytes) {
        ok_ = ok_ &&
              ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size());
    }
    /// Until `text` has come; "" where it does not.
    std::string read_until(const std::string& text) {
        while (ok_) {
            if (const std::size_t at = kept_.find(text); at != std::string::npos) {
                const std::string out = kept_.substr(0, at + text.size());
                kept_.erase(0, out.size());
                return out;
            }
            more();
        }
        return "";
    }
    /// A whole answer with its body; "" where none comes.
    std::string answer() {
        const std::string head = read_until("\r\n\r\n");
        const std::size_t at = head.find("Content-Length: ");
        const std::size_t length = at == std::string::npos ? 0 : std::stoul(head.substr(at + 16));
        while (ok_ && kept_.size() < length) {
            more();
        }
        if (!ok_) {
            return "";
        }
        std::string whole = head + kept_.substr(0, length);
        kept_.erase(0, length);
        return whole;
    }

private:
    void more() {
        std::array<char, 16384> block{};
        const ssize_t count = ::recv(fd_, block.data(), block.size(), 0);
        ok_ = count > 0;
        if (ok_) {
            kept_.append(block.data(), static_cast<std::size_t>(count));
        }
    }
    int fd_;
    bool ok_ = false;
    std::string kept_;
};

std::string request(const std::string& method, const std::string& target, const std::string& body = "") {
    std::string text = method + " " + target + " HTTP/1.1\r\nHost: localhost\r\n";
    if (!body.empty()) {
        text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
    }
    return text + "Accept-Encoding: " + (target.size() % 2 == 0 ? "gzip" : "identity") + "\r\n\r\n" + body;
}

class ServeLoad : public Serve {
protected:
    /// An answer that came is one that may come.
    void count(const std::string& answer) {
        if (answer.empty()) {
            return;
        }
        ++answers_;
        const std::string status = answer.substr(std::min<std::size_t>(answer.size(), 9), 3);
        const bool fine = answer.starts_with("HTTP/1.1 ") && (status < "500" || status == "503");
        if (!fine) {
            const std::lock_guard lock{mutex_};
            wrong_ += answer.substr(0, 1000) + "\n";
        }
    }
    /// The id of some run that was listed.
    std::string some_id(std::mt19937& random) {
        const std::lock_guard lock{mutex_};
        return ids_.empty() ? "01936b2e" : ids_[random() % ids_.size()];
    }
    void look_for_ids() {
        const Json page = get("/api/v1/runs?limit=100");
        const std::lock_guard lock{mutex_};
        ids_.clear();
        for (const Json& row : page.value("rows", Json::array())) {
            ids_.push_back(text_of(row, "id"));
        }
    }

    void act(Line& line, std::mt19937& random) {
        const std::string run = "/api/v1/runs/" + some_id(random);
        const std::array<std::string, 16> questions{"/api/v1/runs?q=a&sort=-carbon",
                                                    "/api/v1/totals",
                                                    "/api/v1/live",
                                                    "/metrics",
                                                    "/api/v1/health",
                                                    "/api/v1/devices",
                                                    "/",
                                                    "/api/v1/regions?q=paris",
                                                    "/api/v1/openapi.json",
                                                    run,
                                                    run + "/windows",
                                                    run + "/explain",
                                                    run + "/elsewhere?regions=FRA,SWE",
                                                    run + "/report?as=html",
                                                    run + "/report?as=csv",
                                                    "/nowhere"};
        switch (random() % 12) {
            case 0: {  // follows for a moment and goes
                Line follower{port_};
                follower.send(request("GET", "/api/v1/live/stream"));
                if (random() % 2 == 0) {
                    answers_ += follower.read_until("event: live").empty() ? 0 : 1;
                }
                return;
            }
            case 1: {  // goes in the middle of its question, or before the answer
                Line hasty{port_};
                const std::string text = request("POST", "/api/v1/estimate", R"({"power_w":1,"hours":1})");
                hasty.send(text.substr(0, 1 + random() % text.size()));
                return;
            }
            case 2: {
                Line odd{port_};
                odd.send(random() % 2 == 0 ? "\x16\x03\x01 what\r\n\r\n"
                                           : "POST / HTTP/1.1\r\nContent-Length: 1, 2\r\n\r\n");
                return count(odd.answer());
            }
            case 3: {  // does not wait
                std::string several;
                for (int i = 0; i < 4; ++i) {
                    several +=
                        request(i == 2 ? "HEAD" : "GET", i == 2 ? "/nowhere" : questions[random() % 16]);
                }
                Line eager{port_};
                eager.send(several);
                count(eager.answer());
                return count(eager.answer());
            }
            case 4:
                line.send(request("PATCH", run, R"({"name":"another <name>"})"));
                return count(line.answer());
            case 5:
                line.send(random() % 4 == 0 ? request("DELETE", run)
                                            : request("POST", run + "/recost", R"({"region":"SWE"})"));
                return count(line.answer());
            case 6:
            case 7:
                line.send(request("POST", "/api/v1/estimate",
                                  R"({"device":"h100","count":8,"hours":120,"region":"FRA"})"));
                return count(line.answer());
            default: line.send(request("GET", questions[random() % 16])); return count(line.answer());
        }
    }
    void client(unsigned seed) {
        std::mt19937 random{seed};
        std::optional<Line> line;
        while (!over_) {
            if (!line || !line->ok()) {
                line.emplace(port_);
            }
            act(*line, random);
        }
    }

    std::atomic<bool> over_{false};
    std::atomic<int> answers_{0};
    std::mutex mutex_;
    std::vector<std::string> ids_;  ///< under mutex_
    std::string wrong_;             ///< under mutex_
};

TEST_F(ServeLoad, ManyClientsOfEveryKindWhileOthersWriteAndItEndsClean) {
    const Process live = box.start({"run", "--csv", "none", "--name", "<b>", "--", "sleep", "300"});
    box.run({"--csv", "none", "--region", "FRA"}, {"true"});
    serve({"--allow-write"});
    look_for_ids();
    constexpr unsigned kClients = 8;
    constexpr double kSeconds = 3.0;
    std::vector<std::thread> clients;
    for (unsigned i = 0; i < kClients; ++i) {
        clients.emplace_back([this, i] { client(i + 1); });
    }
    int runs = 0;
    for (const double end = monotonic_s() + kSeconds; monotonic_s() < end || runs < 3;) {
        EXPECT_EQ(box.gramme({"run", "--csv", "none", "--quiet", "--", "true"}).exit_code, 0);
        ++runs;
        look_for_ids();
    }
    over_ = true;
    for (std::thread& thread : clients) {
        thread.join();
    }
    EXPECT_EQ(wrong_, "");
    EXPECT_GT(answers_, 50);
    std::vector<std::unique_ptr<Line>> left;  // who follows, who waits, and who is in the middle of something
    for (const std::string& text : {request("GET", "/api/v1/live/stream"), std::string{},
                                    std::string{"POST /api/v1/estimate HTTP/1.1\r\nHost: loc"}}) {
        left.push_back(std::make_unique<Line>(port_));
        left.back()->send(text);
    }
    EXPECT_NE(left[0]->read_until("event: live"), "");
    const double begin = monotonic_s();
    server_->send(SIGTERM);
    const Outcome outcome = server_->wait();
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_EQ(outcome.signal, 0);
    EXPECT_LT(monotonic_s() - begin, 15.0);
    EXPECT_THAT(outcome.err, Not(HasSubstr("Sanitizer")));
    EXPECT_THAT(outcome.err, Not(HasSubstr("runtime error")));
    live.send(SIGTERM);
}

TEST_F(ServeLoad, ASlowStatementDoesNotKeepItFromEnding) {
    box.run({"--csv", "none"}, {"true"});
    serve();
    const std::string store = get("/api/v1/health").at("store").get<std::string>().substr(7);
    sqlite3* database = nullptr;
    ASSERT_EQ(sqlite3_open(store.c_str(), &database), SQLITE_OK);
    const int made = sqlite3_exec(database,
                                  "DROP TABLE summaries; CREATE VIEW summaries AS WITH RECURSIVE n(run) AS "
                                  "(SELECT 1 UNION ALL SELECT run + 1 FROM n) SELECT run FROM n",
                                  nullptr, nullptr, nullptr);
    sqlite3_close(database);
    ASSERT_EQ(made, SQLITE_OK);
    Line line{port_};
    line.send(request("GET", "/metrics"));
    sleep_s(0.2);
    const double begin = monotonic_s();
    EXPECT_EQ(stop(), 0);
    EXPECT_LT(monotonic_s() - begin, 15.0);
}

}  // namespace
}  // namespace gramme::testing
