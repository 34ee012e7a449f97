#include "probe/battery.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "base/parse.hpp"
#include "probe/hwmon.hpp"
#include "probe/power_probe.hpp"

namespace gramme::probe {
namespace {

constexpr const char* kBatteryMethod = "battery-discharge";
constexpr double kBatterySigma = 0.07;
constexpr Watts kMostOfLaptop{400.0};
const std::string kSupplies = "/sys/class/power_supply/";
constexpr std::string_view kOnMains = "on mains";
constexpr std::string_view kNoStatus = "the status of a battery cannot be read";
constexpr std::string_view kUnknownStatus = "a battery does not tell whether it gives anything";

/// One battery, kept open: what it gives, and whether it gives anything.
struct OpenBattery {
    std::unique_ptr<OpenFile> status;
    std::unique_ptr<Probe> power;
};

std::string_view word_of(OpenFile& file, std::array<char, 32>& text) noexcept {
    const Result<std::size_t> count = file.read(text);
    return count ? trimmed({text.data(), *count}) : std::string_view{};
}

class BatteryProbe final : public Probe {
public:
    BatteryProbe(const Host& host, ProbedDevice device, std::vector<OpenBattery> batteries,
                 std::vector<std::unique_ptr<OpenFile>> mains, SourceReport report)
        : host_(host),
          device_(std::move(device)),
          batteries_(std::move(batteries)),
          mains_(std::move(mains)),
          report_(std::move(report)) {}

    [[nodiscard]] std::size_t device_count() const noexcept override { return 1; }
    [[nodiscard]] ProbedDevice device(std::size_t /*index*/) const override { return device_; }

    void sample(ReadingBuffer& out) noexcept override {
        const std::int64_t before_ns = host_.now().boot_ns;
        Reading reading = read();
        reading.device = 0;
        reading.at_ns = before_ns + (host_.now().boot_ns - before_ns) / 2;
        out.add(reading);
    }
    void finish(ReadingBuffer& out, Seconds /*patience*/) noexcept override { sample(out); }

    [[nodiscard]] Membership membership(std::size_t /*index*/) const noexcept override {
        return Membership::kIn;
    }
    [[nodiscard]] std::string membership_reason(std::size_t /*index*/) const override { return {}; }
    [[nodiscard]] SourceReport report() const override { return report_; }

