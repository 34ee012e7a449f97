// Which processes are the job's: those below this one, found through their parents.
#pragma once

#include <cstdint>

#include "base/host.hpp"
#include "probe/probe.hpp"
#include "sample/rank_table.hpp"

namespace gramme::track {

/// Whether this process is one of the job: it is where the program measures itself, and not where gramme
/// measures a command.
enum class OwnProcess : std::uint8_t { kInside, kOutside };

/// A process belongs to the job where this process, or the gramme of another rank, is among its ancestors (of
/// a command a daemonised descendant comes back to gramme, because it is their subreaper). Reads a few files
/// per question; thread-safe.
class JobProcesses final : public probe::JobMembers {
public:
    /// `ranks`: null where there are none; both outlive this.
    JobProcesses(const Host& host, OwnProcess own, const sample::RankTable* ranks)
        : host_(host), own_(own), ranks_(ranks) {}
    [[nodiscard]] bool contains(int pid) const override;

private:
    const Host& host_;
    OwnProcess own_;
    const sample::RankTable* ranks_;
};

}  // namespace gramme::track
