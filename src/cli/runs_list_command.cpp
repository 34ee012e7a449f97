// gramme runs list: what is in the store, and what runs now.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "base/parse.hpp"
#include "base/text.hpp"
#include "base/utc.hpp"
#include "cli/command_context.hpp"
#include "cli/run_store.hpp"
#include "present/numbers.hpp"
#include "present/present.hpp"
#include "sample/recover.hpp"

namespace gramme::cli {
namespace {

constexpr std::size_t kUsualLimit = 50;
constexpr std::size_t kShortestId = 8;
constexpr std::int64_t kNsPerSecond = 1'000'000'000;

Result<store::RunFilter> filter_of(const Arguments& arguments, bool for_people) {
    store::RunFilter filter;
    filter.project = arguments.value("project").value_or("");
    filter.text = arguments.value("text").value_or("");
    if (const auto since = arguments.value("since")) {
        const auto wall_ns = parse_utc(*since);
        if (!wall_ns) {
            return Error{Code::kUsage, "--since: '" + *since + "' is no date",
                         "write 2026-11-23 or 2026-11-23T09:00:00Z"};
        }
        filter.since_wall_ns = *wall_ns;
    }
    filter.limit = for_people ? kUsualLimit : 0;
    if (const auto limit = arguments.value("limit")) {
        const auto number = parse_u64(*limit);
        if (!number) {
            return Error{Code::kUsage, "--limit: '" + *limit + "' is no number of runs", "give 0 for all"};
        }
        filter.limit = static_cast<std::size_t>(*number);
    }
    return filter;
}

/// The store's rules for `text`, for runs that are not in it yet.
bool matches(const RunRecord& run, const store::RunFilter& filter) {
    if (!filter.project.empty() && run.project != filter.project) {
        return false;
    }
    if (filter.since_wall_ns && run.started_wall_ns < *filter.since_wall_ns) {
        return false;
    }
    std::string all = run.id + '\n' + run.project + '\n' + run.name;
    for (const auto& [key, value] : run.tags) {
        all += '\n' + key + '=' + value;
    }
    for (const std::string& word : run.command) {
        all += '\n' + word;
    }
    return folded(all).find(folded(filter.text)) != std::string::npos;
}

std::vector<store::RunSummary> live_runs(const std::string& journal_dir, const store::RunFilter& filter,
                                         std::int64_t now_wall_ns) {
    std::vector<store::RunSummary> out;
    for (RunRecord& run : sample::list_live_runs(journal_dir)) {
        if (!matches(run, filter)) {
            continue;
        }
        const auto elapsed_ns = std::max<std::int64_t>(now_wall_ns - run.started_wall_ns, 0);
        run.duration_s = static_cast<double>(elapsed_ns) / static_cast<double>(kNsPerSecond);
        run.state = RunState::kRunning;
        store::RunSummary summary;
        summary.run = std::move(run);
        out.push_back(std::move(summary));
    }
    std::reverse(out.begin(), out.end());  // newest first
    return out;
}

std::string number_text(const std::optional<double>& value) {
    return value ? fmt::format("{}", *value) : "";
}

/// "1:23:45"
std::string clock_text(double seconds) {
    const auto whole = static_cast<std::int64_t>(seconds);
    return fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
}

std::string energy_text(const std::optional<double>& kwh) {
    constexpr int kDigits = 3;
    return kwh ? present::shown_alone(*kwh, present::Dimension::kEnergy, kDigits) : "unknown";
}

/// "87 g (70 to 104)"
std::string carbon_text(const store::RunSummary& one) {
    if (!one.operational_kgco2e || !one.low_kgco2e || !one.high_kgco2e) {
        return "unknown";
    }
    const present::Shown number = present::shown({*one.operational_kgco2e, *one.low_kgco2e, *one.high_kgco2e},
                                                 present::Dimension::kCarbon);
    return fmt::format("{} {} ({} to {})", number.value, number.unit, number.low, number.high);
}

/// Ids are as long as it takes to tell the listed runs apart.
std::size_t id_length(const std::vector<store::RunSummary>& runs) {
    std::vector<std::string_view> ids;
    ids.reserve(runs.size());
    for (const store::RunSummary& one : runs) {
        ids.emplace_back(one.run.id);
    }
    std::sort(ids.begin(), ids.end());
    std::size_t length = kShortestId;
    for (std::size_t i = 1; i < ids.size(); ++i) {
        const auto [left, right] =
            std::mismatch(ids[i - 1].begin(), ids[i - 1].end(), ids[i].begin(), ids[i].end());
        length = std::max(length, static_cast<std::size_t>(left - ids[i - 1].begin()) + 1);
    }
    return length;
}

std::string ending(const RunRecord& run) {
    if (run.imported) {
        return "imported";
    }
    if (run.state != RunState::kFinished) {
        return std::string{name_of(run.state)};
    }
    if (run.signal) {
        return fmt::format("signal {}", *run.signal);
    }
    return run.exit_status ? fmt::format("exit {}", *run.exit_status) : "finished";
}

present::Table table_for_people(const std::vector<store::RunSummary>& runs) {
    present::Table table;
    table.columns = {"id",   "started (UTC)", "ended",  "project",
                     "name", "time",          "energy", "CO2e (95 % range)"};
    table.numeric = {false, false, false, false, false, true, true, true};
    const std::size_t length = id_length(runs);
    for (const store::RunSummary& one : runs) {
        const RunRecord& run = one.run;
        const std::string gap = one.has_gaps ? " + unknown" : "";
        const bool running = run.state == RunState::kRunning;  // its energy is known when it ends
        table.rows.push_back({run.id.substr(0, length), utc_text(run.started_wall_ns), ending(run),
                              run.project, run.name, clock_text(run.duration_s),
                              running ? "" : energy_text(one.energy_kwh) + gap,
                              running ? "" : carbon_text(one)});
    }
    return table;
}

present::Table table_for_programs(const std::vector<store::RunSummary>& runs) {
    present::Table table;
    table.schema = "gramme/runs/1";
    table.columns = {"id",          "project",
                     "name",        "state",
                     "started_at",  "duration_s",
                     "exit_status", "signal",
                     "scope",       "tags",
                     "host",        "region",
                     "energy_kwh",  "operational_kgco2e",
                     "low_kgco2e",  "high_kgco2e",
                     "has_gaps",    "imported_from"};
    table.numeric = {false, false, false, false, false, true, true, true,  false,
                     false, false, false, true,  true,  true, true, false, false};
    for (const store::RunSummary& one : runs) {
        const RunRecord& run = one.run;
        std::string tags;
        for (const auto& [key, value] : run.tags) {
            tags += (tags.empty() ? "" : ";") + key + "=" + value;
        }
        table.rows.push_back(
            {run.id, run.project, run.name, std::string{name_of(run.state)}, utc_text(run.started_wall_ns),
             fmt::format("{}", run.duration_s), run.exit_status ? fmt::format("{}", *run.exit_status) : "",
             run.signal ? fmt::format("{}", *run.signal) : "", std::string{name_of(run.scope)}, tags,
             run.host.hostname, run.asked.region, number_text(one.energy_kwh),
             number_text(one.operational_kgco2e), number_text(one.low_kgco2e), number_text(one.high_kgco2e),
             one.has_gaps ? "yes" : "no", run.imported ? run.imported->program : ""});
    }
    return table;
}

}  // namespace

Result<int> runs_list_command(const CommandContext& context) {
    GRAMME_TRY(const std::string format, wanted_format(context.arguments, {"table", "json", "csv"}));
    const bool for_people = format == "table";
    GRAMME_TRY(const store::RunFilter filter, filter_of(context.arguments, for_people));
    GRAMME_TRY(const OpenedStore opened, open_run_store(context));
    std::vector<store::RunSummary> runs = live_runs(opened.journal_dir, filter, context.host.now().wall_ns);
    store::RunFilter one_more = filter;  // to know whether some are left out
    one_more.limit += filter.limit > 0 ? 1 : 0;
    GRAMME_TRY(std::vector<store::RunSummary> stored, opened.store->list(one_more));
    // A run may have moved from its journal into the store between the two looks.
    for (store::RunSummary& one : stored) {
        const auto twin = std::find_if(runs.begin(), runs.end(), [&](const store::RunSummary& live) {
            return live.run.id == one.run.id;
        });
        if (twin != runs.end()) {
            runs.erase(twin);
        }
        runs.push_back(std::move(one));
    }
    const bool more = filter.limit > 0 && runs.size() > filter.limit;
    if (more) {
        runs.resize(filter.limit);
    }
    if (runs.empty() && for_people) {
        print(context.terminal.err, "gramme: no runs; `gramme run -- COMMAND` makes one\n");
        return static_cast<int>(kExitOk);
    }
    const present::Table table = for_people ? table_for_people(runs) : table_for_programs(runs);
    GRAMME_TRY(const std::string text, present::table_text(table, format, context.terminal.out_style));
    print(context.terminal.out, text);
    if (more && for_people) {
        print(context.terminal.err,
              fmt::format("gramme: the newest {} runs; --limit 0 lists all\n", filter.limit));
    }
    return static_cast<int>(kExitOk);
}

}  // namespace gramme::cli
