#include "meter/wall_match.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

namespace gramme::meter {
namespace {

constexpr double kCovered = 0.99;  ///< of a stretch: the rest is the rounding of its ends

struct Stretch {
    std::int64_t from_ns = 0;  ///< since the start of the run
    std::int64_t to_ns = 0;
    double busy_cpu_s = 0.0;

    [[nodiscard]] Seconds length() const { return Nanoseconds{to_ns - from_ns}; }
};

/// Mean power of a device over a stretch; nullopt where its windows leave a hole.
std::optional<Watts> power_over(std::span<const Window> windows, const Stretch& stretch) {
    Joules energy;
    double covered_s = 0.0;
    for (const Window& window : windows) {
        const std::int64_t from = std::max(window.from_ns, stretch.from_ns);
        const std::int64_t to = std::min(window.to_ns, stretch.to_ns);
        if (to > from) {
            const Seconds shared = Nanoseconds{to - from};
            const Seconds whole = Nanoseconds{window.to_ns - window.from_ns};
            energy += window.energy * (shared / whole);
            covered_s += shared.count();
        }
    }
    if (covered_s < kCovered * stretch.length().count()) {
        return std::nullopt;
    }
    return energy / stretch.length();
}

/// The windows of each device, by time.
std::vector<std::vector<Window>> by_device(const Ledger& ledger) {
    std::vector<std::vector<Window>> out(ledger.devices.size());
    for (const Window& window : ledger.windows) {
        if (window.device < out.size() && window.to_ns > window.from_ns) {
            out[window.device].push_back(window);
        }
    }
    for (auto& windows : out) {
        std::sort(windows.begin(), windows.end(),
                  [](const Window& a, const Window& b) { return a.from_ns < b.from_ns; });
    }
    return out;
}

/// Why the CPU time in the windows is not that of the whole machine.
std::string unusable(const RunRecord& run, const std::vector<std::vector<Window>>& windows,
                     std::optional<std::size_t> cpu) {
    if (!cpu || run.host.cpu_count <= 0) {
        return "it has no CPU whose load is known";
    }
    if (run.reserved && run.host.cpu_sockets > 1 && run.reserved->cpus < run.reserved->of_cpus) {
        return "it was kept to some CPUs of several sockets, so that the load of the machine is not in it";
    }
    double busy = 0.0;
    for (const Window& window : windows[*cpu]) {
        busy += window.busy_cpu_s;
    }
    if (!(busy > 0.0)) {
        return "the CPU time of the machine is not in it";
    }
    return {};
}

class Matcher {
public:
    Matcher(const RunRecord& run, const Ledger& ledger, const std::vector<std::vector<Window>>& windows,
            std::size_t cpu)
        : run_(run), ledger_(ledger), windows_(windows) {
        const Device& device = ledger.devices[cpu];
        countable_ = device.kind == DeviceKind::kCpu && device.quality <= Quality::kIntegrated;
    }

    [[nodiscard]] std::optional<WallPoint> point_of(const Stretch& stretch, Watts wall) const {
        if (is_disturbed(stretch)) {
            return std::nullopt;
        }
        WallPoint out;
        out.load =
            std::clamp(stretch.busy_cpu_s / (run_.host.cpu_count * stretch.length().count()), 0.0, 1.0);
        out.wall = wall;
        Watts counted;
        bool known = countable_;
        for (std::size_t i = 0; i < windows_.size(); ++i) {
            const Device& device = ledger_.devices[i];
            const auto power = power_over(windows_[i], stretch);
            const bool is_gpu = device.kind == DeviceKind::kGpu;
            // What a model says of a GPU is not what the meter saw of it.
            if (is_gpu && (!power || device.quality > Quality::kIntegrated)) {
                return std::nullopt;
            }
            out.gpus += is_gpu ? *power : Watts{};
            known = known && power.has_value();
            if (power) {
                counted += *power;
                out.counted_error += *power * device.gain_sigma;
            }
        }
        if (known) {
            out.counted = counted;
        }
        return out;
    }

private:
    /// A suspend or a set clock was seen in it (its marker stands at its end).
    [[nodiscard]] bool is_disturbed(const Stretch& stretch) const {
        return std::any_of(ledger_.markers.begin(), ledger_.markers.end(), [&](const Marker& marker) {
            return marker.at_ns >= stretch.from_ns && marker.at_ns <= stretch.to_ns &&
                   (marker.detail.starts_with(R"({"bad_day":"suspended")") ||
                    marker.detail.starts_with(R"({"bad_day":"clock_set")"));
        });
    }

    const RunRecord& run_;
    const Ledger& ledger_;
    const std::vector<std::vector<Window>>& windows_;
    bool countable_ = false;
};

}  // namespace

WallMatch match_rows(const RunRecord& run, const Ledger& ledger, std::span<const MeterRow> rows) {
    WallMatch out;
    const auto windows = by_device(ledger);
    std::optional<std::size_t> cpu;
    for (std::size_t i = 0; i < ledger.devices.size() && !cpu; ++i) {
        const DeviceKind kind = ledger.devices[i].kind;
        if ((kind == DeviceKind::kCpu || kind == DeviceKind::kPlatform) && !windows[i].empty()) {
            cpu = i;
        }
    }
    out.why_none = unusable(run, windows, cpu);
    if (!out.why_none.empty()) {
        return out;
    }
    const Matcher matcher{run, ledger, windows, *cpu};
    std::optional<Stretch> stretch;
    auto row = rows.begin();
    for (const Window& window : windows[*cpu]) {
        if (!stretch || stretch->to_ns != window.from_ns) {
            stretch = Stretch{window.from_ns, window.from_ns, 0.0};
        }
        stretch->to_ns = window.to_ns;
        stretch->busy_cpu_s += window.busy_cpu_s;
        const std::int64_t from_ns = run.started_wall_ns + stretch->from_ns;
        const std::int64_t to_ns = run.started_wall_ns + stretch->to_ns;
        while (row != rows.end() && row->wall_ns < from_ns) {
            ++row;
        }
        Watts sum;
        std::size_t count = 0;
        for (; row != rows.end() && row->wall_ns < to_ns; ++row) {
            sum += row->power;
            ++count;
        }
        if (count > 0) {
            if (auto point = matcher.point_of(*stretch, sum / static_cast<double>(count))) {
                out.points.push_back(*point);
            }
            stretch.reset();
        }
    }
    if (out.points.empty()) {
        const bool has_model =
            std::any_of(ledger.devices.begin(), ledger.devices.end(), [](const Device& device) {
                return device.kind == DeviceKind::kGpu && device.quality > Quality::kIntegrated;
            });
        out.why_none = has_model ? "the power of a GPU in it was not measured"
                                 : "no row of the recording falls into its time";
    }
    return out;
}

}  // namespace gramme::meter
