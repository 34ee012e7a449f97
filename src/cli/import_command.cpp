// gramme runs import: emissions.csv of CodeCarbon or gramme into the store.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <ctime>
#include <iterator>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/utc.hpp"
#include "cli/command_context.hpp"
#include "cli/import_place.hpp"
#include "cli/import_view.hpp"
#include "cli/read_lines.hpp"
#include "cli/run_store.hpp"
#include "config/override_tables.hpp"
#include "estimate/estimate.hpp"
#include "foreign/emissions_runs.hpp"
#include "present/json.hpp"
#include "present/present.hpp"

namespace gramme::cli {
namespace {

using foreign::ForeignRun;
using present::Json;

constexpr std::int64_t kNsPerSecond = 1'000'000'000;

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

struct Read {
    std::vector<foreign::NamedFile> files;
    std::optional<Error> unread;  ///< of the first file that could not be read
};

/// A file that cannot be read, or is none of these, is a rejected row of its own, so that the others are
/// imported.
Read read_files(const std::vector<std::string>& names) {
    Read out;
    std::size_t rows = 0;
    for (const std::string& name : names) {
        foreign::EmissionsFile none;
        const auto text = read_whole(name, "give an emissions.csv");
        if (!text) {
            out.unread = out.unread ? out.unread : text.error();
            none.rejected.push_back({0, text.error().what, {}});
            out.files.push_back({name, std::move(none)});
            continue;
        }
        auto parsed = foreign::parse_emissions(*text);
        if (parsed && rows + parsed->rows.size() + parsed->rejected.size() > foreign::kMostRows) {
            parsed = Error{Code::kOutOfRange,
                           fmt::format("the files together have more than {} rows", foreign::kMostRows),
                           "import this one by itself"};
        }
        if (parsed) {
            rows += parsed->rows.size() + parsed->rejected.size();
            out.files.push_back({name, *std::move(parsed)});
        } else {
            const Error& why = parsed.error();
            none.rejected.push_back({1, why.what + (why.hint.empty() ? "" : "; " + why.hint), {}});
            out.files.push_back({name, std::move(none)});
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
    constexpr double kRounding =
        1e-6;  // relative: the row was rounded, or its parts added up in another order
    const Json& value = stored.contains(key) ? stored[key] : Json(nullptr);
    if (!value.is_object() || !value.contains("value") || !value["value"].is_number() || !imported) {
        return false;  // unknown on either side
    }
    const double is = value["value"].get<double>();
    return std::abs(is - imported->value) > kRounding * std::max(std::abs(is), std::abs(imported->value));
}

/// The run of this id in the store has other numbers. Its carbon is compared where it is the first: `recost`
/// is meant to change it. gramme's own row has the duration without pauses.
bool is_otherwise(const store::StoredRun& stored, const Imported& one) {
    constexpr double kSame = 1e-3;  // s
    const Json json = Json::parse(stored.footprint_json, nullptr, false);
    const bool other_time =
        stored.run.imported && std::abs(stored.run.duration_s - one.of.run.duration_s) >= kSame;
    return other_time ||
           (json.is_object() && (differs(json, "energy_kwh", one.footprint.energy_kwh) ||
                                 (stored.footprints == 1 &&
                                  differs(json, "operational_kgco2e", one.footprint.operational_kgco2e))));
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
        return known_[id] = static_cast<bool>(there);
    }

private:
    store::Store& store_;
    std::map<std::string, bool> known_;
};

/// Adds what is not there; `dry_run` only looks. kNotFound: a part of a run that nobody knows.
Result<void> put(const CommandContext& context, store::Store& store, Holders& held, bool dry_run,
                 Imported& one) {
    const RunRecord& run = one.of.run;
    const auto there = store.show(run.id);
    if (!there && there.error().code != Code::kNotFound) {
        return there.error();
    }
    if (there) {
        one.status = is_otherwise(*there, one) ? Imported::Status::kThereOtherwise : Imported::Status::kThere;
        return {};
    }
    if (!run.part_of.empty()) {
        GRAMME_TRY(const bool is_held, held.by(run.part_of));
        if (!is_held) {
            return Error{
                Code::kNotFound,
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

/// Puts one run after the other into the store.
class Import {
public:
    Import(const CommandContext& context, const refdata::Tables& tables, store::Store& store,
           std::string_view format)
        : context_(context),
          tables_(tables),
          store_(store),
          holders_(store),
          dry_run_(context.arguments.has("dry-run")),
          view_(format, dry_run_) {}

    /// What is wrong with this one run is kept; an error is one of the store.
    Result<void> take(ForeignRun run) {
        together_.add(run.run);
        const foreign::RowTrouble here{run.run.imported->file, run.run.imported->line, ""};
        auto one = prepared(tables_, std::move(run));
        if (!one) {
            rejected_.push_back({here.file, here.line, one.error().what});
            return {};
        }
        const auto outcome = put(context_, store_, holders_, dry_run_, *one);
        if (!outcome && outcome.error().code == Code::kNotFound) {
            rejected_.push_back({here.file, here.line, outcome.error().what});
            return {};
        }
        GRAMME_CHECK(outcome);
        holders_.add(one->of.run.id);
        view_.add(*one);
        return {};
    }

    /// Says it all. `rejected`: rows that became no run.
    Result<int> finish(std::vector<foreign::RowTrouble> rejected) {
        rejected.insert(rejected.end(), std::make_move_iterator(rejected_.begin()),
                        std::make_move_iterator(rejected_.end()));
        GRAMME_CHECK(view_.print(context_.terminal, rejected));
        if (together_.count() > 0) {
            print_warning(context_.terminal,
                          fmt::format("{} runs of one project were on a machine alike at the same time, and "
                                      "each counted the whole "
                                      "of it: if they are ranks of one job their sum is too high",
                                      together_.count()));
        }
        return static_cast<int>(rejected.empty() ? kExitOk : kExitBadData);
    }

private:
    const CommandContext& context_;
    const refdata::Tables& tables_;
    store::Store& store_;
    Holders holders_;
    bool dry_run_;
    ImportView view_;
    foreign::CountedTogether together_;
    std::vector<foreign::RowTrouble> rejected_;
};

void print_notes(const Terminal& terminal, const foreign::NamedFile& file) {
    for (const std::string& note : file.file.notes) {
        print(terminal.err, fmt::format("gramme: {}, {}\n", present::printable(file.name), note));
    }
    if (file.file.rows.empty() && file.file.rejected.empty()) {
        print(terminal.err, fmt::format("gramme: {} has a header and no row: there is nothing to import\n",
                                        present::printable(file.name)));
    }
}

}  // namespace

Result<int> runs_import_command(const CommandContext& context) {
    GRAMME_TRY(const std::string format, wanted_format(context.arguments, {"table", "json", "csv"}));
    GRAMME_TRY(const foreign::LocalTime to_utc, local_time_of(context.arguments));
    GRAMME_TRY(const refdata::Tables tables, tables_with_overrides(context.options.data_dir));
    const Read read = read_files(context.arguments.words);
    if (read.unread && read.files.size() == 1) {
        return *read.unread;
    }
    GRAMME_TRY(const OpenedStore opened, open_run_store(context));
    Import import{context, tables, *opened.store, format};
    GRAMME_TRY(auto rejected, foreign::each_run(read.files, to_utc, [&import](ForeignRun run) {
                   return import.take(std::move(run));
               }));
    for (const foreign::NamedFile& file : read.files) {
        print_notes(context.terminal, file);
    }
    GRAMME_TRY(const int status, import.finish(std::move(rejected)));
    return read.unread ? static_cast<int>(exit_code_of(*read.unread)) : status;
}

}  // namespace gramme::cli
