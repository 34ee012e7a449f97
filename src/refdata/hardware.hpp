// Accelerators, cloud instances, embodied carbon, utilisation and energy sources as values. The look-ups are
// members of Tables (tables.hpp). Views point where Tables says. A number 0 stands for "unknown".
#pragma once

#include <optional>
#include <string_view>

#include "units/quantity.hpp"

namespace gramme::refdata {

/// One device as a job counts them: of a board with two processors, one of the two, with half its watts and
/// memory.
struct Accelerator {
    std::string_view id, vendor, name, aliases, kind, segment, form_factor, architecture, limit_basis,
        power_source, fp16_basis, mlco2_label, source, note;
    double limit_w = 0.0;  ///< board power limit of one device; that of `limit_of` where its own is unknown
    std::string_view limit_of;  ///< id of the nearest part whose limit stands in; empty: its own
    double typical_w = 0.0;     ///< mean of a published measurement under training load
    double idle_w = 0.0;
    int devices_per_board = 1;
    double memory_gib = 0.0;
    double tflops_fp32 = 0.0;  ///< dense, without sparsity
    double tflops_fp16 = 0.0;
    double tflops_fp8 = 0.0;
    int release_year = 0;
    int process_nm = 0;
    double die_mm2 = 0.0;
    double mlco2_w = 0.0;  ///< what the ML CO2 Impact calculator uses, of the whole board
};

struct Instance {
    std::string_view id;  ///< "aws:p4d.24xlarge"
    std::string_view provider, type, aliases, cpu_model, power_source, source;
    std::string_view microarchitectures;  ///< all candidates, with semicolons between them
    double vcpus = 0.0;
    double memory_gib = 0.0;
    double host_vcpus = 0.0;         ///< of the whole host
    std::string_view accelerator;    ///< id; empty: none
    double accelerator_count = 0.0;  ///< devices as the guest sees them; may be a fraction
    double cpu_idle_w = 0.0;         ///< package watts of this instance's share, as its source modelled them
    double cpu_full_w = 0.0;
    double memory_idle_w = 0.0;
    double memory_full_w = 0.0;
    double other_w = 0.0;  ///< of the rest of the machine
};

struct Embodied {
    std::string_view id, item, category, unit, scope, accelerator, source, note;
    double value = 0.0;
    double lifetime_years = 0.0;  ///< what its source assumes
};

/// Model FLOPs utilisation that a training reached.
struct Utilisation {
    std::string_view id, model, accelerator, precision, workload, basis, source, note;
    double params_b = 0.0;
    int n_devices = 0;
    int seq_len = 0;
    double mfu = 0.0;
    double hfu = 0.0;
    double tflops_per_device = 0.0;
    double peak_tflops = 0.0;
};

/// What a kilowatt-hour from one kind of plant emits.
struct EnergySource {
    std::string_view key, label, technology, direct_source, source, note;
    GramsPerKilowattHour lifecycle;
    double lifecycle_low = 0.0;  ///< range that its source gives; 0: none
    double lifecycle_high = 0.0;
    std::optional<GramsPerKilowattHour> direct;
    int year = 0;
};

/// The machine that is taken to stand around accelerators, or to be meant, where nobody says which.
struct TypicalHost {
    std::string_view kind, label, source, note;
    int devices = 0;  ///< accelerators in it; 0: none
    int threads = 0;
    double cpu_load = 0.0;
    double memory_gib = 0.0;
    int packages = 0;
    double sigma_ln = 0.0;  ///< of its CPU and memory power
};

}  // namespace gramme::refdata
