// Runs: list, sums, one run and what is made of it.
#include <cmath>
#include <limits>

#include "base/parse.hpp"
#include "base/utc.hpp"
#include "calculate/elsewhere.hpp"
#include "calculate/report.hpp"
#include "calculate/run_tree.hpp"
#include "calculate/stored_run.hpp"
#include "config/version.hpp"
#include "present/explain.hpp"
#include "present/footprint_json.hpp"
#include "present/json.hpp"
#include "present/run_tree.hpp"
#include "serve/handlers.hpp"
#include "serve/run_filter.hpp"
#include "serve/run_lookup.hpp"
#include "serve/windows.hpp"

namespace gramme::serve {
namespace {

using present::Json;

constexpr auto kNowhere = std::numeric_limits<double>::infinity();

/// A run as the handlers below need it, from the store or, while it runs, from its journal.
struct FoundRun {
    RunRecord run;
    Ledger ledger;
    Footprint footprint;
    std::vector<std::string> missing;
    Json json;  ///< gramme/footprint/1
};

Json earlier_json(const store::EarlierFootprint& earlier) {
    Json json = Json::object();
    json["computed_at"] = utc_text(earlier.computed_wall_ns);
    json["operational_kgco2e"] = present::estimate_json(earlier.operational_kgco2e);
    const Json factors = Json::parse(earlier.factors_json, nullptr, false);
    json["factors"] = factors.is_object() ? factors : Json(nullptr);
    return json;
}

/// A run that was recosted is where its newest footprint says; its record is as it was measured.
void place_anew(FactorRequest& asked, const IntensityFactor& newest) {
    const std::string& place = newest.region.empty() ? newest.zone : newest.region;
    if (!newest.region_known) {
        return;
    }
    if (place.empty()) {
        asked.intensity_gco2e_per_kwh = newest.value.value();
    } else {
        asked.region = place;
        asked.intensity_gco2e_per_kwh.reset();
        asked.mix.clear();
    }
}

Result<FoundRun> from_store(store::Store& store, std::string_view id) {
    GRAMME_TRY(store::StoredRun stored, store.show(id));
    FoundRun found;
    GRAMME_TRY(calculate::ReadResult read, calculate::read_stored(stored));
    GRAMME_TRY(found.json, calculate::result_json(stored, false));
    found.json["computed_at"] = utc_text(stored.computed_wall_ns);
    found.json["footprints"] = stored.footprints;
    found.json["earlier_footprints"] = present::list_json(stored.earlier, earlier_json);
    found.run = std::move(read.run);
    if (stored.footprints > 1) {
        place_anew(found.run.asked, read.footprint.factors.intensity);
    }
    found.footprint = std::move(read.footprint);
    found.missing = std::move(read.missing);
    found.ledger = std::move(stored.ledger);
    return found;
}

Result<FoundRun> find_run(const Call& call) {
    GRAMME_TRY(MeantRun meant, meant_run(call));
    if (auto& live = meant.live) {
        FoundRun found;
        found.json =
            Json::parse(present::footprint_json(live->run, live->footprint, false, &live->ledger.markers),
                        nullptr, false);
        found.run = std::move(live->run);
        found.footprint = std::move(live->footprint);
        found.ledger = std::move(live->ledger);
        return found;
    }
    auto found = unreadable(
        call.service.stores().with([&](store::Store& store) { return from_store(store, meant.id); }));
    return !found && found.error().code == Code::kNotFound ? no_such_run() : std::move(found);
}

std::string origin_of(const RunRecord& run) {
    return "run " + run.id;
}

Result<double> seconds_of(const Request& request, std::string_view key, double otherwise) {
    const auto text = request.value(key);
    if (!text || text->empty()) {
        return otherwise;
    }
    const auto number = parse_double(*text);
    if (!number || !std::isfinite(*number) || *number < 0.0) {
        return Error{Code::kUsage, std::string{key} + ": '" + std::string{*text} + "' is no time in the run",
                     "give seconds since its start"};
    }
    return *number;
}

/// nullopt: as the run was asked for.
Result<std::optional<refdata::Basis>> basis_of(const Request& request) {
    const auto text = request.value("basis");
    if (!text || text->empty()) {
        return std::optional<refdata::Basis>{};
    }
    for (const refdata::Basis basis : {refdata::Basis::kLifecycle, refdata::Basis::kDirect}) {
        if (*text == name_of(basis)) {
            return std::optional{basis};
        }
    }
    return Error{Code::kUsage, "basis: '" + std::string{*text} + "' is no basis", "give lifecycle or direct"};
}

}  // namespace

Result<Response> list_runs(const Call& call) {
    GRAMME_CHECK(only_keys(call.request,
                           {"q", "project", "tag", "part_of", "from", "until", "sort", "page", "limit"}));
    GRAMME_TRY(const store::RunQuery query, run_query(call.request));
    GRAMME_TRY(const store::RunPage page, call.service.stores().with([&](store::Store& store) {
        return unreadable(store.page(query));
    }));
    return json_response(run_page_json(page, query));
}

Result<Response> totals(const Call& call) {
    GRAMME_CHECK(only_keys(call.request, {"q", "project", "tag", "from", "until"}));
    GRAMME_TRY(const store::RunQuery query, run_query(call.request));
    GRAMME_TRY(const store::RunTotals sums, call.service.stores().with([&](store::Store& store) {
        return unreadable(store.totals(query));
    }));
    return json_response(totals_json(sums));
}

Result<Response> live(const Call& call) {
    GRAMME_CHECK(only_keys(call.request, {}));
    Response response = json_response(call.service.live().json() + "\n");
    response.cache_control = "no-store";
    return response;
}

Result<Response> live_stream(const Call& call) {
    GRAMME_CHECK(only_keys(call.request, {}));
    Response response;
    response.type = "text/event-stream";
    response.cache_control = "no-store";
    response.streams = true;
    return response;
}

Result<Response> get_run(const Call& call) {
    GRAMME_CHECK(only_keys(call.request, {}));
    GRAMME_TRY(const FoundRun found, find_run(call));
    return json_response(present::dumped(found.json));
}

Result<Response> run_windows(const Call& call) {
    GRAMME_CHECK(only_keys(call.request, {"from", "to", "points"}));
    constexpr std::size_t kUsualPoints = 600;
    constexpr std::size_t kMostPoints = 2000;
    WindowsAsked asked;
    GRAMME_TRY(asked.points, number_of(call.request, "points", kUsualPoints, 1, kMostPoints));
    GRAMME_TRY(asked.from_s, seconds_of(call.request, "from", 0.0));
    GRAMME_TRY(const double to_s, seconds_of(call.request, "to", kNowhere));
    GRAMME_TRY(const FoundRun found, find_run(call));
    asked.to_s = std::min(to_s, found.run.duration_s);
    if (!(asked.to_s > asked.from_s)) {
        if (found.run.duration_s > 0.0) {
            return Error{Code::kUsage, "from and to leave nothing of the run",
                         "it lasted " + std::to_string(found.run.duration_s) + " s"};
        }
        asked.from_s = 0.0;
        asked.to_s = 1.0;
    }
    return json_response(windows_json(found.run, found.ledger, found.footprint, asked));
}

Result<Response> explain_run(const Call& call) {
    GRAMME_CHECK(only_keys(call.request, {}));
    GRAMME_TRY(const FoundRun found, find_run(call));
    const present::ExplainInput input{
        found.run,    found.footprint, &found.ledger, origin_of(found.run), estimate::kCheckDraws,
        found.missing};
    return json_response(present::explain_json(input, call.service.tables()));
}

Result<Response> run_elsewhere(const Call& call) {
    GRAMME_CHECK(only_keys(call.request, {"regions", "basis"}));
    GRAMME_TRY(const auto basis, basis_of(call.request));
    GRAMME_TRY(const FoundRun found, find_run(call));
    GRAMME_TRY(const auto names, regions_of(call.request));
    const calculate::JobThere job{found.footprint, found.run.scope, found.run.asked, found.run.host};
    GRAMME_TRY(const calculate::Elsewhere there,
               calculate::elsewhere(job, names, call.service.tables(), basis));
    return json_response(calculate::elsewhere_json(there, found.footprint.energy_kwh, found.run.id));
}

Result<Response> run_tree(const Call& call) {
    GRAMME_CHECK(only_keys(call.request, {}));
    auto forest =
        call.service.stores().with([&](store::Store& store) { return calculate::run_tree(store, call.id); });
    if (!forest && forest.error().code == Code::kNotFound) {
        return no_such_run();
    }
    GRAMME_TRY(const plan::Forest found, std::move(forest));
    return json_response(present::run_tree_json(found));
}

Result<Response> report_run(const Call& call) {
    GRAMME_CHECK(only_keys(call.request, {"as"}));
    const std::string_view format = call.request.value("as").value_or("");
    GRAMME_TRY(FoundRun found, find_run(call));
    calculate::leave_private_things_out(found.run, found.footprint);
    const present::ReportInput input{found.run, found.footprint, &found.ledger, nullptr,
                                     std::string{config::kVersion}};
    calculate::ReportOptions options;
    options.now_utc = utc_text(call.service.host().now().wall_ns);
    GRAMME_TRY(std::string text, calculate::report_as(format, input, options, call.service.tables()));
    return report_response(format, std::move(text));
}

}  // namespace gramme::serve
