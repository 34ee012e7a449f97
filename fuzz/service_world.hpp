// What fuzz_service and fuzz_wire share: services over stores of their own, made once, and what must hold of
// every answer.
#pragma once

#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <string_view>

#include "base/csv.hpp"
#include "estimate/estimate.hpp"
#include "host/real_host.hpp"
#include "present/present.hpp"
#include "serve/service.hpp"
#include "serve/wire.hpp"
#include "store/journal.hpp"
#include "store/sqlite_db.hpp"
#include "store/store.hpp"

namespace gramme::fuzzing {

inline constexpr std::int64_t kSecond = 1'000'000'000;
inline constexpr std::int64_t kStart = 1'795'424'400 * kSecond;  // 2026-11-23T09:00:00Z
inline constexpr std::string_view kToken = "0123456789abcdef";

/// The last two begin alike; the last is measured now.
inline constexpr std::array<std::string_view, 4> kIds{
    "01936b2e-0000-7000-8000-000000000001", "01936b2f-0000-7000-8000-000000000002",
    "01936b30-0000-7000-8000-000000000003", "01936b30-0000-7000-8000-000000000004"};

inline RunRecord run_of(std::size_t number) {
    RunRecord run;
    run.id = kIds[number];
    run.project = number == 0 ? "digits" : "=1+1";
    run.name = number == 0 ? "first try" : "<script>\"'\\\x1b[31m\xff\xe2\x80\xae</script>\t%s";
    run.command = {"python", "--token=secret"};
    run.tags = {{"</td>", "a\nb"}, {"model", "small"}};
    run.state = RunState::kFinished;
    run.started_wall_ns = kStart + static_cast<std::int64_t>(number) * kSecond;
    run.duration_s = 20.0;
    run.host.hostname = "node\"7";
    run.gramme_version = "0.1.0";
    run.warnings = {"{{}} <b> \x07"};
    if (number == 1) {
        run.asked.region = "FRA";
    }
    return run;
}

inline Ledger ledger_of(std::size_t number) {
    Ledger ledger;
    Device device;
    device.id = "cpu0";
    device.name = "package-0 <i>";
    device.method = "rapl-powercap";
    device.gain_sigma = 0.03;
    device.gain_source = "docs/method/energy.md";
    device.group = "rapl";
    ledger.devices = {device};
    Window window;
    window.to_ns = 10 * kSecond;
    window.energy = window.job = Joules{3.6e5};
    window.readings = 1;
    ledger.windows = {window};
    if (number == 2) {
        ledger.gaps = {{0, 10 * kSecond, 20 * kSecond, "it was <gone>"}};
    }
    ledger.markers = {{Marker::Kind::kMark, 5, "</script><script>", "{\"a\":1}"}};
    return ledger;
}

class World {
public:
    static World& get() {
        static World world;
        return world;
    }

    enum class Who { kReader, kWriter, kStranger };
    serve::Service& service(Who who) { return *services_[static_cast<std::size_t>(who)]; }

    /// A number that changes when anybody but us writes into the readers' store
    /// (https://sqlite.org/pragma.html#pragma_data_version).
    std::int64_t version() { return *watch_->integer("PRAGMA data_version"); }
    /// Puts back what a writer has changed.
    void restore() {
        for (std::size_t i = 0; i + 1 < kIds.size(); ++i) {
            (void)written_->remove(kIds[i]);
            add(*written_, i);
        }
    }
    /// Statuses that the description of an operation names beside "default".
    bool describes(const serve::Route& route, int status) {
        std::string method{route.method};
        for (char& c : method) {
            c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        }
        return description_["paths"][std::string{route.pattern}][method]["responses"].contains(
            std::to_string(status));
    }

private:
    World() : host_(host::make_real_host()) {
        std::string name = (std::filesystem::temp_directory_path() / "gramme-fuzz-XXXXXX").string();
        GRAMME_ASSERT(::mkdtemp(name.data()) != nullptr);
        folder_ = name;
        std::filesystem::create_directory(folder_ + "/live");
        for (const char* file : {"/read.db", "/written.db"}) {
            const auto store = store::Store::open(folder_ + file);
            GRAMME_ASSERT(store);
            for (std::size_t i = 0; i + 1 < kIds.size(); ++i) {
                add(**store, i);
            }
        }
        written_ = *store::Store::open(folder_ + "/written.db");
        watch_ = std::make_unique<store::Database>(*store::Database::open(folder_ + "/read.db"));
        live_ = *store::Journal::create(folder_ + "/live", run_of(kIds.size() - 1), 7);
        GRAMME_ASSERT(live_->declare(0, ledger_of(0).devices[0]));
        live_->add(ledger_of(0).windows[0]);
        make(Who::kReader, {true, "127.0.0.1", "", false}, "/read.db");
        make(Who::kWriter, {true, "127.0.0.1", "", true}, "/written.db");
        make(Who::kStranger, {false, "0.0.0.0", std::string{kToken}, false}, "/read.db");
        serve::Request request;
        request.method = "GET";
        request.path = "/api/v1/openapi.json";
        request.host = "localhost";
        const serve::Response response = service(Who::kReader).answer(request);
        description_ = nlohmann::json::parse(response.bytes());
    }
    ~World() {
        services_ = {};
        written_.reset();
        watch_.reset();
        live_.reset();
        std::error_code ignored;
        std::filesystem::remove_all(folder_, ignored);
    }

