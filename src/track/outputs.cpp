#include "track/outputs.hpp"

#include <ctime>
#include <filesystem>
#include <system_error>
#include <vector>

#include "estimate/own_energy.hpp"
#include "host/write_whole.hpp"
#include "present/present.hpp"
#include "sample/recover.hpp"
#include "store/emissions_csv.hpp"
#include "store/store.hpp"

namespace gramme::track {
namespace {

/// CodeCarbon's habit: local time, no zone.
std::string local_time(std::int64_t wall_ns) {
    const auto seconds = static_cast<std::time_t>(wall_ns / 1'000'000'000);
    std::tm time{};
    ::localtime_r(&seconds, &time);
    char text[32];
    const std::size_t size = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &time);
    return {text, size};
}

bool is_over(const store::Patience& patience) {
    return patience.is_over && patience.is_over();
}

/// The store has the run, or the reason why not is in the warnings. True if the journal is no longer needed.
bool put_in_store(const OutputWorld& world, const Ledger& ledger, const Footprint& footprint, RunRecord& run,
                  const store::Journal& journal, const store::Patience& patience, Delivered& out) {
    if (world.options.store == "none" || (world.data_dir.empty() && world.options.store.empty())) {
        return true;
    }
    auto opened = store::Store::open(store_url(world.options, world.data_dir), patience);
    Result<void> added = opened ? Result<void>{} : Result<void>{opened.error()};
    if (opened) {
        added = (*opened)->add(run, ledger, footprint, present::footprint_json(run, footprint, true),
                               world.host.now().wall_ns);
    }
    if (!added) {
        std::string warning = "not in the store: " + added.error().what;
        if (added.error().code == Code::kUnavailable && is_over(patience)) {
            warning += " (a signal ended the waiting)";
        }
        if (!journal.path().empty()) {
            warning += "; the run stays in " + journal.path() + " and the next gramme moves it in";
        }
        run.warnings.push_back(std::move(warning));
        return false;
    }
    out.outputs.store_url = (*opened)->url();
    if (!world.data_dir.empty() && !is_over(patience)) {
        // Runs of others that still wait for their own store are no concern of this one: `runs` and doctor
        // say it.
        out.news = sample::recover_journals(world.host, world.tables, journal_dir(world.data_dir), **opened,
                                            patience)
                       .news;
    }
    return true;
}

std::string put_in_csv(const config::RunOptions& options, const Footprint& footprint,
                       const store::Patience& patience, RunRecord& run) {
    if (options.csv == "none") {
        return "";
    }
    const auto outcome =
        store::append_row(options.csv, present::emissions_header(), csv_row_of(run, footprint), patience);
    if (!outcome) {
        const Error& error = outcome.error();
        run.warnings.push_back("no row in " + options.csv + ": " + error.what +
                               (error.hint.empty() ? "" : "; " + error.hint));
        return "";
    }
    if (!outcome->warning.empty()) {
        run.warnings.push_back(outcome->warning);
    }
    return outcome->path;
}

}  // namespace

CsvRow csv_row_of(const RunRecord& run, const Footprint& footprint) {
    const auto ended_ns = run.started_wall_ns + static_cast<std::int64_t>(run.duration_s * 1e9);
    return present::emissions_row(run, footprint, local_time(ended_ns));
}

std::string store_url(const config::RunOptions& options, const std::string& data_dir) {
    return options.store.empty() ? "sqlite:" + data_dir + "/runs.db" : options.store;
}

std::string absolute_store_url(const config::RunOptions& options, const std::string& data_dir) {
    constexpr std::string_view kScheme = "sqlite:";
    std::string url = store_url(options, data_dir);
    if (url == "none" || (url.find(':') != std::string::npos && !url.starts_with(kScheme))) {
        return url;
    }
    if (url.starts_with(kScheme)) {
        url.erase(0, kScheme.size());
    }
    std::error_code trouble;
    const auto path = std::filesystem::absolute(url, trouble);
    return std::string{kScheme} + (trouble ? url : path.lexically_normal().string());
}

std::string journal_dir(const std::string& data_dir) {
    return data_dir + "/journal";
}

Delivered deliver(const OutputWorld& world, RunRecord& run, store::Journal& journal,
                  const store::Patience& patience) {
    const config::RunOptions& options = world.options;
    auto ledger = journal.ledger();
    if (!ledger) {
        run.warnings.push_back("the journal could not be read back: " + ledger.error().what);
    }
    const Ledger empty;
    const Ledger& known = ledger ? *ledger : empty;
    if (const auto own = estimate::own_energy(run, known, world.tables)) {
        run.own_energy_j = own->energy.value();
        run.own_energy_from = own->from;
    }
    Delivered out;
    out.footprint = estimate::footprint_of(run, known, world.factors, world.tables);
    out.outputs.csv_path = put_in_csv(options, out.footprint, patience, run);
    if (put_in_store(world, known, out.footprint, run, journal, patience, out)) {
        if (const auto removed = journal.remove(); !removed) {
            run.warnings.push_back(removed.error().what);
        }
    }
    out.markers = known.markers;
    if (!options.json.empty() && options.json != "none") {
        const std::string json = present::footprint_json(run, out.footprint, false, &known.markers);
        if (const auto written = host::write_whole(options.json, json); written) {
            out.outputs.json_path = options.json;
        } else {
            run.warnings.push_back(written.error().what);
        }
    }
    return out;
}

}  // namespace gramme::track
