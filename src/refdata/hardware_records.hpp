// Rows of the tables about hardware and energy sources as plain values (records.hpp has the others).
#pragma once

#include <cstdint>
#include <string>

namespace gramme::refdata {

/// data/accelerators.csv: one board of a GPU, TPU or NPU model. All figures are of the whole board.
struct AcceleratorRecord {
    std::uint32_t line = 0;
    std::string id, vendor, name, aliases, kind, segment, form_factor, architecture;
    double board_limit_w = 0.0;
    std::string limit_basis;
    double typical_w = 0.0;
    double idle_w = 0.0;
    std::string power_source;
    int devices_per_board = 1;
    double memory_gib = 0.0;
    double tflops_fp32 = 0.0;
    double tflops_fp16 = 0.0;
    std::string fp16_basis;
    double tflops_fp8 = 0.0;
    int release_year = 0;
    int process_nm = 0;
    double die_mm2 = 0.0;
    std::string proxy_id, mlco2_label;
    double mlco2_w = 0.0;
    std::string source, note;
};

/// data/instances.csv: one type of virtual or bare-metal machine of one cloud.
struct InstanceRecord {
    std::uint32_t line = 0;
    std::string id, aliases;
    double vcpus = 0.0;
    double memory_gib = 0.0;
    std::string cpu_model, microarchitectures;
    double host_vcpus = 0.0;
    std::string accelerator_id;
    double accelerator_count = 0.0;
    double cpu_idle_w = 0.0;
    double cpu_full_w = 0.0;
    double memory_idle_w = 0.0;
    double memory_full_w = 0.0;
    double other_w = 0.0;
    std::string power_source, source;
};

/// data/embodied.csv: one figure of what it took to make a thing.
struct EmbodiedRecord {
    std::uint32_t line = 0;
    std::string id, item, category;
    double value = 0.0;
    std::string unit;
    double lifetime_years = 0.0;
    std::string scope, accelerator_id, source, note;
};

/// data/mfu.csv: what share of a device's peak rate a training reached.
struct MfuRecord {
    std::uint32_t line = 0;
    std::string id, model;
    double params_b = 0.0;
    std::string accelerator_id;
    int n_devices = 0;
    std::string precision;
    int seq_len = 0;
    double mfu = 0.0;
    double hfu = 0.0;
    double tflops_per_device = 0.0;
    double peak_tflops = 0.0;
    std::string workload, basis, source, note;
};

/// data/energy_sources.csv: what a kilowatt-hour from one kind of plant emits.
struct EnergySourceRecord {
    std::uint32_t line = 0;
    std::string key, label, technology;
    double lifecycle_gco2e_per_kwh = 0.0;
    double lifecycle_low = 0.0;
    double lifecycle_high = 0.0;
    double direct_gco2e_per_kwh = 0.0;
    std::string direct_source;  ///< empty: the direct figure is unknown (0 is a figure here)
    int year = 0;
    std::string source, note;
};

/// data/typical_hosts.csv: the machine that is taken to stand around accelerators where nobody says which.
struct HostRecord {
    std::uint32_t line = 0;
    std::string kind, label;
    int devices = 0;  ///< accelerators in it; 0: none
    int threads = 0;
    double cpu_load = 0.0;
    double memory_gib = 0.0;
    int packages = 0;
    double sigma_ln = 0.0;
    std::string source, note;
};

}  // namespace gramme::refdata
