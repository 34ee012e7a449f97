// GET /metrics: the Prometheus text format 0.0.4. Labels of few values only: never a run, a project or a
// user. https://prometheus.io/docs/instrumenting/exposition_formats/
#include <fmt/format.h>

#include <cmath>
#include <map>

#include "config/version.hpp"
#include "serve/handlers.hpp"
#include "units/quantity.hpp"

namespace gramme::serve {
namespace {

void head(std::string& out, std::string_view name, std::string_view type, std::string_view help) {
    out += fmt::format("# HELP {0} {1}\n# TYPE {0} {2}\n", name, help, type);
}

void one(std::string& out, std::string_view name, std::string_view type, std::string_view help,
         double value) {
    head(out, name, type, help);
    out += fmt::format("{} {}\n", name, value);
}

}  // namespace

Result<Response> metrics(const Call& call) {
    GRAMME_CHECK(only_keys(call.request, {}));
    Service& service = call.service;
    std::map<std::string, double> watts;
    double without_power = 0.0;
    Joules energy;
    const std::vector<LiveRun> live = service.live().all();
    for (const LiveRun& run : live) {
        without_power += run.power_w ? 0.0 : 1.0;
        for (const auto& [kind, power] : run.kinds_w) {
            watts[kind] += power;
        }
        energy =
            energy + Joules{KilowattHours{run.footprint.energy_kwh ? run.footprint.energy_kwh->value : 0.0}};
    }
    std::string out;
    head(out, "gramme_build_info", "gauge", "The version that answers, as a label.");
    out += fmt::format("gramme_build_info{{version=\"{}\"}} 1\n", config::kVersion);
    one(out, "gramme_live_runs", "gauge", "Runs that are measured on this machine now.",
        static_cast<double>(live.size()));
    one(out, "gramme_live_runs_without_power", "gauge", "Of these, runs whose power is not known.",
        without_power);
    head(out, "gramme_live_power_watts", "gauge",
         "Power of the runs measured now, where it is known, by kind of device.");
    for (const auto& [kind, power] : watts) {
        if (std::isfinite(power)) {
            out += fmt::format("gramme_live_power_watts{{kind=\"{}\"}} {}\n", kind, power);
        }
    }
    one(out, "gramme_live_energy_joules", "gauge",
        "IT energy of the runs measured now, since each began, where it is known.", energy.value());
    const auto runs = service.stores().with([](store::Store& store) { return store.count(); });
    one(out, "gramme_store_up", "gauge", "1: the store can be read.", runs ? 1.0 : 0.0);
    if (runs) {
        one(out, "gramme_store_runs", "gauge", "Runs in the store.", static_cast<double>(*runs));
    }
    const Counters& counters = service.counters();
    one(out, "gramme_http_requests_total", "counter", "Requests answered.",
        static_cast<double>(counters.requests.load(std::memory_order_relaxed)));
    one(out, "gramme_http_errors_total", "counter", "Answers of status 500 and above.",
        static_cast<double>(counters.errors.load(std::memory_order_relaxed)));
    one(out, "gramme_http_connections", "gauge", "Open connections.",
        static_cast<double>(counters.connections.load(std::memory_order_relaxed)));
    one(out, "gramme_http_streams", "gauge", "Clients that follow the live runs.",
        static_cast<double>(counters.streams.load(std::memory_order_relaxed)));
    Response response;
    response.type = "text/plain; version=0.0.4; charset=utf-8";
    response.body = std::move(out);
    response.cache_control = "no-store";
    return response;
}

}  // namespace gramme::serve
