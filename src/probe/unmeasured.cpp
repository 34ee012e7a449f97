#include "probe/unmeasured.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "base/one_line.hpp"
#include "base/parse.hpp"
#include "base/text.hpp"
#include "probe/accelerator_probe.hpp"
#include "probe/accelerator_selection.hpp"
#include "probe/drm_clients.hpp"
#include "probe/hwmon.hpp"
#include "probe/open_source.hpp"
#include "probe/remedy.hpp"

namespace gramme::probe {
namespace {

constexpr const char* kUnmeasuredPage = "docs/method/unmeasured-accelerators.md";
constexpr double kUnmeasuredSigma = 0.15;  // +-30 %, the page
constexpr std::string_view kNeuronRoot = "/sys/devices/virtual/neuron_device";
constexpr std::string_view kNoMaximum = "Neuron: the maximum power of this device is not known";
constexpr std::string_view kNoNeuronPower = "Neuron: the driver tells no power";
constexpr std::string_view kNeuronDenied = "Neuron: permission denied on the power of this device";
constexpr std::string_view kNoTpuPower = "TPU: no power is shown, and none is published";
constexpr double kNeuronStale_s = 150.0;  // renewed every minute

class NeuronSensor final : public AcceleratorSensor {
public:
    NeuronSensor(std::unique_ptr<OpenFile> file, Watts maximum) : file_(std::move(file)), maximum_(maximum) {}

