// What has power: one device of one run, how its energy is known, and how well.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace gramme {

enum class DeviceKind : std::uint8_t { kCpu, kMemory, kGpu, kPlatform };
/// From best to worst; the weakest part decides the quality of a sum.
enum class Quality : std::uint8_t { kMeasured, kIntegrated, kModelled, kAssumed };
/// Whose energy: the process tree and its fair idle share, what was reserved, or everything.
enum class Scope : std::uint8_t { kJob, kAllocation, kMachine };
/// Whether a device belongs to the job. kUnknown: no reservation names it and the job was not (yet) seen on
/// it.
enum class Membership : std::uint8_t { kIn, kOut, kUnknown };

struct Device {
    std::string id;  ///< "cpu0", "dram1", "gpu3": unique in the run
    DeviceKind kind = DeviceKind::kCpu;
    std::string name;    ///< "package-0", "NVIDIA A100-SXM4-80GB"
    std::string method;  ///< "rapl-powercap", "nvml-energy-counter", "cpu-load-model"
    Quality quality = Quality::kMeasured;
    double gain_sigma =
        0.0;  ///< relative standard uncertainty of all its windows together (a gain error is common to them)
    std::string gain_source;  ///< where gain_sigma comes from: a source id or a page of docs/method
    std::string
        group;  ///< devices of one group share part of their gain error: sensors or models of one kind
    Membership membership = Membership::kIn;
    std::string
        membership_reason;  ///< "CUDA_VISIBLE_DEVICES", "the job ran on it", empty where there is no question
};

[[nodiscard]] constexpr std::string_view name_of(DeviceKind kind) {
    switch (kind) {
        case DeviceKind::kCpu: return "cpu";
        case DeviceKind::kMemory: return "memory";
        case DeviceKind::kGpu: return "gpu";
        case DeviceKind::kPlatform: return "platform";
    }
    return "";
}
[[nodiscard]] constexpr std::string_view name_of(Quality quality) {
    switch (quality) {
        case Quality::kMeasured: return "measured";
        case Quality::kIntegrated: return "integrated";
        case Quality::kModelled: return "modelled";
        case Quality::kAssumed: return "assumed";
    }
    return "";
}
[[nodiscard]] constexpr std::string_view name_of(Scope scope) {
    switch (scope) {
        case Scope::kJob: return "job";
        case Scope::kAllocation: return "allocation";
        case Scope::kMachine: return "machine";
    }
    return "";
}
[[nodiscard]] constexpr std::string_view name_of(Membership membership) {
    switch (membership) {
        case Membership::kIn: return "in";
        case Membership::kOut: return "out";
        case Membership::kUnknown: return "unknown";
    }
    return "";
}

}  // namespace gramme
