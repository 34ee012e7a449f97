// What a probe saw at one instant. Plain data: made, passed on and dropped on the sampling path without an
// allocation.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace gramme {

enum class ReadingKind : std::uint8_t {
    kCounter,  ///< `raw`: counts of a cumulative energy counter
    kPower,    ///< `value`: watts, averaged by the sensor over its own window
    kLoad,     ///< `value`: busy CPU seconds of the machine since boot (user, nice, system, irq, softirq; no
               ///< steal)
    kFailed,   ///< the read failed: `failure` says why
};

/// How long processes kept a device busy that several of them share, in seconds of the whole device;
/// cumulative since its source began.
struct DeviceUse {
    double job_s = 0.0;
    double busy_s = 0.0;  ///< of all processes, the job's included
    /// Part of job_s: no process told that it was this tracker's. Of several ranks that count the device,
    /// each has it in full.
    double untold_s = 0.0;
};

struct Reading {
    std::uint16_t device = 0;  ///< index into the run's devices
    ReadingKind kind = ReadingKind::kFailed;
    std::int64_t at_ns = 0;  ///< Instant::boot_ns, the middle of the read
    std::uint64_t raw = 0;
    double value = 0.0;
    /// Of kCounter: watts, where the power was asked for beside it.
    std::optional<double> power = std::nullopt;
    /// Of kLoad: mean clock of the CPUs over their base clock, where both can be seen.
    std::optional<double> clock = std::nullopt;
    /// Of an accelerator, 0..1, over the driver's own window before the instant, where the driver tells.
    std::optional<double> utilization = std::nullopt;
    /// Of a device that may be shared: its use up to this instant.
    std::optional<DeviceUse> use = std::nullopt;
    /// Static storage: "permission denied", "NVML: GPU is lost"; of a kPower that comes in the place of a
    /// counter's reading, why it does.
    std::string_view failure;
};

/// CPU time at one instant, the base of every share. Cumulative seconds.
struct ActivityReading {
    std::int64_t at_ns = 0;  ///< Instant::boot_ns
    /// Where several ranks may share a job, each with a tracker of its own: how many there are, how many of
    /// them count the device that is read, and this one's part of job_cpu_s. 0: nobody else tracks it.
    int trackers = 0;
    int trackers_of_device = 0;
    double own_cpu_s = 0.0;
    bool own_known = false;       ///< else each of them has an equal part
    double job_cpu_s = 0.0;       ///< of the job: its cgroup, or its process tree with reaped children
    double machine_busy_s = 0.0;  ///< of the machine (see ReadingKind::kLoad)
    bool job_known = false;
    bool machine_known = false;
    /// Up to the instant of the reading that this belongs to: for how long whoever is measured asked not to
    /// be counted. Energy of that time is that of others.
    std::int64_t paused_ns = 0;
    /// How long the machine was suspended since the start of the run, as far as this instant tells.
    std::int64_t suspended_ns = 0;

    /// Busy CPU seconds by socket, where the job may use only some CPUs of a machine with several sockets: of
    /// all CPUs of the socket, and of those that the job may use. `sockets` 0: not told apart.
    static constexpr std::size_t kMostSockets = 8;
    std::array<double, kMostSockets> socket_busy_s{};
    std::array<double, kMostSockets> allowed_busy_s{};
    std::size_t sockets = 0;
};

}  // namespace gramme
