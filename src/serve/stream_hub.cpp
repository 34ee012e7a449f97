#include "serve/stream_hub.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <chrono>
#include <exception>
#include <utility>

namespace gramme::serve {

namespace asio = boost::asio;

StreamHub::StreamHub(Service& service, asio::io_context& io, asio::thread_pool& pool)
    : service_(service), io_(io), timer_(io), pool_(pool) {}

void StreamHub::add(std::weak_ptr<StreamClient> client) {
    asio::post(io_, [self = shared_from_this(), client = std::move(client)] {
        self->clients_.push_back(client);
        if (self->last_) {  // the others had it; the next look is for all
            if (const auto newcomer = client.lock()) {
                newcomer->send(self->last_);
            }
            return;
        }
        self->look();
    });
}

void StreamHub::stop() {
    asio::post(io_, [self = shared_from_this()] {
        self->stopped_ = true;
        self->timer_.cancel();
        self->clients_.clear();
    });
}

void StreamHub::look() {
    if (looking_ || stopped_ || clients_.empty()) {
        return;
    }
    looking_ = true;
    asio::post(pool_, [self = shared_from_this()] {
        std::shared_ptr<const std::string> event;
        try {
            event = std::make_shared<const std::string>("event: live\ndata: " + self->service_.live().json() +
                                                        "\n\n");
        } catch (const std::exception&) {  // no memory, as a rule: the next look may find some
            event = std::make_shared<const std::string>(": nothing this time\n\n");
        }
        asio::post(self->io_, [self, event = std::move(event)] { self->send_all(event); });
    });
}

void StreamHub::send_all(std::shared_ptr<const std::string> event) {
    looking_ = false;
    last_ = event;
    std::erase_if(clients_, [&](const std::weak_ptr<StreamClient>& weak) {
        const auto client = weak.lock();
        if (client) {
            client->send(event);
        }
        return !client;
    });
    if (stopped_ || clients_.empty()) {
        last_.reset();
        return;
    }
    timer_.expires_after(std::chrono::seconds{1});
    timer_.async_wait([self = shared_from_this()](const boost::system::error_code& error) {
        if (!error) {
            self->look();
        }
    });
}

}  // namespace gramme::serve
