// The meter of one device: readings in, windows and gaps out. Pure, no allocation.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>

#include "meter/attribution.hpp"
#include "meter/counter.hpp"
#include "meter/load_model.hpp"
#include "model/device.hpp"
#include "model/reading.hpp"

namespace gramme::meter {

/// A sensor that shows power only. Its reading covers `window` before the instant (0: instantaneous,
/// trapezoid).
struct PowerSpec {
    Seconds window{0.0};
    Watts max_power{2000.0};  ///< a reading above is implausible and is refused
    Seconds max_gap{3.0};     ///< more time between two readings is a gap, not an integral
};

using EnergySpec = std::variant<CounterSpec, PowerSpec, LoadModel>;

struct MeterSpec {
    EnergySpec energy{};
    Watts idle_power{};                ///< for attribution; 0: all energy goes by CPU time
    bool idle_calibrated = false;      ///< it was measured on this machine, not assumed
    std::optional<double> reserved{};  ///< share of it that was reserved for the job; nothing: not known
    /// Not shared by CPU time (a GPU): all its energy is the job's, unless its readings tell who used it
    /// (Reading::use).
    bool whole = false;
    double cpus = 0.0;  ///< logical CPUs of the machine; 0: unknown
    int socket = -1;    ///< whose CPUs use it; -1: those of the whole machine
    /// Of a counter: how readings of power are integrated that come in its place while it stands still.
    /// Nothing: none are expected.
    std::optional<PowerSpec> stand_in{};
    /// A first reading that bears a power speaks for at most so long before it: over that time its sensor
    /// averages. Of a device that is `whole`.
    Seconds lead{0.0};
};

/// What became known through one reading.
struct MeterStep {
    enum class Kind : std::uint8_t { kNothing, kWindow, kGap };
    Kind kind = Kind::kNothing;
    std::int64_t from_ns = 0;  ///< Instant::boot_ns
    std::int64_t to_ns = 0;
    Joules energy{};
    Split split{};
    Activity activity{};
    std::uint32_t readings = 0;
    bool bridged = false;       ///< a counter stood still: the energy is power x time
    bool led = false;           ///< from the start to the first reading: the energy is its power x time
    std::string_view reason{};  ///< of a gap, or of a bridge; static storage
};

/// A stretch this short at the start or end of a run is the time it takes to read all devices, not a gap.
inline constexpr std::int64_t kNegligibleNs = 20'000'000;

/// One device of one run.
///
/// A failed read gives nothing by itself: if a later reading of a counter (or of CPU time, for a load model)
/// is good and unambiguous, one window spans it; otherwise the stretch from the last good reading is a gap
/// with the reason of the failure. After a gap, metering begins anew at the reading that ended it. The first
/// good reading is no energy, but for a short time before one that bears a power (MeterSpec::lead). A counter
/// that fell back or jumped is a gap too; a power above max_power or a counter above its range counts as a
/// failed read. While the machine was suspended (ActivityReading::suspended_ns) a model adds nothing, a power
/// sensor has a gap and a counter could not wrap. Where a power reading comes in the place of a counter that
/// stands still (MeterSpec::stand_in), power x time is the energy until the counter has moved again; by how
/// much it then jumped is not looked at, so that nothing is counted twice. Method: docs/method/energy.md,
/// docs/method/ledger.md#bad-days, docs/method/nvml.md#stuck.
class DeviceMeter {
public:
    /// `start_ns`: where this device's energy should begin (Instant::boot_ns); a later first reading leaves a
    /// gap.
    DeviceMeter(const MeterSpec& spec, Scope scope, std::int64_t start_ns);

    [[nodiscard]] MeterStep add(const Reading& reading, const ActivityReading& activity) noexcept;
    /// At the end of the run: the gap after the last good reading, if one is left.
    [[nodiscard]] MeterStep finish(std::int64_t end_ns) const noexcept;
    [[nodiscard]] std::uint64_t failed_reads() const noexcept { return failed_reads_; }

private:
    struct Outcome {
        std::string_view gap_reason;  ///< not empty: the stretch is a gap
        Joules energy;
    };
    [[nodiscard]] Outcome between(const CounterSpec& spec, const Reading& now,
                                  std::int64_t slept_ns) const noexcept;
    [[nodiscard]] Outcome between(const PowerSpec& spec, const Reading& now,
                                  std::int64_t slept_ns) const noexcept;
    [[nodiscard]] Outcome between(const LoadModel& spec, const Reading& now,
                                  std::int64_t slept_ns) const noexcept;
    [[nodiscard]] Outcome integrate(const PowerSpec& spec, Watts power, const Reading& now,
                                    std::int64_t slept_ns) const noexcept;
    [[nodiscard]] bool stands_in(const Reading& reading) const noexcept;
    [[nodiscard]] Outcome bridge(const Reading& now, std::int64_t slept_ns) const noexcept;
    [[nodiscard]] std::int64_t slept_until(const Reading& now,
                                           const ActivityReading& activity) const noexcept;
    [[nodiscard]] std::string_view fault_of(const Reading& reading) const noexcept;
    [[nodiscard]] bool stands_still(const Reading& reading, std::int64_t slept_ns) const noexcept;
    [[nodiscard]] bool is_no_news(const Reading& reading) const noexcept;
    [[nodiscard]] Activity activity_until(const Reading& now, const ActivityReading& activity,
                                          std::int64_t slept_ns) const noexcept;
    [[nodiscard]] Split split_whole(Joules energy, const Reading& now, Seconds awake,
                                    const Activity& of_cpus) noexcept;
    [[nodiscard]] Tracked tracked_until(const ActivityReading& activity) const noexcept;
    void remember(Activity& activity, Seconds elapsed) noexcept;
    void narrow_to_socket(Activity& result, const ActivityReading& activity) const noexcept;
    [[nodiscard]] std::optional<Watts> power_of_lead(const Reading& first) const noexcept;
    MeterStep lead_to(const Reading& first, Watts power, const ActivityReading& activity) noexcept;
    MeterStep begin_at(const Reading& reading, const ActivityReading& activity,
                       std::int64_t slept_ns) noexcept;
    MeterStep fail(std::string_view why) noexcept;

    MeterSpec spec_;
    Scope scope_;
    std::int64_t since_ns_;  ///< up to here everything is accounted for
    Reading last_{};
    ActivityReading last_activity_{};
    double recent_job_s_ = 0.0;  ///< CPU time of some 10 s, older times fading
    double recent_busy_s_ = 0.0;
    double unshown_busy_s_ = 0.0;  ///< CPU time of the job that the machine's does not show yet
    std::int64_t heard_ns_ = 0;    ///< of the newest reading that was no news
    std::int64_t changed_ns_ = 0;  ///< when the counter was first seen at its present number
    bool has_last_ = false;
    std::string_view failure_;  ///< of the newest failed read since the last good one
    std::uint64_t failed_reads_ = 0;
};

}  // namespace gramme::meter
