// The part of the NVML thread that comes first: load the library, list the GPUs, tell whose they are.
#include <algorithm>
#include <array>
#include <utility>

#include "probe/gpu_presence.hpp"
#include "probe/grace.hpp"
#include "probe/hlml_library.hpp"
#include "probe/nvml_thread.hpp"

namespace gramme::probe {
namespace {

using nvml::kSuccess;

constexpr double kMostLimitW = 10'000.0;  // a limit above is not one
constexpr unsigned kMostGpus = 64;
constexpr std::size_t kSlotsPerGpu = 256;  // 10 s of power readings, twice
constexpr double kGainSigma = 0.045;       // docs/method/nvml.md
constexpr std::string_view kModuleOnly = "NVML: only the module's power (CPU and GPU) is told";
/// docs/method/nvml.md#start: over so much a sensor averages, or its number at least stays the same.
constexpr Seconds kLeastLead{0.1};
constexpr Seconds kMostLead{1.0};
constexpr Seconds kRenewal{0.1};  // docs/method/nvml.md#error: the slowest counters

/// How the energy of a module could be told, of which NVML tells the power only.
/// docs/method/platform.md#grace
std::string module_advice(bool has_sensor, Scope scope) {
    if (!has_sensor) {
        return "a kernel that is started with acpi_power_meter.force_cap_on=y shows the module's own sensor";
    }
    return scope == Scope::kMachine
               ? "grace-module-power, the module's own sensor, is not used: `gramme doctor` says why"
               : "--scope machine measures the whole module by its own sensor";
}

/// Half as much again as the enforced limit, above which a reading is implausible.
Watts ceiling(const nvml::Answer<unsigned>& limit_mw) {
    const Watts limit = Milliwatts{static_cast<double>(limit_mw.value)};
    const bool known = limit_mw.ok() && limit > Watts{0.0} && limit < Watts{kMostLimitW};
    return known ? limit * 1.5 : Watts{2000.0};
}

/// For a GPU that is shared: its idle power by the table, else a usual part of its limit.
Watts idle_power(const refdata::Tables& tables, std::string_view name,
                 const nvml::Answer<unsigned>& limit_mw) {
    const auto known = tables.find_gpu(name);
    if (known && known->idle_w > 0.0) {
        return Watts{known->idle_w};
    }
    if (known) {
        return Watts{known->limit_w} * kIdleShareOfLimit;
    }
    return limit_mw.ok() ? Watts{Milliwatts{static_cast<double>(limit_mw.value)}} * kIdleShareOfLimit
                         : Watts{0.0};
}

/// Errors that mean "this GPU has no such sensor" rather than "it failed now".
bool has_none(int code) {
    return code == nvml::kNotSupported || code == nvml::kFunctionNotFound;
}

bool is_ga100(std::string_view name) {
    constexpr std::array kBoards{"A100", "A800", "A30"};
    return std::any_of(kBoards.begin(), kBoards.end(), [&](std::string_view board) {
        const std::size_t at = name.find(board);
        if (at == std::string_view::npos || (at > 0 && name[at - 1] != ' ')) {
            return false;  // "RTX A3000" and "GRID RTXA100" are none
        }
        const std::size_t end = at + board.size();
        return end == name.size() || name[end] < '0' || name[end] > '9';
    });
}

}  // namespace

Seconds power_window(unsigned architecture, std::string_view name) {
    if (architecture < nvml::kPascal) {  // unknown; Kepler, Maxwell: an exponential average of about 100 ms
        return Seconds{0.0};
    }
    if (architecture <= nvml::kVolta) {
        return Seconds{0.010};
    }
    if (architecture == nvml::kTuring) {
        return Seconds{0.100};
    }
    return architecture == nvml::kAmpere && is_ga100(name) ? Seconds{0.025} : Seconds{1.0};
}

Seconds instant_window(unsigned architecture, std::string_view name) {
    if (architecture == nvml::kHopper) {
        return Seconds{0.025};
    }
    // Where the average of a second is told apart, the instant is that of the whole update period.
    return std::min(power_window(architecture, name), Seconds{0.100});
}

nvml::PowerField better_field(unsigned architecture, std::string_view name) {
    const bool averages = power_window(architecture, name) >= Seconds{1.0};
    return averages && architecture >= nvml::kHopper ? nvml::PowerField::kAverage
                                                     : nvml::PowerField::kInstant;
}

bool NvmlThread::open_library() {
    std::string words;
    for (const auto& name : options_.libraries) {
        auto library = loader_->load(name);
        if (stopped()) {
            return false;
        }
        if (!library) {
            words += (words.empty() ? "" : "; ") + library.error().what;
            continue;
        }
        auto api =
            nvml::Api::bind(options_.maker->nvidia ? *std::move(library) : as_nvml(*std::move(library)),
                            options_.maker->words);
        if (!api) {
            words += (words.empty() ? "" : "; ") + api.error().what;
            continue;
        }
        api_.emplace(*std::move(api));
        const int code = api_->init();
        if (code != kSuccess) {
            refuse(code);
            return false;
        }
        return true;
    }
    if (!options_.maker->nvidia) {
        settle({std::string(options_.maker->source),
                SourceState::kRefused,
                "no management library: " + words,
                {"GRAMME_HLML_LIB=FILE gramme doctor   # where libhlml.so lies elsewhere"},
                {}});
        return false;
    }
    SourceReport report{
        "nvml",
        SourceState::kRefused,
        "no NVIDIA management library: " + words,
        {"sudo apt install libnvidia-ml1",
         "in a container: run it with `--gpus all` and NVIDIA_DRIVER_CAPABILITIES=compute,utility"},
        {}};
    model_gpus(report);
    settle(std::move(report));
    return false;
}

void NvmlThread::refuse(int code) {
    SourceReport report{std::string(options_.maker->source),
                        SourceState::kRefused,
                        std::string(api_->failure_text(code)),
                        {},
                        {}};
    if (!options_.maker->nvidia) {
        if (code == nvml::kNotFound) {
            report.state = SourceState::kAbsent;
            report.why = "the driver shows no accelerator";
        } else {
            report.remedies = {
                "sudo modprobe habanalabs",
                "sudo usermod -aG render \"$USER\"   # then log in again: /dev/accel is that group's"};
        }
        settle(std::move(report));
        return;
    }
    bool has_device = true;
    static_cast<void>(
        state_->world.with_host([&](const Host& host) { has_device = host.exists("/dev/nvidiactl"); }));
    if (code == nvml::kLibraryMismatch) {
        report.remedies = {"reboot or reload the driver so that library and kernel module match"};
        model_gpus(report);
    } else if (code == nvml::kNotFound) {
        report.state = SourceState::kAbsent;
        report.why = "the driver shows no GPU";
    } else if (!has_device) {
        report.why += "; there is no /dev/nvidiactl";
        report.remedies = {"in a container: run it with `--gpus all` (docker, podman) or `--nv` (apptainer)",
                           "sudo modprobe nvidia   # on the machine itself"};
    } else if (code == nvml::kNoPermission || code == nvml::kOperatingSystem) {
        report.remedies = {"ls -l /dev/nvidia*  # then join the group that may open them, or ask for a GPU"};
    } else if (code == nvml::kDriverNotLoaded) {
        report.remedies = {"sudo modprobe nvidia"};
    }
    settle(std::move(report));
}

bool NvmlThread::list_gpus() {
    if (auto version = api_->driver_version(); version.ok()) {
        driver_ = std::move(version.value);
    }
    const auto count = api_->count();
    if (!count.ok() || count.value == 0) {
        refuse(count.ok() ? static_cast<int>(nvml::kNotFound) : count.code);
        return false;
    }
    const unsigned number = std::min(count.value, kMostGpus);
    {
        const std::lock_guard lock(state_->mutex);
        state_->ring.resize(number * kSlotsPerGpu);
    }
    identities_.resize(number);
    begin_watches();
    for (unsigned i = 0; i < number; ++i) {
        if (stopped()) {
            return false;
        }
        open_gpu(i);
    }
    report_use();
    return true;
}

void NvmlThread::open_gpu(unsigned index) {
    Gpu gpu;
    NvmlState::Gpu shown;
    Device& device = shown.probed.device;
    meter::MeterSpec& meter = shown.probed.meter;
    const GpuMaker& maker = *options_.maker;
    device.id = shown.probed.identity = std::string(maker.id) + std::to_string(index);
    device.kind = DeviceKind::kGpu;
    device.name = maker.unnamed;
    device.gain_sigma = kGainSigma;
    device.gain_source = maker.page;
    meter.whole = true;

    nvml::Answer<std::uint64_t> energy;
    nvml::Answer<unsigned> limit;
    unsigned architecture = 0;
    const auto handle = api_->handle(index);
    if (handle.ok()) {
        gpu.handle = handle.value;
        if (auto name = api_->name(gpu.handle); name.ok()) {
            device.name = identities_[index].name =
                maker.nvidia ? std::move(name.value) : std::string(maker.unnamed) + " " + name.value;
        }
        if (auto uuid = api_->uuid(gpu.handle); uuid.ok()) {
            identities_[index].uuid = std::move(uuid.value);
            shown.probed.identity = identities_[index].uuid;
        }
        if (api_->has_mig(gpu.handle)) {
            shown.slices =
                "; it is cut into slices (MIG), and energy is told of the whole GPU only: an upper bound";
        }
        if (options_.variables.cuda_visible_devices.value_or("").find("MIG-") != std::string::npos) {
            identities_[index].mig_uuids = api_->mig_uuids(gpu.handle);
        }
        architecture = api_->architecture(gpu.handle).value;
        limit = api_->power_limit_mw(gpu.handle);
        energy = api_->energy_mj(gpu.handle);
    } else {
        energy.code = handle.code;
        gpu.gone = api_->failure_text(handle.code);
    }
    device.group = std::string(maker.group) + device.name;
    gpu.counter = !has_none(energy.code);
    choose_power(gpu, architecture, limit, shown);
    meter.idle_power = idle_power(options_.tables, device.name, limit);
    const GpuVariables& variables = options_.variables;
    if (variables.slurm_step_gpus || variables.slurm_job_gpus || variables.slurm_gpus_on_node) {
        meter.reserved = 1.0;  // Slurm gives a GPU to one job; CUDA_VISIBLE_DEVICES only chooses one
    }
    gpus_.push_back(gpu);
    publish(std::move(shown));
    take(index, 0);
}

/// By the fields where the library has them, else by the call of old. Where only the module of a superchip
/// tells its power, that of the CPU is in it: it is no power of a GPU, and is never counted beside the CPU's.
void NvmlThread::choose_power(Gpu& gpu, unsigned architecture, const nvml::Answer<unsigned>& limit,
                              NvmlState::Gpu& shown) {
    Device& device = shown.probed.device;
    meter::MeterSpec& meter = shown.probed.meter;
    gpu.field = better_field(architecture, device.name);
    if (gpu.gone.empty()) {
        gpu.fields = api_->field_power_mw(gpu.handle, nvml::kGpuScope, gpu.field).ok();
        const bool none = !gpu.fields && !gpu.counter && has_none(api_->power_mw(gpu.handle).code);
        if (none && api_->field_power_mw(gpu.handle, nvml::kModuleScope, gpu.field).ok()) {
            gpu.fields = true;
            gpu.scope = nvml::kModuleScope;
            device.name += ": module (CPU and GPU)";
            if (options_.cpu_counted) {
                gpu.gone = kModuleOnly;
                bool has_sensor = false;
                static_cast<void>(
                    state_->world.with_host([&](const Host& host) { has_sensor = has_grace_module(host); }));
                const std::lock_guard lock(state_->mutex);
                state_->warnings.push_back(
                    device.id +
                    ": the driver tells the power of the whole module only, CPU included, which is "
                    "counted already: what the GPU used is unknown (" +
                    module_advice(has_sensor, options_.scope) + ")");
            }
        }
    }
    const bool is_instant = gpu.fields && gpu.field == nvml::PowerField::kInstant;
    const Seconds window =
        is_instant ? instant_window(architecture, device.name) : power_window(architecture, device.name);
    gpu.check = CounterCheck{window};
    const meter::PowerSpec power{window, ceiling(limit), Seconds{3.0}};
    meter.lead = std::clamp(window, kLeastLead, kMostLead);
    if (gpu.counter) {
        device.method = options_.maker->counter_method;
        device.quality = Quality::kMeasured;
        meter.energy = meter::CounterSpec{Millijoules{1.0}, 0, 1, ceiling(limit), Seconds{0.0}, kRenewal};
        meter.stand_in = power;
    } else {
        device.method = options_.maker->power_method;
        device.quality = Quality::kIntegrated;
        meter.energy = power;
    }
}

void NvmlThread::publish(NvmlState::Gpu gpu) {
    // Each GPU at once: a later one whose driver hangs must not hold back what is known of those before it.
    // Their places are told anew with every one, because a list of UUIDs is clear only when all are known.
    const std::vector<GpuChoice> choices = choose_gpus();
    const std::lock_guard lock(state_->mutex);
    state_->gpus.push_back(std::move(gpu));
    for (std::size_t i = 0; i < state_->gpus.size(); ++i) {
        state_->gpus[i].probed.device.membership = choices[i].membership;
        state_->gpus[i].probed.device.membership_reason = choices[i].reason;
    }
}

std::vector<GpuChoice> NvmlThread::choose_gpus() {
    if (options_.scope == Scope::kMachine) {
        selection_decided_ = true;
        return std::vector<GpuChoice>(identities_.size(), {Membership::kIn, "the whole machine"});
    }
    GpuSelection selection =
        options_.select ? options_.select(identities_.size()) : select_gpus(options_.variables, identities_);
    selection_decided_ = selection.decided;
    if (options_.scope == Scope::kAllocation && !selection.decided) {
        selection_decided_ = true;
        return std::vector<GpuChoice>(identities_.size(), {Membership::kIn, "nothing limits the GPUs"});
    }
    return std::move(selection.choices);
}

void NvmlThread::report_use() {
    std::size_t counters = 0;
    std::string failed;
    for (std::size_t i = 0; i < gpus_.size(); ++i) {
        counters += gpus_[i].counter ? 1 : 0;
        if (!gpus_[i].gone.empty()) {
            failed += "; " + std::string(options_.maker->id) + std::to_string(i) + ": " +
                      std::string(gpus_[i].gone);
        }
    }
    const std::size_t integrated = gpus_.size() - counters;
    std::string why = driver_.empty() ? "" : "driver " + driver_ + ": ";
    why += counters > 0 ? std::to_string(counters) + " by energy counter" : "";
    why += counters > 0 && integrated > 0 ? ", " : "";
    why += integrated > 0 ? std::to_string(integrated) + " by power, integrated" : "";
    settle({std::string(options_.maker->source), SourceState::kUsed, why + failed, {}, {}});
}

}  // namespace gramme::probe