    [[nodiscard]] Reading read(std::int64_t now_ns) noexcept override {
        Reading reading;
        reading.failure = kNoNeuronPower;
        std::array<char, 128> text{};
        const Result<std::size_t> count = file_->read(text);
        if (!count) {
            reading.failure = failure_words(count.error().code);
            return reading;
        }
        const auto power = parse_neuron_power({text.data(), *count});
        if (!power) {
            return reading;
        }
        if (power->at_s != newest_s_) {
            newest_s_ = power->at_s;
            renewed_ns_ = now_ns;
        }
        if (Seconds{Nanoseconds{now_ns - renewed_ns_}} > Seconds{kNeuronStale_s}) {
            reading.failure = "Neuron: the driver's power stands still";
            return reading;
        }
        constexpr double kAll = 100.0;
        reading.kind = ReadingKind::kPower;
        reading.value = (maximum_ * (power->mean_percent / kAll)).value();
        reading.failure = {};
        return reading;
    }

private:
    std::unique_ptr<OpenFile> file_;
    Watts maximum_;
    std::uint64_t newest_s_ = 0;
    std::int64_t renewed_ns_ = 0;
};

/// One second of use per second, as if the job used it from start to end.
class SteadySensor final : public AcceleratorSensor {
public:
    explicit SteadySensor(std::string warning) : warning_(std::move(warning)) {}
    [[nodiscard]] Reading read(std::int64_t now_ns) noexcept override {
        Reading reading;
        reading.kind = ReadingKind::kLoad;
        reading.value = Seconds{Nanoseconds{now_ns}}.count();
        return reading;
    }
    [[nodiscard]] std::vector<std::string> warnings() const override { return {warning_}; }

private:
    std::string warning_;
};

Device describe_unmeasured(std::string id, std::string name, const char* method) {
    Device device;
    device.id = std::move(id);
    device.kind = DeviceKind::kGpu;
    device.name = std::move(name);
    device.method = method;
    device.quality = Quality::kModelled;
    device.gain_sigma = kUnmeasuredSigma;
    device.gain_source = kUnmeasuredPage;
    device.group = std::string{method} + ":" + device.name;
    return device;
}

/// Kinds of TPU by the device number of their PCI function. Source: github.com/pytorch/xla,
/// torch_xla/_internal/tpu.py. The same number stands for v2 and v3.
constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kTpuKinds{{
    {"0x0027", ""},
    {"0x005e", "google-tpu-v4"},
    {"0x0062", "google-tpu-v5p"},
    {"0x0063", "google-tpu-v5e"},
    {"0x006f", "google-tpu-v6e"},
}};

/// "v5litepod-8" is v5e; a kind that the table of accelerators may know.
std::string tpu_kind(const Host& host, std::string_view pci_device) {
    const std::string type = host.env("TPU_ACCELERATOR_TYPE").value_or("");
    if (const std::string kind = type.substr(0, type.find('-')); !kind.empty()) {
        return "google-tpu-" + (kind == "v5litepod" ? std::string{"v5e"} : kind);
    }
    const auto* const known = std::find_if(kTpuKinds.begin(), kTpuKinds.end(),
                                           [&](const auto& one) { return one.first == pci_device; });
    return known == kTpuKinds.end() ? std::string{} : std::string{known->second};
}

/// PCI device numbers of the TPUs here: those that the accelerator class shows, else those on the bus (newer
/// ones are given to the program through VFIO). A network card of Google's is none.
std::vector<std::string> tpus_here(const Host& host) {
    std::vector<std::string> found;
    const auto look = [&](const std::string& device) {
        const std::string number = word_in(host, device + "/device");
        const bool known = std::any_of(kTpuKinds.begin(), kTpuKinds.end(),
                                       [&](const auto& one) { return one.first == number; });
        if (known && word_in(host, device + "/vendor") == "0x1ae0") {
            found.push_back(number);
        }
    };
    for (const std::string& name : numbered(host, "/sys/class/accel", "accel")) {
        look("/sys/class/accel/" + name + "/device");
    }
    // Not on every machine: there may be hundreds of functions on its bus.
    const bool by_vfio = found.empty() && host.exists("/dev/vfio/vfio");
    const auto bus = by_vfio ? host.list("/sys/bus/pci/devices") : Error{Code::kNotFound, "", ""};
    for (std::size_t i = 0; bus && i < bus->size(); ++i) {
        look("/sys/bus/pci/devices/" + (*bus)[i]);
    }
    return found;
}

}  // namespace

std::optional<NeuronPower> parse_neuron_power(std::string_view text) noexcept {
    std::array<std::string_view, 5> fields{};
    std::string_view rest = trimmed(text);
    for (std::string_view& field : fields) {
        const std::size_t comma = rest.find(',');
        field = trimmed(rest.substr(0, comma));
        rest = comma == std::string_view::npos ? std::string_view{} : rest.substr(comma + 1);
    }
    const auto at_s = fields[0] == "POWER_STATUS_VALID" ? read_u64(fields[1]) : std::nullopt;
    double percent = 0.0;
    const char* const end = fields[4].data() + fields[4].size();
    const auto [stopped, status] = std::from_chars(fields[4].data(), end, percent);
    const bool whole = status == std::errc{} && stopped == end;
    if (!at_s || !whole || !(percent >= 0.0) || percent > 100.0) {
        return std::nullopt;
    }
    return NeuronPower{*at_s, percent};
}

OpenedSource open_neuron(const SourceContext& context) {
    OpenedSource source;
    const Host& host = context.host;
    const std::vector<std::string> names = context.options.gpus
                                               ? numbered(host, std::string{kNeuronRoot}, "neuron")
                                               : std::vector<std::string>{};
    if (names.empty()) {
        return source;
    }
    SourceReport report;
    report.name = "neuron-power-share";
    std::vector<SensedAccelerator> devices;
    std::vector<std::string> paths;
    std::size_t modelled = 0;
    for (const std::string& name : names) {
        const std::string folder = std::string{kNeuronRoot} + "/" + name;
        const std::string kind = word_in(host, folder + "/info/architecture/device_name");
        SensedAccelerator made;
        made.probed.device = describe_unmeasured(name, kind.empty() ? "AWS Neuron device" : "AWS " + kind,
                                                 "neuron-power-share");
        made.probed.identity = "neuron:" + name;
        made.probed.meter.whole = true;
        const auto known = context.tables.find_gpu(made.probed.device.name);
        auto file = host.open(folder + "/stats/power/utilization");
        if (known && known->limit_w > 0.0 && file) {
            made.probed.meter.energy = meter::PowerSpec{
                Seconds{60.0}, Watts{known->limit_w}, std::max(Seconds{3.0}, context.options.interval * 3.0)};
            made.sensor = std::make_unique<NeuronSensor>(*std::move(file), Watts{known->limit_w});
            ++modelled;
        } else {
            made.probed.meter.energy = meter::PowerSpec{};
            const bool denied = !file && file.error().code == Code::kPermission;
            made.sensor = untold_sensor(file ? kNoMaximum : denied ? kNeuronDenied : kNoNeuronPower);
            if (denied) {
                offer(report.remedies, allow_reading({folder + "/stats/power/utilization"}));
            }
        }
        paths.push_back("/dev/" + name);
        devices.push_back(std::move(made));
    }
    report.why = std::to_string(names.size()) +
                 " Neuron devices show no watts, only a percentage of a maximum that AWS "
                 "has not published; " +
                 std::to_string(modelled) + " modelled by a maximum of your own";
    report.state = modelled > 0 ? SourceState::kUsed : SourceState::kRefused;
    // In a comment of the shell, which only the end of its line ends.
    if (const std::string& name = devices.front().probed.device.name;
        modelled < names.size() && !holds_control(name)) {
        report.remedies.push_back("gramme run --data DIR ...   # DIR/gpus.csv with a row named \"" + name +
                                  "\" and its board_limit_w");
    }
    const GpuSelection selection = widened_by_scope(
        select_by_lists({}, std::vector<std::string>(devices.size())), context.options.scope);
    source.probe = make_accelerator_probe(
        host, std::move(devices), std::move(report), selection,
        [paths](const Host& h, const JobMembers& members) { return job_has_open(h, members, paths); },
        context.options.members);
    source.reports.push_back(source.probe->report());
    return source;
}

OpenedSource open_tpus(const SourceContext& context) {
    OpenedSource source;
    const Host& host = context.host;
    const std::vector<std::string> found =
        context.options.gpus ? tpus_here(host) : std::vector<std::string>{};
    if (found.empty()) {
        return source;
    }
    SourceReport report;
    report.name = "tpu-mean-power";
    std::vector<SensedAccelerator> devices;
    std::vector<std::string> paths;
    std::vector<std::string> ids;
    std::size_t modelled = 0;
    for (std::size_t i = 0; i < found.size(); ++i) {
        const std::string kind = tpu_kind(host, found[i]);
        const auto known = kind.empty() ? std::nullopt : context.tables.accelerator_named(kind);
        const std::string name = known ? "Google " + std::string{known->name} : std::string{"Google TPU"};
        SensedAccelerator made;
        made.probed.device = describe_unmeasured("tpu" + std::to_string(i), name, "tpu-mean-power");
        made.probed.identity = "tpu:" + std::to_string(i);
        made.probed.meter.whole = true;
        if (known && known->typical_w > 0.0) {
            const Watts mean{known->typical_w};
            made.probed.meter.energy = meter::LoadModel{mean, mean, 0.0, 0.0, 1.0};
            made.sensor = std::make_unique<SteadySensor>(
                made.probed.device.id + " (" + name + ") shows no power: its energy is modelled, " +
                std::to_string(static_cast<int>(mean.value() + 0.5)) +
                " W as measured on average for its kind, as if the job used it from start to end (+-30 %)");
            ++modelled;
        } else {
            made.probed.meter.energy = meter::PowerSpec{};
            made.sensor = untold_sensor(kNoTpuPower);
        }
        paths.push_back("/dev/accel" + std::to_string(i));
        ids.emplace_back();
        devices.push_back(std::move(made));
    }
    report.why = std::to_string(found.size()) + " TPUs show no power; " + std::to_string(modelled) +
                 " modelled by the published mean of their kind";
    report.state = modelled > 0 ? SourceState::kUsed : SourceState::kRefused;
    if (modelled < found.size()) {
        report.remedies.push_back(
            "gramme estimate --device google-tpu-v5e --count N --hours H   # by its rated power, where "
            "known");
    }
    const DeviceList lists[]{
        {"TPU_VISIBLE_CHIPS", host.env("TPU_VISIBLE_CHIPS")},
        {"TPU_VISIBLE_DEVICES",
         host.env("TPU_VISIBLE_CHIPS") ? std::nullopt : host.env("TPU_VISIBLE_DEVICES")}};
    const std::vector<DeviceList> kept =
        lists_of_all_ranks({std::begin(lists), std::end(lists)}, context.options.ranks);
    const GpuSelection selection = widened_by_scope(select_by_lists(kept, ids), context.options.scope);
    source.probe = make_accelerator_probe(
        host, std::move(devices), std::move(report), selection,
        [paths](const Host& h, const JobMembers& members) {
            std::vector<bool> on = job_has_open(h, members, paths);
            // Through VFIO the chips are groups whose numbers are not those of the chips: all are the job's
            // that has one.
            const bool any = job_has_open(h, members, {"/dev/vfio/"}).at(0);
            std::transform(on.begin(), on.end(), on.begin(), [&](bool one) { return one || any; });
            return on;
        },
        context.options.members);
    source.reports.push_back(source.probe->report());
    return source;
}

bool has_neuron_or_tpu(const Host& host) {
    return !numbered(host, std::string{kNeuronRoot}, "neuron").empty() || !tpus_here(host).empty();
}

}  // namespace gramme::probe
