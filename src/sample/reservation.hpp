// What was reserved for the job on this machine: CPUs of a cpuset, a CPU quota, a Slurm allocation. Read
// once, at start.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/host.hpp"
#include "model/run.hpp"

namespace gramme::sample {

/// Whose idle power a job answers for goes by what was reserved for it (docs/method/attribution.md).
struct Reservation : ReservedCpus {
    /// By socket number: reserved CPUs over CPUs of the socket. Empty where the reservation names no CPUs (a
    /// quota).
    std::vector<double> socket_shares;

    /// Reserved share of the device of a socket; of the machine where `socket` is -1 or not told apart. 0..1
    [[nodiscard]] double share_of(int socket) const;
};

/// The tightest of: the cpuset and the quotas (cpu.max) of gramme's cgroup and of those above it, v2 or v1,
/// and SLURM_CPUS_ON_NODE. Nothing where they leave all CPUs of the machine or cannot be read: then nothing
/// is known to be reserved. Source: Linux Documentation/admin-guide/cgroup-v2.rst (cpu.max,
/// cpuset.cpus.effective), cgroup-v1/cpusets.rst, scheduler/sched-bwc.rst; sbatch(1) for SLURM_CPUS_ON_NODE.
[[nodiscard]] std::optional<Reservation> read_reservation(const Host& host, const HostFacts& facts);

/// The socket of each logical CPU, by CPU number (topology/physical_package_id); -1 where it is not known.
[[nodiscard]] std::vector<int> sockets_of_cpus(const Host& host, const HostFacts& facts);

}  // namespace gramme::sample
