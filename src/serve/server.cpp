#include "serve/server.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>
#include <chrono>
#include <csignal>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

#include "base/parse.hpp"
#include "serve/session.hpp"

namespace gramme::serve {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;

namespace {

constexpr int kStoreThreads = 2;
constexpr std::chrono::seconds kGrace{3};
constexpr std::chrono::milliseconds kBreath{100};

class BeastServer final : public Server {
public:
    BeastServer(Service& service, int threads, const ServerLimits& limits)
        : io_(threads),
          pool_(kStoreThreads),
          shared_{service, limits, pool_, asio::make_strand(pool_.get_executor()),
                  std::make_shared<StreamHub>(service, io_, pool_)},
          strand_(asio::make_strand(io_)),
          acceptor_(strand_),
          retry_(strand_),
          grace_(strand_),
          recovery_(strand_),
          signals_(strand_),
          threads_(threads) {}

    Result<void> listen(const ListenAddress& address) {
        boost::system::error_code error;
        const tcp::endpoint endpoint{asio::ip::make_address(address.host, error), address.port};
        if (error) {
            return Error{Code::kUsage, "--listen: '" + address.host + "' is no address",
                         "give 127.0.0.1:7777"};
        }
        acceptor_.open(endpoint.protocol(), error);
        if (!error) {
            acceptor_.set_option(asio::socket_base::reuse_address(true), error);
        }
        if (!error) {
            acceptor_.bind(endpoint, error);
        }
        if (!error) {
            acceptor_.listen(asio::socket_base::max_listen_connections, error);
        }
        if (error) {
            const std::string where = address.host + ":" + std::to_string(address.port);
            const bool denied = error == asio::error::access_denied;
            return Error{denied ? Code::kPermission : Code::kUnavailable,
                         "cannot listen on " + where + ": " + error.message(),
                         error == asio::error::address_in_use
                             ? "another gramme may serve there; another port: --listen 127.0.0.1:7778"
                             : "give another address with --listen"};
        }
        return {};
    }

    [[nodiscard]] std::uint16_t port() const override {
        boost::system::error_code error;
        return acceptor_.local_endpoint(error).port();
    }

    void stop_on_signals() override {
        signals_.add(SIGINT);
        signals_.add(SIGTERM);
        signals_.async_wait([this](const boost::system::error_code& error, int) {
            if (!error) {
                stop();
            }
        });
    }

    void run() override {
        asio::post(strand_, [this] { accept(); });
        asio::post(strand_, [this] { recover_from_time_to_time(); });
        std::vector<std::thread> workers;
        for (int i = 1; i < threads_; ++i) {
            workers.emplace_back([this] { work(); });
        }
        work();
        for (std::thread& worker : workers) {
            worker.join();
        }
        shared_.service.stores().cancel();  // a statement may take minutes, or wait for others
        pool_.stop();                       // what has not begun is nobody's any more
        pool_.join();
    }

    void stop() override {
        asio::post(strand_, [this] {
            if (shared_.stopping.exchange(true)) {
                return;
            }
            boost::system::error_code ignored;
            acceptor_.close(ignored);
            retry_.cancel();
            recovery_.cancel();
            signals_.clear(ignored);  // a second one ends the program at once
            shared_.hub->stop();
            const std::lock_guard lock{mutex_};
            for (const std::weak_ptr<Session>& weak : sessions_) {
                if (const auto session = weak.lock()) {
                    session->wind_down();
                }
            }
            grace_.expires_after(kGrace);
            grace_.async_wait([this](const boost::system::error_code&) { io_.stop(); });
            check_empty();
        });
    }

private:
    /// Ends the wait as soon as the last connection is gone.
    void check_empty() {
        if (shared_.service.counters().connections.load(std::memory_order_relaxed) <= 0) {
            grace_.cancel();
            io_.stop();
            return;
        }
        retry_.expires_after(std::chrono::milliseconds{20});
        retry_.async_wait([this](const boost::system::error_code&) { check_empty(); });
    }

