// The part of the NVML thread that stands in where the library cannot be used: GPUs that the kernel module
// names, modelled by the power limit of their board. Method: docs/method/nvml.md#model
#include <algorithm>
#include <cmath>
#include <utility>

#include "meter/gpu_model.hpp"
#include "probe/gpu_presence.hpp"
#include "probe/nvml_thread.hpp"

namespace gramme::probe {
namespace {

constexpr std::size_t kMostGpus = 64;
constexpr std::size_t kSlotsPerGpu = 64;
constexpr std::string_view kUnknownPower = "no NVML, and the power of this GPU is not known";

std::string watts_text(Watts power) {
    return std::to_string(std::lround(power.value())) + " W";
}

}  // namespace

/// Publishes the GPUs that are the job's by a variable or by the scope; `report` says what was done with
/// them. Where nothing says which are, none is counted: that the library is missing is a gap, as without a
/// model.
void NvmlThread::model_gpus(SourceReport& report) {
    publish_models(report);
    for (std::size_t i = 0; i < gpus_.size(); ++i) {
        take(i, 0);
    }
}

void NvmlThread::publish_models(SourceReport& report) {
    std::vector<PresentGpu> present;
    if (!state_->world.with_host([&](const Host& host) { present = present_gpus(host); }) ||
        present.empty()) {
        return;
    }
    present.resize(std::min(present.size(), kMostGpus));
    identities_.clear();
    for (const PresentGpu& gpu : present) {
        identities_.push_back({gpu.uuid, gpu.name, {}});
    }
    const std::vector<GpuChoice> choices = choose_gpus();
    const std::lock_guard lock(state_->mutex);
    if (!selection_decided_) {
        state_->warnings.push_back("NVML cannot be used, and nothing says which of the " +
                                   std::to_string(present.size()) +
                                   " GPUs here are the job's: none is counted, and their energy is unknown "
                                   "(CUDA_VISIBLE_DEVICES names the job's GPUs)");
        return;
    }
    state_->ring.resize(present.size() * kSlotsPerGpu);
    state_->listed_without_driver = true;
    for (std::size_t i = 0; i < present.size(); ++i) {
        if (choices[i].membership == Membership::kIn) {
            model_gpu("gpu" + std::to_string(i), present[i], choices[i].reason);
        }
    }
    report.why += "; " + std::to_string(gpus_.size()) + " of " + std::to_string(present.size()) +
                  " GPUs are the job's, and modelled where their model is known";
}

/// The caller holds the lock of the state.
void NvmlThread::model_gpu(const std::string& id, const PresentGpu& present, const std::string& reason) {
    const std::string& name = present.name;
    Gpu gpu;
    NvmlState::Gpu shown;
    Device& device = shown.probed.device;
    device.id = id;
    device.kind = DeviceKind::kGpu;
    device.name = name.empty() ? "NVIDIA GPU" : name;
    device.method = "gpu-power-model";
    device.quality = Quality::kModelled;
    device.gain_sigma = meter::kGpuModelSigma;
    device.gain_source = "docs/method/nvml.md";
    device.group = "gpu-power-model";
    device.membership = Membership::kIn;
    device.membership_reason = reason;
    shown.probed.identity = present.uuid.empty() ? id : present.uuid;
    shown.probed.meter.whole = true;
    const std::string called = id + " (" + device.name + "): NVML cannot be used";
    if (const auto known = options_.tables.find_gpu(name)) {
        const Watts limit{known->limit_w};
        const Watts idle = known->idle_w > 0.0 ? Watts{known->idle_w} : limit * kIdleShareOfLimit;
        const Watts elsewhere = options_.idle_in_curve ? idle : Watts{};
        const Watts power = meter::training_power(limit, idle) - elsewhere;
        shown.probed.meter.energy = meter::LoadModel{idle - elsewhere, power, 0.0, 0.0, 1.0};
        gpu.modelled = true;
        state_->warnings.push_back(
            called + ", so its energy is not measured but modelled: " + watts_text(power) +
            ", of a limit of " + watts_text(limit) +
            (options_.idle_in_curve ? " and without its idle power, which the wall curve holds" : "") +
            ", as if the job used it from start to end (+-40 %)");
    } else {
        gpu.gone = kUnknownPower;
        state_->warnings.push_back(called +
                                   ", and nothing is known of the power of this model: its energy is "
                                   "unknown and not counted");
    }
    gpus_.push_back(gpu);
    state_->gpus.push_back(std::move(shown));
}

/// One second of use per second: the model has no other load than "in use".
void NvmlThread::read_model(Gpu& gpu, Reading& reading) const {
    reading.at_ns = std::exchange(gpu.read_before, true) ? boot_ns() : begun_ns_;
    reading.kind = ReadingKind::kLoad;
    reading.value = Seconds{Nanoseconds{reading.at_ns}}.count();
}

}  // namespace gramme::probe
