#include "estimate/compare.hpp"

#include <algorithm>
#include <cmath>

#include "estimate/estimate.hpp"
#include "estimate/job_ledger.hpp"
#include "estimate/lognormal.hpp"

namespace gramme::estimate {
namespace {

/// ln(high / low) of an interval of 95 % as one standard deviation.
double sigma_of(const Estimate& estimate) {
    return estimate.low > 0.0 ? std::log(estimate.high / estimate.low) / (2.0 * kZ95) : 0.0;
}

double sigma_of_what_differs(const Footprint& footprint, Axis axis) {
    const Factors& factors = footprint.factors;
    switch (axis) {
        case Axis::kRegion: return std::hypot(factors.intensity.sigma_ln, factors.pue.sigma_ln);
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
        GRAMME_TRY(Factors factors, resolve_factors(tables, candidate.job.factors, host));
        IntensityFactor& grid = factors.intensity;
        if (!grid.basis.empty() && grid.basis != name_of(basis) &&
            (basis == refdata::Basis::kDirect || !take_figure_of_country(grid))) {
            return Error{Code::kNotFound,
                         "no " + std::string{name_of(basis)} + " figure for " + grid.zone_name, ""};
        }
        GRAMME_TRY(JobEstimate estimate, estimate_job(candidate.job, factors, tables));
        if (!estimate.footprint.operational_kgco2e) {
            return Error{Code::kNotFound, "its energy is not known", ""};
        }
        ComparedRow row;
        row.label = candidate.label;
        row.footprint = std::move(estimate.footprint);
        row.from_country = grid.fell_back_to_country;
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
    for (ComparedRow& row : out.rows) {
        row.times_best = carbon(best) > 0.0 ? carbon(row) / carbon(best) : 1.0;
        const double width = kZ95 * std::hypot(row.sigma_ln, best.sigma_ln);
        row.like_best = &row != &best && std::log(row.times_best) < width;
    }
    const ComparedRow& worst = out.rows.back();
    const auto ratio = [](double a, double b) { return b > 0.0 ? a / b : 1.0; };
    out.ratio = worst.times_best;
    out.grid_ratio = ratio(worst.footprint.factors.intensity.value.value(),
                           best.footprint.factors.intensity.value.value());
    out.pue_ratio = ratio(worst.footprint.factors.pue.value, best.footprint.factors.pue.value);
    out.energy_ratio = ratio(worst.footprint.energy_kwh->value, best.footprint.energy_kwh->value);
}

}  // namespace

Result<Comparison> compare(const std::vector<Candidate>& candidates, Axis axis, refdata::Basis basis,
                           const refdata::Tables& tables) {
    Comparison out;
    out.axis = axis;
    const Ranker ranker{basis, axis, tables, out};
    for (const Candidate& candidate : candidates) {
        ranker.add(candidate);
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
