#include "serve/server.hpp"

#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>
#include <chrono>
#include <csignal>
#include <exception>
#include <map>
#include <memory>
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

/// A loop for each thread, so that connections share no queue and no lock, and need no strand: each lives in
/// one loop.
class Loops {
public:
    using Executor = asio::io_context::executor_type;

    /// `threads` is at least 1.
    explicit Loops(int threads) {
        for (int i = 0; i < threads; ++i) {
            all_.push_back(std::make_unique<Loop>());
        }
    }

    [[nodiscard]] asio::io_context& first() { return all_.front()->io; }
    /// In turn. Of the first loop's thread.
    [[nodiscard]] Executor next() {
        next_ = (next_ + 1) % all_.size();
        return all_[next_]->io.get_executor();
    }

    /// Until stop().
    void run() {
        std::vector<std::thread> workers;
        for (std::size_t i = 1; i < all_.size(); ++i) {
            workers.emplace_back([this, i] { work(all_[i]->io); });
        }
        work(first());
        for (std::thread& worker : workers) {
            worker.join();
        }
    }

    void stop() {
        for (const auto& loop : all_) {
            loop->io.stop();
        }
    }

private:
    struct Loop {
        asio::io_context io{1};
        asio::executor_work_guard<Executor> alive{io.get_executor()};
    };

    /// An exception belongs to one connection (no memory, as a rule), which goes with its handler; the others
    /// go on.
    static void work(asio::io_context& io) {
        for (;;) {
            try {
                io.run();
                return;
            } catch (const std::exception&) {
                continue;
            }
        }
    }

    std::vector<std::unique_ptr<Loop>>
        all_;  ///< the first goes first: a socket that waits there is another's
    std::size_t next_ = 0;
};

/// How many connections each address holds. One thread asks; the counts may fall on any.
class Addresses {
public:
    std::shared_ptr<std::atomic<int>> count_of(const asio::ip::address& address) {
        constexpr std::size_t kTidyFrom = 4096;
        if (counts_.size() >= kTidyFrom) {
            std::erase_if(counts_, [](const auto& one) { return one.second->load() == 0; });
        }
        auto& count = counts_[address];
        if (count == nullptr) {
            count = std::make_shared<std::atomic<int>>(0);
        }
        return count;
    }

private:
    std::map<asio::ip::address, std::shared_ptr<std::atomic<int>>> counts_;
};

class BeastServer final : public Server {
public:
    BeastServer(Service& service, int threads, const ServerLimits& limits)
        : loops_(threads),
          pool_(kStoreThreads),
          shared_{service, limits, pool_, asio::make_strand(pool_.get_executor()),
                  std::make_shared<StreamHub>(service, loops_.first(), pool_)},
          acceptor_(loops_.first()),
          retry_(loops_.first()),
          grace_(loops_.first()),
          recovery_(loops_.first()),
          signals_(loops_.first()) {}

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
        asio::post(loops_.first(), [this] { accept(); });
        asio::post(loops_.first(), [this] { recover_from_time_to_time(); });
        loops_.run();
        shared_.service.stores().cancel();  // a statement may take minutes, or wait for others
        pool_.stop();                       // what has not begun is nobody's any more
        pool_.join();
    }

    void stop() override {
        asio::post(loops_.first(), [this] {
            if (shared_.stopping.exchange(true)) {
                return;
            }
            boost::system::error_code ignored;
            acceptor_.close(ignored);
            retry_.cancel();
            recovery_.cancel();
            signals_.clear(ignored);  // a second one ends the program at once
            shared_.hub->stop();
            for (const std::weak_ptr<Session>& weak : sessions_) {
                if (const auto session = weak.lock()) {
                    session->wind_down();
                }
            }
            grace_.expires_after(kGrace);
            grace_.async_wait([this](const boost::system::error_code&) { loops_.stop(); });
            check_empty();
        });
    }

private:
    /// Ends the wait as soon as the last connection is gone.
    void check_empty() {
        if (shared_.service.counters().connections.load(std::memory_order_relaxed) <= 0) {
            grace_.cancel();
            loops_.stop();
            return;
        }
        retry_.expires_after(std::chrono::milliseconds{20});
        retry_.async_wait([this](const boost::system::error_code&) { check_empty(); });
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
                asio::post(loops_.first(), [this] {
                    if (!shared_.stopping) {
                        recover_from_time_to_time();
                    }
                });
            });
        });
    }

    void accept() {
        acceptor_.async_accept(loops_.next(), [this](const boost::system::error_code& error,
                                                     Session::Stream::socket_type socket) {
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

    void admit(Session::Stream::socket_type socket) {
        const auto open = shared_.service.counters().connections.load(std::memory_order_relaxed);
        if (open >= static_cast<std::int64_t>(shared_.limits.connections)) {
            return;  // closed at once
        }
        boost::system::error_code ignored;
        const tcp::endpoint peer = socket.remote_endpoint(ignored);
        if (ignored) {
            return;  // gone before it was let in
        }
        const std::shared_ptr<std::atomic<int>> of_address = addresses_.count_of(peer.address());
        if (of_address->load(std::memory_order_relaxed) >=
            static_cast<int>(shared_.limits.connections_per_address)) {
            return;  // one client may not shut out all others
        }
        of_address->fetch_add(1, std::memory_order_relaxed);
        socket.set_option(tcp::no_delay(true), ignored);
        const auto session = std::make_shared<Session>(std::move(socket), shared_, of_address);
        if (sessions_.size() >= 2 * shared_.limits.connections) {
            std::erase_if(sessions_, [](const auto& weak) { return weak.expired(); });
        }
        sessions_.push_back(session);
        session->start();
    }

    Loops loops_;  ///< the first also accepts and stops
    asio::thread_pool pool_;
    Shared shared_;
    asio::basic_socket_acceptor<tcp, Loops::Executor> acceptor_;
    asio::steady_timer retry_;
    asio::steady_timer grace_;
    asio::steady_timer recovery_;
    asio::signal_set signals_;
    std::vector<std::weak_ptr<Session>> sessions_;  ///< of the first loop's thread
    Addresses addresses_;                           ///< of the first loop's thread
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
