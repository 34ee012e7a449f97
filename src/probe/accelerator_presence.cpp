#include "probe/accelerator_presence.hpp"

#include <algorithm>
#include <string>

#include "probe/amd.hpp"
#include "probe/gpu_presence.hpp"
#include "probe/hwmon.hpp"
#include "probe/intel_gpu.hpp"
#include "probe/unmeasured.hpp"

namespace gramme::probe {
namespace {

/// The GPU of a Tegra is in its processor, and its driver shows the files that one of a card does.
bool is_tegra(const Host& host) {
    const auto compatible = host.read("/proc/device-tree/compatible");
    return compatible && compatible->find("nvidia,tegra") != std::string::npos;
}

/// By its PCI function alone, whatever driver has it: it draws power without one. Intel's class 0x12 is a
/// part of the processor (its NPU), as MI300A is (0x74a0); display controllers of Intel and AMD may be, and
/// are asked for through their driver.
bool is_own_by_bus(const Host& host, const std::string& function) {
    const std::string folder = "/sys/bus/pci/devices/" + function;
    const std::string kind = word_in(host, folder + "/class");
    const bool accelerates = kind.starts_with("0x12");
    if (!accelerates && !kind.starts_with("0x03")) {
        return false;
    }
    const std::string vendor = word_in(host, folder + "/vendor");
    return vendor == "0x10de" || vendor == "0x1da3" ||
           (accelerates && vendor == "0x1002" && word_in(host, folder + "/device") != "0x74a0");
}

}  // namespace

bool has_own_accelerator(const Host& host) {
    if ((has_nvidia_driver(host) && !is_tegra(host)) || host.exists("/sys/module/habanalabs")) {
        return true;
    }
    const auto functions = host.list("/sys/bus/pci/devices");
    if (functions && std::any_of(functions->begin(), functions->end(), [&](const std::string& function) {
            return is_own_by_bus(host, function);
        })) {
        return true;
    }
    return has_own_amd_gpu(host) || has_own_intel_gpu(host) || has_neuron_or_tpu(host);
}

}  // namespace gramme::probe
