#include "serve/service.hpp"

#include <algorithm>
#include <array>
#include <exception>
#include <utility>

#include "base/parse.hpp"
#include "sample/recover.hpp"
#include "serve/assets.hpp"
#include "serve/handlers.hpp"

namespace gramme::serve {
namespace {

constexpr bool kBlocks = true;

constexpr std::array kRoutes{
    Route{"GET", "/api/v1/health", kBlocks, Writes::kNever, &health},
    Route{"GET", "/api/v1/openapi.json", false, Writes::kNever, &openapi},
    Route{"GET", "/api/v1/runs", kBlocks, Writes::kNever, &list_runs},
    Route{"GET", "/api/v1/totals", kBlocks, Writes::kNever, &totals},
    Route{"GET", "/api/v1/live", kBlocks, Writes::kNever, &live},
    Route{"GET", "/api/v1/live/stream", false, Writes::kNever, &live_stream},
    Route{"GET", "/api/v1/runs/{id}", kBlocks, Writes::kNever, &get_run},
    Route{"PATCH", "/api/v1/runs/{id}", kBlocks, Writes::kWithLeave, &rename_run},
    Route{"DELETE", "/api/v1/runs/{id}", kBlocks, Writes::kWithLeave, &delete_run},
    Route{"GET", "/api/v1/runs/{id}/windows", kBlocks, Writes::kNever, &run_windows},
    Route{"GET", "/api/v1/runs/{id}/explain", kBlocks, Writes::kNever, &explain_run},
    Route{"GET", "/api/v1/runs/{id}/elsewhere", kBlocks, Writes::kNever, &run_elsewhere},
    Route{"GET", "/api/v1/runs/{id}/tree", kBlocks, Writes::kNever, &run_tree},
    Route{"GET", "/api/v1/runs/{id}/report", kBlocks, Writes::kNever, &report_run},
    Route{"POST", "/api/v1/runs/{id}/recost", kBlocks, Writes::kIfAsked, &recost_run},
    Route{"POST", "/api/v1/estimate", false, Writes::kNever, &estimate_job},
    Route{"POST", "/api/v1/estimate/report", false, Writes::kNever, &report_estimate},
    Route{"POST", "/api/v1/estimate/elsewhere", kBlocks, Writes::kNever, &estimate_elsewhere},
    Route{"POST", "/api/v1/compare", kBlocks, Writes::kNever, &compare_jobs},
    Route{"POST", "/api/v1/plan/train", false, Writes::kNever, &plan_train},
    Route{"POST", "/api/v1/plan/reuse", false, Writes::kNever, &plan_reuse},
    Route{"POST", "/api/v1/plan/when", kBlocks, Writes::kNever, &plan_when},
    Route{"POST", "/api/v1/plan/where", kBlocks, Writes::kNever, &plan_where},
    Route{"GET", "/api/v1/devices", kBlocks, Writes::kNever, &devices},
    Route{"GET", "/api/v1/instances", kBlocks, Writes::kNever, &instances},
    Route{"GET", "/api/v1/regions", kBlocks, Writes::kNever, &regions},
    Route{"GET", "/api/v1/sources", kBlocks, Writes::kNever, &sources},
    Route{"GET", "/api/v1/sources/{id}", kBlocks, Writes::kNever, &source_figures},
    Route{"GET", "/api/v1/equivalences", false, Writes::kNever, &equivalences},
    Route{"GET", "/metrics", kBlocks, Writes::kNever, &metrics},
};

/// What stands for {id}; nullopt: another path.
std::optional<std::string_view> id_in(std::string_view pattern, std::string_view path) {
    const std::size_t open = pattern.find('{');
    if (open == std::string_view::npos) {
        return pattern == path ? std::optional<std::string_view>{""} : std::nullopt;
    }
    const std::string_view head = pattern.substr(0, open);
    const std::string_view tail = pattern.substr(pattern.find('}') + 1);
    if (path.size() <= head.size() + tail.size() || !path.starts_with(head) || !path.ends_with(tail)) {
        return std::nullopt;
    }
    const std::string_view id = path.substr(head.size(), path.size() - head.size() - tail.size());
    return id.find('/') == std::string_view::npos ? std::optional{id} : std::nullopt;
}

bool is_api(std::string_view path) {
    return path == "/metrics" || path.starts_with("/api/");
}

/// The methods that a path has, for Allow; empty: no such path.
std::string methods_of(std::string_view path) {
    std::string all;
    for (const Route& route : kRoutes) {
        if (id_in(route.pattern, path)) {
            all += (all.empty() ? "" : ", ") + std::string{route.method} +
                   (route.method == "GET" ? ", HEAD" : "");
        }
    }
    return all;
}

std::string_view method_of(const Request& request) {
    return request.method == "HEAD" ? std::string_view{"GET"} : std::string_view{request.method};
}

/// Letters, digits and what no reader of an address takes for more than itself; all else as %XX.
std::string escaped(std::string_view text) {
    constexpr std::string_view kHex = "0123456789ABCDEF";
    constexpr std::string_view kPlain =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~:,";
    std::string out;
    for (const char c : text) {
        if (kPlain.find(c) != std::string_view::npos) {
            out += c;
        } else {
            const auto byte = static_cast<unsigned>(static_cast<unsigned char>(c));
            out += {'%', kHex[byte >> 4U], kHex[byte & 0xFU]};
        }
    }
    return out;
}

/// What a link said beside the secret: "?ids=a,b", or nothing.
std::string query_without_token(const Request& request) {
    std::string out;
    for (const auto& [key, value] : request.query) {
        if (key != "token") {
            out += (out.empty() ? "?" : "&") + escaped(key) + "=" + escaped(value);
        }
    }
    return out;
}

/// ?token=SECRET becomes a cookie, so that the secret leaves the address.
std::optional<Response> with_cookie(const Request& request, const Access& access) {
    const auto token = request.value("token");
    if (!token || access.token.empty() || method_of(request) != "GET" || is_api(request.path)) {
        return std::nullopt;
    }
    if (!same_secret(*token, access.token)) {
        return error_response(401, "token", "the token in the address is not that of this server",
                              "open the address that `gramme serve` printed");
    }
    Response response;
    response.status = 303;
    response.cache_control = "no-store";
    // Only to a view of ours: what stands in the address may be anything.
    const auto view = find_asset(request.path, false);
    const bool plain = view && request.path.find_first_not_of(
                                   "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                   "0123456789/-_") == std::string::npos;
    response.headers.emplace_back("Location", plain && !request.path.starts_with("//")
                                                  ? request.path + query_without_token(request)
                                                  : "/");
    response.headers.emplace_back("Set-Cookie", token_cookie(request.host) + "=" + access.token +
                                                    "; HttpOnly; SameSite=Strict; Path=/");
    return response;
}

Response page_of(const Request& request) {
    if (method_of(request) != "GET") {
        Response response = error_response(405, "method", request.method + " is not for " + request.path, "");
        response.headers.emplace_back("Allow", "GET, HEAD");
        return response;
    }
    if (const auto asset = find_asset(request.path, request.accepts_gzip)) {
        return *asset;
    }
    const std::string_view path = request.path;
    if (path.substr(path.rfind('/')).find('.') == std::string_view::npos) {
        if (auto page =
                find_asset("/", request.accepts_gzip)) {  // it says that there is nothing, and leads on
            page->status = 404;
            page->cache_control = "no-store";
            return *std::move(page);
        }
    }
    return error_response(404, "not_found", "nothing at " + request.path, "the page is at /");
}

}  // namespace

std::span<const Route> routes() {
    return kRoutes;
}

Service::Service(const Host& host, refdata::Tables tables, ServiceOptions options)
    : host_(host),
      tables_(std::move(tables)),
      options_(std::move(options)),
      stores_(options_.store_url),
      live_(host_, tables_, options_.journal_dir) {}

Matched Service::match(const Request& request) {
    for (const Route& route : kRoutes) {
        if (route.method == method_of(request)) {
            if (const auto id = id_in(route.pattern, request.path)) {
                return {&route, *id};
            }
        }
    }
    return {};
}

Response Service::routed(const Request& request, const Matched& matched) {
    if (auto refused = refusal(request, options_.access, !is_api(request.path))) {
        return *std::move(refused);
    }
    if (auto redirected = with_cookie(request, options_.access)) {
        return *std::move(redirected);
    }
    if (!is_api(request.path)) {
        return page_of(request);
    }
    if (const Route* const route = matched.route) {
        if (route->writes == Writes::kWithLeave && !options_.access.allow_write) {
            return error_response(403, "read_only", "Read-only.",
                                  "To rename or delete, start with `gramme serve --allow-write`.");
        }
        auto response = route->handler({*this, request, matched.id});
        return response ? *std::move(response) : error_response(response.error());
    }
    if (const std::string methods = methods_of(request.path); !methods.empty()) {
        Response response = error_response(405, "method", request.method + " is not for " + request.path,
                                           "it takes " + methods);
        response.headers.emplace_back("Allow", methods);
        return response;
    }
    return error_response(404, "not_found", "nothing at " + request.path,
                          "/api/v1/openapi.json lists what there is");
}

void Service::recover_runs() noexcept {
    try {
        (void)stores_.with([&](store::Store& store) -> Result<void> {
            (void)sample::recover_journals(host_, tables_, options_.journal_dir, store, stores_.patience());
            return {};
        });
    } catch (const std::exception&) {  // no memory; the next time may find some
        return;
    }
}

Response Service::answer(const Request& request) noexcept {
    return answer(request, match(request));
}

Response Service::answer(const Request& request, const Matched& matched) noexcept {
    try {
        return routed(request, matched);
    } catch (const std::exception& trouble) {
        Response response;
        response.status = 500;
        try {
            response = error_response(500, "internal", trouble.what(), "this is a bug, please report it");
        } catch (const std::exception&) {  // no memory for words
            response.body.clear();
        }
        return response;
    }
}

}  // namespace gramme::serve
