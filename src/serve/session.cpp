#include "serve/session.hpp"

#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/bind_handler.hpp>
#include <chrono>
#include <functional>
#include <utility>

#include "serve/gzip.hpp"

namespace gramme::serve {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;

namespace {

std::string text_of(beast::string_view text) {
    return {text.data(), text.size()};
}

/// "gzip" or "*" in Accept-Encoding, and not with a weight of 0 (RFC 9110 12.5.3).
bool takes_gzip(beast::string_view accepted) {
    for (const auto& [name, parameters] : http::ext_list{accepted}) {
        if (!beast::iequals(name, "gzip") && name != "*") {
            continue;
        }
        for (const auto& [key, value] : parameters) {
            if (beast::iequals(key, "q") && value.find_first_not_of("0.") == beast::string_view::npos) {
                return false;
            }
        }
        return true;
    }
    return false;
}

/// RFC 9110 13.1.2: weak comparison, "*" fits everything.
bool fits(std::string_view if_none_match, std::string_view etag) {
    if (etag.empty() || if_none_match.empty()) {
        return false;
    }
    return if_none_match == "*" || if_none_match.find(etag) != std::string_view::npos;
}

std::string etag_of(std::string_view bytes, bool packed) {
    return "\"" + std::to_string(std::hash<std::string_view>{}(bytes)) + "-" + std::to_string(bytes.size()) +
           (packed ? "-gz\"" : "\"");
}

constexpr const char* kPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

template <class Fields>
void set_common(Fields& fields) {
    fields.set(http::field::server, "gramme");
    fields.set("X-Content-Type-Options", "nosniff");
    fields.set("Referrer-Policy", "no-referrer");
    fields.set("Cross-Origin-Resource-Policy", "same-origin");
    fields.set("Content-Security-Policy", kPolicy);
}

}  // namespace

Session::Session(asio::ip::tcp::socket socket, Shared& shared)
    : stream_(std::move(socket)), shared_(shared), service_(shared.service) {
    service_.counters().connections.fetch_add(1, std::memory_order_relaxed);
}

Session::~Session() {
    Counters& counters = service_.counters();
    counters.connections.fetch_sub(1, std::memory_order_relaxed);
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
    const auto& message = parser_->get();
    // What two programs could read in two ways is refused, lest one of them is a proxy in front of us.
    if (message.count(http::field::content_length) + message.count(http::field::transfer_encoding) > 1 ||
        message.count(http::field::host) > 1) {
        return refuse(400, "malformed", "the request says its length or its host twice");
    }
    if (message.count(http::field::transfer_encoding) > 0 && !parser_->chunked()) {
        return refuse(400, "malformed", "a transfer encoding that is not known");
    }
    if (beast::iequals(message[http::field::expect], "100-continue")) {
        return refuse(417, "malformed", "send the body at once");
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
    Message message = parser_->release();
    ++requests_;
    keep_alive_ = message.keep_alive() && requests_ < shared_.limits.requests_per_connection &&
                  !shared_.stopping.load(std::memory_order_relaxed);
    request_ = {};
    request_.method = text_of(message.method_string());
    is_head_ = request_.method == "HEAD";
    request_.body = std::move(message.body());
    request_.host = text_of(message[http::field::host]);
    request_.origin = text_of(message[http::field::origin]);
    request_.authorization = text_of(message[http::field::authorization]);
    request_.cookie = text_of(message[http::field::cookie]);
    request_.if_none_match = text_of(message[http::field::if_none_match]);
    request_.fetch_site = text_of(message["Sec-Fetch-Site"]);
    request_.accepts_gzip = takes_gzip(message[http::field::accept_encoding]);
    auto target = parse_target({message.target().data(), message.target().size()});
    if (!target) {
        return answer(error_response(target.error()));
    }
    request_.path = std::move(target->path);
    request_.query = std::move(target->query);
    if (!Service::may_block(request_)) {
        return answer(service_.answer(request_));
    }
    constexpr int kMostWaiting = 256;
    if (shared_.waiting.fetch_add(1, std::memory_order_relaxed) >= kMostWaiting) {
        shared_.waiting.fetch_sub(1, std::memory_order_relaxed);
        return answer(error_response(503, "busy", "too many requests wait already", "try again in a moment"));
    }
    stream_.expires_never();
    asio::post(shared_.pool, [self = shared_from_this()] {
        Response response = self->service_.answer(self->request_);
        self->shared_.waiting.fetch_sub(1, std::memory_order_relaxed);
        asio::post(self->stream_.get_executor(),
                   [self, response = std::move(response)]() mutable { self->answer(std::move(response)); });
    });
}

void Session::answer(Response response) {
    if (response.streams && response.status == 200 && !is_head_) {
        return start_stream();
    }
    constexpr std::size_t kWorthIt = 1024;
    constexpr int kServerError = 500;
    if (response.status >= kServerError) {
        service_.counters().errors.fetch_add(1, std::memory_order_relaxed);
    }
    const auto message = std::make_shared<http::response<http::span_body<const char>>>();
    const auto body = std::make_shared<std::string>(std::move(response.body));
    const bool reads = request_.method == "GET" || request_.method == "HEAD";
    const bool cacheable = reads && response.status == 200 && response.cache_control != "no-store";
    const bool packs = request_.accepts_gzip && response.fixed.empty() && body->size() >= kWorthIt;
    std::string_view bytes = response.fixed.empty() ? std::string_view{*body} : response.fixed;
    const std::string etag = !response.etag.empty() ? response.etag : cacheable ? etag_of(bytes, packs) : "";
    message->version(11);
    message->result(static_cast<unsigned>(response.status));
    set_common(*message);
    for (const auto& [name, value] : response.headers) {
        message->set(name, value);
    }
    message->set(http::field::cache_control, response.cache_control);
    if (!etag.empty()) {
        message->set(http::field::etag, etag);
        message->set(http::field::vary, "Accept-Encoding");
    }
    if (cacheable && fits(request_.if_none_match, etag)) {
        message->result(http::status::not_modified);
        bytes = {};
    } else if (response.status != 204) {
        message->set(http::field::content_type, response.type);
        if (response.is_gzip) {
            message->set(http::field::content_encoding, "gzip");
        } else if (packs) {
            *body = gzipped(bytes);
            bytes = *body;
            message->set(http::field::content_encoding, "gzip");
        }
    }
    if (response.status != 204 && message->result() != http::status::not_modified) {
        message->content_length(bytes.size());
    }
    if (!is_head_) {
        message->body() = {bytes.data(), bytes.size()};
    }
    message->keep_alive(keep_alive_);
    stream_.expires_after(std::chrono::seconds{shared_.limits.write_seconds});
    if (is_head_) {
        const auto serializer =
            std::make_shared<http::response_serializer<http::span_body<const char>>>(*message);
        http::async_write_header(
            stream_, *serializer,
            [self = shared_from_this(), message, body, serializer](beast::error_code error, std::size_t) {
                self->on_written(error, self->keep_alive_);
            });
        return;
    }
    http::async_write(stream_, *message,
                      [self = shared_from_this(), message, body](beast::error_code error, std::size_t) {
                          self->on_written(error, self->keep_alive_);
                      });
}

void Session::on_written(beast::error_code error, bool keep_alive) {
    if (error || !keep_alive) {
        return close();
    }
    wait_for_request();
}

void Session::refuse(int status, std::string_view code, std::string_view message) {
    keep_alive_ = false;
    request_ = {};
    is_head_ = false;
    answer(error_response(status, code, message, ""));
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
    http::response<http::empty_body> head{http::status::ok, 11};
    set_common(head);
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
