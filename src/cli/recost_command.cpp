// gramme runs recost: the stored joules with other factors. The new footprint is added, the old ones stay.
#include <fmt/format.h>

#include <array>
#include <cmath>
#include <optional>

#include "calculate/asked_anew.hpp"
#include "calculate/stored_footprint.hpp"
#include "cli/command_context.hpp"
#include "cli/intensity_asked.hpp"
#include "cli/run_store.hpp"
#include "config/job_request.hpp"
#include "config/override_tables.hpp"
#include "config/settings.hpp"
#include "estimate/estimate.hpp"
#include "estimate/hourly.hpp"
#include "present/footprint_json.hpp"
#include "present/json.hpp"
#include "present/present.hpp"
#include "present/summary_lines.hpp"

namespace gramme::cli {
namespace {

using present::Json;

struct Recosted {
    RunRecord run;
    Footprint before;
    Footprint after;
    bool has_before = false;
    bool changed = false;
    std::string json;  ///< of `after`
    std::string left;  ///< why it was left as it is, where it was
};

/// Of the time of the run; a table is read once for all runs.
Result<std::optional<IntensitySeries>> series_for(const CommandContext& context, const RunRecord& run,
                                                  const std::optional<IntensitySeries>& table) {
    if (table) {
        return table;
    }
    constexpr std::int64_t kNsPerSecond = 1'000'000'000;
    const std::int64_t from_s = run.started_wall_ns / kNsPerSecond;
    const auto seconds = static_cast<std::int64_t>(std::ceil(run.duration_s)) + 1;
    return intensity_asked(context, live::Span{from_s, from_s + seconds}, run.asked.region);
}

/// As the run was told, less what the options say otherwise.
Result<Factors> factors_of(const CommandContext& context, const store::StoredRun& stored,
                           const refdata::Tables& tables, const std::optional<IntensitySeries>& table) {
    GRAMME_TRY(const auto series, series_for(context, stored.run, table));
    const FactorRequest& asked = stored.run.asked;
    const auto factors = series ? estimate::resolve_in_time(tables, asked, stored.run, stored.ledger, *series)
                                : estimate::resolve_factors(tables, asked, stored.run.host);
    if (!factors && (factors.error().code == Code::kNotFound || factors.error().code == Code::kMalformed)) {
        return about_region(factors.error(), asked);
    }
    return factors;
}

Result<Recosted> recost(const CommandContext& context, const refdata::Tables& tables, store::Store& store,
                        const std::string& id, const std::optional<IntensitySeries>& table) {
    GRAMME_TRY(store::StoredRun stored, store.show(id));
    Recosted out;
    if (!stored.footprint_json.empty()) {
        GRAMME_TRY(out.before, calculate::read_footprint(stored.footprint_json));
        out.has_before = true;
    }
    GRAMME_TRY(stored.run.asked, calculate::asked_anew(stored.run.asked, context.arguments.options));
    const auto factors = factors_of(context, stored, tables, table);
    if (!factors && factors.error().code == Code::kOutOfRange && table && context.arguments.has("all")) {
        out.left = factors.error().what;  // of all runs, some are from another time
        out.run = std::move(stored.run);
        return out;
    }
    if (!factors) {
        return factors.error();
    }
    out.after = estimate::footprint_of(stored.run, stored.ledger, *factors, tables);
    const std::string json = present::footprint_json(stored.run, out.after, true);
    out.changed = json != stored.footprint_json;
    out.json = json;
    out.run = std::move(stored.run);
    return out;
}

std::string carbon_text(const Footprint& footprint) {
    if (!footprint.operational_kgco2e) {
        return "not known";
    }
    const IntensityFactor& grid = footprint.factors.intensity;
    return present::total_text(*footprint.operational_kgco2e, present::Dimension::kCarbon,
                               present::uncounted_text(footprint)) +
           fmt::format("   PUE {} x {} g/kWh{}", present::significant(footprint.factors.pue.value, 4),
                       present::significant(grid.value.value(), 4),
                       grid.zone_name.empty() ? "" : ", " + present::printable(grid.zone_name)) +
           (grid.year == 0 ? "" : fmt::format(" {}", grid.year));
}

std::string text_of(const Recosted& one, bool dry_run) {
    if (!one.left.empty()) {
        return fmt::format("run {}  {}\n  left as it is: {}\n", one.run.id,
                           present::printable(one.run.project), present::printable(one.left));
    }
    const char* what = !one.changed ? "unchanged, nothing added" : dry_run ? "would be" : "now";
    std::string out = fmt::format("run {}  {}\n  was  {}\n", one.run.id, present::printable(one.run.project),
                                  one.has_before ? carbon_text(one.before) : "not computed");
    return out + (one.changed ? fmt::format("  {}  {}\n", what, carbon_text(one.after))
                              : fmt::format("  {}\n", what));
}

Json json_of(const Recosted& one, bool dry_run) {
    Json json = Json::object();
    json["id"] = one.run.id;
    json["added"] = one.changed && !dry_run;
    json["changed"] = one.changed;
    json["before_kgco2e"] =
        one.has_before ? present::estimate_json(one.before.operational_kgco2e) : Json(nullptr);
    if (!one.left.empty()) {
        json["left"] = one.left;
        return json;
    }
    json["after_kgco2e"] = present::estimate_json(one.after.operational_kgco2e);
    json["pue"] = present::number(one.after.factors.pue.value);
    json["intensity_gco2e_per_kwh"] = present::number(one.after.factors.intensity.value.value());
    return json;
}

}  // namespace

Result<int> runs_recost_command(const CommandContext& context) {
    GRAMME_CHECK(calculate::asked_anew({}, context.arguments.options));  // a mistyped option changes nothing
    GRAMME_TRY(const refdata::Tables tables, tables_with_overrides(context.options.data_dir));
    if (const auto region = context.arguments.value("region")) {
        if (const auto place = tables.find_place(*region); !place) {
            FactorRequest asked;
            asked.region_from = "--region";
            return about_region(place.error(), asked);
        }
    }
    std::optional<IntensitySeries> table;
    if (context.arguments.has("intensity-csv")) {
        GRAMME_TRY(table, intensity_asked(context, std::nullopt));
    }
    GRAMME_TRY(const OpenedStore opened, open_run_store(context));
    GRAMME_TRY(const std::vector<std::string> ids, ids_asked(context, "recost", *opened.store));
    const bool dry_run = context.arguments.has("dry-run");
    Json rows = Json::array();
    std::vector<Recosted>
        all;  // all of them before any is kept: a provider that fails leaves the store as it was
    all.reserve(ids.size());
    for (const std::string& id : ids) {
        GRAMME_TRY(all.emplace_back(), recost(context, tables, *opened.store, id, table));
    }
    for (const Recosted& one : all) {
        if (one.changed && !dry_run) {
            GRAMME_CHECK(
                opened.store->add_footprint(one.run.id, one.after, one.json, context.host.now().wall_ns));
        }
        if (context.arguments.has("json")) {
            rows.push_back(json_of(one, dry_run));
        } else {
            print(context.terminal.out, text_of(one, dry_run));
        }
    }
    if (context.arguments.has("json")) {
        Json json = Json::object();
        json["schema"] = "gramme/recost/1";
        json["dry_run"] = dry_run;
        json["rows"] = rows;
        print(context.terminal.out, present::dumped(json));
    }
    return static_cast<int>(kExitOk);
}

}  // namespace gramme::cli
