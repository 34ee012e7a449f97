#include "probe/amd.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "base/parse.hpp"
#include "probe/accelerator_probe.hpp"
#include "probe/accelerator_selection.hpp"
#include "probe/amd_gpus.hpp"
#include "probe/amd_metrics.hpp"
#include "probe/amd_sensor.hpp"
#include "probe/gpu_presence.hpp"
#include "probe/power_probe.hpp"
#include "probe/remedy.hpp"

namespace gramme::probe {
namespace {

constexpr const char* kAmdSource = "amd-gpu-metrics";
constexpr const char* kAmdPage = "docs/method/amd-gpu.md";
constexpr double kAmdGainSigma = 0.05;  // docs/method/amd-gpu.md#how-sure-it-is
constexpr Seconds kAmdRenewal{0.01};
constexpr Seconds kAmdLongestGap{3.0};
constexpr double kAmdLimitMargin = 1.5;
constexpr Watts kAmdMostPower{2000.0};
constexpr std::string_view kHoldsCpu =
    "amdgpu: the power of this GPU holds that of the CPU, which is counted already";
constexpr std::string_view kOtherDie = "amdgpu: the other die tells its energy, and is not shown here";
constexpr std::string_view kUntold = "amdgpu: neither energy nor power is told";

/// What one GPU can be asked.
struct AmdAbility {
    AmdFiles files;
    std::optional<AmdMetrics> metrics;
    bool metrics_denied = false;
    bool has_cap = false;  ///< a card has a power limit of its own; a processor with graphics has none
    Watts ceiling = kAmdMostPower;
};

std::optional<double> microwatts(const Host& host, const std::string& path) {
    const auto file = host.open(path);
    if (!file) {
        return std::nullopt;
    }
    const Reading reading = read_number(**file, ReadingKind::kPower, kMicrowatt);
    return reading.kind == ReadingKind::kPower ? std::optional{reading.value} : std::nullopt;
}

AmdAbility ability_of(const Host& host, const AmdGpu& gpu) {
    AmdAbility able;
    auto metrics = host.open(gpu.folder + "/gpu_metrics");
    able.metrics_denied = !metrics && metrics.error().code == Code::kPermission;
    if (metrics) {
        std::array<char, kAmdMetricsBytes> bytes{};
        if (const auto count = (*metrics)->read(bytes)) {
            able.metrics = parse_amd_metrics(std::span<const char>{bytes.data(), *count});
        }
        if (able.metrics) {
            able.files.metrics = *std::move(metrics);
        }
    }
    if (const std::string hwmon = hwmon_of(host, gpu.folder); !hwmon.empty()) {
        for (const char* name : {"/power1_average", "/power1_input"}) {
            if (able.files.power == nullptr && microwatts(host, hwmon + name)) {
                if (auto file = host.open(hwmon + name)) {
                    able.files.power = *std::move(file);
                }
            }
        }
        if (const auto cap = microwatts(host, hwmon + "/power1_cap")) {
            able.has_cap = true;
            able.ceiling = *cap > 0.0 ? Watts{*cap} * kAmdLimitMargin : kAmdMostPower;
        }
    }
    const auto control = host.read(gpu.folder + "/power/control");
    if (control && trimmed(*control) == "auto") {  // else the kernel keeps it awake
        if (auto status = host.open(gpu.folder + "/power/runtime_status")) {
            able.files.status = *std::move(status);
        }
    }
    return able;
}

/// Its power is that of a whole processor: by its table, else because it has no limit of its own.
bool is_in_processor(const AmdGpu& gpu, const AmdAbility& able) {
    return is_mi300a(gpu) || (able.metrics ? able.metrics->is_processor() : !able.has_cap);
}

bool tells_power(const AmdAbility& able) {
    return (able.metrics && able.metrics->power_w) || able.files.power != nullptr;
}

/// One GPU of the list: what became of it.
struct AmdPlace {
    std::optional<std::size_t> first_die;  ///< its energy is in that of this other GPU
    bool left_out = false;                 ///< it is in the CPU's package, which is measured
};

/// Both fields are 0 on the second die; on the first of a module that is on, neither is.
bool is_second_die(const AmdGpu& gpu, const AmdAbility& able) {
    return is_two_die_module(gpu) && able.metrics && able.metrics->energy_counts.value_or(1) == 0 &&
           able.metrics->power_w.value_or(0.0) == 0.0;
}

meter::MeterSpec meter_of(bool counter, const AmdAbility& able, Seconds interval) {
    meter::MeterSpec spec;
    spec.whole = true;
    const meter::PowerSpec power{Seconds{0.0}, able.ceiling, std::max(kAmdLongestGap, interval * 3.0)};
    if (counter) {
        spec.energy = meter::CounterSpec{Joules{kAmdJoulesPerCount},
                                         able.metrics->energy_range,
                                         1,
                                         able.ceiling,
                                         Seconds{0.0},
                                         kAmdRenewal};
        spec.stand_in = power;
    } else {
        spec.energy = power;
    }
    return spec;
}

/// A partitioned GPU counts where any of its parts is the job's: an upper bound, and it says so.
GpuChoice choice_of_parts(const AmdGpu& gpu, const std::vector<GpuChoice>& by_place) {
    const auto is_in = [&](std::size_t place) { return by_place[place].membership == Membership::kIn; };
    const auto first = std::find_if(gpu.places.begin(), gpu.places.end(), is_in);
    const auto in = std::count_if(gpu.places.begin(), gpu.places.end(), is_in);
    if (in == 0 || static_cast<std::size_t>(in) == gpu.places.size()) {
        return by_place[gpu.places.front()];
    }
    return {Membership::kIn, by_place[*first].reason + " names " + std::to_string(in) + " of its " +
                                 std::to_string(gpu.places.size()) +
                                 " parts; the energy of the whole GPU is counted, an upper bound"};
}

GpuSelection choose(const SourceContext& context, const std::vector<AmdGpu>& gpus) {
    const Host& host = context.host;
    // Where there are GPUs of both makers, CUDA's and Slurm's numbers are those of the other one.
    const bool only_amd = !has_nvidia_driver(host);
    std::vector<DeviceList> lists{{"ROCR_VISIBLE_DEVICES", host.env("ROCR_VISIBLE_DEVICES")},
                                  {"HIP_VISIBLE_DEVICES", host.env("HIP_VISIBLE_DEVICES")}};
    if (!lists.back().value && only_amd) {
        lists.push_back({"CUDA_VISIBLE_DEVICES", host.env("CUDA_VISIBLE_DEVICES")});  // HIP honours it
    }
    std::size_t count = 0;
    for (const AmdGpu& gpu : gpus) {
        count = std::max(count, gpu.places.back() + 1);
    }
    std::vector<std::string> ids(count);  // by ROCm's index
    std::vector<GpuIdentity> identities(count);
    for (const AmdGpu& gpu : gpus) {
        ids[gpu.places.front()] = gpu.unique;
        identities[gpu.places.front()] = {gpu.unique, gpu.name, {}};
    }
    GpuSelection selection =
        select_by_lists(lists_of_all_ranks(std::move(lists), context.options.ranks), ids);
    if (!selection.decided && only_amd) {
        GpuVariables slurm = read_gpu_variables(host);
        slurm.cuda_visible_devices.reset();
        GpuSelection by_slurm = select_gpus(slurm, identities);
        if (by_slurm.decided) {
            selection = std::move(by_slurm);
        }
    }
    GpuSelection of_gpus{{}, selection.decided};
    for (const AmdGpu& gpu : gpus) {
        of_gpus.choices.push_back(choice_of_parts(gpu, selection.choices));
    }
    return widened_by_scope(std::move(of_gpus), context.options.scope);
}

/// The GPUs of one machine on their way to being devices.
class AmdSource {
public:
    explicit AmdSource(const SourceContext& context, std::vector<AmdGpu> gpus)
        : context_(context), gpus_(std::move(gpus)), chosen_(choose(context, gpus_)) {
        for (const AmdGpu& gpu : gpus_) {
            able_.push_back(ability_of(context.host, gpu));
        }
    }

