#include "probe/power_probe.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <utility>

#include "base/parse.hpp"

namespace gramme::probe {
namespace {

struct OpenPower {
    std::unique_ptr<OpenFile> file;
    std::unique_ptr<OpenFile> times;
    double watts_per_one = 0.0;
    bool either_sign = false;
};

/// What one sensor showed in this turn.
struct Shown {
    double watts = 0.0;
    std::string_view failure{};  ///< not empty: nothing
};

std::optional<double> number_in(OpenFile& file, bool either_sign, std::string_view& failure) noexcept {
    std::array<char, 32> text{};
    const Result<std::size_t> count = file.read(text);
    if (!count) {
        failure = failure_words(count.error().code);
        return std::nullopt;
    }
    std::string_view shown{text.data(), *count};
    if (either_sign && shown.starts_with('-')) {
        shown.remove_prefix(1);
    }
    const std::optional<std::uint64_t> number = read_u64(shown);
    if (!number) {
        failure = failure_words(Code::kMalformed);
        return std::nullopt;
    }
    return static_cast<double>(*number);
}

Shown show(OpenPower& sensor) noexcept {
    Shown shown;
    const std::optional<double> first = number_in(*sensor.file, sensor.either_sign, shown.failure);
    if (!first) {
        return shown;
    }
    shown.watts = *first * sensor.watts_per_one;
    if (sensor.times != nullptr) {
        const std::optional<double> second = number_in(*sensor.times, sensor.either_sign, shown.failure);
        shown.watts = second ? shown.watts * *second : 0.0;
    }
    return shown;
}

class PowerProbe final : public Probe {
public:
    PowerProbe(const Host& host, std::vector<OpenPower> sensors, std::vector<PowerDevice> devices,
               SourceReport report)
        : host_(host),
          sensors_(std::move(sensors)),
          shown_(sensors_.size()),
          devices_(std::move(devices)),
          report_(std::move(report)) {}

    [[nodiscard]] std::size_t device_count() const noexcept override { return devices_.size(); }
    [[nodiscard]] ProbedDevice device(std::size_t index) const override { return devices_.at(index).device; }

    void sample(ReadingBuffer& out) noexcept override {
        const std::int64_t before_ns = host_.now().boot_ns;
        for (std::size_t i = 0; i < sensors_.size(); ++i) {
            shown_[i] = show(sensors_[i]);
        }
        const std::int64_t after_ns = host_.now().boot_ns;
        for (std::size_t i = 0; i < devices_.size(); ++i) {
            Reading reading = read(devices_[i]);
            reading.device = static_cast<std::uint16_t>(i);
            reading.at_ns = before_ns + (after_ns - before_ns) / 2;
            out.add(reading);
        }
    }
    void finish(ReadingBuffer& out, Seconds /*patience*/) noexcept override { sample(out); }

    [[nodiscard]] Membership membership(std::size_t /*index*/) const noexcept override {
        return Membership::kIn;
    }
    [[nodiscard]] std::string membership_reason(std::size_t /*index*/) const override { return {}; }
    [[nodiscard]] SourceReport report() const override { return report_; }

private:
    [[nodiscard]] Reading read(const PowerDevice& device) const noexcept {
        Reading reading;
        const bool has_whole = device.form != PowerDevice::Form::kSum;
        if (has_whole) {
            reading.failure = shown_[device.whole].failure;
        }
        double watts = 0.0;
        for (const std::size_t part : device.parts) {
            reading.failure = reading.failure.empty() ? shown_[part].failure : reading.failure;
            watts += shown_[part].watts;
        }
        if (!reading.failure.empty()) {
            return reading;
        }
        if (has_whole) {
            const double whole = shown_[device.whole].watts;
            const double inside = std::min(watts, whole);
            watts = device.form == PowerDevice::Form::kInside ? inside : whole - inside;
        }
        reading.kind = ReadingKind::kPower;
        reading.value = watts;
        return reading;
    }

    const Host& host_;
    std::vector<OpenPower> sensors_;
    std::vector<Shown> shown_;  ///< of this turn
    std::vector<PowerDevice> devices_;
    SourceReport report_;
};

std::string seconds_text(double seconds) {
    const long long milliseconds = std::llround(seconds * 1e3);
    return milliseconds % 1000 == 0 ? std::to_string(milliseconds / 1000) + " s"
                                    : std::to_string(milliseconds) + " ms";
}

}  // namespace

Result<std::unique_ptr<Probe>> open_power_probe(const Host& host, const std::vector<PowerFile>& files,
                                                std::vector<PowerDevice> devices, SourceReport report) {
    std::vector<OpenPower> sensors;
    for (const PowerFile& one : files) {
        OpenPower sensor;
        sensor.watts_per_one = one.watts_per_one;
        sensor.either_sign = one.either_sign;
        GRAMME_TRY(sensor.file, host.open(one.path));
        if (!one.times.empty()) {
            GRAMME_TRY(sensor.times, host.open(one.times));
        }
        if (const Shown shown = show(sensor); !shown.failure.empty()) {
            const Code code =
                shown.failure == failure_words(Code::kPermission) ? Code::kPermission : Code::kIo;
            return Error{code, "cannot read " + one.path + ": " + std::string{shown.failure}, ""};
        }
        sensors.push_back(std::move(sensor));
    }
    return std::unique_ptr<Probe>{
        std::make_unique<PowerProbe>(host, std::move(sensors), std::move(devices), std::move(report))};
}

std::vector<std::string> paths_of(const std::vector<PowerFile>& files) {
    std::vector<std::string> paths;
    for (const PowerFile& one : files) {
        paths.push_back(one.path);
        if (!one.times.empty()) {
            paths.push_back(one.times);
        }
    }
    return paths;
}

meter::PowerSpec power_spec(Seconds window, Seconds interval, Watts max_power) {
    constexpr Seconds kLeastGap{3.0};
    constexpr double kTurns = 2.5;  // one turn may be late or fail
    return {window >= interval ? window : Seconds{0.0}, max_power, std::max(kLeastGap, interval * kTurns)};
}

std::string seldom_warning(const std::string& what, Seconds interval, Seconds wanted) {
    if (interval <= wanted) {
        return {};
    }
    return what + " shows power only and is read each " + seconds_text(interval.count()) +
           ": what the machine does in between is not seen; --interval " +
           [&] {
               std::string text = seconds_text(wanted.count());
               text.erase(text.find(' '), 1);
               return text;
           }() +
           " sees more";
}

}  // namespace gramme::probe
