// What share of its peak a device reached over whole published trainings: the default of a plan, with its
// range. Pure. Method: docs/method/plan-train.md#utilisation
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "refdata/tables.hpp"

namespace gramme::plan {

/// Lognormal.
struct UtilisationBand {
    double centre = 0.0;  ///< of peak dense operations, model operations counted (MFU)
    double sigma_ln = 0.0;
    std::string family;  ///< whose trainings it is of: "ampere", "tpu"; "" for those of all devices
    int projects = 0;    ///< trainings of one team on one kind of hardware are one
    int runs = 0;
};

/// From the rows of data/mfu.csv whose basis is "whole run": rates over all hours of a training. Sizes of one
/// project share code and cluster, so each project counts once: its geometric mean. The centre is that of the
/// device's family where two projects or more ran on it, else that of all. sigma_ln is of one further
/// training: between projects, within one, and of the centre. kNotFound where the table has no such rows.
[[nodiscard]] Result<UtilisationBand> utilisation_band(const refdata::Tables& tables,
                                                       const refdata::Accelerator& device);

enum class Precision : std::uint8_t { k16Bit, k32Bit, k8Bit };
[[nodiscard]] std::string_view name_of(Precision precision);
/// "16", "32" or "8". kUsage.
[[nodiscard]] Result<Precision> precision_named(std::string_view text, std::string_view from);

struct Peak {
    double flops_per_s = 0.0;  ///< dense, never with sparsity
    std::string how;           ///< "312 TFLOP/s, dense, 16 bit"
    std::string source;
};
/// kNotFound where nobody published the rate: the hint says what to give instead.
[[nodiscard]] Result<Peak> peak_of(const refdata::Accelerator& device, Precision precision);

}  // namespace gramme::plan