    OpenedSource open() {
        OpenedSource source;
        place_dies();
        GpuSelection selection{{}, chosen_.decided};
        std::vector<SensedAccelerator> devices;
        std::vector<std::vector<std::string>> kfd_ids;
        for (std::size_t i = 0; i < gpus_.size(); ++i) {
            if (places_[i].first_die || places_[i].left_out) {
                continue;
            }
            selection.choices.push_back(choice_of(i));
            kfd_ids.push_back(kfd_ids_of(i));
            devices.push_back(make_device(i));
        }
        report_.name = kAmdSource;
        explain();
        if (devices.empty()) {
            source.reports.push_back(std::move(report_));
            return source;
        }
        JobLook look = [kfd_ids](const Host& host, const JobMembers& members) {
            std::vector<bool> on;
            for (const std::vector<std::string>& ids : kfd_ids) {
                const std::vector<bool> dies = job_on_amd(host, members, ids);
                on.push_back(std::find(dies.begin(), dies.end(), true) != dies.end());
            }
            return on;
        };
        source.probe = make_accelerator_probe(context_.host, std::move(devices), report_, selection,
                                              std::move(look), context_.options.members);
        source.reports.push_back(source.probe->report());
        return source;
    }

private:
    [[nodiscard]] std::string id_of(std::size_t index) const {
        return "amdgpu" + std::to_string(gpus_[index].places.front());
    }

