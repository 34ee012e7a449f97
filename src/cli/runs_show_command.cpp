// gramme runs show, export and delete: single runs of the store.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "base/parse.hpp"
#include "base/utc.hpp"
#include "calculate/stored_footprint.hpp"
#include "calculate/stored_run.hpp"
#include "cli/command_context.hpp"
#include "cli/run_store.hpp"
#include "present/json.hpp"
#include "present/markers.hpp"
#include "present/present.hpp"

namespace gramme::cli {
namespace {

using present::Json;

/// Text of a value for CSV: "" for null.
std::string cell(const Json& value) {
    if (value.is_null()) {
        return "";
    }
    return value.is_string() ? value.get<std::string>()
                             : value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

/// The value at a path of keys, null where one is missing.
Json at(const Json& json, const std::vector<const char*>& keys) {
    const Json* here = &json;
    for (const char* key : keys) {
        const auto next = here->is_object() ? here->find(key) : here->end();
        if (next == here->end()) {
            return nullptr;
        }
        here = &*next;
    }
    return *here;
}

struct Column {
    const char* name;
    std::vector<const char*> path;  ///< owned: an initializer list would not outlive the table that names it
};

CsvRow csv_row(const Json& result, const std::vector<Column>& columns) {
    CsvRow row;
    for (const Column& column : columns) {
        row.push_back(cell(at(result, column.path)));
    }
    return row;
}

std::string as_csv(const std::vector<Json>& results, bool with_argv) {
    std::vector<Column> columns{{"id", {"run", "id"}},
                                {"project", {"run", "project"}},
                                {"name", {"run", "name"}},
                                {"tags", {"run", "tags"}},
                                {"state", {"run", "state"}},
                                {"scope", {"run", "scope"}},
                                {"lineage", {"run", "lineage", "kind"}},
                                {"lineage_of", {"run", "lineage", "id"}},
                                {"started_at", {"run", "started_at"}},
                                {"duration_s", {"run", "duration_s"}},
                                {"exit_status", {"run", "exit_status"}},
                                {"energy_kwh", {"energy_kwh", "value"}},
                                {"energy_low_kwh", {"energy_kwh", "low"}},
                                {"energy_high_kwh", {"energy_kwh", "high"}},
                                {"facility_energy_kwh", {"facility_energy_kwh", "value"}},
                                {"operational_kgco2e", {"operational_kgco2e", "value"}},
                                {"operational_low_kgco2e", {"operational_kgco2e", "low"}},
                                {"operational_high_kgco2e", {"operational_kgco2e", "high"}},
                                {"quality", {"quality"}},
                                {"pue", {"factors", "pue", "value"}},
                                {"pue_source", {"factors", "pue", "source"}},
                                {"intensity_gco2e_per_kwh", {"factors", "intensity_gco2e_per_kwh", "value"}},
                                {"zone", {"factors", "intensity_gco2e_per_kwh", "zone"}},
                                {"region", {"factors", "intensity_gco2e_per_kwh", "region"}},
                                {"year", {"factors", "intensity_gco2e_per_kwh", "year"}},
                                {"basis", {"factors", "intensity_gco2e_per_kwh", "basis"}},
                                {"intensity_source", {"factors", "intensity_gco2e_per_kwh", "source"}},
                                {"gaps", {"gaps"}}};
    if (with_argv) {
        columns.push_back({"command", {"run", "command"}});
    }
    CsvRow header;
    for (const Column& column : columns) {
        header.emplace_back(column.name);
    }
    std::string out = csv_line(header) + "\n";
    for (const Json& result : results) {
        out += csv_line(csv_row(result, columns)) + "\n";
    }
    return out;
}

std::string lower_case(std::string_view text) {
    std::string out{trimmed(text)};
    for (char& c : out) {
        c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
    return out;
}

/// Asks on the terminal; only "y" and "yes" are a yes.
bool confirmed(const Terminal& terminal, std::size_t count) {
    print(terminal.err, fmt::format("Delete {} for good? [y/N] ",
                                    count == 1 ? "this run" : fmt::format("these {} runs", count)));
    std::fflush(terminal.err);
    char answer[64];
    if (std::fgets(answer, sizeof answer, terminal.in) == nullptr) {
        return false;
    }
    const std::string word = lower_case(answer);
    return word == "y" || word == "yes";
}

}  // namespace

Result<int> runs_show_command(const CommandContext& context) {
    GRAMME_TRY(const OpenedStore opened, open_run_store(context));
    GRAMME_TRY(const store::StoredRun stored, opened.store->show(context.arguments.words.front()));
    if (context.arguments.has("json")) {
        GRAMME_TRY(Json result, calculate::result_json(stored, true));
        result["computed_at"] = utc_text(stored.computed_wall_ns);
        result["footprints"] = stored.footprints;
        print(context.terminal.out, present::dumped(result));
        return static_cast<int>(kExitOk);
    }
    GRAMME_TRY(const Footprint footprint, calculate::read_footprint(stored.footprint_json));
    std::string head = fmt::format("run {}\nproject {}, started {}", stored.run.id, stored.run.project,
                                   utc_text(stored.run.started_wall_ns));
    for (const auto& [key, value] : stored.run.tags) {
        head += fmt::format(", {}={}", key, value);
    }
    if (stored.run.lineage) {
        head += fmt::format("\n{} {} (gramme runs tree)", name_of(stored.run.lineage->kind),
                            stored.run.lineage->id);
    }
    if (stored.footprints > 1) {
        head +=
            fmt::format("\nfootprint {0} of {0}, computed {1} (gramme runs recost); the older ones are kept",
                        stored.footprints, utc_text(stored.computed_wall_ns));
    }
    print(context.terminal.out, head + "\n");
    print(context.terminal.out, present::summary_text(stored.run, footprint, {}, context.terminal.out_style));
    print(context.terminal.out, present::markers_text(stored.ledger.markers, context.terminal.out_style));
    return static_cast<int>(kExitOk);
}

Result<int> runs_export_command(const CommandContext& context) {
    GRAMME_TRY(const std::string format, wanted_format(context.arguments, {"json", "csv"}));
    const bool with_argv = context.arguments.has("with-argv");
    GRAMME_TRY(const OpenedStore opened, open_run_store(context));
    GRAMME_TRY(const std::vector<std::string> ids, ids_asked(context, "export", *opened.store));
    std::vector<Json> results;
    for (const std::string& id : ids) {
        GRAMME_TRY(const store::StoredRun stored, opened.store->show(id));
        GRAMME_TRY(Json result, calculate::result_json(stored, with_argv));
        results.push_back(std::move(result));
    }
    if (format == "csv") {
        print(context.terminal.out, as_csv(results, with_argv));
        return static_cast<int>(kExitOk);
    }
    Json json = Json::object();
    json["schema"] = "gramme/export/1";
    json["runs"] = results;
    print(context.terminal.out, present::dumped(json));
    return static_cast<int>(kExitOk);
}

Result<int> runs_delete_command(const CommandContext& context) {
    const bool sure = context.arguments.has("yes");
    if (!sure && !context.terminal.in_is_terminal) {
        return Error{Code::kUsage, "nobody can be asked: standard input is no terminal",
                     "add --yes to delete without a question"};
    }
    GRAMME_TRY(const OpenedStore opened, open_run_store(context));
    std::vector<RunRecord> runs;  // all are looked up before one is deleted
    for (const std::string& id : context.arguments.words) {
        GRAMME_TRY(store::StoredRun stored, opened.store->show(id));
        const bool again = std::any_of(runs.begin(), runs.end(),
                                       [&](const RunRecord& run) { return run.id == stored.run.id; });
        if (!again) {
            runs.push_back(std::move(stored.run));
        }
    }
    if (!sure) {
        for (const RunRecord& run : runs) {
            print(context.terminal.err, fmt::format("{}  {}  {} {}\n", run.id, utc_text(run.started_wall_ns),
                                                    run.project, run.name));
        }
        if (!confirmed(context.terminal, runs.size())) {
            print(context.terminal.err, "gramme: nothing deleted\n");
            return static_cast<int>(kExitOk);
        }
    }
    std::size_t orphans = 0;
    for (const RunRecord& run : runs) {
        GRAMME_CHECK(opened.store->remove(run.id));
    }
    for (const RunRecord& run : runs) {
        GRAMME_TRY(const std::size_t below, opened.store->descendants(run.id));
        orphans += below;
    }
    print(context.terminal.err,
          fmt::format("gramme: deleted {}; rows in emissions.csv stay as they are\n",
                      runs.size() == 1 ? "1 run" : fmt::format("{} runs", runs.size())));
    if (orphans > 0) {
        print(context.terminal.err,
              fmt::format("gramme: {} that came from {} stay{}; `gramme runs tree` names what is gone\n",
                          orphans == 1 ? "1 run" : fmt::format("{} runs", orphans),
                          runs.size() == 1 ? "it" : "them", orphans == 1 ? "s" : ""));
    }
    return static_cast<int>(kExitOk);
}

}  // namespace gramme::cli
