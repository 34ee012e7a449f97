// Runs that are measured now, from their journals.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/host.hpp"
#include "model/footprint.hpp"
#include "refdata/tables.hpp"
#include "store/journal.hpp"

namespace gramme::serve {

struct LiveRun {
    RunRecord run;  ///< its duration is the time so far
    Ledger ledger;
    Footprint footprint;  ///< so far
    std::optional<double>
        power_w;  ///< of the counted devices in their last window, where it is of late; absent: not known
    double power_as_of_s = 0.0;             ///< end of that window, since the start of the run
    std::map<std::string, double> kinds_w;  ///< by kind: "gpu", "cpu", "memory", "other"
};

/// `contents` of a journal whose writer lives, at `now_wall_ns`. Pure.
[[nodiscard]] LiveRun live_run_of(store::JournalContents contents, std::int64_t now_wall_ns,
                                  const refdata::Tables& tables);

/// The kind of a device as the page groups it.
[[nodiscard]] std::string_view kind_group(DeviceKind kind);

/// Schema gramme/live/1, in one line.
[[nodiscard]] std::string live_json(const std::vector<LiveRun>& runs, std::int64_t now_wall_ns);

/// Looks into the journals at most twice a second, however many ask. Thread-safe.
class LiveRuns {
public:
    LiveRuns(const Host& host, const refdata::Tables& tables, std::string journal_dir)
        : host_(host), tables_(tables), journal_dir_(std::move(journal_dir)) {}

    [[nodiscard]] std::vector<LiveRun> all();
    /// The ids that `beginning` may mean; see store::meant_id().
    [[nodiscard]] std::vector<std::string> ids(std::string_view beginning) const;
    /// By its whole id; reads no journal of another run.
    [[nodiscard]] std::optional<LiveRun> find(std::string_view id) const;
    [[nodiscard]] std::string json();
    [[nodiscard]] std::size_t count();

private:
    struct Look {
        std::int64_t at_ns = 0;
        std::string json;
        std::size_t count = 0;
    };
    Look look();

    const Host& host_;
    const refdata::Tables& tables_;
    std::string journal_dir_;
    std::mutex mutex_;
    Look last_;  ///< under mutex_
};

}  // namespace gramme::serve
