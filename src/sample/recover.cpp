#include "sample/recover.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <memory>

#include "estimate/estimate.hpp"
#include "present/present.hpp"
#include "sample/bad_day_tally.hpp"
#include "sample/cgroup.hpp"
#include "sample/rank_file.hpp"
#include "sample/run_socket.hpp"
#include "store/journal.hpp"

namespace gramme::sample {
namespace {

Result<void> move_in(const Host& host, const refdata::Tables& tables, const std::string& path,
                     store::JournalContents contents, store::Store& store) {
    RunRecord& run = contents.run;
    const bool ended = run.exit_status || run.state == RunState::kFinished;
    run.state = ended ? RunState::kFinished : RunState::kInterrupted;
    run.warnings.insert(run.warnings.end(), contents.damage.begin(), contents.damage.end());
    if (!ended) {  // else its gramme came to say it itself
        const BadDayTally tally = BadDayTally::of(contents.ledger.markers);
        run.suspended_s = Seconds{Nanoseconds{tally.suspended_ns()}}.count();
        const std::vector<std::string> bad_days = tally.warnings();
        run.warnings.insert(run.warnings.end(), bad_days.begin(), bad_days.end());
    }
    const Footprint footprint = estimate::footprint_of(
        run, contents.ledger, estimate::factors_anyway(tables, run.asked, run.host), tables);
    GRAMME_CHECK(store.add(run, contents.ledger, footprint, present::footprint_json(run, footprint, true),
                           host.now().wall_ns));
    ::unlink(path.c_str());
    return {};
}

/// Killed while the command ran, or only before its last step.
std::string name_of(const RunRecord& run) {
    return (run.exit_status || run.state == RunState::kFinished ? "finished run " : "interrupted run ") +
           run.id;
}

std::string waiting(const RunRecord& run, const std::string& path, const std::string& why) {
    return "the " + name_of(run) + " is not in " +
           (run.store_url.empty() ? "the store" : "its store " + run.store_url) + ": " + why +
           "; it waits in " + path + ": any `gramme runs` moves it in once that store can be written, `rm '" +
           path + "'` drops it";
}

/// What killed grammes left behind beside their journals: sockets that nobody listens on and cgroups that
/// nobody lives in.
void remove_leftovers(const Host& host, const std::string& journal_dir,
                      const std::vector<std::string>& dead) {
    const auto is_live = [&](const std::string& run_id) {
        return store::journal_in_use(journal_dir + "/" + run_id + ".gramme");
    };
    sweep_sockets(host, journal_dir, dead, is_live);
    sweep_cgroups(host, is_live);
    sweep_rank_tables(journal_dir, host.now().wall_ns);
    if (const auto runtime = runtime_folder(host)) {
        sweep_rank_tables(*runtime, host.now().wall_ns);
    }
}

}  // namespace

Recovery recover_journals(const Host& host, const refdata::Tables& tables, const std::string& journal_dir,
                          store::Store& store, const store::Patience& patience) {
    Recovery out;
    std::vector<std::string> dead;
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
                    out.news.push_back("a journal is damaged and was kept as " + kept + ": " +
                                       contents.error().what);
                }
            }
            continue;  // kNotFound: another gramme was quicker
        }
        if (contents->alive) {
            continue;
        }
        dead.push_back(contents->run.id);
        const std::string named = name_of(contents->run);
        const std::string wanted = contents->run.store_url;
        if (wanted == "none") {
            ::unlink(path.c_str());
            out.news.push_back("the " + named + " was not to be stored (--store none) and is dropped");
            continue;
        }
        std::unique_ptr<store::Store> other;
        if (!wanted.empty() && wanted != store.url()) {
            auto opened = store::Store::open(wanted, patience);
            if (!opened) {
                out.waiting.push_back(waiting(contents->run, path, opened.error().what));
                continue;
            }
            other = *std::move(opened);
        }
        RunRecord run = contents->run;
        const auto moved = move_in(host, tables, path, *std::move(contents), other ? *other : store);
        if (!moved) {
            out.waiting.push_back(waiting(run, path, moved.error().what));
        } else {
            out.news.push_back("moved the " + named + " into " + (other ? other->url() : "the store"));
        }
    }
    remove_leftovers(host, journal_dir, dead);
    return out;
}

std::vector<std::string> list_waiting_runs(const std::string& journal_dir) {
    std::vector<std::string> out;
    for (const std::string& path : store::list_journals(journal_dir)) {
        if (const auto contents = store::read_journal(path); contents && !contents->alive) {
            out.push_back(waiting(contents->run, path, "no gramme has moved it in yet"));
        }
    }
    return out;
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
