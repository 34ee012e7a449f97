#include "estimate/hourly.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "base/utc.hpp"

namespace gramme::estimate {
namespace {

constexpr std::int64_t kNsPerSecond = 1'000'000'000;

/// A stretch of time, in seconds since 1970, in which one value holds.
struct Segment {
    double from_s = 0.0;
    double until_s = 0.0;
    std::size_t period = 0;
    bool held = false;  ///< behind the end of its period, in a hole
};

/// Each period and, where a hole follows, what its value is held into.
std::vector<Segment> segments_of(const std::vector<IntensityPeriod>& periods) {
    std::vector<Segment> segments;
    segments.reserve(2 * periods.size());
    for (std::size_t i = 0; i < periods.size(); ++i) {
        const IntensityPeriod& one = periods[i];
        segments.push_back({static_cast<double>(one.from_s), static_cast<double>(one.until_s), i, false});
        const std::int64_t most = one.until_s + kHeldSeconds;
        const std::int64_t end = i + 1 < periods.size() ? std::min(most, periods[i + 1].from_s) : most;
        if (end > one.until_s) {
            segments.push_back({static_cast<double>(one.until_s), static_cast<double>(end), i, true});
        }
    }
    return segments;
}

/// What was costed, in the unit of the weights.
struct Costed {
    double grams = 0.0;  ///< sum of weight x intensity, of the series
    double known = 0.0;
    double held = 0.0;
    double all = 0.0;
    std::vector<bool> used;  ///< periods
};

class Coster {
public:
    explicit Coster(const std::vector<IntensityPeriod>& periods)
        : periods_(periods), segments_(segments_of(periods)) {
        costed_.used.resize(periods.size());
    }

    /// `weight` is even over the time.
    void add(double from_s, double until_s, double weight) {
        costed_.all += weight;
        auto at = std::partition_point(segments_.begin(), segments_.end(),
                                       [&](const Segment& segment) { return segment.until_s <= from_s; });
        for (; at != segments_.end() && at->from_s < until_s; ++at) {
            const double overlap = std::min(until_s, at->until_s) - std::max(from_s, at->from_s);
            const double part = weight * overlap / (until_s - from_s);
            (at->held ? costed_.held : costed_.known) += part;
            costed_.grams += part * periods_[at->period].gco2e_per_kwh;
            costed_.used[at->period] = costed_.used[at->period] || part > 0.0;
        }
    }

