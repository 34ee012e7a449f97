// A whole request: who is asked (r: reader, w: writer, t: off loopback with a token; g: gzip), the request
// line without its version, headers, an empty line, the body. Never a crash; see service_world.hpp.
#include <cstddef>
#include <cstdint>

#include "service_world.hpp"

namespace {

using namespace gramme;
using fuzzing::World;

std::string_view line_of(std::string_view& rest) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    return line;
}

void set_header(serve::Request& request, std::string_view line) {
    const std::size_t colon = std::min(line.find(": "), line.size());
    const std::string_view name = line.substr(0, colon);
    const std::string value{line.substr(std::min(colon + 2, line.size()))};
    if (fuzzing::has_control(value, "\t")) {  // no parser of heads lets them pass
        return;
    }
    std::string* const field = name == "Host"             ? &request.host
                               : name == "Origin"         ? &request.origin
                               : name == "Authorization"  ? &request.authorization
                               : name == "Cookie"         ? &request.cookie
                               : name == "If-None-Match"  ? &request.if_none_match
                               : name == "Sec-Fetch-Site" ? &request.fetch_site
                                                          : nullptr;
    if (field != nullptr) {
        *field = value;
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view rest{reinterpret_cast<const char*>(data), size};
    const std::string_view flags = line_of(rest);
    const auto who = flags.find('w') != std::string_view::npos   ? World::Who::kWriter
                     : flags.find('t') != std::string_view::npos ? World::Who::kStranger
                                                                 : World::Who::kReader;
    serve::Request request;
    request.accepts_gzip = flags.find('g') != std::string_view::npos;
    request.host = "localhost";
    const std::string_view first = line_of(rest);
    const std::size_t blank = std::min(first.find(' '), first.size());
    request.method = first.substr(0, blank);
    while (!rest.empty()) {
        const std::string_view line = line_of(rest);
        if (line.empty()) {
            break;
        }
        set_header(request, line);
    }
    request.body = rest;
    const auto target = serve::parse_target(first.substr(std::min(blank + 1, first.size())));
    if (!target) {
        GRAMME_ASSERT(target.error().code == Code::kMalformed && !target.error().what.empty());
        return 0;
    }
    request.path = target->path;
    request.query = target->query;
    const serve::Response response = fuzzing::ask(who, request);
    // Without the token only the page itself is given, which holds nothing of anybody.
    const bool told = request.authorization.find(fuzzing::kToken) != std::string::npos ||
                      request.cookie.find(fuzzing::kToken) != std::string::npos;
    if (who == World::Who::kStranger && !told && response.status == 200) {
        GRAMME_ASSERT(!request.path.starts_with("/api/") && request.path != "/metrics");
    }
    if (who != World::Who::kStranger && response.status < 400) {
        const auto name = serve::host_name(request.host);
        GRAMME_ASSERT(name == "localhost" || name == "127.0.0.1" || name == "::1");
    }
    return 0;
}
