// A fake libhlml.so: as much of HLML as gramme asks for, without a Gaudi. GRAMME_HLML_LIB names this library.
//
//   FAKE_HLML_CARDS=N      how many there are, default 2
//   FAKE_HLML_WATTS=W      power of each and the pace of its counter (real time x W), default 300; card i has
//   W + 100 i FAKE_HLML_FAIL=CALL    "init", "energy" or "power" answers NOT_SUPPORTED (init:
//   DRIVER_NOT_LOADED) FAKE_HLML_HANG=CALL    that call sleeps for 30 s
#include <time.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

#define HLML_EXPORT extern "C" __attribute__((visibility("default")))

namespace {

constexpr int kSuccess = 0;
constexpr int kInvalidArgument = 2;
constexpr int kNotSupported = 3;
constexpr int kDriverNotLoaded = 9;

double seconds_now() {
    timespec now{};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

std::string variable(const char* name, const char* otherwise) {
    const char* value = std::getenv(name);
    return value == nullptr ? otherwise : value;
}

int fate(const std::string& call) {
    if (variable("FAKE_HLML_HANG", "") == call) {
        const timespec long_time{30, 0};
        nanosleep(&long_time, nullptr);
    }
    if (variable("FAKE_HLML_FAIL", "") != call) {
        return kSuccess;
    }
    return call == "init" ? kDriverNotLoaded : kNotSupported;
}

double zero_s = 0.0;

double watts_of(const void* device) {
    return std::stod(variable("FAKE_HLML_WATTS", "300")) +
           100.0 * (static_cast<double>(reinterpret_cast<std::uintptr_t>(device)) - 1.0);
}

}  // namespace

HLML_EXPORT int hlml_init() {
    zero_s = seconds_now();
    return fate("init");
}
HLML_EXPORT int hlml_shutdown() {
    return kSuccess;
}
HLML_EXPORT int hlml_device_get_count(unsigned* count) {
    *count = static_cast<unsigned>(std::stoul(variable("FAKE_HLML_CARDS", "2")));
    return kSuccess;
}
HLML_EXPORT int hlml_device_get_handle_by_index(unsigned index, void** device) {
    unsigned count = 0;
    hlml_device_get_count(&count);
    *device = reinterpret_cast<void*>(static_cast<std::uintptr_t>(index) + 1);
    return index < count ? kSuccess : kInvalidArgument;
}
HLML_EXPORT int hlml_device_get_name(const void*, char* to, unsigned size) {
    std::snprintf(to, size, "HL-225");
    return kSuccess;
}
HLML_EXPORT int hlml_device_get_uuid(const void* device, char* to, unsigned size) {
    std::snprintf(to, size, "01P0-HL2080A0-15-TNPS34-%02u",
                  static_cast<unsigned>(reinterpret_cast<std::uintptr_t>(device)));
    return kSuccess;
}
HLML_EXPORT int hlml_device_get_total_energy_consumption(const void* device,
                                                         unsigned long long* millijoules) {
    *millijoules =
        static_cast<unsigned long long>(1e9 + (seconds_now() - zero_s) * watts_of(device) * 1000.0);
    return fate("energy");
}
HLML_EXPORT int hlml_device_get_power_usage(const void* device, unsigned* milliwatts) {
    *milliwatts = static_cast<unsigned>(watts_of(device) * 1000.0);
    return fate("power");
}
HLML_EXPORT int hlml_device_get_power_management_default_limit(const void*, unsigned* milliwatts) {
    *milliwatts = 600'000;
    return kSuccess;
}
