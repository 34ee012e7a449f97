// The devices of this machine, looked at now and then while it is calibrated.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include "base/host.hpp"
#include "meter/device_meter.hpp"
#include "meter/idle_power.hpp"
#include "probe/probe.hpp"
#include "probe/proc_stat.hpp"

namespace gramme::cli {

struct WatchedDevice {
    Device device;
    bool is_counter = false;  ///< counted, and shared by CPU time: an idle power is needed for it
    std::size_t probe = 0;
    std::size_t index = 0;  ///< in its probe
    meter::DeviceMeter meter;
};

/// One thread. `host` and `found` outlive it.
class DeviceWatch {
public:
    DeviceWatch(const Host& host, const probe::Discovery& found, probe::ProcStat stat, double cpus);

    /// What happened since the last look, or since the watch began.
    struct Look {
        double busy = std::numeric_limits<double>::quiet_NaN();  ///< share of the CPUs; NaN: not known
        std::vector<std::optional<meter::IdleWindow>> windows;   ///< by device; nothing: it was not read
    };
    Look look();

    [[nodiscard]] const std::vector<WatchedDevice>& devices() const noexcept { return devices_; }

private:
    double busy_until(std::int64_t now_ns);

    const Host& host_;
    const probe::Discovery& found_;
    probe::ProcStat stat_;
    double cpus_;
    ReadingBuffer buffer_;
    std::vector<WatchedDevice> devices_;
    std::optional<probe::CpuSeconds> last_;
    std::int64_t last_ns_ = 0;
};

/// Those of a discovery that an idle power is needed for.
[[nodiscard]] bool has_counters(const probe::Discovery& found);

}  // namespace gramme::cli
