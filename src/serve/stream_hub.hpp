// Who follows the live runs. One look at the journals a second serves all of them. Internal to serve.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <memory>
#include <string>
#include <vector>

#include "serve/service.hpp"

namespace gramme::serve {

/// A client of the stream; send() comes from any thread.
class StreamClient {
public:
    virtual ~StreamClient() = default;
    virtual void send(std::shared_ptr<const std::string> event) = 0;
};

/// Everything happens in the one thread of `io`.
class StreamHub : public std::enable_shared_from_this<StreamHub> {
public:
    StreamHub(Service& service, boost::asio::io_context& io, boost::asio::thread_pool& pool);
    /// The last look is sent at once, then one each second for as long as the client lives.
    void add(std::weak_ptr<StreamClient> client);
    void stop();

private:
    void look();
    void send_all(std::shared_ptr<const std::string> event);

    Service& service_;
    boost::asio::io_context& io_;
    boost::asio::steady_timer timer_;
    boost::asio::thread_pool& pool_;
    std::vector<std::weak_ptr<StreamClient>> clients_;
    std::shared_ptr<const std::string> last_;  ///< what all have had; empty while nobody follows
    bool looking_ = false;
    bool stopped_ = false;
};

}  // namespace gramme::serve