    void make(Who who, const serve::Access& access, const char* file) {
        serve::ServiceOptions options;
        options.access = access;
        options.store_url = "sqlite:" + folder_ + file;
        options.journal_dir = folder_ + "/live";
        services_[static_cast<std::size_t>(who)] =
            std::make_unique<serve::Service>(*host_, refdata::Tables{}, options);
    }
    static void add(store::Store& store, std::size_t number) {
        const refdata::Tables tables;
        const RunRecord run = run_of(number);
        const Ledger ledger = ledger_of(number);
        const Footprint footprint = estimate::footprint_of(
            run, ledger, estimate::factors_anyway(tables, run.asked, run.host), tables);
        GRAMME_ASSERT(
            store.add(run, ledger, footprint, present::footprint_json(run, footprint, true), kStart));
    }

    std::string folder_;
    std::unique_ptr<Host> host_;
    std::unique_ptr<store::Store> written_;
    std::unique_ptr<store::Database> watch_;
    std::unique_ptr<store::Journal> live_;
    std::array<std::unique_ptr<serve::Service>, 3> services_;
    nlohmann::json description_;
};

/// Bytes that would drive a terminal or end a line where none ends.
inline bool has_control(std::string_view text, std::string_view allowed) {
    for (const char c : text) {
        if (((c >= 0 && c < ' ') || c == '\x7f') && allowed.find(c) == std::string_view::npos) {
            return true;
        }
    }
    return false;
}

inline void check_error(const serve::Request& request, const serve::Matched& matched,
                        const serve::Response& response, const nlohmann::json& json) {
    GRAMME_ASSERT(json["schema"] == "gramme/error/1");
    const auto& error = json["error"];
    GRAMME_ASSERT(error["status"] == response.status && error["code"].is_string() &&
                  error["message"].is_string() && error["hint"].is_string());
    GRAMME_ASSERT(!error["code"].get<std::string>().empty() && !error["message"].get<std::string>().empty());
    // One key that no address knows is named.
    if (matched.route != nullptr && response.status == 400 && error["code"] == "usage" &&
        request.query.size() == 1 && request.query[0].first == "colour" && request.host == "localhost") {
        GRAMME_ASSERT(error["message"].get<std::string>().find("colour") != std::string::npos);
    }
}

inline void check_body(const serve::Request& request, const serve::Matched& matched,
                       const serve::Response& response) {
    const std::string_view type{response.type};
    const std::string_view body = response.bytes();
    if (response.status == 204 || response.status == 303 || response.streams || response.is_gzip) {
        return;
    }
    if (type.starts_with("application/json")) {
        const auto json = nlohmann::json::parse(body, nullptr, false);
        GRAMME_ASSERT(json.is_object() && !has_control(body, "\n\x7f"));  // RFC 8259 7 lets DEL stand
        if (response.status >= 400) {
            check_error(request, matched, response, json);
        }
    } else if (type.starts_with("text/csv")) {
        const auto rows = parse_csv(body);
        GRAMME_ASSERT(rows && rows->size() == 2 && (*rows)[0].size() == (*rows)[1].size());
        GRAMME_ASSERT(!has_control(body, "\n"));
        for (const std::string& cell : (*rows)[1]) {  // a number may begin with a sign, a formula may not
            GRAMME_ASSERT(cell.empty() ||
                          std::string_view{"=@"}.find(cell.front()) == std::string_view::npos);
        }
    } else if (type.starts_with("text/html") && response.fixed.empty()) {
        GRAMME_ASSERT(!has_control(body, "\n") && body.find("<script") == std::string_view::npos &&
                      body.find("<b>") == std::string_view::npos);
    } else if (type.starts_with("text/plain")) {
        GRAMME_ASSERT(!has_control(body, "\n"));
    }
}

inline void check_wire(const serve::Request& request, const serve::Response& response) {
    const auto answer = serve::wire_answer(request, response, true);
    const auto& message = answer->message;
    for (const char* name : {"X-Content-Type-Options", "Referrer-Policy", "Cross-Origin-Resource-Policy",
                             "Content-Security-Policy", "Cache-Control", "Server"}) {
        GRAMME_ASSERT(message.count(name) == 1 && !message[name].empty());
    }
    for (const auto& field : message.base()) {
        const std::string_view value{field.value().data(), field.value().size()};
        GRAMME_ASSERT(!has_control(value, ""));
    }
    const bool bodiless = response.status == 204 || message.result_int() == 304;
    GRAMME_ASSERT(bodiless == (message.count("Content-Length") == 0));
    GRAMME_ASSERT(!(bodiless || request.method == "HEAD") || message.body().size() == 0);
}

/// Asks, and checks what must hold whatever was asked.
inline serve::Response ask(World::Who who, const serve::Request& request) {
    World& world = World::get();
    const std::int64_t before = world.version();
    const serve::Matched matched = serve::Service::match(request);
    const serve::Response response = world.service(who).answer(request, matched);
    if (who == World::Who::kWriter) {
        const bool changes = response.status < 300 && matched.may_write();
        if (changes) {
            world.restore();
        }
    } else {
        GRAMME_ASSERT(world.version() == before);  // nothing is written without leave
    }
    switch (response.status) {
        case 200:
        case 204:
            GRAMME_ASSERT(matched.route == nullptr || world.describes(*matched.route, response.status));
            break;
        case 303: GRAMME_ASSERT(who == World::Who::kStranger); break;
        case 400:
        case 401:
        case 403:
        case 404:
        case 405: break;
        default: GRAMME_ASSERT(false);  // never 500, and the store is there: never 503
    }
    check_body(request, matched, response);
    check_wire(request, response);
    return response;
}

}  // namespace gramme::fuzzing
