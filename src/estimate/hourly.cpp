#include "estimate/hourly.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "base/utc.hpp"
#include "estimate/estimate.hpp"

namespace gramme::estimate {
namespace {

constexpr std::int64_t kNsPerSecond = 1'000'000'000;
constexpr double kRounding = 1e-12;  ///< of a share of the energy

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
    return counted ? window.job.value() : 0.0;
}

Costed cost(const RunRecord& run, const Ledger& ledger, const IntensitySeries& series, bool by_energy) {
    Coster coster{series.periods};
    for (const Window& window : ledger.windows) {
        const double seconds = static_cast<double>(window.to_ns - window.from_ns) / kNsPerSecond;
        const double weight = by_energy ? joules_counted(run, ledger, window) : seconds;
        if (seconds > 0.0 && weight > 0.0) {
            const auto wall = [&](std::int64_t since_start_ns) {
                return static_cast<double>(run.started_wall_ns) / kNsPerSecond +
                       static_cast<double>(since_start_ns) / kNsPerSecond;
            };
            coster.add(wall(window.from_ns), wall(window.to_ns), weight);
        }
    }
    return coster.costed();
}

std::string span_text(double from_s, double until_s) {
    constexpr double kLast = 9.2e9;  // nanoseconds end in 2262
    const auto stamp = [&](double seconds) {
        return utc_text(static_cast<std::int64_t>(std::min(seconds, kLast)) * kNsPerSecond);
    };
    return stamp(from_s) + " to " + stamp(until_s);
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
    out.zone = series.zone;
    for (std::size_t i = 0; i < series.periods.size(); ++i) {
        if (costed.used[i]) {
            const double value = series.periods[i].gco2e_per_kwh;
            out.least = out.periods == 0 ? value : std::min(out.least, value);
            out.most = out.periods == 0 ? value : std::max(out.most, value);
            ++out.periods;
        }
    }
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

/// What is not the grid's average, and what was costed otherwise, is said first.
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

/// What costs the energy where the series says nothing: on its basis, or refused. Two bases are never added
/// up.
Result<Factors> on_one_basis(const IntensitySeries& series, Factors otherwise) {
    IntensityFactor& grid = otherwise.intensity;
    if (series.basis.empty() || grid.basis.empty() || series.basis == grid.basis) {
        return otherwise;
    }
    if (series.basis == "lifecycle" && grid.country_lifecycle) {
        grid.value = *grid.country_lifecycle;
        grid.sigma_ln = kCountryForPlaceSigma;
        grid.basis = series.basis;
        grid.from.source = grid.country_lifecycle_source;
        return otherwise;
    }
    return Error{Code::kOutOfRange,
                 series.from.chosen + " is on " + series.basis +
                     " basis and says nothing of some of the time, "
                     "for which the figure of " +
                     grid.zone_name + " is " + grid.basis,
                 "give intensities for the whole time, or --intensity for the rest"};
}

}  // namespace

FactorRequest on_basis_of(const IntensitySeries& series, FactorRequest asked) {
    const bool known = series.basis == "direct" || series.basis == "lifecycle";
    if (asked.basis.empty() && known) {
        asked.basis = series.basis;
    }
    return asked;
}

Result<Factors> factors_beside(const IntensitySeries& series, const refdata::Tables& tables,
                               FactorRequest asked, const HostFacts& host) {
    if (asked.region.empty() && !asked.intensity_gco2e_per_kwh && !series.zone.empty() &&
        tables.find_place(series.zone)) {
        asked.region = series.zone;
        asked.region_from = "zone of the intensities,";
    }
    const FactorRequest on_basis = on_basis_of(series, asked);
    auto factors = resolve_factors(tables, on_basis, host);
    const bool only_wished = asked.basis.empty() && !on_basis.basis.empty();
    return factors || !only_wished ? std::move(factors) : resolve_factors(tables, asked, host);
}

std::string zone_conflict(const IntensitySeries& series, const IntensityFactor& place,
                          const refdata::Tables& tables) {
    const std::string zone = series.zone.substr(0, series.zone.find('-'));  // "US-CAL-CISO": of the US
    const auto named = tables.find_place(zone);
    if (zone.empty() || !named || named->country_iso3.empty() || place.country_iso3.empty() ||
        !place.region_known || named->country_iso3 == place.country_iso3) {
        return "";
    }
    return "the intensities are those of " + series.zone + ", and the region is " +
           (place.country_name.empty() ? place.country_iso3 : place.country_name) + ": which is it?";
}

Result<Factors> factors_in_time(const RunRecord& run, const Ledger& ledger, const IntensitySeries& series,
                                const Factors& otherwise) {
    GRAMME_CHECK(check(series));
    Costed costed = cost(run, ledger, series, /*by_energy=*/true);
    if (!(costed.all > 0.0)) {
        costed = cost(run, ledger, series, /*by_energy=*/false);
    }
    if (!(costed.known + costed.held > 0.0)) {
        const double start = static_cast<double>(run.started_wall_ns) / kNsPerSecond;
        const std::string holds =
            series.periods.empty()
                ? "it is empty"
                : "it holds " + span_text(static_cast<double>(series.periods.front().from_s),
                                          static_cast<double>(series.periods.back().until_s));
        return Error{Code::kOutOfRange,
                     series.from.chosen + " has no intensity for the time of the run: " + holds,
                     "the run took " + span_text(start, start + run.duration_s)};
    }
    const bool whole = !(costed.known + costed.held < costed.all * (1.0 - kRounding));
    GRAMME_TRY(const Factors rest, whole ? Result<Factors>{otherwise} : on_one_basis(series, otherwise));
    Factors out = rest;
    IntensityFactor& grid = out.intensity;
    const IntensityFactor& annual = rest.intensity;
    grid.in_time = in_time(costed, series, rest);
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
    grid.fell_back_to_country = false;
    grid.country_lifecycle.reset();
    if (!annual.region_known || annual.zone.empty()) {  // else the place is the one that was named
        grid.zone = grid.zone_name = series.zone;
    }
    grid.region_known = whole || annual.region_known;
    out.notes = notes_of(grid);
    add_notes(grid, out.notes);
    return out;
}

Result<Factors> resolve_in_time(const refdata::Tables& tables, const FactorRequest& asked,
                                const RunRecord& run, const Ledger& ledger, const IntensitySeries& series) {
    GRAMME_TRY(const Factors usual, factors_beside(series, tables, asked, run.host));
    GRAMME_TRY(Factors factors, factors_in_time(run, ledger, series, usual));
    if (std::string note = zone_conflict(series, usual.intensity, tables); !note.empty()) {
        factors.notes.push_back(std::move(note));
    }
    return factors;
}

}  // namespace gramme::estimate
