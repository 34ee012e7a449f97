#include "meter/counter.hpp"

#include <string>

namespace gramme::meter {
namespace {

/// Drivers refresh a counter in steps: RAPL each millisecond, NVML each 20 to 100 ms. Two reads close
/// together can see a whole step.
constexpr Seconds kRefresh{0.1};

}  // namespace

std::string_view reason_of(CounterOutcome outcome) noexcept {
    switch (outcome) {
        case CounterOutcome::kAdvanced: return "";
        case CounterOutcome::kOutsideRange: return "counter above its range";
        case CounterOutcome::kOutOfOrder: return "readings out of order";
        case CounterOutcome::kReset: return "counter was reset";
        case CounterOutcome::kWrapAmbiguous: return "wrap_ambiguous: too long between two readings";
        case CounterOutcome::kImplausible: return "counter rose by more than the device can use";
    }
    return "";
}

CounterAdvance advance(const CounterSpec& spec, const CounterReading& before,
                       const CounterReading& now) noexcept {
    const bool wraps = spec.range != 0;
    if (wraps && (before.raw > spec.range || now.raw > spec.range)) {
        return {CounterOutcome::kOutsideRange, {}};
    }
    if (now.at_ns < before.at_ns) {
        return {CounterOutcome::kOutOfOrder, {}};
    }
    const Seconds elapsed = Nanoseconds{now.at_ns - before.at_ns};
    const Joules most = spec.max_power * (elapsed + kRefresh);

    Joules energy;
    if (now.raw >= before.raw) {
        energy = static_cast<double>(now.raw - before.raw) * spec.per_count;
        if (energy > most) {
            return {CounterOutcome::kImplausible, {}};
        }
    } else {
        if (!wraps) {
            return {CounterOutcome::kReset, {}};
        }
        // range + one count - before + now, in an order that cannot overflow
        const double counts = static_cast<double>(spec.range - before.raw) + static_cast<double>(now.raw) +
                              static_cast<double>(spec.modulus_step);
        energy = counts * spec.per_count;
        if (energy > most) {
            return {CounterOutcome::kReset, {}};
        }
    }
    if (wraps) {
        const Joules one_turn =
            (static_cast<double>(spec.range) + static_cast<double>(spec.modulus_step)) * spec.per_count;
        if (energy + one_turn <= spec.max_power * elapsed) {
            return {CounterOutcome::kWrapAmbiguous, {}};
        }
    }
    return {CounterOutcome::kAdvanced, energy};
}

Result<Joules> energy_between(const CounterSpec& spec, const CounterReading& before,
                              const CounterReading& now) {
    const CounterAdvance step = advance(spec, before, now);
    const auto error = [&](Code code, const char* hint) {
        return Error{code, std::string(reason_of(step.outcome)), hint};
    };
    switch (step.outcome) {
        case CounterOutcome::kAdvanced: return step.energy;
        case CounterOutcome::kOutsideRange:
        case CounterOutcome::kOutOfOrder: return error(Code::kMalformed, "");
        case CounterOutcome::kReset: return error(Code::kReset, "");
        case CounterOutcome::kWrapAmbiguous: return error(Code::kOutOfRange, "read it more often");
        case CounterOutcome::kImplausible: return error(Code::kOutOfRange, "");
    }
    return Error{Code::kBug, "unknown counter outcome", ""};
}

}  // namespace gramme::meter
