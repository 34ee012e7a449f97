// The bytes of a connection, read as a session reads them: never a crash, and what passes could not be read
// in another way by somebody in front of us.
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <cstddef>
#include <cstdint>

#include "service_world.hpp"

namespace {

using namespace gramme;
namespace http = boost::beast::http;
using Parser = http::request_parser<http::string_body>;

/// All of `text` that the parser takes, and how much that was; nullopt: it is refused, or there must be more.
std::optional<std::size_t> feed(Parser& parser, std::string_view text, bool head_only) {
    std::size_t used = 0;
    while (head_only ? !parser.is_header_done() : !parser.is_done()) {
        boost::beast::error_code error;
        const std::size_t count =
            parser.put(boost::asio::buffer(text.data() + used, text.size() - used), error);
        used += count;
        if (error || (count == 0 && used == text.size())) {
            return std::nullopt;
        }
        if (count == 0) {
            break;
        }
    }
    return used;
}

bool is_field(std::string_view line, std::string_view name) {
    const std::size_t colon = std::min(line.find(':'), line.size());
    return boost::beast::iequals({line.data(), colon}, {name.data(), name.size()});
}

/// A second reader, who knows lines and nothing else.
void check_as_lines(std::string_view head, const Parser& parser, std::size_t head_bytes, std::size_t bytes) {
    int lengths = 0;
    int hosts = 0;
    std::size_t at = head.find("\r\n") + 2;
    while (at < head.size()) {
        const std::size_t end = std::min(head.find("\r\n", at), head.size());
        const std::string_view line = head.substr(at, end - at);
        lengths += is_field(line, "content-length") || is_field(line, "transfer-encoding") ? 1 : 0;
        hosts += is_field(line, "host") ? 1 : 0;
        GRAMME_ASSERT(line.find('\n') == std::string_view::npos && line.find('\0') == std::string_view::npos);
        at = end + 2;
    }
    GRAMME_ASSERT(lengths <= 1 && hosts <= 1);
    const std::size_t body = parser.get().body().size();
    GRAMME_ASSERT(parser.chunked() ? bytes - head_bytes > body : bytes - head_bytes == body);
    GRAMME_ASSERT(lengths == 1 || body == 0);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view rest{reinterpret_cast<const char*>(data), size};
    constexpr int kMostRequests = 8;
    for (int i = 0; i < kMostRequests && !rest.empty(); ++i) {
        Parser parser;
        parser.header_limit(16 * 1024);
        parser.body_limit(1024 * 1024);
        const auto head = feed(parser, rest, true);
        if (!head) {
            return 0;
        }
        serve::Request request;
        if (const auto refused = serve::refused_head(parser.get(), parser.chunked())) {
            GRAMME_ASSERT(refused->status == 400 || refused->status == 417);
            fuzzing::check_wire(request, *refused);
            return 0;
        }
        parser.eager(true);
        const auto body = feed(parser, rest.substr(*head), false);
        if (!body) {
            return 0;
        }
        check_as_lines(rest.substr(0, *head), parser, *head, *head + *body);
        rest.remove_prefix(*head + *body);
        const auto read = serve::read_request(parser.release(), request);
        if (!read) {
            GRAMME_ASSERT(read.error().code == Code::kMalformed);
            fuzzing::check_wire(request, serve::error_response(read.error()));
            continue;
        }
        GRAMME_ASSERT(request.path.starts_with('/') && request.path.find('\0') == std::string::npos);
        GRAMME_ASSERT(("/" + request.path + "/").find("/../") == std::string::npos);
        (void)fuzzing::ask(fuzzing::World::Who::kReader, request);
    }
    return 0;
}
