// What a meter at the wall tells of a machine: its power against the load of its CPUs, and what it draws
// beside the devices that are counted. Pure. Method: docs/method/wall-meter.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "meter/load_model.hpp"
#include "units/quantity.hpp"

namespace gramme::meter {

/// One stretch of time.
struct WallPoint {
    double load = 0.0;  ///< busy share of the CPUs, 0 to 1
    Watts wall{};       ///< what the meter showed
    std::optional<Watts>
        counted{};          ///< what a run counts of the machine: CPU, memory, GPUs; nothing: not known
    Watts counted_error{};  ///< standard uncertainty of that
    Watts gpus{};           ///< of `counted`: GPUs that have a sensor of their own
};

/// Wall power less that of GPUs with a sensor: P(u) = idle + (full - idle) ln(1 + bend u) / ln(1 + bend), the
/// form of the CPU model. bend > -1; 0: a straight line.
struct WallCurve {
    Watts idle{};
    Watts full{};
    double bend = 0.0;
    Watts residual{};        ///< standard deviation of the points about it
    double r_squared = 0.0;  ///< of the variance, what the load explains
    std::size_t points = 0;
    double lowest_load = 0.0;
    double highest_load = 0.0;
    double sigma = 0.0;        ///< relative standard uncertainty of what is made of it
    std::int64_t wall_ns = 0;  ///< when it was measured, UTC
    std::string meter;         ///< "command", "csv"
};

/// What the wall shows beside what is counted, as of one power supply: wall = (counted + base) / efficiency.
struct WallRest {
    Watts base{};             ///< board, fans, disks, network card, behind the power supply
    double efficiency = 1.0;  ///< 1: no loss was seen to grow with what is counted
    Watts residual{};
    std::size_t points = 0;
    double sigma = 0.0;  ///< relative standard uncertainty of the rest
    std::int64_t wall_ns = 0;
};

/// Relative standard uncertainties (docs/method/wall-meter.md#uncertainty): a plug or BMC; other work at the
/// same load than the one it was measured with.
inline constexpr double kMeterSigma = 0.03;
inline constexpr double kSyntheticLoadSigma = 0.10;
inline constexpr double kOwnLoadSigma = 0.05;

/// The points that are not next to a step of the load of more than a tenth: there a meter that lags shows
/// another moment than the load.
[[nodiscard]] std::vector<WallPoint> steady(std::span<const WallPoint> points);

/// While measuring, so that nobody waits for a fit that must fail. The first: readings of the step that was
/// to be idle; kUnavailable where the CPUs were so busy all the time that no load 30 % above it is left. The
/// second: all readings so far; kUnavailable where loads that lie 30 % apart did not move the meter at all.
[[nodiscard]] Result<void> check_idle_step(std::span<const WallPoint> points);
[[nodiscard]] Result<void> check_meter_moves(std::span<const WallPoint> points);

/// Least squares. The bend is fitted too where four levels of load and half of its range were seen. `work`:
/// kSyntheticLoadSigma or kOwnLoadSigma. kUnavailable, with what to do: fewer than eight points, loads that
/// span less than 0.3, power that does not rise with the load or is not explained by it.
[[nodiscard]] Result<WallCurve> fit_wall_curve(std::span<const WallPoint> points, double work);

/// Least squares of wall - counted against counted. kUnavailable: too few points, or a wall below what is
/// counted (the meter shows another machine, or only a part of this one).
[[nodiscard]] Result<WallRest> fit_wall_rest(std::span<const WallPoint> points);

/// For the device that stands for the whole machine.
[[nodiscard]] LoadModel load_model_of(const WallCurve& curve, double cpus);

}  // namespace gramme::meter
