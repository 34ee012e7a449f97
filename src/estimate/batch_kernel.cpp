#include "estimate/batch_kernel.hpp"

#include "estimate/budget.hpp"
#include "estimate/job_ledger.hpp"
#include "estimate/lognormal.hpp"
#include "meter/load_model.hpp"

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

/// One unit of a job: what does not matter is set to one.
JobRequest one_of(JobRequest asked) {
    GRAMME_ASSERT(asked.groups.size() == 1);
    JobGroup& group = asked.groups.front();
    group.count = 1.0;
    group.amount = 1.0;
    asked.hours = group.kind == JobGroup::Kind::kEnergy ? 0.0 : 1.0;
    asked.embodied = false;
    return asked;
}

Result<Footprint> footprint_at(JobRequest& one, double utilisation, const refdata::Tables& tables) {
    one.utilisation = utilisation;
    GRAMME_TRY(JobEstimate estimate, estimate_job(one, tables));
    return std::move(estimate.footprint);
}

/// Parts that are independent of each other, of which at most one follows the utilisation: so it is for one
/// group.
bool can_be_loaded(const std::vector<Part>& parts, const std::vector<UtilisedPart>& utilised) {
    bool apart = parts.size() <= LoadedJob::kMostParts && utilised.size() <= 1;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        for (std::size_t j = 0; j < i; ++j) {
            apart = apart && correlation_of(parts[i].device, parts[j].device) == 0.0;
        }
    }
    return apart;
}

}  // namespace

Result<JobCoefficients> coefficients_of(JobRequest asked, const refdata::Tables& tables) {
    asked = one_of(std::move(asked));
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

Result<JobCoefficients> loaded_coefficients_of(JobRequest asked, const refdata::Tables& tables) {
    asked = one_of(std::move(asked));
    asked.utilisation = 1.0;
    GRAMME_TRY(JobCoefficients out, coefficients_of(asked, tables));
    GRAMME_TRY(const JobParts parts, parts_of(asked, tables));
    if (parts.utilised.empty()) {
        return out;
    }
    GRAMME_TRY(const Footprint full, footprint_at(asked, 1.0, tables));
    GRAMME_TRY(const Footprint idle, footprint_at(asked, 0.0, tables));
    if (!can_be_loaded(full.parts, parts.utilised) || idle.parts.size() != full.parts.size()) {
        return Error{Code::kBug, "a job of one group with parts that depend on each other", ""};
    }
    LoadedJob job;
    job.count = full.parts.size();
    for (std::size_t i = 0; i < job.count; ++i) {
        if (!full.parts[i].energy_kwh || !idle.parts[i].energy_kwh) {
            return Error{Code::kBug, "an estimate with a part of unknown energy", ""};
        }
        job.parts.at(i) = lognormal(full.parts[i].energy_kwh->value, full.parts[i].device.gain_sigma);
    }
    job.follows = parts.utilised.front().device;
    job.idle_kwh = idle.parts.at(job.follows).energy_kwh->value;
    job.full_kwh = full.parts.at(job.follows).energy_kwh->value;
    job.bend = parts.utilised.front().bend;
    job.pue = out.pue;
    job.kg_per_kwh = out.kg_per_kwh;
    const auto square = [](double sigma) { return sigma * sigma; };
    job.factor_variance = square(full.factors.pue.sigma_ln) + square(full.factors.intensity.sigma_ln);
    out.loaded = job;
    return out;
}

UnitFootprint at_utilisation(const LoadedJob& job, double utilisation) {
    std::array<Uncertain, LoadedJob::kMostParts> parts = job.parts;
    parts[job.follows].value =
        job.idle_kwh + (job.full_kwh - job.idle_kwh) * meter::level_at(job.bend, utilisation);
    Uncertain energy = sum_of_independent(std::span<const Uncertain>{parts}.first(job.count));
    UnitFootprint out;
    out.kwh_per_unit = energy.value;
    out.pue = job.pue;
    out.kg_per_kwh = job.kg_per_kwh;
    if (energy.value > 0.0) {
        energy.value = 1.0;  // the ends are wanted over the value
        const Estimate of_energy = interval_of(energy);
        out.energy_low = of_energy.low;
        out.energy_high = of_energy.high;
        energy.variance += job.factor_variance;
        const Estimate of_emissions = interval_of(energy);
        out.low = of_emissions.low;
        out.high = of_emissions.high;
    }
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

}  // namespace gramme::estimate
