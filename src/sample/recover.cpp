#include "sample/recover.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <memory>

#include "estimate/estimate.hpp"
#include "present/present.hpp"
#include "sample/cgroup.hpp"
#include "store/journal.hpp"

namespace gramme::sample {
namespace {

/// A region that is no longer known must not keep a run out of the store.
Factors factors_of(const refdata::Tables& tables, const RunRecord& run) {
    if (auto factors = estimate::resolve_factors(tables, run.asked, run.host)) {
        return *std::move(factors);
    }
    FactorRequest without_place = run.asked;
    without_place.region.clear();
    without_place.pue.reset();
    without_place.intensity_gco2e_per_kwh.reset();
    auto factors = estimate::resolve_factors(tables, without_place, run.host);
    return factors ? *std::move(factors) : Factors{};
}

Result<void> move_in(const Host& host, const refdata::Tables& tables, const std::string& path,
                     store::JournalContents contents, store::Store& store) {
    RunRecord& run = contents.run;
    run.state = run.exit_status ? RunState::kFinished : RunState::kInterrupted;
    run.warnings.insert(run.warnings.end(), contents.damage.begin(), contents.damage.end());
    const Footprint footprint = estimate::footprint_of(run, contents.ledger, factors_of(tables, run), tables);
    GRAMME_CHECK(store.add(run, contents.ledger, footprint, present::footprint_json(run, footprint, true),
                           host.now().wall_ns));
    ::unlink(path.c_str());
    remove_stale_cgroup(host, run.id);
    return {};
}

}  // namespace

std::vector<std::string> recover_journals(const Host& host, const refdata::Tables& tables,
                                          const std::string& journal_dir, store::Store& store) {
    std::vector<std::string> news;
    store::remove_half_made_journals(journal_dir, host.now().wall_ns);
    for (const std::string& path : store::list_journals(journal_dir)) {
        if (store::journal_in_use(path)) {
            continue;  // two hundred runs at once must not read each other's journals
        }
        auto contents = store::read_journal(path);
        if (!contents) {
            if (contents.error().code == Code::kMalformed) {
                const std::string kept = path + ".damaged";
                if (std::rename(path.c_str(), kept.c_str()) == 0) {
                    news.push_back("a journal is damaged and was kept as " + kept + ": " +
                                   contents.error().what);
                }
            }
            continue;  // kNotFound: another gramme was quicker
        }
        if (contents->alive) {
            continue;
        }
        const std::string id = contents->run.id;
        // Killed while the command ran, or only before its last step.
        const std::string named = (contents->run.exit_status ? "finished run " : "interrupted run ") + id;
        const std::string wanted = contents->run.store_url;
        if (wanted == "none") {
            ::unlink(path.c_str());
            remove_stale_cgroup(host, id);
            news.push_back("the " + named + " was not to be stored (--store none) and is dropped");
            continue;
        }
        std::unique_ptr<store::Store> other;
        if (!wanted.empty() && wanted != store.url()) {
            auto opened = store::Store::open(wanted);
            if (!opened) {
                news.push_back("the " + named + " stays in " + path + ": " + opened.error().what);
                continue;
            }
            other = *std::move(opened);
        }
        const auto moved = move_in(host, tables, path, *std::move(contents), other ? *other : store);
        if (!moved) {
            news.push_back("the " + named + " could not be moved into the store: " + moved.error().what +
                           "; it stays in " + path);
        } else {
            news.push_back("moved the " + named + " into " + (other ? other->url() : "the store"));
        }
    }
    return news;
}

std::vector<RunRecord> list_live_runs(const std::string& journal_dir) {
    std::vector<RunRecord> live;
    for (const std::string& path : store::list_journals(journal_dir)) {
        if (auto contents = store::read_journal(path); contents && contents->alive) {
            live.push_back(std::move(contents->run));
        }
    }
    std::sort(live.begin(), live.end(),
              [](const RunRecord& a, const RunRecord& b) { return a.started_wall_ns < b.started_wall_ns; });
    return live;
}

}  // namespace gramme::sample