    /// The dies of a module stand beside each other on the bus, in either order. Where that does not come out
    /// even (one is not shown), a second die belongs to the nearest first die before it that has none yet.
    void place_dies() {
        places_.resize(gpus_.size());
        const bool paired = pair_by_bus();
        std::optional<std::size_t> first;
        for (std::size_t i = 0; i < gpus_.size(); ++i) {
            if (is_in_processor(gpus_[i], able_[i])) {
                // Graphics that nobody asked for are no device that lacks its energy on every laptop.
                const bool asked_for = chosen_.choices[i].membership == Membership::kIn;
                places_[i].left_out = !is_mi300a(gpus_[i]) && (context_.cpu_measured || !asked_for);
            } else if (is_second_die(gpus_[i], able_[i])) {
                places_[i].first_die = paired ? places_[i].first_die : std::exchange(first, std::nullopt);
            } else {
                first = is_two_die_module(gpus_[i]) ? std::optional{i} : std::nullopt;
            }
        }
    }

    bool pair_by_bus() {
        std::vector<std::size_t> dies;
        for (std::size_t i = 0; i < gpus_.size(); ++i) {
            if (is_two_die_module(gpus_[i])) {
                dies.push_back(i);
            }
        }
        std::sort(dies.begin(), dies.end(),
                  [&](std::size_t a, std::size_t b) { return gpus_[a].address < gpus_[b].address; });
        bool even = dies.size() % 2 == 0;
        for (std::size_t i = 0; even && i < dies.size(); i += 2) {
            even = is_second_die(gpus_[dies[i]], able_[dies[i]]) !=
                   is_second_die(gpus_[dies[i + 1]], able_[dies[i + 1]]);
        }
        for (std::size_t i = 0; even && i < dies.size(); i += 2) {
            const bool swapped = is_second_die(gpus_[dies[i]], able_[dies[i]]);
            places_[dies[swapped ? i : i + 1]].first_die = dies[swapped ? i + 1 : i];
        }
        return even;
    }

    [[nodiscard]] std::optional<std::size_t> second_die_of(std::size_t index) const {
        for (std::size_t i = 0; i < places_.size(); ++i) {
            if (places_[i].first_die == index) {
                return i;
            }
        }
        return std::nullopt;
    }

    /// A module counts where either of its dies is the job's: an upper bound, and it says so.
    [[nodiscard]] GpuChoice choice_of(std::size_t index) const {
        const GpuChoice& own = chosen_.choices[index];
        const auto second = second_die_of(index);
        if (!second || chosen_.choices[*second].membership == own.membership) {
            return own;
        }
        const GpuChoice& in = own.membership == Membership::kIn ? own : chosen_.choices[*second];
        return {Membership::kIn, in.reason + " names one die of it; the energy of both is counted"};
    }

    [[nodiscard]] std::vector<std::string> kfd_ids_of(std::size_t index) const {
        std::vector<std::string> ids = gpus_[index].kfd_ids;
        if (const auto second = second_die_of(index)) {
            ids.insert(ids.end(), gpus_[*second].kfd_ids.begin(), gpus_[*second].kfd_ids.end());
        }
        return ids;
    }

