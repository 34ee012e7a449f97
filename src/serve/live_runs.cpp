#include "serve/live_runs.hpp"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "base/utc.hpp"
#include "estimate/estimate.hpp"
#include "present/footprint_json.hpp"
#include "present/forecast.hpp"
#include "present/json.hpp"
#include "store/run_id.hpp"

namespace gramme::serve {
namespace {

using present::Json;
using present::number;

constexpr double kNsPerSecond = 1e9;
constexpr std::int64_t kFreshNs = 500'000'000;

/// A GPU that others use too is some seconds behind.
std::int64_t stale_ns(const RunRecord& run) {
    constexpr double kBehindS = 15.0;
    constexpr double kPeriods = 5.0;
    return static_cast<std::int64_t>(std::max(kBehindS, kPeriods * run.interval_s) * kNsPerSecond);
}

Json live_json_of(const LiveRun& live) {
    const RunRecord& run = live.run;
    const Footprint& footprint = live.footprint;
    Json json = Json::object();
    json["id"] = run.id;
    json["project"] = run.project;
    json["name"] = run.name;
    json["started_at"] = utc_text(run.started_wall_ns);
    json["elapsed_s"] = number(run.duration_s);
    json["power_w"] = present::number_or_null(live.power_w);
    json["power_as_of_s"] = live.power_w ? number(live.power_as_of_s) : Json(nullptr);
    json["energy_kwh"] = footprint.energy_kwh ? number(footprint.energy_kwh->value) : Json(nullptr);
    json["operational_kgco2e"] = present::estimate_json(footprint.operational_kgco2e);
    json["quality"] = footprint.energy_kwh ? Json(name_of(footprint.quality)) : Json(nullptr);
    json["has_gaps"] = !footprint.gaps.empty();
    Json kinds = Json::object();
    for (const auto& [kind, watts] : live.kinds_w) {
        kinds[kind] = number(watts);
    }
    json["kinds_w"] = kinds;
    json["forecast"] = present::forecast_json(plan::progress_of(run, live.ledger), footprint);
    if (run.budget) {
        json["budget"] = present::budget_record_json(*run.budget);
    }
    return json;
}

}  // namespace

std::string_view kind_group(DeviceKind kind) {
    switch (kind) {
        case DeviceKind::kGpu: return "gpu";
        case DeviceKind::kCpu: return "cpu";
        case DeviceKind::kMemory: return "memory";
        default: return "other";
    }
}

LiveRun live_run_of(store::JournalContents contents, std::int64_t now_wall_ns,
                    const refdata::Tables& tables) {
    LiveRun live;
    live.run = std::move(contents.run);
    live.ledger = std::move(contents.ledger);
    live.run.state = RunState::kRunning;
    live.run.duration_s =
        static_cast<double>(std::max<std::int64_t>(now_wall_ns - live.run.started_wall_ns, 0)) / kNsPerSecond;
    live.footprint = estimate::footprint_of(
        live.run, live.ledger, estimate::factors_anyway(tables, live.run.asked, live.run.host), tables);
    std::int64_t as_of_ns = 0;
    for (std::size_t device = 0; device < live.ledger.devices.size(); ++device) {
        const Device& one = live.ledger.devices[device];
        if (live.run.scope != Scope::kMachine && one.membership != Membership::kIn) {
            continue;
        }
        const Window* last = nullptr;
        for (const Window& window : live.ledger.windows) {
            if (window.device == device && window.to_ns > window.from_ns &&
                (last == nullptr || window.to_ns > last->to_ns)) {
                last = &window;
            }
        }
        const std::int64_t now_ns = static_cast<std::int64_t>(live.run.duration_s * kNsPerSecond);
        if (last == nullptr || now_ns - last->to_ns > stale_ns(live.run)) {
            continue;  // what it draws now is not known
        }
        const double seconds = static_cast<double>(last->to_ns - last->from_ns) / kNsPerSecond;
        const double watts = last->job.value() / seconds;
        live.power_w = live.power_w.value_or(0.0) + watts;
        live.kinds_w[std::string{kind_group(one.kind)}] += watts;
        as_of_ns = std::max(as_of_ns, last->to_ns);
    }
    live.power_as_of_s = static_cast<double>(as_of_ns) / kNsPerSecond;
    return live;
}

std::string live_json(const std::vector<LiveRun>& runs, std::int64_t now_wall_ns) {
    Json json = Json::object();
    json["schema"] = "gramme/live/1";
    json["time"] = utc_text(now_wall_ns);
    json["runs"] = present::list_json(runs, live_json_of);
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::vector<LiveRun> LiveRuns::all() {
    std::vector<LiveRun> runs;
    const std::int64_t now_ns = host_.now().wall_ns;
    for (const std::string& path : store::list_journals(journal_dir_)) {
        auto contents = store::read_journal(path);
        if (contents && contents->alive) {
            runs.push_back(live_run_of(*std::move(contents), now_ns, tables_));
        }
    }
    std::sort(runs.begin(), runs.end(), [](const LiveRun& a, const LiveRun& b) {
        return std::pair{b.run.started_wall_ns, b.run.id} < std::pair{a.run.started_wall_ns, a.run.id};
    });
    return runs;
}

std::vector<std::string> LiveRuns::ids(std::string_view beginning) const {
    std::vector<std::string> ids;
    for (const std::string& path : store::list_journals(journal_dir_)) {
        std::string id = std::filesystem::path{path}.stem().string();
        if (store::may_mean(beginning, id) && store::journal_in_use(path)) {
            ids.push_back(std::move(id));
        }
    }
    return ids;
}

std::optional<LiveRun> LiveRuns::find(std::string_view id) const {
    const bool plain =
        !id.empty() && id.front() != '.' && id.find_first_of(std::string_view{"/\0", 2}) == std::string::npos;
    if (!plain) {
        return std::nullopt;
    }
    auto contents = store::read_journal(journal_dir_ + "/" + std::string{id} + ".gramme");
    if (!contents || !contents->alive || contents->run.id != id) {
        return std::nullopt;
    }
    return live_run_of(*std::move(contents), host_.now().wall_ns, tables_);
}

LiveRuns::Look LiveRuns::look() {
    const std::lock_guard lock{mutex_};
    const Instant now = host_.now();
    if (last_.json.empty() || now.mono_ns - last_.at_ns >= kFreshNs) {
        const std::vector<LiveRun> runs = all();
        last_ = {now.mono_ns, live_json(runs, now.wall_ns), runs.size()};
    }
    return last_;
}

std::string LiveRuns::json() {
    return look().json;
}

std::size_t LiveRuns::count() {
    return look().count;
}

}  // namespace gramme::serve
