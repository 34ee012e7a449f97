// gramme runs import: emissions.csv of CodeCarbon or gramme into the store.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <ctime>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/utc.hpp"
#include "cli/command_context.hpp"
#include "cli/import_place.hpp"
#include "cli/read_lines.hpp"
#include "cli/run_store.hpp"
#include "config/override_tables.hpp"
#include "estimate/estimate.hpp"
#include "foreign/emissions_runs.hpp"
#include "present/json.hpp"
#include "present/layout.hpp"
#include "present/numbers.hpp"
#include "present/present.hpp"

namespace gramme::cli {
namespace {

using foreign::ForeignRun;
using present::Json;

constexpr std::int64_t kNsPerSecond = 1'000'000'000;

/// One run and what became of it.
struct Imported {
    enum class Status { kAdded, kWouldAdd, kThere, kThereOtherwise, kPart };
    ForeignRun of;
    Footprint footprint;
    Status status = Status::kAdded;
};

std::string_view name_of(Imported::Status status) {
    switch (status) {
        case Imported::Status::kAdded: return "added";
        case Imported::Status::kWouldAdd: return "would be added";
        case Imported::Status::kThere: return "in the store already";
        case Imported::Status::kThereOtherwise: return "in the store already, with other numbers";
        case Imported::Status::kPart: return "part of another run, which holds it";
    }
    return "";
}

/// The zone of this machine, as CodeCarbon's clock had it.
std::int64_t from_local(std::int64_t civil_ns) {
    const std::time_t civil = static_cast<std::time_t>(civil_ns / kNsPerSecond);
    std::tm fields{};
    ::gmtime_r(&civil, &fields);
    fields.tm_isdst = -1;
    return static_cast<std::int64_t>(std::mktime(&fields)) * kNsPerSecond;
}

/// kUsage. "+02:00" is ahead of UTC.
Result<foreign::LocalTime> local_time_of(const Arguments& arguments) {
    const auto offset = arguments.value("utc-offset");
    if (!offset) {
        return foreign::LocalTime{&from_local};
    }
    constexpr std::string_view kDay = "1970-01-02T00:00:00";
    constexpr std::int64_t kDayNs = 86'400 * kNsPerSecond;
    const auto shifted = parse_utc(std::string{kDay} + *offset);
    if (!shifted || offset->empty()) {
        return Error{Code::kUsage, "--utc-offset: '" + *offset + "' is no offset from UTC",
                     "write +02:00, -05:00 or Z"};
    }
    const std::int64_t ahead_ns = kDayNs - *shifted;
    return foreign::LocalTime{[ahead_ns](std::int64_t civil_ns) { return civil_ns - ahead_ns; }};
}

/// A file that is none of these is a rejected line 1, so that the others are imported.
Result<std::vector<foreign::NamedFile>> read_files(const std::vector<std::string>& names) {
    std::vector<foreign::NamedFile> out;
    for (const std::string& name : names) {
        GRAMME_TRY(const std::string text, read_whole(name, "give an emissions.csv"));
        auto parsed = foreign::parse_emissions(text);
        if (parsed) {
            out.push_back({name, *std::move(parsed)});
        } else {
            foreign::EmissionsFile none;
            none.rejected.push_back({1, parsed.error().what, {}});
            out.push_back({name, std::move(none)});
        }
    }
    return out;
}

/// What the row says of PUE and grid holds until `recost` is told otherwise.
void ask_as_imported(const refdata::Tables& tables, ForeignRun& of) {
    constexpr double kGramsPerKilogram = 1e3;
    RunRecord& run = of.run;
    const std::string from = fmt::format("{}{}:{}", kImportedFrom, run.imported->file, run.imported->line);
    run.asked.region = region_of(tables, of.place);
    run.asked.region_from = from;
    run.asked.pue = of.pue;
    run.asked.pue_from = from + (of.pue_is_said ? "" : " (no PUE in it: 1)");
    if (of.emissions_kg && of.facility_kwh) {
        run.asked.intensity_gco2e_per_kwh = *of.emissions_kg * kGramsPerKilogram / *of.facility_kwh;
        run.asked.intensity_from = from + " (emissions over energy_consumed)";
    }
}

Result<Imported> prepared(const refdata::Tables& tables, ForeignRun of) {
    ask_as_imported(tables, of);
    GRAMME_TRY(const Factors factors, estimate::resolve_factors(tables, of.run.asked, of.run.host));
    Imported out{std::move(of), {}, Imported::Status::kWouldAdd};
    out.footprint = estimate::footprint_of(out.of.run, out.of.ledger, factors, tables);
    return out;
}

bool differs(const Json& stored, const char* key, const std::optional<Estimate>& imported) {
    constexpr double kRounding = 1e-6;  // relative: the row was rounded, or its parts added up in another order
    const Json& value = stored.contains(key) ? stored[key] : Json(nullptr);
    if (!value.is_object() || !value.contains("value") || !value["value"].is_number() || !imported) {
        return false;  // unknown on either side
    }
    const double is = value["value"].get<double>();
    return std::abs(is - imported->value) > kRounding * std::max(std::abs(is), std::abs(imported->value));
}

/// The run of this id in the store has other numbers. Its carbon is compared where it is the first: `recost` is meant
/// to change it. gramme's own row has the duration without pauses.
bool is_otherwise(const store::StoredRun& stored, const Imported& one) {
    constexpr double kSame = 1e-3;  // s
    const Json json = Json::parse(stored.footprint_json, nullptr, false);
    const bool other_time =
        stored.run.imported && std::abs(stored.run.duration_s - one.of.run.duration_s) >= kSame;
    return other_time ||
           (json.is_object() && (differs(json, "energy_kwh", one.footprint.energy_kwh) ||
                                 (stored.footprints == 1 && differs(json, "operational_kgco2e",
                                                                    one.footprint.operational_kgco2e))));
}

/// The runs that may hold others: those of the files and those of the store.
class Holders {
public:
    explicit Holders(store::Store& store) : store_(store) {}
    void add(const std::string& id) { known_[id] = true; }
    Result<bool> by(const std::string& id) {
        if (const auto found = known_.find(id); found != known_.end()) {
            return found->second;
        }
        const auto there = store_.show(id);
        if (!there && there.error().code != Code::kNotFound) {
            return there.error();
        }
        return known_[id] = there.has_value();
    }

private:
    store::Store& store_;
    std::map<std::string, bool> known_;
};

/// Adds what is not there; `dry_run` only looks. kNotFound: a part of a run that nobody knows.
Result<void> put(const CommandContext& context, store::Store& store, Holders& held, bool dry_run, Imported& one) {
    const RunRecord& run = one.of.run;
    const auto there = store.show(run.id);
    if (!there && there.error().code != Code::kNotFound) {
        return there.error();
    }
    if (there) {
        one.status =
            is_otherwise(*there, one) ? Imported::Status::kThereOtherwise : Imported::Status::kThere;
        return {};
    }
    if (!run.part_of.empty()) {
        GRAMME_TRY(const bool is_held, held.by(run.part_of));
        if (!is_held) {
            return Error{Code::kNotFound,
                         "it is part of run " + run.part_of +
                             ", which is neither in the store nor in these files: import the file with its row first",
                         ""};
        }
        one.status = Imported::Status::kPart;
        return {};
    }
    if (!dry_run) {
        GRAMME_CHECK(store.add(run, one.of.ledger, one.footprint,
                               present::footprint_json(run, one.footprint, true),
                               context.host.now().wall_ns));
        one.status = Imported::Status::kAdded;
    }
    return {};
}

std::string where_of(const RunRecord& run) {
    return fmt::format("{}:{}", run.imported->file, run.imported->line);
}

std::string shown(const std::optional<Estimate>& estimate, present::Dimension dimension) {
    constexpr int kDigits = 3;
    return estimate ? present::shown_alone(estimate->value, dimension, kDigits) : "unknown";
}

present::Table table_of(const std::vector<Imported>& all) {
    present::Table table;
    table.columns = {"id", "started (UTC)", "project", "time (s)", "energy", "CO2e", "from", "status"};
    table.numeric = {false, false, false, true, true, true, false, false};
    for (const Imported& one : all) {
        const RunRecord& run = one.of.run;
        table.rows.push_back({run.id, utc_text(run.started_wall_ns), run.project,
                              fmt::format("{:.1f}", run.duration_s),
                              shown(one.footprint.energy_kwh, present::Dimension::kEnergy),
                              shown(one.footprint.operational_kgco2e, present::Dimension::kCarbon),
                              where_of(run), std::string{name_of(one.status)}});
    }
    return table;
}

Json value_or_null(const std::optional<Estimate>& estimate) {
    return estimate ? present::number(estimate->value) : Json(nullptr);
}

Json json_of(const std::vector<Imported>& all, const foreign::ForeignRuns& found, bool dry_run) {
    Json json = Json::object();
    json["schema"] = "gramme/import/1";
    json["dry_run"] = dry_run;
    json["rows"] = Json::array();
    for (const Imported& one : all) {
        const RunRecord& run = one.of.run;
        Json row = Json::object();
        row["id"] = run.id;
        row["status"] = name_of(one.status);
        row["part_of"] = run.part_of.empty() ? Json(nullptr) : Json(run.part_of);
        row["file"] = run.imported->file;
        row["line"] = run.imported->line;
        row["program"] = run.imported->program;
        row["project"] = run.project;
        row["started_at"] = utc_text(run.started_wall_ns);
        row["duration_s"] = present::number(run.duration_s);
        row["region"] = run.asked.region.empty() ? Json(nullptr) : Json(run.asked.region);
        row["energy_kwh"] = value_or_null(one.footprint.energy_kwh);
        row["operational_kgco2e"] = value_or_null(one.footprint.operational_kgco2e);
        row["file_rows"] = one.of.rows;
        row["notes"] = one.of.notes;
        row["warnings"] = run.warnings;
        json["rows"].push_back(std::move(row));
    }
    json["rejected"] = Json::array();
    for (const foreign::RowTrouble& trouble : found.rejected) {
        json["rejected"].push_back(
            {{"file", trouble.file}, {"line", trouble.line}, {"reason", trouble.reason}});
    }
    return json;
}

/// What a person must know beside the table.
void say(const Terminal& terminal, const std::vector<foreign::NamedFile>& files,
         const std::vector<Imported>& all, const foreign::ForeignRuns& found, bool dry_run) {
    for (const foreign::NamedFile& file : files) {
        for (const std::string& note : file.file.notes) {
            print(terminal.err, fmt::format("gramme: {}, {}\n", present::printable(file.name), note));
        }
    }
    std::size_t added = 0;
    std::size_t there = 0;
    std::size_t parts = 0;
    for (const Imported& one : all) {
        const bool is_new =
            one.status == Imported::Status::kAdded || one.status == Imported::Status::kWouldAdd;
        const bool is_part = one.status == Imported::Status::kPart;
        added += is_new ? 1 : 0;
        parts += is_part ? 1 : 0;
        there += is_new || is_part ? 0 : 1;
        for (const std::string& note : one.of.notes) {
            print(terminal.err, fmt::format("gramme: run {}: {}\n", one.of.run.id, present::printable(note)));
        }
        if (one.status == Imported::Status::kThereOtherwise) {
            print_warning(
                terminal,
                fmt::format("run {0} is in the store with other numbers than in {1}, and stays as it is; to take "
                            "these: gramme runs delete {0}, then import again",
                            one.of.run.id, present::printable(where_of(one.of.run))));
        }
    }
    for (const foreign::RowTrouble& trouble : found.rejected) {
        print_warning(terminal, present::printable(fmt::format("{}:{}: not imported: {}", trouble.file,
                                                               trouble.line, trouble.reason)));
    }
    const auto runs = [](std::size_t count) {
        return count == 1 ? std::string{"1 run"} : fmt::format("{} runs", count);
    };
    print(terminal.err,
          fmt::format(
              "gramme: {} {}{}{}{}\n", runs(added), dry_run ? "would be imported" : "imported",
              there > 0 ? fmt::format(", {} in the store already", runs(there)) : "",
              parts > 0 ? fmt::format(", {} part of others and left to them", runs(parts)) : "",
              found.rejected.empty()
                  ? ""
                  : fmt::format(", {} left out", found.rejected.size() == 1
                                                     ? "1 line"
                                                     : fmt::format("{} lines", found.rejected.size()))));
}

}  // namespace

Result<int> runs_import_command(const CommandContext& context) {
    GRAMME_TRY(const std::string format, wanted_format(context.arguments, {"table", "json", "csv"}));
    GRAMME_TRY(const foreign::LocalTime to_utc, local_time_of(context.arguments));
    GRAMME_TRY(const refdata::Tables tables, tables_with_overrides(context.options.data_dir));
    GRAMME_TRY(const std::vector<foreign::NamedFile> files, read_files(context.arguments.words));
    foreign::ForeignRuns found = foreign::runs_of(files, to_utc);
    const std::size_t together = foreign::counted_together(found.runs);
    std::vector<Imported> all;
    for (ForeignRun& run : found.runs) {
        const std::string file = run.run.imported->file;
        const std::size_t line = run.run.imported->line;
        auto one = prepared(tables, std::move(run));
        if (one) {
            all.push_back(*std::move(one));
        } else {
            found.rejected.push_back({file, line, one.error().what});
        }
    }
    const bool dry_run = context.arguments.has("dry-run");
    GRAMME_TRY(const OpenedStore opened, open_run_store(context));
    Holders holders{*opened.store};
    std::vector<Imported> done;
    for (Imported& one : all) {  // those that hold others come first
        const auto outcome = put(context, *opened.store, holders, dry_run, one);
        if (outcome) {
            holders.add(one.of.run.id);
            done.push_back(std::move(one));
        } else if (outcome.error().code == Code::kNotFound) {
            found.rejected.push_back(
                {one.of.run.imported->file, one.of.run.imported->line, outcome.error().what});
        } else {
            return outcome.error();
        }
    }
    all = std::move(done);
    if (format == "json") {
        print(context.terminal.out, present::dumped(json_of(all, found, dry_run)));
    } else if (!all.empty()) {
        GRAMME_TRY(const std::string text,
                   present::table_text(table_of(all), format, context.terminal.out_style));
        print(context.terminal.out, text);
    }
    say(context.terminal, files, all, found, dry_run);
    if (together > 0) {
        print_warning(
            context.terminal,
            fmt::format(
                "{} runs of one project were on a machine alike at the same time, and each counted the whole "
                "of it: if they are ranks of one job their sum is too high",
                together));
    }
    return static_cast<int>(found.rejected.empty() ? kExitOk : kExitBadData);
}

}  // namespace gramme::cli
