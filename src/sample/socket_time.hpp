// Busy CPU time by socket, for a job that may use only some CPUs of a machine with several sockets.
#pragma once

#include <memory>
#include <vector>

#include "base/host.hpp"
#include "model/reading.hpp"
#include "model/run.hpp"

namespace gramme::sample {

/// Sampler thread only. Reads all lines of /proc/stat, so it is made only where sockets must be told apart.
class SocketTime {
public:
    /// Nothing where it would tell no more than the machine's sum: one socket, all CPUs allowed, more than
    /// ActivityReading::kMostSockets sockets, or a topology that cannot be read. Allowed are the CPUs of
    /// gramme's own cpuset and, with `by_affinity`, its affinity (sched_getaffinity(2)), which the command
    /// inherits. Launchers bind each rank to CPUs of its own: for several of them the affinity of one says
    /// nothing.
    static std::unique_ptr<SocketTime> make(const Host& host, const HostFacts& facts,
                                            bool by_affinity = true);

    /// Fills sockets, socket_busy_s and allowed_busy_s, and the machine's sum, which stands in the same file;
    /// leaves `sockets` 0 and the sum unknown where the file cannot be read. No allocation.
    void read(ActivityReading& reading) noexcept;

private:
    SocketTime(std::unique_ptr<OpenFile> file, std::vector<int> sockets, std::vector<bool> allowed);

    std::unique_ptr<OpenFile> file_;
    std::vector<int> socket_of_cpu_;
    std::vector<bool> allowed_;
    std::size_t sockets_ = 0;
    std::vector<char> buffer_;
};

}  // namespace gramme::sample
