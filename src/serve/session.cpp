#include "serve/session.hpp"

#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/bind_handler.hpp>
#include <chrono>
#include <utility>

#include "serve/wire.hpp"

namespace gramme::serve {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;

Session::Session(Stream::socket_type socket, Shared& shared, std::shared_ptr<std::atomic<int>> of_address)
    : stream_(std::move(socket)),
      shared_(shared),
      of_address_(std::move(of_address)),
      service_(shared.service) {
    service_.counters().connections.fetch_add(1, std::memory_order_relaxed);
}

Session::~Session() {
    Counters& counters = service_.counters();
    counters.connections.fetch_sub(1, std::memory_order_relaxed);
    of_address_->fetch_sub(1, std::memory_order_relaxed);
    if (streams_) {
        counters.streams.fetch_sub(1, std::memory_order_relaxed);
    }
}

void Session::start() {
    asio::dispatch(stream_.get_executor(), [self = shared_from_this()] { self->wait_for_request(); });
}

void Session::wind_down() {
    asio::post(stream_.get_executor(), [self = shared_from_this()] {
        if (self->idle_ || self->streams_) {
            self->close();
        }
    });
}

void Session::wait_for_request() {
    idle_ = true;
    if (buffer_.size() > 0) {  // the client did not wait for the last answer
        return read_head();
    }
    constexpr std::size_t kBlock = 4096;
    const int seconds = requests_ == 0 ? shared_.limits.header_seconds : shared_.limits.idle_seconds;
    stream_.expires_after(std::chrono::seconds{seconds});
    stream_.async_read_some(buffer_.prepare(kBlock),
                            [self = shared_from_this()](beast::error_code error, std::size_t count) {
                                if (error) {
                                    return self->close();
                                }
                                self->buffer_.commit(count);
                                self->read_head();
                            });
}

void Session::read_head() {
    idle_ = false;
    parser_.emplace();
    parser_->header_limit(static_cast<std::uint32_t>(shared_.limits.header_bytes));
    parser_->body_limit(shared_.limits.body_bytes);
    stream_.expires_after(std::chrono::seconds{shared_.limits.header_seconds});
    http::async_read_header(
        stream_, buffer_, *parser_,
        [self = shared_from_this()](beast::error_code error, std::size_t) { self->on_head(error); });
}

void Session::on_head(beast::error_code error) {
    if (error == http::error::end_of_stream || error == beast::error::timeout || error == asio::error::eof ||
        error == asio::error::operation_aborted || error == asio::error::connection_reset) {
        return close();
    }
    idle_ = false;
    if (error == http::error::header_limit) {
        return refuse(431, "too_large", "the head of the request is too large");
    }
    if (error == http::error::body_limit) {
        return refuse(413, "too_large", "the body of the request is too large");
    }
    if (error) {
        return refuse(400, "malformed", "this is no HTTP/1.1 request");
    }
    if (auto refused = refused_head(parser_->get(), parser_->chunked())) {
        return refuse(*std::move(refused));
    }
    stream_.expires_after(std::chrono::seconds{shared_.limits.header_seconds});
    http::async_read(
        stream_, buffer_, *parser_,
        [self = shared_from_this()](beast::error_code failed, std::size_t) { self->on_body(failed); });
}

void Session::on_body(beast::error_code error) {
    if (error == http::error::body_limit) {
        return refuse(413, "too_large", "the body of the request is larger than 1 MiB");
    }
    if (error == beast::error::timeout) {
        return close();
    }
    if (error) {
        return error == http::error::end_of_stream || error == http::error::partial_message
                   ? close()
                   : refuse(400, "malformed", "the body of the request cannot be read");
    }
    handle();
}

void Session::handle() {
    WireRequest message = parser_->release();
    ++requests_;
    keep_alive_ = message.keep_alive() && requests_ < shared_.limits.requests_per_connection &&
                  !shared_.stopping.load(std::memory_order_relaxed);
    if (const auto read = read_request(std::move(message), request_); !read) {
        return answer(error_response(read.error()));
    }
    const Matched matched = Service::match(request_);
    if (!matched.blocks()) {
        return answer(service_.answer(request_, matched));
    }
    constexpr int kMostWaiting = 256;
    if (shared_.waiting.fetch_add(1, std::memory_order_relaxed) >= kMostWaiting) {
        shared_.waiting.fetch_sub(1, std::memory_order_relaxed);
        return answer(error_response(503, "busy", "too many requests wait already", "try again in a moment"));
    }
    stream_.expires_never();
    auto work = [self = shared_from_this(), matched] {
        Response response = self->service_.answer(self->request_, matched);
        self->shared_.waiting.fetch_sub(1, std::memory_order_relaxed);
        asio::post(self->stream_.get_executor(),
                   [self, response = std::move(response)]() mutable { self->answer(std::move(response)); });
    };
    if (matched.may_write()) {
        asio::post(shared_.writers, std::move(work));
    } else {
        asio::post(shared_.pool, std::move(work));
    }
}

void Session::answer(Response response) {
    const bool is_head = request_.method == "HEAD";
    if (response.streams && response.status == 200 && !is_head) {
        return start_stream();
    }
    service_.counters().requests.fetch_add(1, std::memory_order_relaxed);
    constexpr int kServerError = 500;
    if (response.status >= kServerError) {
        service_.counters().errors.fetch_add(1, std::memory_order_relaxed);
    }
    const auto ready = wire_answer(request_, std::move(response), keep_alive_);
    stream_.expires_after(std::chrono::seconds{shared_.limits.write_seconds});
    if (is_head) {
        const auto serializer =
            std::make_shared<http::response_serializer<http::span_body<const char>>>(ready->message);
        http::async_write_header(
            stream_, *serializer,
            [self = shared_from_this(), ready, serializer](beast::error_code error, std::size_t) {
                self->on_written(error, self->keep_alive_);
            });
        return;
    }
    http::async_write(stream_, ready->message,
                      [self = shared_from_this(), ready](beast::error_code error, std::size_t) {
                          self->on_written(error, self->keep_alive_);
                      });
}

void Session::on_written(beast::error_code error, bool keep_alive) {
    if (error || !keep_alive || shared_.stopping) {  // it may have begun to stop since the answer was made
        return close();
    }
    wait_for_request();
}

void Session::refuse(int status, std::string_view code, std::string_view message) {
    refuse(error_response(status, code, message, ""));
}

void Session::refuse(Response response) {
    keep_alive_ = false;
    request_ = {};
    answer(std::move(response));
}

void Session::start_stream() {
    Counters& counters = service_.counters();
    streams_ = true;
    const auto before = counters.streams.fetch_add(1, std::memory_order_relaxed);
    if (before >= static_cast<std::int64_t>(shared_.limits.streams)) {
        streams_ = false;
        counters.streams.fetch_sub(1, std::memory_order_relaxed);
        return answer(
            error_response(503, "busy", "too many clients follow the live runs already", "try again later"));
    }
    counters.requests.fetch_add(1, std::memory_order_relaxed);
    http::response<http::empty_body> head{http::status::ok, 11};
    set_policy(head);
    head.set(http::field::content_type, "text/event-stream");
    head.set(http::field::cache_control, "no-store");
    head.keep_alive(false);
    std::ostringstream text;
    text << head.base();
    stream_head_ = text.str() + "retry: 2000\n\n";
    stream_.expires_after(std::chrono::seconds{shared_.limits.write_seconds});
    asio::async_write(stream_, asio::buffer(stream_head_),
                      [self = shared_from_this()](beast::error_code error, std::size_t) {
                          if (error) {
                              return self->close();
                          }
                          self->stream_.expires_never();
                          self->watch_for_close();
                          self->shared_.hub->add(self);
                      });
}

void Session::watch_for_close() {
    stream_.socket().async_read_some(
        asio::buffer(close_probe_), [self = shared_from_this()](beast::error_code error, std::size_t) {
            if (error) {
                return self->close();
            }
            self->watch_for_close();  // a client has nothing to say; it is not kept
        });
}

void Session::send(std::shared_ptr<const std::string> event) {
    asio::post(stream_.get_executor(), [self = shared_from_this(), event = std::move(event)] {
        self->next_ = event;
        if (!self->now_) {
            self->write_event();
        }
    });
}

void Session::write_event() {
    now_ = std::move(next_);
    next_.reset();
    if (!now_) {
        return;
    }
    stream_.expires_after(std::chrono::seconds{shared_.limits.write_seconds});
    asio::async_write(stream_, asio::buffer(*now_),
                      [self = shared_from_this()](beast::error_code error, std::size_t) {
                          if (error) {
                              return self->close();
                          }
                          self->stream_.expires_never();
                          self->now_.reset();
                          self->write_event();
                      });
}

void Session::close() {
    beast::error_code ignored;
    stream_.socket().shutdown(asio::ip::tcp::socket::shutdown_both, ignored);
    stream_.close();
}

}  // namespace gramme::serve
