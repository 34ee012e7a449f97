// Counter arithmetic: how far a wrapping hardware energy counter advanced. Pure.
#pragma once

#include <cstdint>

#include "base/result.hpp"
#include "units/quantity.hpp"

namespace gramme::meter {

/// One reading of a cumulative energy counter.
struct CounterReading {
    std::uint64_t raw = 0;
    std::int64_t at_ns = 0;  ///< Instant::boot_ns
};

/// What is known of the counter. `range` is the highest value it shows before it wraps to 0 (powercap:
/// max_energy_range_uj); 0 means that it never wraps (64 bits) and a fall is always a reset.
struct CounterSpec {
    Joules per_count;  ///< energy of one step of the raw number: 1 uJ for powercap, 1 mJ for NVML
    std::uint64_t range = 0;
    std::uint64_t modulus_step =
        1;                    ///< raw steps of one hardware count: what range falls short of the modulus
    Watts max_power{1000.0};  ///< more than the device can use: 1.5 x its limit, else 1000 W
};

/// Energy that flowed between two readings of one counter. kMalformed if one lies outside its range or they
/// are out of order, kReset if it fell by more than the device could have used in the time between (a reset
/// is a gap, not a wrap), kOutOfRange if so much time passed that it may have wrapped more than once (the
/// energy is ambiguous) or it rose by more than max_power allows. Method: docs/method/energy.md#wrap. Source:
/// Linux Documentation/power/powercap/powercap.rst (energy_uj, max_energy_range_uj).
[[nodiscard]] Result<Joules> energy_between(const CounterSpec& spec, const CounterReading& before,
                                            const CounterReading& now);

}  // namespace gramme::meter
