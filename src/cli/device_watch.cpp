#include "cli/device_watch.hpp"

#include <algorithm>
#include <utility>
#include <variant>

namespace gramme::cli {
namespace {

constexpr std::size_t kMostReadings = 256;

bool needs_idle_power(const probe::ProbedDevice& probed) {
    const bool is_model = std::holds_alternative<meter::LoadModel>(probed.meter.energy);
    return !is_model && !probed.meter.whole && probed.device.quality <= Quality::kIntegrated;
}

}  // namespace

bool has_counters(const probe::Discovery& found) {
    return std::any_of(found.probes.begin(), found.probes.end(), [](const auto& probe) {
        for (std::size_t i = 0; i < probe->device_count(); ++i) {
            if (needs_idle_power(probe->device(i))) {
                return true;
            }
        }
        return false;
    });
}

DeviceWatch::DeviceWatch(const Host& host, const probe::Discovery& found, probe::ProcStat stat, double cpus)
    : host_(host), found_(found), stat_(std::move(stat)), cpus_(cpus), buffer_(kMostReadings) {
    last_ns_ = host.now().boot_ns;
    for (std::size_t p = 0; p < found.probes.size(); ++p) {
        for (std::size_t i = 0; i < found.probes[p]->device_count(); ++i) {
            probe::ProbedDevice probed = found.probes[p]->device(i);
            const bool is_counter = needs_idle_power(probed);
            const meter::DeviceMeter meter{probed.meter, Scope::kMachine, last_ns_};
            devices_.push_back({std::move(probed.device), is_counter, p, i, meter});
        }
    }
    (void)look();
}

double DeviceWatch::busy_until(std::int64_t now_ns) {
    const auto now = stat_.read();
    const double passed_s = Seconds{Nanoseconds{now_ns - last_ns_}}.count();
    const double share = now && last_ && passed_s > 0.0 ? (now->busy - last_->busy) / (cpus_ * passed_s)
                                                        : std::numeric_limits<double>::quiet_NaN();
    last_ = now;
    last_ns_ = now_ns;
    return share;
}

DeviceWatch::Look DeviceWatch::look() {
    Look out;
    out.busy = busy_until(host_.now().boot_ns);
    out.windows.resize(devices_.size());
    for (std::size_t p = 0; p < found_.probes.size(); ++p) {
        buffer_.clear();
        found_.probes[p]->sample(buffer_);
        for (const Reading& reading : std::as_const(buffer_).readings()) {
            for (std::size_t i = 0; i < devices_.size(); ++i) {
                WatchedDevice& watched = devices_[i];
                if (watched.probe != p || watched.index != reading.device) {
                    continue;
                }
                const meter::MeterStep step = watched.meter.add(reading, {});
                if (step.kind == meter::MeterStep::Kind::kWindow) {  // a threaded probe may give several
                    meter::IdleWindow window = out.windows[i].value_or(meter::IdleWindow{});
                    window.duration += Nanoseconds{step.to_ns - step.from_ns};
                    window.energy += step.energy;
                    window.busy = out.busy;
                    out.windows[i] = window;
                }
            }
        }
    }
    return out;
}

}  // namespace gramme::cli
