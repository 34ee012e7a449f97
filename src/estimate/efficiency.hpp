// How much of the accelerators' energy was spent waiting, and why. Pure. Method: docs/method/efficiency.md.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "model/footprint.hpp"
#include "model/ledger.hpp"

namespace gramme::estimate {

/// A cause that holds at least so much of the idle energy is named.
inline constexpr double kMostOfIt = 0.5;
/// From this share of the accelerators' energy on, waiting is worth a line of the summary.
inline constexpr double kWorthSaying = 0.10;

/// The use of each of `devices` devices, over all windows of the ledger.
[[nodiscard]] std::vector<Use> use_of(const Ledger& ledger, std::size_t devices);

/// Mean over the time in which it is known, 0..1; nullopt where it never is.
[[nodiscard]] std::optional<double> utilization_of(const Use& use) noexcept;

/// An accelerator with its use: `energy` of the whole device, `others` what of it is not the job's.
struct AcceleratorUse {
    Joules energy;
    Joules others;
    Use use;
};
/// nullopt where no utilisation is known. An accelerator whose energy was not the job's own (others used more
/// than 1 % of it) tells nothing of the job and is left out.
[[nodiscard]] std::optional<Waiting> waiting_of(std::span<const AcceleratorUse> accelerators);

}  // namespace gramme::estimate
