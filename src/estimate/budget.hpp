// The uncertainty budget of a result: what each input contributes to the interval, and how it is put
// together. One computation for footprint_of() and for `gramme explain`. Pure. Method:
// docs/method/uncertainty.md.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "estimate/lognormal.hpp"
#include "model/footprint.hpp"

namespace gramme::estimate {

/// One counted device whose energy is known.
struct BudgetTerm {
    std::size_t part = 0;      ///< index into the parts
    double share = 0.0;        ///< of the energy
    double gain_sigma = 0.0;   ///< of the sensor or model
    double split_sigma = 0.0;  ///< of the split between the job and the others
    Uncertain energy;          ///< kWh; sigma^2 = gain_sigma^2 + split_sigma^2
    double variance = 0.0;     ///< what it is answerable for in the variance of ln(energy)
};

struct Budget {
    std::vector<BudgetTerm> terms;  ///< in the order of the parts
    double first_order = 0.0;       ///< p'Cp: the variance without the next order
    Uncertain energy;               ///< kWh
    Uncertain facility;             ///< x PUE
    Uncertain operational;          ///< x intensity, kg CO2e
};

/// A CPU second of the job against one of the others (docs/method/uncertainty.md#inputs, our judgement).
inline constexpr double kSplitSigma = 0.10;
/// Two cards or sensors of one design (docs/method/uncertainty.md#inputs).
inline constexpr double kSameDesignCorrelation = 0.5;

/// Joules of a device that the job used: what is neither the others' nor unassigned.
[[nodiscard]] Joules job_energy(const Part& part);
/// The others' share in what was used of a device, 0 where it is not shared or the scope does not split it.
[[nodiscard]] double others_share(const Part& part, Scope scope);
/// Of the logarithms of two devices' energies: 1 for one model, 0.5 for one design, 0 for different groups.
[[nodiscard]] double correlation_of(const Device& a, const Device& b);
/// Gain and split together, as the term of one device.
[[nodiscard]] BudgetTerm term_of(const Part& part, double energy_kwh, Scope scope);

/// Of the parts whose energy is known; no terms where none is.
[[nodiscard]] Budget budget_of(std::span<const Part> parts, Scope scope, const Factors& factors);

}  // namespace gramme::estimate
