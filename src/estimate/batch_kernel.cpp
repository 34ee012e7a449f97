#include "estimate/batch_kernel.hpp"

#include <cmath>

#include "estimate/job_ledger.hpp"
#include "estimate/lognormal.hpp"

namespace gramme::estimate {
namespace {

double over(double end, double value) {
    return value > 0.0 ? end / value : 1.0;
}

void add_note(std::string& notes, const std::string& note) {
    notes += (notes.empty() ? "" : "; ") + note;
}

std::string note_of(const Factors& factors, const FactorRequest& asked) {
    const IntensityFactor& intensity = factors.intensity;
    std::string notes;
    if (!intensity.region_known && asked.mix.empty()) {
        add_note(notes, "region unknown: world average");
    }
    if (intensity.fell_back_to_country) {
        add_note(notes, "figure of " + intensity.zone_name);
    }
    if (intensity.basis == name_of(refdata::Basis::kDirect) && asked.basis != intensity.basis) {
        add_note(notes, "direct basis");
    }
    return notes;
}

}  // namespace

Result<JobCoefficients> coefficients_of(JobRequest asked, const refdata::Tables& tables) {
    GRAMME_ASSERT(asked.groups.size() == 1);
    JobGroup& group = asked.groups.front();
    group.count = 1.0;
    group.amount = 1.0;
    asked.hours = group.kind == JobGroup::Kind::kEnergy ? 0.0 : 1.0;
    asked.embodied = false;
    GRAMME_TRY(const JobEstimate one, estimate_job(asked, tables));
    const Footprint& footprint = one.footprint;
    if (!footprint.energy_kwh || !footprint.operational_kgco2e) {
        return Error{Code::kBug, "an estimate without energy", ""};
    }
    JobCoefficients out;
    out.kwh_per_unit = footprint.energy_kwh->value;
    out.energy_low = over(footprint.energy_kwh->low, footprint.energy_kwh->value);
    out.energy_high = over(footprint.energy_kwh->high, footprint.energy_kwh->value);
    out.pue = footprint.factors.pue.value;
    out.kg_per_kwh = KilogramsCO2e{KilowattHours{1.0} * footprint.factors.intensity.value}.value();
    out.low = over(footprint.operational_kgco2e->low, footprint.operational_kgco2e->value);
    out.high = over(footprint.operational_kgco2e->high, footprint.operational_kgco2e->value);
    out.note = note_of(footprint.factors, asked.factors);
    return out;
}

Result<void> check_size(const JobGroup& group, double hours) {
    JobRequest asked;
    asked.groups = {group};
    asked.hours = hours;
    return check(asked);
}

void footprints_of(const JobColumns& jobs, const FootprintColumns& out) {
    for (std::size_t i = 0; i < jobs.units.size(); ++i) {
        const double energy = jobs.units[i] * jobs.kwh_per_unit[i];
        const double facility = energy * jobs.pue[i];
        const double kgco2e = facility * jobs.kg_per_kwh[i];
        out.energy_kwh[i] = energy;
        out.energy_low[i] = energy * jobs.energy_low[i];
        out.energy_high[i] = energy * jobs.energy_high[i];
        out.facility_kwh[i] = facility;
        out.kgco2e[i] = kgco2e;
        out.low[i] = kgco2e * jobs.low[i];
        out.high[i] = kgco2e * jobs.high[i];
    }
}

void operational_of(const NumericColumns& jobs, const IntervalColumns& out) {
    const double kg_per_gram = KilogramsCO2e{GramsCO2e{1.0}}.value();
    for (std::size_t i = 0; i < jobs.energy_kwh.size(); ++i) {
        const double kgco2e = jobs.energy_kwh[i] * jobs.pue[i] * (jobs.gco2e_per_kwh[i] * kg_per_gram);
        const double variance = jobs.sigma_energy[i] * jobs.sigma_energy[i] +
                                jobs.sigma_pue[i] * jobs.sigma_pue[i] +
                                jobs.sigma_intensity[i] * jobs.sigma_intensity[i];
        const double factor = std::exp(kZ95 * std::sqrt(variance));
        out.kgco2e[i] = kgco2e;
        out.low[i] = kgco2e / factor;
        out.high[i] = kgco2e * factor;
    }
}

}  // namespace gramme::estimate
