#include "estimate/water.hpp"

#include <array>
#include <cmath>

#include "estimate/lognormal.hpp"
#include "estimate/number_text.hpp"
#include "units/root_of_squares.hpp"

namespace gramme::estimate {
namespace {

constexpr double kPlaceSigma = 0.3;  ///< a country's figure for a part of it, our judgement
constexpr const char* kOff = "--water off";

/// A product of an interval: the width of a lognormal with these ends.
Uncertain as_lognormal(const Estimate& one) {
    const bool wide = one.low > 0.0 && one.high > one.low;
    return lognormal(one.value, wide ? std::log(one.high / one.low) / (2.0 * kZ95) : 0.0);
}

struct Use {
    Uncertain l_per_kwh;
    std::string text;
    std::string source;
};

/// Of the place itself, else of its country.
std::optional<Use> grid_use(const IntensityFactor& grid, const refdata::Tables& tables) {
    if (grid.zone == "mix" || (grid.zone.empty() && grid.country_iso3.empty())) {
        return std::nullopt;
    }
    auto row = tables.grid_water(grid.zone);
    std::string place = grid.zone;
    double sigma = 0.0;
    if (!row) {
        const auto known = grid.country_iso3.empty() ? tables.find_place(grid.zone)  // as a series names it
                                                     : Error{Code::kNotFound, "", ""};
        place = known ? known->country_iso3 : grid.country_iso3;
        row = tables.grid_water(place);
        sigma = known && known->zone == known->country_iso3 ? 0.0 : kPlaceSigma;
    }
    if (!row) {
        return std::nullopt;
    }
    return Use{lognormal(row->l_per_kwh, root_of_squares(row->sigma_ln, sigma)),
               number_text(row->l_per_kwh, 3) + " L/kWh, " + place, row->source};
}

Use site_use(const Footprint& footprint, const HostFacts& host, const refdata::Tables& tables) {
    const std::string& region = footprint.factors.intensity.region;
    const std::size_t colon = region.find(':');
    const std::string provider = colon == std::string::npos ? host.cloud : region.substr(0, colon);
    if (provider.empty() && (host.chassis == "laptop" || host.chassis == "desktop")) {
        return {lognormal(0.0, 0.0), "none: a " + host.chassis + " has no cooling tower", "gramme"};
    }
    const auto own =
        provider.empty()
            ? std::nullopt
            : tables.site_water(provider, colon == std::string::npos ? "" : region.substr(colon + 1));
    const auto row = own ? own : tables.site_water("industry", "");
    return {lognormal(row->l_per_kwh, row->sigma_ln),
            number_text(row->l_per_kwh, 3) + " L/kWh, " + (own ? provider : "mean of the industry") +
                (row->year == 0 ? "" : " " + std::to_string(row->year)),
            row->source};
}

}  // namespace

std::optional<SideFigure> water_of(const Footprint& footprint, const HostFacts& host,
                                   const refdata::Tables& tables, std::vector<Assumption>& assumptions) {
    if (!footprint.energy_kwh) {
        return std::nullopt;
    }
    const IntensityFactor& grid = footprint.factors.intensity;
    const auto stations = grid_use(grid, tables);
    if (!stations) {
        assumptions.push_back(
            {"water",
             "not known: no figure for " + (grid.zone_name.empty() ? "this electricity" : grid.zone_name),
             "docs/method/water.md", kOff});
        return std::nullopt;
    }
    const Use site = site_use(footprint, host, tables);
    const PueFactor& pue = footprint.factors.pue;
    const std::array both{site.l_per_kwh, product(lognormal(pue.value, pue.sigma_ln), stations->l_per_kwh)};
    // A site of 0 is no lognormal term.
    const Uncertain per_kwh = site.l_per_kwh.value > 0.0
                                  ? sum_of(both, [](std::size_t, std::size_t) { return 0.0; }).total
                                  : both[1];
    SideFigure water;
    water.value = interval_of(product(as_lognormal(*footprint.energy_kwh), per_kwh));
    water.from.source = stations->source == site.source ? site.source : stations->source + ", " + site.source;
    water.from.chosen =
        "evaporated by cooling and power stations: " + number_text(footprint.energy_kwh->value, 6) +
        " kWh x (" + number_text(site.l_per_kwh.value) + " + " + number_text(pue.value) + " x " +
        number_text(stations->l_per_kwh.value, 5) + ") L/kWh";
    assumptions.push_back({"water of the cooling", site.text, site.source, kOff});
    assumptions.push_back({"water of the power stations", stations->text, stations->source, kOff});
    return water;
}

}  // namespace gramme::estimate
