// A meter that was recorded while stored runs were on.
#include <fmt/format.h>

#include <algorithm>

#include "base/utc.hpp"
#include "cli/calibrate.hpp"
#include "cli/read_lines.hpp"
#include "cli/run_store.hpp"
#include "cli/terminal.hpp"
#include "meter/wall_match.hpp"

namespace gramme::cli {
namespace {

/// Recorded on a machine of this kind.
bool same_machine(const CalibrateWorld& world, const RunRecord& run) {
    return is_of(calibration_of(run.host, 0), world.facts);
}

/// Ids of the runs to match: those that were asked for, else all of this host that overlap the recording.
Result<std::vector<std::string>> wanted_runs(const CalibrateWorld& world, const OpenedStore& opened,
                                             std::span<const meter::MeterRow> rows) {
    std::vector<std::string> ids;
    for (const auto& [name, value] : world.context.arguments.options) {
        if (name == "run") {
            ids.push_back(value);
        }
    }
    if (!ids.empty() || rows.empty()) {
        return ids;
    }
    GRAMME_TRY(const std::vector<store::RunSummary> all, opened.store->list({}));
    for (const store::RunSummary& one : all) {
        const RunRecord& run = one.run;
        const auto ended_ns = run.started_wall_ns + static_cast<std::int64_t>(run.duration_s * 1e9);
        if (run.host.hostname == world.facts.hostname && same_machine(world, run) &&
            run.started_wall_ns <= rows.back().wall_ns && ended_ns >= rows.front().wall_ns) {
            ids.push_back(run.id);
        }
    }
    return ids;
}

}  // namespace

Result<void> calibrate_by_csv(CalibrateWorld& world, const std::string& file) {
    GRAMME_TRY(const std::string text, read_whole(file, "give the days of the runs as a CSV file"));
    auto parsed = meter::parse_meter_csv(text);
    if (!parsed) {
        return Error{parsed.error().code, file + ", " + parsed.error().what, parsed.error().hint};
    }
    const std::vector<meter::MeterRow>& rows = *parsed;
    if (rows.empty()) {
        return Error{Code::kMalformed, file + " holds no row", "rows such as 2026-11-25T09:00:00Z,123.4"};
    }
    GRAMME_TRY(const OpenedStore opened, open_run_store(world.context));
    GRAMME_TRY(const std::vector<std::string> ids, wanted_runs(world, opened, rows));
    const std::string span =
        utc_text(rows.front().wall_ns) + " to " + utc_text(rows.back().wall_ns) + " (UTC)";
    std::vector<meter::WallPoint> points;
    std::size_t used = 0;
    for (const std::string& id : ids) {
        GRAMME_TRY(const store::StoredRun stored, opened.store->show(id));
        if (!same_machine(world, stored.run)) {
            return Error{
                Code::kUnavailable,
                "run " + stored.run.id + " was on another machine (" + stored.run.host.cpu_model + ")",
                "give a run of this one"};
        }
        const meter::WallMatch match = meter::match_rows(stored.run, stored.ledger, rows);
        if (!match.why_none.empty()) {
            world.report.warnings.push_back("run " + stored.run.id + " is left out: " + match.why_none);
            continue;
        }
        const std::vector<meter::WallPoint> of_run = meter::steady(match.points);
        points.insert(points.end(), of_run.begin(), of_run.end());
        ++used;
    }
    for (const std::string& warning : world.report.warnings) {
        print_warning(world.context.terminal, warning);
    }
    world.report.warnings.clear();
    if (used == 0) {
        return Error{
            Code::kUnavailable, "no run of this machine goes with the recording, which lasts from " + span,
            "let the meter record while `gramme run -- COMMAND` is on, idle for some minutes and busy "
            "for some; `gramme runs list` shows the runs, --run ID picks one"};
    }
    return take_wall_points(world, points, meter::kOwnLoadSigma, "csv");
}

}  // namespace gramme::cli
