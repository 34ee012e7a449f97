// CPU time of the job and of the machine at one instant: what every share is made from.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/host.hpp"
#include "model/reading.hpp"
#include "probe/proc_stat.hpp"
#include "sample/cgroup.hpp"
#include "sample/job_cpu.hpp"
#include "sample/rank_table.hpp"
#include "sample/sibling_table.hpp"
#include "sample/socket_time.hpp"

namespace gramme::sample {

/// Sampler thread only. read() opens nothing and, with a cgroup, allocates nothing.
class JobActivity {
public:
    /// Whose CPU time: of `cgroup`, which the command runs in; null: of the process tree below this process.
    /// Scope kAllocation: of everything in gramme's own cgroup (a batch job, a container), where that is not
    /// the whole machine.
    /// `with_self`: as JobCpu has it.
    /// `ranks`: others that start commands of the same job and say what these use; null: there are none. It
    /// outlives this.
    JobActivity(const Host& host, const JobCgroup* cgroup, const HostFacts& facts, Scope scope,
                const RankTable* ranks = nullptr, bool with_self = false);

    /// `machine_busy_s`: busy CPU seconds of the machine, where a probe has read them in this very turn; else
    /// they are read here.
    [[nodiscard]] ActivityReading read(std::int64_t at_ns,
                                       std::optional<double> machine_busy_s = std::nullopt) noexcept;
    /// Other processes of the job have trackers as well: what is read is theirs too, with this one's part.
    /// `siblings` outlives this.
    void share_with(SiblingTable* siblings) noexcept { siblings_ = siblings; }
    /// A device of the run that is not shared by CPU time, and whether its energy counts here: ranks that
    /// count the same one share it. `identity`: as SiblingTable::claim has it.
    void claim(std::uint16_t device, std::string_view identity, bool counts) noexcept;
    /// ActivityReading::trackers_of_device of that device.
    [[nodiscard]] int trackers_of(std::uint16_t device) const noexcept;
    /// Some reading lacked file descriptors to follow the whole process tree: energy of that time is counted
    /// whole.
    [[nodiscard]] bool was_incomplete() const noexcept { return job_.was_incomplete(); }
    /// How the job's CPU time is known, in words: "cgroup", "surrounding cgroup", "process tree", "unknown".
    [[nodiscard]] std::string method() const;

    /// The cgroup whose time is the job's, empty where it is that of the command alone.
    [[nodiscard]] const std::string& surrounding() const noexcept { return job_.surrounding(); }

private:
    JobCpu job_;
    const RankTable* ranks_;
    SiblingTable* siblings_ = nullptr;
    std::array<std::size_t, 256> places_{};  ///< by device: SiblingTable::claim
    std::optional<double> joined_s_;         ///< own CPU seconds when the siblings first heard of this one
    std::optional<probe::ProcStat> machine_;
    std::unique_ptr<SocketTime> sockets_;
};

}  // namespace gramme::sample
