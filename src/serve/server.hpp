// The sockets of `gramme serve`: Boost.Beast over what service.hpp answers.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/result.hpp"
#include "serve/service.hpp"

namespace gramme::serve {

/// Where to listen: "127.0.0.1:7777", "[::1]:0", "localhost:7777", "0.0.0.0:80".
struct ListenAddress {
    std::string host;  ///< an address, without brackets
    std::uint16_t port = 0;
    bool loopback = true;
};
/// kUsage for anything else; names other than localhost are not looked up.
[[nodiscard]] Result<ListenAddress> parse_listen(std::string_view text);

/// Limits, each with a test.
struct ServerLimits {
    std::size_t header_bytes = 16 * 1024;
    std::size_t body_bytes = 1024 * 1024;
    std::size_t connections = 1024;
    /// Of those, what one address may hold: the others are for everybody else. More than `streams`, because
    /// the followers may all sit behind one proxy.
    std::size_t connections_per_address = 768;
    std::size_t streams = 600;
    int header_seconds = 10;  ///< for a whole head, and for a whole body
    int idle_seconds = 60;    ///< between requests
    int write_seconds = 30;
    std::size_t requests_per_connection = 100'000;
};

class Server {
public:
    /// Binds and listens; kUnavailable (the port is taken), kPermission, kUsage. `service` must outlive the
    /// server.
    static Result<std::unique_ptr<Server>> open(Service& service, const ListenAddress& address, int threads,
                                                const ServerLimits& limits = {});
    virtual ~Server() = default;
    /// The port that it listens on, also where 0 was asked.
    [[nodiscard]] virtual std::uint16_t port() const = 0;
    /// From now on SIGINT and SIGTERM are calls of stop(), also before run(). Called once at most.
    virtual void stop_on_signals() = 0;
    /// Serves until stop(). Answers that were begun are finished, for three seconds at most.
    virtual void run() = 0;
    /// From any thread.
    virtual void stop() = 0;
};

}  // namespace gramme::serve
