// PUE and grid intensity of a run, each with the reason it was chosen.
#include <algorithm>
#include <cmath>
#include <set>
#include <string>
#include <string_view>

#include "estimate/estimate.hpp"

namespace gramme::estimate {
namespace {

constexpr double kSitePueSigma = 0.04;     ///< a published figure of a site or fleet, used for one room of it
constexpr double kAnnualMeanSigma = 0.30;  ///< Miller et al. 2022: an annual mean is off by up to 30-35 %
constexpr double kWorldSigma =
    0.80;  ///< spread between the countries of the cloud regions: docs/method/factors.md

std::string said(const FactorRequest& asked) {
    return (asked.region_from.empty() ? "region" : asked.region_from) + " " + asked.region;
}

/// An older record does not say where the number stood.
std::string as_given(const std::string& from, std::string_view setting) {
    return (from.empty() ? std::string{setting} : from) + ", taken as given";
}

Result<void> check(const FactorRequest& asked) {
    if (asked.pue && !(*asked.pue >= 1.0 && std::isfinite(*asked.pue))) {
        return Error{Code::kOutOfRange, "the PUE is below 1: the building would make energy",
                     "PUE = facility energy / IT energy, 1.0 or more"};
    }
    if (asked.intensity_gco2e_per_kwh &&
        !(*asked.intensity_gco2e_per_kwh >= 0.0 && std::isfinite(*asked.intensity_gco2e_per_kwh))) {
        return Error{Code::kOutOfRange, "the grid intensity is below 0", "give g CO2e per kWh, 0 or more"};
    }
    if (!asked.mix.empty() && asked.intensity_gco2e_per_kwh) {
        return Error{Code::kUsage,
                     asked.mix_from + " and " + asked.intensity_from + " both say what the electricity emits",
                     "give one of them"};
    }
    return {};
}

/// A range of a source as that of 95 %; where it gives none, that of a figure for another place.
double sigma_of(const refdata::EnergySource& source) {
    constexpr double kWidthOf95 = 2.0 * 1.96;
    return source.lifecycle_low > 0.0 ? std::log(source.lifecycle_high / source.lifecycle_low) / kWidthOf95
                                      : kCountryForPlaceSigma;
}

/// The mean of energy sources weighted by their shares, on one basis. Method: docs/method/factors.md#mix
Result<IntensityFactor> mix_of(const refdata::Tables& tables, const FactorRequest& asked) {
    const bool direct = asked.basis == name_of(refdata::Basis::kDirect);
    IntensityFactor mix;
    double variance = 0.0;
    std::set<std::string> sources;
    for (const auto& [key, share] : asked.mix) {
        GRAMME_TRY(const refdata::EnergySource source, tables.find_energy_source(key));
        if (direct && !source.direct) {
            return Error{Code::kNotFound, "the direct emissions of '" + key + "' are not known",
                         "leave --basis direct out"};
        }
        const double grams = share * (direct ? *source.direct : source.lifecycle).value();
        mix.value += GramsPerKilowattHour{grams};
        variance += grams * grams * sigma_of(source) * sigma_of(source);
        mix.zone_name += (mix.zone_name.empty() ? "" : ", ") + std::string{source.label};
        sources.emplace(direct ? source.direct_source : source.source);
        mix.year = std::max(mix.year, source.year);
    }
    for (const std::string& source : sources) {
        mix.from.source += (mix.from.source.empty() ? "" : ", ") + source;
    }
    mix.sigma_ln = mix.value.value() > 0.0 ? std::sqrt(variance) / mix.value.value() : 0.0;
    mix.zone = "mix";
    mix.basis = name_of(direct ? refdata::Basis::kDirect : refdata::Basis::kLifecycle);
    mix.from.chosen = asked.mix_from;
    return mix;
}

PueFactor from_table(const refdata::Pue& row, double usual_sigma, const std::string& chosen) {
    return {row.value, row.sigma_ln > 0.0 ? row.sigma_ln : usual_sigma, row.year, {row.source, chosen}};
}

/// DESIGN order: asked; the region's own; the provider's fleet; 1.0 in a room; the mean of the industry.
PueFactor pue_of(const refdata::Tables& tables, const FactorRequest& asked,
                 const std::optional<refdata::Place>& place, const HostFacts& host) {
    if (asked.pue && asked.pue_from.starts_with(kImportedFrom)) {
        return {*asked.pue, 0.0, 0, {"imported", asked.pue_from}};
    }
    if (asked.pue) {
        return {*asked.pue, 0.0, 0, {"user", as_given(asked.pue_from, "pue")}};
    }
    if (place && place->pue) {
        return {*place->pue,
                kSitePueSigma,
                place->pue_year,
                {place->pue_source, "published for " + place->region}};
    }
    const std::string provider = place && !place->provider.empty() ? place->provider : host.cloud;
    if (!provider.empty()) {
        if (const auto fleet = tables.provider_pue(provider)) {
            return from_table(*fleet, kSitePueSigma, "fleet mean of " + provider);
        }
    }
    const bool room = (host.chassis == "laptop" || host.chassis == "desktop") &&
                      host.virtualisation.empty() && !host.slurm && provider.empty();
    if (room) {
        return {1.0, 0.0, 0, {"gramme", "a " + host.chassis + " has no data centre around it"}};
    }
    return from_table(tables.industry_pue(), 0.15, "mean of the industry: the site is not known");
}

double sigma_of(const refdata::Place& place, const refdata::Intensity& row) {
    if (row.zone == "WLD") {
        return kWorldSigma;
    }
    const bool aggregate = place.country_iso3.empty();
    return row.fell_back_to_country || row.year == 0 || aggregate ? kCountryForPlaceSigma : kAnnualMeanSigma;
}

void name_place(const refdata::Tables& tables, const refdata::Place& place, IntensityFactor& intensity) {
    intensity.region = place.region;
    intensity.place = place.city;
    intensity.country_iso3 = place.country_iso3;
    if (place.country_iso3.empty()) {
        return;
    }
    if (place.zone == place.country_iso3) {
        intensity.country_name = place.zone_name;
    } else if (const auto country = tables.find_place(place.country_iso3)) {
        intensity.country_name = country->zone_name;
    }
}

/// A year that the tables do not reach is refused: its figure would be another year's.
Result<void> check_year(const refdata::Intensity& row, const FactorRequest& asked) {
    constexpr int kReach = 5;  ///< figures come out years late; further on a grid is another one
    if (!asked.year || row.year == 0) {
        return {};
    }
    const std::string of = "no grid intensity is known for " + row.zone_name;
    if (row.year > *asked.year) {
        return Error{
            Code::kNotFound,
            of + " in " + std::to_string(*asked.year) + ": the first is of " + std::to_string(row.year),
            "give a later --year, or the figure itself with --intensity"};
    }
    if (row.year + kReach < *asked.year) {
        return Error{
            Code::kNotFound,
            of + " in " + std::to_string(*asked.year) + ": the newest is of " + std::to_string(row.year),
            "leave --year out for the newest, or give the figure itself with --intensity"};
    }
    return {};
}

/// A basis that was asked for by name is kept to: the country's lifecycle figure in the place of a direct
/// one.
Result<void> take_other_basis(refdata::Intensity& row, refdata::Basis wanted) {
    if (wanted == refdata::Basis::kDirect || !row.country_lifecycle) {
        return Error{Code::kNotFound,
                     "no " + std::string{name_of(wanted)} + " figure is known for " + row.zone_name,
                     "leave --basis out, or give the figure itself with --intensity"};
    }
    row.value = *row.country_lifecycle;
    row.zone = row.zone_name = row.country_lifecycle_zone;
    row.year = row.country_lifecycle_year;
    row.source = row.country_lifecycle_source;
    row.basis = wanted;
    row.fell_back_to_country = true;
    row.country_lifecycle.reset();
    return {};
}

Result<IntensityFactor> intensity_of(const refdata::Tables& tables, const FactorRequest& asked,
                                     const std::optional<refdata::Place>& place, YearRule rule) {
    IntensityFactor intensity;
    intensity.region_known = place.has_value() || asked.intensity_gco2e_per_kwh.has_value();
    if (place) {
        name_place(tables, *place, intensity);
    }
    if (!asked.mix.empty()) {
        GRAMME_TRY(IntensityFactor mix, mix_of(tables, asked));
        mix.region = intensity.region;
        mix.place = intensity.place;
        mix.country_iso3 = intensity.country_iso3;
        mix.country_name = intensity.country_name;
        return mix;
    }
    if (asked.intensity_gco2e_per_kwh) {
        intensity.value = GramsPerKilowattHour{*asked.intensity_gco2e_per_kwh};
        if (asked.intensity_from.starts_with(
                kImportedFrom)) {  // another program's annual mean, not a measurement
            intensity.sigma_ln = kAnnualMeanSigma;
            intensity.from = {"imported", asked.intensity_from};
            return intensity;
        }
        intensity.from = {"user", as_given(asked.intensity_from, "intensity")};
        return intensity;
    }
    const refdata::Place where = place ? *place : tables.world();
    const auto basis = asked.basis == name_of(refdata::Basis::kDirect) ? refdata::Basis::kDirect
                                                                       : refdata::Basis::kLifecycle;
    GRAMME_TRY(refdata::Intensity row, tables.intensity(where, basis, asked.year));
    if (rule == YearRule::kMustReach) {
        GRAMME_CHECK(check_year(row, asked));
    }
    if (!asked.basis.empty() && row.basis != basis) {
        GRAMME_CHECK(take_other_basis(row, basis));
    }
    intensity.value = row.value;
    intensity.sigma_ln = sigma_of(where, row);
    intensity.zone = row.zone;
    intensity.zone_name = row.zone_name;
    intensity.year = row.year;
    intensity.basis = name_of(row.basis);
    intensity.fell_back_to_country = row.fell_back_to_country;
    intensity.from = {row.source, place ? said(asked) : "no region given: world average"};
    intensity.country_lifecycle = row.country_lifecycle;
    intensity.country_lifecycle_zone = row.country_lifecycle_zone;
    intensity.country_lifecycle_year = row.country_lifecycle_year;
    intensity.country_lifecycle_source = row.country_lifecycle_source;
    return intensity;
}

}  // namespace

std::vector<std::string> notes_of(const IntensityFactor& intensity) {
    std::vector<std::string> notes;
    if (!intensity.region_known) {
        notes.emplace_back(
            "region unknown: the world average is used, with its wide range; say where with --region (for "
            "example --region FRA or --region aws:eu-west-3)");
    }
    if (intensity.fell_back_to_country) {
        notes.push_back("no figure of its own for this place: that of " + intensity.zone_name + " is used");
    }
    if (intensity.basis == name_of(refdata::Basis::kDirect)) {
        notes.push_back("direct basis: the figure for " + intensity.zone_name +
                        " counts what power stations burn there, not fuel supply or construction");
    }
    return notes;
}

Result<Factors> resolve_factors(const refdata::Tables& tables, const FactorRequest& asked,
                                const HostFacts& host, YearRule rule) {
    GRAMME_CHECK(check(asked));
    std::optional<refdata::Place> place;
    if (!asked.region.empty()) {
        GRAMME_TRY(place, tables.find_place(asked.region));
    }
    Factors factors;
    GRAMME_TRY(factors.intensity, intensity_of(tables, asked, place, rule));
    factors.pue = pue_of(tables, asked, place, host);
    factors.notes = notes_of(factors.intensity);
    const int year = factors.intensity.year;
    if (rule == YearRule::kMustReach && asked.year && year != 0 && year != *asked.year) {
        factors.notes.push_back("no figure of " + std::to_string(*asked.year) + " for " +
                                factors.intensity.zone_name + ": that of " + std::to_string(year));
    }
    return factors;
}

Factors factors_anyway(const refdata::Tables& tables, const FactorRequest& asked, const HostFacts& host) {
    auto factors = resolve_factors(tables, asked, host);
    if (!factors) {
        FactorRequest without_place = asked;
        without_place.region.clear();
        without_place.pue.reset();
        without_place.intensity_gco2e_per_kwh.reset();
        factors = resolve_factors(tables, without_place, host);
    }
    return factors ? *std::move(factors) : Factors{};
}

}  // namespace gramme::estimate