    /// An exception belongs to one connection (no memory, as a rule), which goes with its handler; the others
    /// go on.
    void work() {
        for (;;) {
            try {
                io_.run();
                return;
            } catch (const std::exception&) {
                continue;
            }
        }
    }

    void recover_from_time_to_time() {
        constexpr std::chrono::seconds kPeriod{5};
        recovery_.expires_after(kPeriod);
        recovery_.async_wait([this](const boost::system::error_code& error) {
            if (error || shared_.stopping) {
                return;
            }
            asio::post(shared_.writers, [this] {
                shared_.service.recover_runs();
                asio::post(strand_, [this] {
                    if (!shared_.stopping) {
                        recover_from_time_to_time();
                    }
                });
            });
        });
    }

    void accept() {
        acceptor_.async_accept(asio::make_strand(io_),
                               [this](const boost::system::error_code& error, tcp::socket socket) {
                                   if (!acceptor_.is_open()) {
                                       return;
                                   }
                                   if (error) {  // no descriptors left, as a rule: others may close theirs
                                       retry_.expires_after(kBreath);
                                       retry_.async_wait([this](const boost::system::error_code& cancelled) {
                                           if (!cancelled) {
                                               accept();
                                           }
                                       });
                                       return;
                                   }
                                   admit(std::move(socket));
                                   accept();
                               });
    }

    void admit(tcp::socket socket) {
        const auto open = shared_.service.counters().connections.load(std::memory_order_relaxed);
        if (open >= static_cast<std::int64_t>(shared_.limits.connections)) {
            return;  // closed at once
        }
        boost::system::error_code ignored;
        socket.set_option(tcp::no_delay(true), ignored);
        const auto session = std::make_shared<Session>(std::move(socket), shared_);
        {
            const std::lock_guard lock{mutex_};
            if (sessions_.size() >= 2 * shared_.limits.connections) {
                std::erase_if(sessions_, [](const auto& weak) { return weak.expired(); });
            }
            sessions_.push_back(session);
        }
        session->start();
    }

    asio::io_context io_;
    asio::thread_pool pool_;
    Shared shared_;
    asio::strand<asio::io_context::executor_type> strand_;  ///< of accepting and stopping
    asio::basic_socket_acceptor<tcp, asio::strand<asio::io_context::executor_type>> acceptor_;
    asio::steady_timer retry_;
    asio::steady_timer grace_;
    asio::steady_timer recovery_;
    asio::signal_set signals_;
    int threads_;
    std::mutex mutex_;
    std::vector<std::weak_ptr<Session>> sessions_;  ///< under mutex_
};

}  // namespace

Result<ListenAddress> parse_listen(std::string_view text) {
    const Error wrong{Code::kUsage, "--listen: '" + std::string{text} + "' is no address and port",
                      "give 127.0.0.1:7777, [::1]:7777 or, for others to reach it, 0.0.0.0:7777"};
    const std::size_t colon = text.rfind(':');
    if (colon == std::string_view::npos) {
        return wrong;
    }
    std::string_view host = text.substr(0, colon);
    if (host.starts_with('[') && host.ends_with(']')) {
        host = host.substr(1, host.size() - 2);
    } else if (host.find(':') != std::string_view::npos) {
        return wrong;
    }
    constexpr std::uint64_t kMostPort = 65'535;
    const auto port = parse_u64(text.substr(colon + 1));
    boost::system::error_code error;
    const auto address = asio::ip::make_address(host == "localhost" ? "127.0.0.1" : std::string{host}, error);
    if (!port || *port > kMostPort || error) {
        return wrong;
    }
    return ListenAddress{address.to_string(), static_cast<std::uint16_t>(*port), address.is_loopback()};
}

Result<std::unique_ptr<Server>> Server::open(Service& service, const ListenAddress& address, int threads,
                                             const ServerLimits& limits) {
    auto server = std::make_unique<BeastServer>(service, threads, limits);
    GRAMME_CHECK(server->listen(address));
    return std::unique_ptr<Server>{std::move(server)};
}

}  // namespace gramme::serve
