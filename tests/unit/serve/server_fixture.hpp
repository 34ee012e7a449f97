// A server on a real socket over a service of its own, and clients that say any bytes.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <memory>
#include <string>
#include <thread>

#include "serve/server.hpp"
#include "service_fixture.hpp"

namespace gramme::serve::testing {

class Client {
public:
    /// `from`: the last number of 127.0.0.x, which it comes from.
    explicit Client(std::uint16_t port, std::uint32_t from = 1)
        : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in own{};
        own.sin_family = AF_INET;
        own.sin_addr.s_addr = htonl(INADDR_LOOPBACK - 1 + from);
        if (::bind(fd_, reinterpret_cast<const sockaddr*>(&own), sizeof own) != 0) {
            return;
        }
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        connected_ = ::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
        const timeval limit{20, 0};
        ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    }
    ~Client() { ::close(fd_); }
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    [[nodiscard]] bool connected() const { return connected_; }
    bool send(const std::string& bytes) const {
        std::size_t done = 0;
        while (done < bytes.size()) {
            const ssize_t count = ::send(fd_, bytes.data() + done, bytes.size() - done, MSG_NOSIGNAL);
            if (count <= 0) {
                return false;
            }
            done += static_cast<std::size_t>(count);
        }
        return true;
    }
    /// Until the other side closes, or `stop` has come.
    std::string read(const std::string& stop = "") const {
        std::string text;
        char block[4096];
        while (stop.empty() || text.find(stop) == std::string::npos) {
            const ssize_t count = ::recv(fd_, block, sizeof block, 0);
            if (count <= 0) {
                break;
            }
            text.append(block, static_cast<std::size_t>(count));
        }
        return text;
    }

private:
    int fd_;
    bool connected_ = false;
};

class ServerFixture : public ServiceFixture {
protected:
    void start(const ServerLimits& limits = {}) {
        auto server = Server::open(*service_, {"127.0.0.1", 0, true}, 2, limits);
        ASSERT_TRUE(server) << server.error().what;
        server_ = *std::move(server);
        thread_ = std::thread{[this] { server_->run(); }};
    }
    ~ServerFixture() override { stop(); }
    void stop() {
        if (server_ && thread_.joinable()) {
            server_->stop();
            thread_.join();
        }
    }
    [[nodiscard]] std::string exchange(const std::string& bytes) const {
        const Client client{server_->port()};
        client.send(bytes);
        return client.read();
    }
    static std::string get(const std::string& target, const std::string& more = "") {
        return "GET " + target + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + more + "\r\n";
    }

    std::unique_ptr<Server> server_;
    std::thread thread_;
};

}  // namespace gramme::serve::testing
