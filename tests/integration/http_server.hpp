// A small HTTP server on 127.0.0.1 whose answers, good and bad, a test writes.
#pragma once

#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace gramme::testing {

/// One connection. What it does until the client has gone away or the server is destroyed is its own.
class Connection {
public:
    Connection(int fd, int stop) : fd_(fd), stop_(stop) {}
    /// False once the client is gone.
    bool send(const std::string& bytes) const;
    /// Says nothing for so long, or until the client goes away or the test ends.
    void wait(double seconds) const;

private:
    int fd_;
    int stop_;
};

/// "HTTP/1.1 200 OK", length and body.
[[nodiscard]] std::string http_answer(int status, const std::string& body, const std::string& headers = "");

/// Serves one connection after the other, in a thread of its own.
class HttpServer {
public:
    /// Called with the head of the request ("GET /intensity HTTP/1.1\r\n...") and its number from 0 on.
    using Handler = std::function<void(const Connection&, const std::string& head, std::size_t number)>;

    explicit HttpServer(Handler handler);
    /// Answers each request with the next of these texts, the last one for ever.
    explicit HttpServer(std::vector<std::string> answers);
    ~HttpServer();
    HttpServer(const HttpServer&) = delete;
    HttpServer& operator=(const HttpServer&) = delete;

    [[nodiscard]] std::string url() const;
    /// Heads of the requests so far.
    [[nodiscard]] std::vector<std::string> heard() const;

private:
    void serve();

    Handler handler_;
    int listener_ = -1;
    int stop_[2] = {-1, -1};
    int port_ = 0;
    mutable std::mutex mutex_;
    std::vector<std::string> heard_;
    std::thread thread_;
};

}  // namespace gramme::testing
