// NVML without its header: the prototypes we use, declared by hand and bound by name in a library loaded at
// run time. Source: NVIDIA nvml.h (API version 13) for signatures, units and codes. Every call may take as
// long as the driver likes: only the NVML thread makes them.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/host.hpp"
#include "base/result.hpp"
#include "probe/gpu_sharing.hpp"

namespace gramme::probe::nvml {

/// nvmlReturn_t, the codes that we treat apart from the rest.
enum ReturnCode : int {
    kSuccess = 0,
    kNotSupported = 3,
    kNoPermission = 4,
    kNotFound = 6,
    kInsufficientSize = 7,
    kDriverNotLoaded = 9,
    kFunctionNotFound = 13,
    kGpuIsLost = 15,
    kResetRequired = 16,
    kOperatingSystem = 17,  ///< the device was blocked by a cgroup or the operating system
    kLibraryMismatch = 18,  ///< library and kernel module are of different versions
};

/// nvmlDeviceArchitecture_t
enum Architecture : unsigned { kPascal = 4, kVolta = 5, kTuring = 6, kAmpere = 7, kHopper = 9 };

using Handle = struct OpaqueDevice*;  // nvmlDevice_t

/// Of which part of a superchip a power is: a Grace Hopper module holds CPU and GPU. nvml.h,
/// NVML_POWER_SCOPE_*.
enum PowerScope : unsigned { kGpuScope = 0, kModuleScope = 1 };

/// Which power of nvmlDeviceGetFieldValues: NVML_FI_DEV_POWER_AVERAGE, NVML_FI_DEV_POWER_INSTANT.
enum class PowerField : unsigned { kAverage = 185, kInstant = 186 };

/// A return code and, where it is kSuccess, the value.
template <class T>
struct Answer {
    int code = kFunctionNotFound;
    T value{};
    [[nodiscard]] bool ok() const { return code == kSuccess; }
};

/// One thread at a time. A function that the library lacks (an old driver) answers kFunctionNotFound.
class Api {
public:
    /// `words`: what the library is called in errors, in static storage. kUnsupported, naming the symbol,
    /// where the library has not even what every NVML has.
    [[nodiscard]] static Result<Api> bind(std::unique_ptr<Library> library, std::string_view words = "NVML");

    [[nodiscard]] int init() const;
    void shutdown() const;
    [[nodiscard]] Answer<std::string> driver_version() const;
    [[nodiscard]] Answer<unsigned> count() const;
    [[nodiscard]] Answer<Handle> handle(unsigned index) const;
    [[nodiscard]] Answer<std::string> name(Handle device) const;
    [[nodiscard]] Answer<std::string> uuid(Handle device) const;
    [[nodiscard]] Answer<unsigned> architecture(Handle device) const;
    [[nodiscard]] Answer<std::uint64_t> energy_mj(Handle device) const;  ///< since the driver was loaded
    [[nodiscard]] Answer<unsigned> power_mw(Handle device) const;
    /// Of one scope, `wanted` where the driver tells it, else the other: one call for both.
    [[nodiscard]] Answer<unsigned> field_power_mw(Handle device, PowerScope scope, PowerField wanted) const;
    [[nodiscard]] Answer<unsigned> power_limit_mw(Handle device) const;  ///< the one enforced now
    /// 0..100, over the driver's last sample period (1/6 to 1 s). kNotSupported with MIG.
    [[nodiscard]] Answer<unsigned> utilization_percent(Handle device) const;
    /// Processes with a compute context, those that reach the GPU through an MPS server included. Expensive
    /// (milliseconds): never in the periodic path.
    [[nodiscard]] Answer<std::vector<unsigned>> compute_pids(Handle device) const;
    /// What each process used since `since_us` (since 1970), as far back as the driver remembers. kNotFound:
    /// nothing ran. Expensive, and not there under MIG and on most vGPUs (kNotSupported).
    [[nodiscard]] Answer<std::vector<ProcessUse>> process_use(Handle device, std::uint64_t since_us) const;
    /// Whether MIG is on. Cheap; asked once.
    [[nodiscard]] bool has_mig(Handle device) const;
    /// UUIDs of the MIG slices, empty where MIG is off or unknown. Expensive.
    [[nodiscard]] std::vector<std::string> mig_uuids(Handle device) const;

    /// "NVML: GPU is lost": the library's own words for a code, in storage that lives as long as the process.
    [[nodiscard]] std::string_view failure_text(int code) const;

private:
    Api() = default;
    [[nodiscard]] Answer<std::vector<unsigned>> pids_by(int (*list)(Handle, unsigned*, void*),
                                                        std::size_t entry_bytes, Handle device) const;

    std::unique_ptr<Library> library_;
    std::string_view words_;  ///< before an error's text
    int (*init_with_flags_)(unsigned) = nullptr;
    int (*init_)() = nullptr;
    int (*shutdown_)() = nullptr;
    const char* (*error_string_)(int) = nullptr;
    int (*driver_version_)(char*, unsigned) = nullptr;
    int (*count_)(unsigned*) = nullptr;
    int (*handle_)(unsigned, Handle*) = nullptr;
    int (*name_)(Handle, char*, unsigned) = nullptr;
    int (*uuid_)(Handle, char*, unsigned) = nullptr;
    int (*architecture_)(Handle, unsigned*) = nullptr;
    int (*energy_)(Handle, unsigned long long*) = nullptr;
    int (*power_)(Handle, unsigned*) = nullptr;
    int (*fields_)(Handle, int, void*) = nullptr;
    int (*limit_)(Handle, unsigned*) = nullptr;
    int (*utilization_)(Handle, void*) = nullptr;
    int (*processes_)(Handle, unsigned*, void*) = nullptr;
    std::size_t process_entry_bytes_ = 0;
    int (*mps_processes_)(Handle, unsigned*, void*) = nullptr;
    int (*process_use_)(Handle, void*, unsigned*, unsigned long long) = nullptr;
    int (*mig_mode_)(Handle, unsigned*, unsigned*) = nullptr;
    int (*mig_count_)(Handle, unsigned*) = nullptr;
    int (*mig_handle_)(Handle, unsigned, Handle*) = nullptr;
};

/// Copies a text once into a table that is never freed, so that a Reading may point at it. Thread-safe. Meant
/// for the few distinct texts of a driver: a table of 256 is full, and then gives one common text.
[[nodiscard]] std::string_view kept_text(std::string_view text);

}  // namespace gramme::probe::nvml