    /// A first look.
    [[nodiscard]] Reading read() noexcept {
        Reading reading;
        std::array<char, 32> text{};
        for (const auto& supply : mains_) {
            if (word_of(*supply, text) == "1") {
                reading.failure = kOnMains;
                return reading;
            }
        }
        double watts = 0.0;
        bool discharging = false;
        for (OpenBattery& battery : batteries_) {
            const std::string_view status = word_of(*battery.status, text);
            if (status == "Charging") {
                reading.failure = kOnMains;
                return reading;
            }
            if (status == "Full" || status == "Not charging") {
                continue;  // of two batteries one may rest
            }
            const bool gives = status == "Discharging";
            if (!gives && status != "Unknown") {
                reading.failure = status.empty() ? kNoStatus : kUnknownStatus;
                return reading;
            }
            one_.clear();
            battery.power->sample(one_);
            const Reading& shown = one_.readings().front();
            if (shown.kind != ReadingKind::kPower) {
                reading.failure = shown.failure;
                return reading;
            }
            if (!gives && shown.value > 0.0) {  // held between two limits it is "Unknown" and gives nothing
                reading.failure = kUnknownStatus;
                return reading;
            }
            discharging |= gives;
            watts += shown.value;
        }
        if (!discharging) {
            reading.failure = kOnMains;
            return reading;
        }
        reading.kind = ReadingKind::kPower;
        reading.value = watts;
        return reading;
    }

private:
    const Host& host_;
    ProbedDevice device_;
    std::vector<OpenBattery> batteries_;
    std::vector<std::unique_ptr<OpenFile>> mains_;
    SourceReport report_;
    ReadingBuffer one_{1};
};

/// Power in one file, or voltage (uV) and current (uA): their product is 1e-12 W.
std::optional<PowerFile> power_of(const Host& host, const std::string& folder) {
    if (host.exists(folder + "/power_now")) {
        return PowerFile{folder + "/power_now", {}, kMicrowatt, true};
    }
    if (host.exists(folder + "/voltage_now") && host.exists(folder + "/current_now")) {
        return PowerFile{folder + "/voltage_now", folder + "/current_now", kMicrowatt * kMicrowatt, true};
    }
    return std::nullopt;
}

ProbedDevice battery_device(const SourceContext& context, const std::vector<std::string>& names) {
    ProbedDevice probed;
    probed.device.id = kNodeDevice;
    probed.device.kind = DeviceKind::kPlatform;
    probed.device.name = "discharge of";
    for (const std::string& name : names) {
        probed.device.name += " " + name;
    }
    probed.device.name += ": all, the display included";
    probed.device.method = kBatteryMethod;
    probed.device.quality = Quality::kIntegrated;
    probed.device.gain_sigma = kBatterySigma;
    probed.device.gain_source = "docs/method/platform.md";
    probed.device.group = kBatteryMethod;
    probed.meter.energy = power_spec(Seconds{0.0}, context.options.interval, kMostOfLaptop);
    set_node_idle(probed, context);
    return probed;
}

/// The supplies of the machine by their folders.
struct Supplies {
    std::vector<std::string> batteries;
    std::vector<std::string> mains;
};

Supplies list_supplies(const Host& host) {
    Supplies supplies;
    const auto names = host.list("/sys/class/power_supply");
    for (const std::string& name : names ? *names : std::vector<std::string>{}) {
        const std::string type = word_in(host, kSupplies + name + "/type");
        if (type == "Mains" || type == "USB") {
            supplies.mains.push_back(name);
        } else if (type == "Battery" && word_in(host, kSupplies + name + "/scope") != "Device" &&
                   word_in(host, kSupplies + name + "/present") != "0") {
            supplies.batteries.push_back(name);
        }
    }
    return supplies;
}

std::unique_ptr<Probe> open_battery(const SourceContext& context, const Supplies& supplies,
                                    SourceReport& report) {
    const Host& host = context.host;
    std::vector<OpenBattery> batteries;
    std::vector<std::unique_ptr<OpenFile>> mains;
    std::vector<std::string> names;
    for (const std::string& name : supplies.mains) {
        if (auto online = host.open(kSupplies + name + "/online")) {
            mains.push_back(*std::move(online));
        }
    }
    for (const std::string& name : supplies.batteries) {
        const auto power = power_of(host, kSupplies + name);
        auto status = host.open(kSupplies + name + "/status");
        PowerDevice device;
        device.parts = {0};
        auto probe = power && status ? open_power_probe(host, {*power}, {device}, {})
                                     : Error{Code::kNotFound, name + " shows no power", ""};
        if (!probe) {  // the others alone would pass for all
            report.state = SourceState::kAbsent;
            report.why = name + " does not show what it gives: " + probe.error().what;
            return nullptr;
        }
        batteries.push_back({*std::move(status), *std::move(probe)});
        names.push_back(name);
    }
    auto probe = std::make_unique<BatteryProbe>(host, battery_device(context, names), std::move(batteries),
                                                std::move(mains), report);
    const Reading first = probe->read();
    if (first.kind != ReadingKind::kPower) {
        report.state = SourceState::kAvailable;
        report.why =
            first.failure == kOnMains ? "on mains: the battery gives nothing" : std::string{first.failure};
        return nullptr;
    }
    report.state = SourceState::kUsed;
    report.why.clear();
    return probe;
}

}  // namespace

void find_battery(const SourceContext& context, std::vector<NodeMeter>& out) {
    const Supplies supplies = list_supplies(context.host);
    if (supplies.batteries.empty()) {
        return;
    }
    NodeMeter meter;
    meter.may_leave = true;
    meter.report.name = kBatteryMethod;
    meter.report.devices = {kNodeDevice};
    meter.open = [&context, supplies](SourceReport& report) {
        return open_battery(context, supplies, report);
    };
    out.push_back(std::move(meter));
}

}  // namespace gramme::probe
