// Layout in memory of the hardware tables; image.hpp has the others and says how. Internal to refdata and
// refgen.
#pragma once

#include <cstdint>

namespace gramme::refdata {

/// Place in the string pool: chunk x kChunkSize + place in it; 0 is the empty string.
using Text = std::uint32_t;

/// Sorted by id. 0 stands for unknown.
struct AcceleratorRow {
    Text id, vendor, name, aliases, kind, segment, form_factor, architecture, limit_basis, power_source,
        fp16_basis, mlco2_label, source, note;
    std::uint32_t proxy;  ///< index into accelerators, or kNone
    float board_limit_w, typical_w, idle_w, memory_gib, tflops_fp32, tflops_fp16, tflops_fp8, die_mm2,
        mlco2_w;
    std::int16_t devices_per_board, release_year, process_nm;
};
/// Sorted by id.
struct InstanceRow {
    Text id, aliases, cpu_model, microarchitectures, power_source, source;
    std::uint32_t accelerator;  ///< index into accelerators, or kNone
    float vcpus, memory_gib, host_vcpus, accelerator_count, cpu_idle_w, cpu_full_w, memory_idle_w,
        memory_full_w, other_w;
};
/// Sorted by id.
struct EmbodiedRow {
    Text id, item, category, unit, scope, source, note;
    std::uint32_t accelerator;
    float value, lifetime_years;
};
/// Sorted by id.
struct MfuRow {
    Text id, model, precision, workload, basis, source, note;
    std::uint32_t accelerator;
    std::int32_t n_devices, seq_len;
    float params_b, mfu, hfu, tflops_per_device, peak_tflops;
};
/// Sorted by key. low, high 0: no range; direct_source "": no direct figure.
struct EnergySourceRow {
    double lifecycle, low, high, direct;
    Text key, label, technology, direct_source, source, note;
    std::int16_t year;
};
/// Sorted by kind.
struct HostRow {
    double cpu_load, memory_gib, sigma_ln;
    Text kind, label, source, note;
    std::int32_t devices, threads, packages;
};
/// What a person may type for a row of a table, or a word of its names (words_of): sorted by key, then
/// target.
struct HardwareNameRow {
    Text key;
    std::uint32_t target;
};

}  // namespace gramme::refdata
