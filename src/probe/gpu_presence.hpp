// Whether there can be an NVIDIA GPU here, and whether it sleeps: from files alone, without waking it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/host.hpp"

namespace gramme::probe {

/// Idle power of a GPU as a part of its power limit, where it was not measured. Source: the AWS EC2 carbon
/// data set of Teads Engineering (2021).
inline constexpr double kIdleShareOfLimit = 0.116;

/// A few look-ups of names: no list, no library, nothing that could block.
[[nodiscard]] bool has_nvidia_driver(const Host& host);

/// Whether the processes of the whole machine are seen by the ids that its drivers use: not in a container
/// with PID namespace of its own, nor where /proc hides them. Then a process that is not seen is not "of
/// another", it is unknown. Told by the kernel's own process 2, kthreadd, which only the first namespace has.
[[nodiscard]] bool sees_host_processes(const Host& host);

/// A GPU as the kernel module of its driver shows it without the library.
struct PresentGpu {
    std::string name;  ///< "NVIDIA A100-SXM4-80GB"
    std::string uuid;  ///< "GPU-8932f937-d72c-4106-c12f-20bd9faed9f6", empty where it is not told
};
/// One file /proc/driver/nvidia/gpus/BUS/information: lines of "Key: value". Pure.
[[nodiscard]] PresentGpu parse_gpu_information(std::string_view text);

/// GPUs of /proc/driver/nvidia/gpus in the order of their PCI addresses, which is that of the library. Empty
/// where there is no such folder or this process cannot reach any GPU (no /dev/nvidiactl: a container that
/// was given none still sees those of the machine here).
[[nodiscard]] std::vector<PresentGpu> present_gpus(const Host& host);

/// PCI functions that are NVIDIA display controllers ("/sys/bus/pci/devices/0000:01:00.0"). Empty where none
/// is shown.
[[nodiscard]] std::vector<std::string> nvidia_gpu_paths(const Host& host);

/// True where every one of them is runtime-suspended (a laptop's second GPU at rest): a driver library would
/// wake it and keep it awake. Source: Linux Documentation/ABI/testing/sysfs-devices-power (runtime_status).
[[nodiscard]] bool all_suspended(const Host& host, const std::vector<std::string>& gpu_paths);

}  // namespace gramme::probe
