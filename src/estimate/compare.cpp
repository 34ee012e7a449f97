#include "estimate/compare.hpp"

#include <algorithm>
#include <cmath>

#include "base/parse.hpp"
#include "estimate/estimate.hpp"
#include "estimate/job_ledger.hpp"
#include "estimate/lognormal.hpp"
#include "units/root_of_squares.hpp"

namespace gramme::estimate {
namespace {

constexpr int kNoYearAfter = 9'999;

/// ln(high / low) of an interval of 95 % as one standard deviation.
double sigma_of(const Estimate& estimate) {
    return estimate.low > 0.0 ? std::log(estimate.high / estimate.low) / (2.0 * kZ95) : 0.0;
}

double sigma_of_what_differs(const Footprint& footprint, Axis axis) {
    const Factors& factors = footprint.factors;
    switch (axis) {
        case Axis::kRegion: return root_of_squares(factors.intensity.sigma_ln, factors.pue.sigma_ln);
        case Axis::kEnergySource:
        case Axis::kYear: return factors.intensity.sigma_ln;
        case Axis::kDevice:
        case Axis::kInstance: return sigma_of(*footprint.energy_kwh);
    }
    return 0.0;
}

/// The figure of the country on lifecycle basis in place of a direct one of the zone; false where there is
/// none.
bool take_figure_of_country(IntensityFactor& grid) {
    if (!grid.country_lifecycle) {
        return false;
    }
    grid.value = *grid.country_lifecycle;
    grid.zone = grid.zone_name = grid.country_lifecycle_zone;
    grid.year = grid.country_lifecycle_year;
    grid.from.source = grid.country_lifecycle_source;
    grid.basis = name_of(refdata::Basis::kLifecycle);
    grid.sigma_ln = std::max(grid.sigma_ln, kCountryForPlaceSigma);
    grid.fell_back_to_country = true;
    grid.country_lifecycle.reset();
    return true;
}

/// That the figures of a place reach to the year that is asked; `row` has the figure taken for it.
Result<void> check_year(refdata::Basis basis, const FactorRequest& asked, const IntensityFactor& row,
                        const HostFacts& host, const refdata::Tables& tables) {
    if (row.year == 0) {
        return Error{Code::kNotFound, "the figure for " + row.zone_name + " has no year", ""};
    }
    if (row.year > *asked.year) {
        return Error{Code::kNotFound,
                     "no figure for " + row.zone_name + " before " + std::to_string(row.year), ""};
    }
    if (row.year == *asked.year) {
        return {};
    }
    FactorRequest last = asked;
    last.year = kNoYearAfter;
    GRAMME_TRY(const Factors newest, factors_on(basis, last, host, tables));
    if (newest.intensity.year < *asked.year) {  // 0, where a figure without a year follows the last dated one
        const int year = std::max(newest.intensity.year, row.year);
        return Error{Code::kNotFound, "no figure for " + row.zone_name + " after " + std::to_string(year),
                     ""};
    }
    return {};
}

struct Ranker {
    refdata::Basis basis;
    Axis axis;
    const refdata::Tables& tables;
    Comparison& out;

    void add(const Candidate& candidate) const {
        if (const auto added = try_to_add(candidate); !added) {
            out.unranked.push_back({candidate.label, added.error().what});
        }
    }

