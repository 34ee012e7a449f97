// What the server answers: routes to handlers, without sockets. docs/api/openapi.json describes every route.
#pragma once

#include <atomic>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/host.hpp"
#include "base/result.hpp"
#include "refdata/tables.hpp"
#include "serve/guard.hpp"
#include "serve/live_runs.hpp"
#include "serve/message.hpp"
#include "serve/reference_answers.hpp"
#include "serve/store_pool.hpp"

namespace gramme::serve {

struct ServiceOptions {
    Access access;
    std::string store_url;
    std::string journal_dir;
    std::string default_region;  ///< of this machine's settings; a form may start with it
};

/// For /metrics; counted by whoever holds the sockets.
struct Counters {
    std::atomic<std::uint64_t> requests{0};
    std::atomic<std::uint64_t> errors{0};  ///< answers of 500 and above, also those that no handler gave
    std::atomic<std::int64_t> connections{0};
    std::atomic<std::int64_t> streams{0};
};

class Service;
/// A request and what the variable part of its path says.
struct Call {
    Service& service;
    const Request& request;
    std::string_view id;
};
using Handler = Result<Response> (*)(const Call&);

/// What a route may do to the store.
enum class Writes : std::uint8_t {
    kNever,
    kIfAsked,    ///< asks for leave itself, where it is to keep something
    kWithLeave,  ///< always; only with --allow-write
};

struct Route {
    std::string_view method;
    std::string_view pattern;  ///< "/api/v1/runs/{id}/windows"
    bool blocks = false;       ///< waits for the store or files: not for the threads that serve the sockets
    Writes writes = Writes::kNever;
    Handler handler = nullptr;
};
[[nodiscard]] std::span<const Route> routes();

/// The route of a request and what stands for its {id}, which lies in the path of the request. No route: the
/// page, or nothing.
struct Matched {
    const Route* route = nullptr;
    std::string_view id;
    /// Whether the answer may wait for a disk.
    [[nodiscard]] bool blocks() const { return route != nullptr && route->blocks; }
    /// Whether it may wait for another writer of the store.
    [[nodiscard]] bool may_write() const { return route != nullptr && route->writes != Writes::kNever; }
};

/// Thread-safe; holds nothing that is not in the store but what it can read again.
class Service {
public:
    /// `host` must outlive the service.
    Service(const Host& host, refdata::Tables tables, ServiceOptions options);

    /// Never throws, never fails: what goes wrong is an answer too. HEAD is answered as GET; who sends it
    /// leaves the body out.
    [[nodiscard]] Response answer(const Request& request) noexcept;
    /// The same for who has matched the request already.
    [[nodiscard]] Response answer(const Request& request, const Matched& matched) noexcept;
    [[nodiscard]] static Matched match(const Request& request);

    /// Runs whose gramme was killed are moved into the store, as every `gramme runs` does. Waits for the
    /// disk.
    void recover_runs() noexcept;

    [[nodiscard]] const Host& host() const { return host_; }
    [[nodiscard]] const refdata::Tables& tables() const { return tables_; }
    [[nodiscard]] const ServiceOptions& options() const { return options_; }
    [[nodiscard]] StorePool& stores() { return stores_; }
    [[nodiscard]] LiveRuns& live() { return live_; }
    [[nodiscard]] ReferenceAnswers& reference() { return reference_; }
    [[nodiscard]] Counters& counters() { return counters_; }

private:
    [[nodiscard]] Response routed(const Request& request, const Matched& matched);

    const Host& host_;
    refdata::Tables tables_;
    ServiceOptions options_;
    StorePool stores_;
    LiveRuns live_;
    ReferenceAnswers reference_;
    Counters counters_;
};

}  // namespace gramme::serve
