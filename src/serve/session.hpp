// One connection. Internal to serve.
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/rate_policy.hpp>
#include <boost/beast/http.hpp>
#include <memory>
#include <optional>
#include <string>

#include "serve/server.hpp"
#include "serve/stream_hub.hpp"

namespace gramme::serve {

/// What all connections share; outlives them.
struct Shared {
    Service& service;
    const ServerLimits limits;
    boost::asio::thread_pool& pool;  ///< for what waits for a disk
    /// For what may wait for another writer: one at a time, so that it leaves a thread to those who read.
    boost::asio::strand<boost::asio::thread_pool::executor_type> writers;
    std::shared_ptr<StreamHub> hub;
    std::atomic<bool> stopping{false};
    std::atomic<int> waiting{0};  ///< requests that wait for the pool
};

/// Everything happens on the thread of its socket's loop (server.cpp). The executor is named, where Beast's
/// tcp_stream would take any, and ask at each step which one it is.
class Session : public StreamClient, public std::enable_shared_from_this<Session> {
public:
    using Executor = boost::asio::io_context::executor_type;
    using Stream =
        boost::beast::basic_stream<boost::asio::ip::tcp, Executor, boost::beast::unlimited_rate_policy>;

    /// `of_address`: the open connections of its client's address, this one included; it is one less when
    /// the connection goes, on whichever thread.
    Session(Stream::socket_type socket, Shared& shared, std::shared_ptr<std::atomic<int>> of_address);
    ~Session() override;
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    void start();
    void send(std::shared_ptr<const std::string> event) override;
    /// Closes an idle connection, lets another finish its answer.
    void wind_down();

private:
    using Body = boost::beast::http::string_body;

    /// Waits for the first byte of the next request, which may take its time; then the head must come.
    void wait_for_request();
    void read_head();
    void on_head(boost::beast::error_code error);
    void on_body(boost::beast::error_code error);
    void handle();
    void answer(Response response);
    void on_written(boost::beast::error_code error, bool keep_alive);
    void refuse(int status, std::string_view code, std::string_view message);
    void refuse(Response response);
    void start_stream();
    void write_event();
    /// For a stream that nothing is sent on: its client may have gone.
    void watch_for_close();
    void close();

    Stream stream_;
    boost::beast::flat_buffer buffer_;
    Shared& shared_;
    std::shared_ptr<std::atomic<int>> of_address_;
    Service& service_;  ///< outlives the server, and what is left of a connection when that goes
    std::optional<boost::beast::http::request_parser<Body>> parser_;
    Request request_;
    bool keep_alive_ = false;
    bool idle_ = true;
    std::size_t requests_ = 0;

    bool streams_ = false;
    std::string stream_head_;
    std::shared_ptr<const std::string> now_;  ///< being written
    std::shared_ptr<const std::string>
        next_;  ///< the newest that waits: a slow client misses looks, never memory
    std::string close_probe_ = std::string(64, '\0');
};

}  // namespace gramme::serve
