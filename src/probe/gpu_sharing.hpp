// Who used a GPU that several parties share: the use of each process, added up for the job and for all. Pure.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "model/reading.hpp"

namespace gramme::probe {

/// Whose a process is. kUnknown: it is not seen from here (another PID namespace, hidden, or it has ended).
enum class Party : std::uint8_t { kJob, kOther, kUnknown };

struct ListedProcess {
    unsigned pid = 0;
    Party party = Party::kUnknown;
};

/// What a driver says that one process used of a GPU since it was last asked.
struct ProcessUse {
    unsigned pid = 0;
    unsigned sm_percent = 0;  ///< 0..100, of the time since then
    std::uint64_t at_us = 0;  ///< of the newest sample behind it, since 1970
};

/// One GPU. Stretches of time follow one another without a hole; the use within one is taken to be even.
/// A process that cannot be told counts with the job: what is charged to the job may be too much, never too
/// little. NVML thread only. Method: docs/method/attribution.md#gpus
class GpuSharing {
public:
    GpuSharing() = default;
    explicit GpuSharing(std::int64_t since_ns) : from_ns_(since_ns), to_ns_(since_ns) {}

    /// A list of the processes on it. A verdict outlasts its process by one list, because use is told of
    /// processes that have ended meanwhile.
    void see(std::vector<ListedProcess> processes);
    /// Whose this process was when it was listed; nothing where it was not, or where nobody knew.
    [[nodiscard]] std::optional<Party> verdict(unsigned pid) const;
    /// Whether the newest list holds a process that is certainly of another party.
    [[nodiscard]] bool others() const { return others_; }
    /// Whether a list since the last stretch held a process that is, or may be, the job's.
    [[nodiscard]] bool job_was_there() const { return job_was_there_; }
    /// Processes of the newest list that are neither.
    [[nodiscard]] std::size_t unknown() const { return unknown_; }

    /// Ends a stretch in which nobody else was there: it was the job's, busy or not. Where the newest list
    /// holds no process that is certainly the job's, or one that may be somebody else's, it is untold.
    void end_alone(std::int64_t at_ns);
    /// Ends one in which only others were there.
    void end_without_job(std::int64_t at_ns);
    /// Ends one by the use of each process (none: nothing ran); `tell` is asked of those without a verdict.
    void end_shared(std::int64_t at_ns, std::span<const ProcessUse> uses,
                    const std::function<Party(unsigned pid)>& tell);

    /// Ends one whose use the driver has forgotten with a process that ended in it: as the stretch before
    /// that was told, else the job's and untold.
    void end_like_before(std::int64_t at_ns);
    /// Whether a process of the newest list that is certainly the job's or another's is not among `pids`.
    [[nodiscard]] bool has_lost_one(std::span<const unsigned> pids) const;

    /// Use up to an instant of the last stretch.
    [[nodiscard]] DeviceUse at(std::int64_t at_ns) const;

private:
    /// Parts of the device's time.
    struct Rates {
        double job = 0.0;
        double busy = 0.0;
        double untold = 0.0;
    };
    void end(std::int64_t at_ns, const Rates& rates);

    std::vector<ListedProcess> listed_;
    std::vector<ListedProcess> listed_before_;
    bool others_ = false;
    bool job_was_there_ = false;
    std::size_t unknown_ = 0;
    bool certain_ = false;      ///< the newest list holds a process of the job, and none that is unknown
    std::int64_t from_ns_ = 0;  ///< of the last stretch
    std::int64_t to_ns_ = 0;
    std::optional<Rates>
        told_;          ///< what the driver told of the stretch before, or of the one that it went like
    DeviceUse before_;  ///< at its beginning
    DeviceUse now_;     ///< at its end
};

}  // namespace gramme::probe
