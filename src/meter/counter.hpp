// Counter arithmetic: how far a wrapping hardware energy counter advanced. Pure.
#pragma once

#include <cstdint>
#include <string_view>

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
    Joules per_count{};  ///< energy of one step of the raw number: 1 uJ for powercap, 1 mJ for NVML
    std::uint64_t range = 0;
    std::uint64_t modulus_step =
        1;                    ///< raw steps of one hardware count: what range falls short of the modulus
    Watts max_power{1000.0};  ///< more than the device can use: 1.5 x its limit, else 1000 W
    /// A device that is on always uses something: a counter that shows the same number for this long is no
    /// longer counting, and its readings are failed ones. 0: it may rest.
    Seconds longest_rest{0.0};
    /// It is renewed this seldom, at times that do not show: the same number again after less time says
    /// nothing of the energy in between, and the next reading speaks of both stretches. 0: each reading
    /// counts.
    Seconds renewal{0.0};
};

/// What two readings of one counter say. Only kAdvanced carries energy.
enum class CounterOutcome : std::uint8_t {
    kAdvanced,       ///< it rose, or wrapped exactly once
    kOutsideRange,   ///< a reading is above the range of its counter
    kOutOfOrder,     ///< the second reading is the older one
    kReset,          ///< it fell, and not by a wrap
    kWrapAmbiguous,  ///< so much time passed that it may have wrapped once more
    kImplausible,    ///< it rose by more than the device can use
};

struct CounterAdvance {
    CounterOutcome outcome = CounterOutcome::kAdvanced;
    Joules energy{};
};

/// The reason of a gap in words; static storage, empty for kAdvanced.
[[nodiscard]] std::string_view reason_of(CounterOutcome outcome) noexcept;

/// The form for the sampling path: no allocation, the outcome as an enumerator. Same rules as
/// energy_between().
[[nodiscard]] CounterAdvance advance(const CounterSpec& spec, const CounterReading& before,
                                     const CounterReading& now) noexcept;

/// Energy that flowed between two readings of one counter. "Could have used" is max_power over the time
/// between plus 0.1 s, because counters are refreshed in steps. kMalformed if one lies outside its range or
/// they are out of order, kReset if it fell by more than the device could have used (a reset is a gap, not a
/// wrap), kOutOfRange if it may have wrapped once more than it shows (`wrap_ambiguous`) or rose by more than
/// the device could have used. Method: docs/method/energy.md#wrap. Source:
/// Linux Documentation/power/powercap/powercap.rst (energy_uj, max_energy_range_uj).
[[nodiscard]] Result<Joules> energy_between(const CounterSpec& spec, const CounterReading& before,
                                            const CounterReading& now);

}  // namespace gramme::meter
