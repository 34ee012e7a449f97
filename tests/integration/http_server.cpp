#include "http_server.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace gramme::testing {
namespace {

constexpr std::size_t kLongestHead = 65536;

/// Until the client writes or goes away; false where the test has ended first.
bool wait_for(int fd, int stop, int milliseconds) {
    pollfd both[] = {{fd, POLLIN, 0}, {stop, POLLIN, 0}};
    return ::poll(both, 2, milliseconds) > 0 && both[1].revents == 0;
}

std::string head_of(int fd, int stop) {
    std::string head;
    while (head.find("\r\n\r\n") == std::string::npos && head.size() < kLongestHead) {
        char chunk[4096];
        const ssize_t count = wait_for(fd, stop, 5000) ? ::recv(fd, chunk, sizeof chunk, 0) : 0;
        if (count <= 0) {
            return "";
        }
        head.append(chunk, static_cast<std::size_t>(count));
    }
    return head;
}

}  // namespace

bool Connection::send(const std::string& bytes) const {
    std::size_t sent = 0;
    while (sent < bytes.size()) {
        pollfd both[] = {{fd_, POLLOUT, 0}, {stop_, POLLIN, 0}};
        if (::poll(both, 2, 10000) <= 0 || both[1].revents != 0) {
            return false;
        }
        const ssize_t count =
            ::send(fd_, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (count <= 0) {
            return false;
        }
        sent += static_cast<std::size_t>(count);
    }
    return true;
}

void Connection::wait(double seconds) const {
    (void)wait_for(fd_, stop_, static_cast<int>(seconds * 1e3));
}

std::string http_answer(int status, const std::string& body, const std::string& headers) {
    return "HTTP/1.1 " + std::to_string(status) + " Words\r\nContent-Type: application/json\r\n" + headers +
           "Connection: close\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

HttpServer::HttpServer(Handler handler) : handler_(std::move(handler)) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof at;
    if (listener_ < 0 || ::bind(listener_, reinterpret_cast<sockaddr*>(&at), size) != 0 ||
        ::listen(listener_, 16) != 0 ||
        ::getsockname(listener_, reinterpret_cast<sockaddr*>(&at), &size) != 0 ||
        ::pipe2(stop_, O_CLOEXEC) != 0) {
        throw std::runtime_error("no local server");
    }
    port_ = ntohs(at.sin_port);
    thread_ = std::thread{[this] { serve(); }};
}

HttpServer::HttpServer(std::vector<std::string> answers)
    : HttpServer(
          [answers = std::move(answers)](const Connection& to, const std::string&, std::size_t number) {
              to.send(answers[std::min(number, answers.size() - 1)]);
          }) {}

HttpServer::~HttpServer() {
    ::close(stop_[1]);
    thread_.join();
    ::close(stop_[0]);
    ::close(listener_);
}

std::string HttpServer::url() const {
    return "http://127.0.0.1:" + std::to_string(port_);
}

std::vector<std::string> HttpServer::heard() const {
    const std::lock_guard lock{mutex_};
    return heard_;
}

void HttpServer::serve() {
    while (wait_for(listener_, stop_[0], -1)) {
        const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
        if (fd < 0) {
            continue;
        }
        if (const std::string head = head_of(fd, stop_[0]); !head.empty()) {
            std::size_t number = 0;
            {
                const std::lock_guard lock{mutex_};
                number = heard_.size();
                heard_.push_back(head);
            }
            handler_(Connection{fd, stop_[0]}, head, number);
        }
        ::close(fd);
    }
}

}  // namespace gramme::testing