    [[nodiscard]] const Costed& costed() const { return costed_; }

private:
    const std::vector<IntensityPeriod>& periods_;
    std::vector<Segment> segments_;
    Costed costed_;
};

/// As footprint_of() counts.
double joules_counted(const RunRecord& run, const Ledger& ledger, const Window& window) {
    const bool machine = run.scope == Scope::kMachine;
    const bool counted = machine || (window.device < ledger.devices.size() &&
                                     ledger.devices[window.device].membership == Membership::kIn);
    return counted ? (machine ? window.energy : window.job).value() : 0.0;
}

Costed cost(const RunRecord& run, const Ledger& ledger, const IntensitySeries& series, bool by_energy) {
    Coster coster{series.periods};
    for (const Window& window : ledger.windows) {
        const double seconds = static_cast<double>(window.to_ns - window.from_ns) / kNsPerSecond;
        const double weight = by_energy ? joules_counted(run, ledger, window) : seconds;
        if (seconds > 0.0 && weight > 0.0) {
            const auto wall = [&](std::int64_t since_start_ns) {
                return static_cast<double>(run.started_wall_ns + since_start_ns) / kNsPerSecond;
            };
            coster.add(wall(window.from_ns), wall(window.to_ns), weight);
        }
    }
    return coster.costed();
}

std::string span_text(std::int64_t from_s, std::int64_t until_s) {
    return utc_text(from_s * kNsPerSecond) + " to " + utc_text(until_s * kNsPerSecond);
}

Result<void> check(const IntensitySeries& series) {
    for (std::size_t i = 0; i < series.periods.size(); ++i) {
        const IntensityPeriod& one = series.periods[i];
        if (one.until_s <= one.from_s || (i > 0 && one.from_s < series.periods[i - 1].until_s)) {
            return Error{Code::kOutOfRange,
                         "the intensities of " + series.from.chosen + " are not in the order of time at " +
                             utc_text(one.from_s * kNsPerSecond),
                         "each period begins when the one before it has ended, or later"};
        }
    }
    return {};
}

IntensityInTime in_time(const Costed& costed, const IntensitySeries& series, const Factors& otherwise) {
    IntensityInTime out;
    for (std::size_t i = 0; i < series.periods.size(); ++i) {
        if (costed.used[i]) {
            const double value = series.periods[i].gco2e_per_kwh;
            out.least = out.periods == 0 ? value : std::min(out.least, value);
            out.most = out.periods == 0 ? value : std::max(out.most, value);
            ++out.periods;
        }
    }
    constexpr double kRounding = 1e-12;
    const double left = 1.0 - (costed.known + costed.held) / costed.all;
    out.held_share = costed.held / costed.all;
    out.otherwise_share = left > kRounding ? left : 0.0;
    if (out.otherwise_share > 0.0) {
        out.otherwise = otherwise.intensity.value;
        out.otherwise_source = otherwise.intensity.from.source;
    }
    return out;
}

std::string percent(double share) {
    constexpr double kPercent = 100.0;
    const double value = kPercent * share;
    return value < 1.0 ? "less than 1 %" : std::to_string(static_cast<int>(value + 0.5)) + " %";
}

/// A marginal figure answers another question; a hole costs at another figure: both are said first.
void add_notes(const IntensityFactor& grid, std::vector<std::string>& notes) {
    if (grid.basis == "marginal") {
        notes.emplace_back(
            "marginal intensities say what one kWh more or less would change; a footprint is made with the "
            "average of the grid");
    }
    if (grid.in_time->otherwise_share > 0.0) {
        notes.push_back(
            percent(grid.in_time->otherwise_share) +
            " of the energy lies where the series says nothing: costed with " +
            (grid.in_time->otherwise_source == "user" ? "the intensity given" : "the annual figure"));
    }
}

}  // namespace

FactorRequest on_basis_of(const IntensitySeries& series, FactorRequest asked) {
    const bool known = series.basis == "direct" || series.basis == "lifecycle";
    if (asked.basis.empty() && known) {
        asked.basis = series.basis;
    }
    return asked;
}

Result<Factors> factors_in_time(const RunRecord& run, const Ledger& ledger, const IntensitySeries& series,
                                const Factors& otherwise) {
    GRAMME_CHECK(check(series));
    Costed costed = cost(run, ledger, series, /*by_energy=*/true);
    if (!(costed.all > 0.0)) {
        costed = cost(run, ledger, series, /*by_energy=*/false);
    }
    if (!(costed.known + costed.held > 0.0)) {
        const auto start = run.started_wall_ns / kNsPerSecond;
        const std::string holds =
            series.periods.empty()
                ? "it is empty"
                : "it holds " + span_text(series.periods.front().from_s, series.periods.back().until_s);
        return Error{
            Code::kOutOfRange, series.from.chosen + " has no intensity for the time of the run: " + holds,
            "the run took " + span_text(start, start + static_cast<std::int64_t>(run.duration_s + 0.5))};
    }
    Factors out = otherwise;
    IntensityFactor& grid = out.intensity;
    const IntensityFactor& annual = otherwise.intensity;
    grid.in_time = in_time(costed, series, otherwise);
    const double by_series = costed.grams / costed.all;
    const double by_annual = grid.in_time->otherwise_share * annual.value.value();
    grid.value = GramsPerKilowattHour{by_series + by_annual};
    // Two figures from different sources: independent.
    const double variance = by_series * by_series * series.sigma_ln * series.sigma_ln +
                            by_annual * by_annual * annual.sigma_ln * annual.sigma_ln;
    grid.sigma_ln = grid.value.value() > 0.0 ? std::sqrt(variance) / grid.value.value() : 0.0;
    grid.from = series.from;
    grid.year = 0;
    grid.basis = series.basis;
    grid.region_known = true;
    grid.fell_back_to_country = false;
    grid.country_lifecycle.reset();
    if (!series.zone.empty()) {
        grid.zone = grid.zone_name = series.zone;
    } else if (!annual.region_known) {
        grid.zone.clear();
        grid.zone_name.clear();
    }
    out.notes.clear();
    if (grid.in_time->otherwise_share > 0.0 && !annual.region_known) {
        out.notes = otherwise.notes;
    }
    add_notes(grid, out.notes);
    return out;
}

}  // namespace gramme::estimate