    [[nodiscard]] Result<void> try_to_add(const Candidate& candidate) const {
        GRAMME_CHECK(check(candidate.job));
        GRAMME_TRY(const HostFacts host, host_of(candidate.job, tables));
        GRAMME_TRY(const Factors factors, factors_on(basis, candidate.job.factors, host, tables));
        const IntensityFactor& grid = factors.intensity;
        const bool by_year = axis == Axis::kYear && candidate.job.factors.year.has_value();
        if (by_year) {
            GRAMME_CHECK(check_year(basis, candidate.job.factors, grid, host, tables));
        }
        GRAMME_TRY(JobEstimate estimate, estimate_job(candidate.job, factors, tables));
        if (!estimate.footprint.operational_kgco2e) {
            return Error{Code::kNotFound, "its energy is not known", ""};
        }
        ComparedRow row;
        row.label = candidate.label;
        row.footprint = std::move(estimate.footprint);
        row.from_country = grid.fell_back_to_country;
        row.older_figure = by_year && grid.year != *candidate.job.factors.year;
        row.sigma_ln = sigma_of_what_differs(row.footprint, axis);
        out.rows.push_back(std::move(row));
        return {};
    }
};

void rank(Comparison& out) {
    const auto carbon = [](const ComparedRow& row) { return row.footprint.operational_kgco2e->value; };
    std::sort(out.rows.begin(), out.rows.end(), [&](const ComparedRow& a, const ComparedRow& b) {
        return carbon(a) != carbon(b) ? carbon(a) < carbon(b) : a.label < b.label;
    });
    const ComparedRow& best = out.rows.front();
    if (!(carbon(best) > 0.0)) {  // nothing is so many times 0; only another 0 is like it
        for (ComparedRow& row : out.rows) {
            row.like_best = &row != &best && carbon(row) == carbon(best);
        }
        return;
    }
    for (ComparedRow& row : out.rows) {
        row.times_best = carbon(row) / carbon(best);
        const double width = kZ95 * root_of_squares(row.sigma_ln, best.sigma_ln);
        row.like_best = &row != &best && std::log(*row.times_best) < width;
    }
    const Footprint& least = best.footprint;
    const Footprint& most = out.rows.back().footprint;
    out.ratio = out.rows.back().times_best;
    out.grid_ratio = most.factors.intensity.value.value() / least.factors.intensity.value.value();
    out.pue_ratio = most.factors.pue.value / least.factors.pue.value;
    out.energy_ratio = most.energy_kwh->value / least.energy_kwh->value;
}

/// Years left out for one reason, one after another, as one: "1990-2009".
std::vector<Unranked> ranges_of(const std::vector<Unranked>& years) {
    std::vector<Unranked> out;
    std::string last;
    for (const Unranked& one : years) {
        const auto year = parse_u64(one.label);
        const auto before = parse_u64(last);
        if (!out.empty() && year && before && *year == *before + 1 && out.back().why == one.why) {
            std::string& label = out.back().label;
            label = label.substr(0, label.find('-')) + "-" + one.label;
        } else {
            out.push_back(one);
        }
        last = one.label;
    }
    return out;
}

}  // namespace

Result<Factors> factors_on(refdata::Basis basis, const FactorRequest& asked, const HostFacts& host,
                           const refdata::Tables& tables) {
    GRAMME_TRY(Factors factors, resolve_factors(tables, asked, host, YearRule::kNearest));
    IntensityFactor& grid = factors.intensity;
    if (!grid.basis.empty() && grid.basis != name_of(basis) &&
        (basis == refdata::Basis::kDirect || !take_figure_of_country(grid))) {
        return Error{Code::kNotFound, "no " + std::string{name_of(basis)} + " figure for " + grid.zone_name,
                     ""};
    }
    return factors;
}

Result<Comparison> compare(const std::vector<Candidate>& candidates, Axis axis, refdata::Basis basis,
                           const refdata::Tables& tables) {
    Comparison out;
    out.axis = axis;
    const Ranker ranker{basis, axis, tables, out};
    for (const Candidate& candidate : candidates) {
        ranker.add(candidate);
    }
    if (axis == Axis::kYear) {
        out.unranked = ranges_of(out.unranked);
    }
    if (out.rows.empty()) {
        return Error{Code::kUsage, "nothing can be compared",
                     out.unranked.empty() ? "give at least one " + std::string{name_of(axis)}
                                          : out.unranked.front().label + ": " + out.unranked.front().why};
    }
    out.basis = out.rows.front().footprint.factors.intensity.basis;
    rank(out);
    return out;
}

}  // namespace gramme::estimate
