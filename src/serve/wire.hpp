// Between Boost.Beast's messages and ours: what a head must not say, what a request says, how an answer goes
// out. No sockets. Internal to serve.
#pragma once

#include <boost/beast/http/message.hpp>
#include <boost/beast/http/span_body.hpp>
#include <boost/beast/http/string_body.hpp>
#include <memory>
#include <optional>
#include <string>

#include "serve/message.hpp"

namespace gramme::serve {

using WireRequest = boost::beast::http::request<boost::beast::http::string_body>;
using WireFields = boost::beast::http::fields;

/// An answer whose message points into its bytes: it stays where it is until it is written.
struct WireAnswer {
    boost::beast::http::response<boost::beast::http::span_body<const char>> message;
    std::string body;
};

/// The refusal of a head that is in order as HTTP; nullopt: its body may be read. `chunked`: that its
/// transfer encoding ends with "chunked".
[[nodiscard]] std::optional<Response> refused_head(const WireRequest& head, bool chunked);

/// What a message says; kMalformed for its target, and then all but path and query is there.
Result<void> read_request(WireRequest message, Request& out);

/// The answer to `request` as it goes out: policy, ETag, 304, gzip, length; without a body to HEAD.
[[nodiscard]] std::shared_ptr<WireAnswer> wire_answer(const Request& request, Response response,
                                                      bool keep_alive);

/// What every answer says, a stream too: nothing of elsewhere is loaded, nothing here is guessed or framed.
void set_policy(WireFields& fields);

}  // namespace gramme::serve
