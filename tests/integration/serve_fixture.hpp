// A server that runs, and questions to it over loopback.
#pragma once

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <functional>
#include <optional>
#include <string>
#include <thread>

#include "sandbox.hpp"

namespace gramme::testing {

inline bool comes_true(const std::function<bool()>& holds) {
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
        ASSERT_THAT(address, ::testing::StartsWith("http://127.0.0.1:"));
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

}  // namespace gramme::testing
