// Probe: one source of readings. Discovery: which sources this machine has, and why it lacks the others.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/host.hpp"
#include "base/result.hpp"
#include "meter/device_meter.hpp"
#include "meter/idle_power.hpp"
#include "meter/wall_curve.hpp"
#include "model/device.hpp"
#include "model/reading_buffer.hpp"
#include "model/run.hpp"
#include "model/source.hpp"
#include "refdata/tables.hpp"

namespace gramme::probe {

struct ProbedDevice {
    Device device;
    meter::MeterSpec meter;
    /// Of a device that other processes may count too: the same in all that see it, and different from every
    /// other device's of the node (a UUID). Empty: nobody else counts it.
    std::string identity{};
};

/// Answers whether a process belongs to the job. Thread-safe: probes ask from their own threads.
class JobMembers {
public:
    virtual ~JobMembers() = default;
    [[nodiscard]] virtual bool contains(int pid) const = 0;
};

/// Sampler thread only, unless a probe says otherwise of its inside.
class Probe {
public:
    virtual ~Probe() = default;
    /// Devices known so far. A probe with a slow driver (NVML) opens on its own thread: the list may be empty
    /// at first and only grows; the order never changes. May take a lock for a moment, never waits for a
    /// driver.
    [[nodiscard]] virtual std::size_t device_count() const noexcept = 0;
    [[nodiscard]] virtual ProbedDevice device(std::size_t index) const = 0;
    /// Adds one reading per device (a threaded probe: those taken since the last call). Reading::device is
    /// the index in this probe. No allocation, no open(), no lock held by a driver call.
    virtual void sample(ReadingBuffer& out) noexcept = 0;
    /// Before sample(), where what happened up to now matters: a threaded probe asks its driver for a reading
    /// and waits at most `patience` for it. One that has not answered the last time is not waited for until
    /// it has: a driver that hangs costs the caller that once.
    virtual void refresh(Seconds patience) noexcept { static_cast<void>(patience); }
    /// Busy CPU seconds of the machine since boot that the last sample() read on its way, so that nobody
    /// reads /proc/stat a second time in the same turn; nullopt where it read none or could not.
    [[nodiscard]] virtual std::optional<double> machine_busy_s() const noexcept { return std::nullopt; }
    /// The last reading of the run. A threaded probe waits for its driver at most `patience`, then leaves a
    /// failed reading.
    virtual void finish(ReadingBuffer& out, Seconds patience) noexcept = 0;
    /// Which devices belong to the job, as known now (changes while the job runs; see Membership).
    [[nodiscard]] virtual Membership membership(std::size_t index) const noexcept = 0;
    [[nodiscard]] virtual std::string membership_reason(std::size_t index) const = 0;
    [[nodiscard]] virtual SourceReport report() const = 0;
    /// Why devices that the job may use could not be listed (a driver that hangs or refuses); empty where
    /// none is missing. Asked at the end of a run.
    [[nodiscard]] virtual std::string unlisted() const { return {}; }
    /// What a reader of the numbers should know of how they came about, one sentence each. Asked at the end
    /// of a run.
    [[nodiscard]] virtual std::vector<std::string> warnings() const { return {}; }
    /// It reads on a thread of its own, which may be stuck in a driver when the run ends.
    [[nodiscard]] virtual bool has_thread() const noexcept { return false; }
};

struct DiscoverOptions {
    Scope scope = Scope::kJob;
    Seconds interval{1.0};
    const JobMembers* members = nullptr;  ///< nullptr: nobody's job (doctor)
    bool wait_for_gpus = false;           ///< doctor: wait (at most 5 s) until the NVML thread has answered
    const meter::IdlePowers* calibrated = nullptr;  ///< measured idle power, which goes before an assumed one
    int ranks = 1;     ///< processes of the job on this node that one of them measures
    bool gpus = true;  ///< false: their driver is left asleep
    /// Of a meter at the wall: stands for the whole machine where neither CPU nor memory has a counter.
    const meter::WallCurve* wall_curve = nullptr;
    /// That curve is used: it holds a GPU that cannot be read as it idled, and only what comes on top counts.
    /// Set by discover().
    bool gpu_idle_in_curve = false;
};

struct Discovery {
    std::vector<std::unique_ptr<Probe>> probes;  ///< in the fixed order of measurement: CPU, memory, GPUs
    std::vector<SourceReport> sources;           ///< used, available, refused and absent ones
    std::vector<std::string> warnings;
};

/// Opens what can be opened. Never fails: where nothing can be read, CPU and memory are modelled.
[[nodiscard]] Discovery discover(const Host& host, const refdata::Tables& tables, const HostFacts& facts,
                                 const DiscoverOptions& options);

/// What the machine is, from /proc, /sys and /etc. Never fails; unknown stays empty.
[[nodiscard]] HostFacts read_host_facts(const Host& host, const refdata::Tables& tables);

}  // namespace gramme::probe