    SensedAccelerator make_device(std::size_t index) {
        const AmdGpu& gpu = gpus_[index];
        AmdAbility& able = able_[index];
        SensedAccelerator made;
        Device& device = made.probed.device;
        device.id = id_of(index);
        device.kind = DeviceKind::kGpu;
        device.name = gpu.name;
        if (const auto second = second_die_of(index)) {
            device.name += " (both dies: " + id_of(index) + " and " + id_of(*second) + ")";
        }
        device.gain_sigma = kAmdGainSigma;
        device.gain_source = kAmdPage;
        device.group = "amd:" + gpu.name;
        made.probed.identity = "amd:" + gpu.address;

        const bool counter = able.metrics && able.metrics->energy_counts;
        device.method = counter ? kAmdSource : "amd-gpu-power-integrated";
        device.quality = counter ? Quality::kMeasured : Quality::kIntegrated;
        made.probed.meter = meter_of(counter, able, context_.options.interval);
        if (is_in_processor(gpu, able)) {
            device.name += ": socket (CPU and GPU)";
            made.sensor = untold_sensor(kHoldsCpu);
        } else if (is_second_die(gpu, able)) {
            made.sensor = untold_sensor(kOtherDie);
        } else if (!counter && !tells_power(able)) {
            made.sensor = untold_sensor(kUntold);
        } else {
            ++(counter ? counters_ : integrated_);
            made.sensor = make_amd_sensor(std::move(able.files), counter, device.id);
        }
        return made;
    }

    void explain() {
        const auto add = [this](const std::string& words) {
            report_.why += (report_.why.empty() ? "" : "; ") + words;
        };
        if (counters_ > 0) {
            add(std::to_string(counters_) + " by energy counter");
        }
        if (integrated_ > 0) {
            add(std::to_string(integrated_) + " by power, integrated");
        }
        bool denied = false;
        for (std::size_t i = 0; i < gpus_.size(); ++i) {
            const AmdGpu& gpu = gpus_[i];
            const std::string id = id_of(i);
            if (places_[i].first_die) {
                add(id + " is the other die of " + id_of(*places_[i].first_die) +
                    ", which tells the energy of both");
            } else if (places_[i].left_out && context_.cpu_measured) {
                add(id + " (" + gpu.name + ") is in the package of the CPU, which is measured");
            } else if (is_in_processor(gpu, able_[i])) {
                add(id + " (" + gpu.name + ") shares its power sensor with the CPU: not counted");
            } else if (able_[i].metrics_denied) {
                denied = true;
                add(id + ": permission denied on " + gpu.folder + "/gpu_metrics");
                offer(report_.remedies, allow_reading({gpu.folder + "/gpu_metrics"}));
            }
        }
        report_.state = counters_ + integrated_ > 0 ? SourceState::kUsed
                        : denied                    ? SourceState::kRefused
                                                    : SourceState::kAbsent;
        if (report_.why.empty()) {
            report_.why = "neither gpu_metrics nor a power sensor of the driver can be read";
            report_.remedies = {"modinfo -F version amdgpu; dmesg | grep -i amdgpu   # is the driver whole?"};
        }
    }

    const SourceContext& context_;
    std::vector<AmdGpu> gpus_;
    GpuSelection chosen_;
    std::vector<AmdAbility> able_;
    std::vector<AmdPlace> places_;
    SourceReport report_;
    std::size_t counters_ = 0;
    std::size_t integrated_ = 0;
};

}  // namespace

OpenedSource open_amd(const SourceContext& context) {
    if (!context.options.gpus) {
        return {};
    }
    std::vector<AmdGpu> gpus = list_amd_gpus(context.host);
    if (gpus.empty()) {
        return {};
    }
    return AmdSource{context, std::move(gpus)}.open();
}

bool has_own_amd_gpu(const Host& host) {
    const std::vector<AmdGpu> gpus = list_amd_gpus(host);
    return std::any_of(gpus.begin(), gpus.end(),
                       [&](const AmdGpu& gpu) { return !is_in_processor(gpu, ability_of(host, gpu)); });
}

}  // namespace gramme::probe
