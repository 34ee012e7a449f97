// ML CO2 Impact: rated watts x hours x a factor of 2019, every step rounded to a hundredth.
// Method: docs/method/profiles.md#ml-co2-impact. Source: github.com/mlco2/impact, js/grayscale.js and data/.
#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "base/parse.hpp"
#include "base/text.hpp"
#include "estimate/number_text.hpp"
#include "estimate/profile_tools.hpp"

namespace gramme::estimate {
namespace {

constexpr double kGramsPerKg = 1000.0;
constexpr double kWattsPerKw = 1000.0;
constexpr const char* kPage = "mlco2_impact";

using refdata::ProfileFactor;

/// Its regions in the country of the place that was asked for; else those with names like it.
std::string near_regions(const std::vector<ProfileFactor>& rows, const std::string& typed,
                         const refdata::Tables& tables) {
    std::vector<std::string> in_country;
    const auto place = tables.find_place(typed);
    for (const ProfileFactor& row : rows) {
        const auto of_row = tables.find_place(row.name);
        if (place && of_row && !place->country_iso3.empty() && of_row->country_iso3 == place->country_iso3) {
            in_country.emplace_back(row.name);
        }
    }
    std::vector<std::string> all;
    all.reserve(rows.size());
    for (const ProfileFactor& row : rows) {
        all.emplace_back(row.name);
    }
    constexpr std::size_t kMost = 8;
    const std::vector<std::string> near =
        in_country.empty() ? nearest(place && !place->region.empty() ? place->region : typed, all, kMost)
                           : in_country;
    std::string text;
    for (std::size_t i = 0; i < std::min(near.size(), kMost); ++i) {
        text += (text.empty() ? "" : ", ") + near[i];
    }
    return text;
}

/// kg/kWh as the page multiplies it.
struct Factor {
    double kg_per_kwh = 0.0;
    std::string provider;  ///< empty: private infrastructure
    std::string region;
};

Result<Factor> factor_of(const JobRequest& asked, const refdata::Tables& tables, ProfileResult& out) {
    Factor factor;
    const std::vector<ProfileFactor> rows = tables.profile_factors("mlco2", "grid");
    if (asked.factors.intensity_gco2e_per_kwh) {
        factor.kg_per_kwh = *asked.factors.intensity_gco2e_per_kwh / kGramsPerKg;
        out.steps.push_back("private infrastructure, as typed: " + plain_text(factor.kg_per_kwh) + " kg/kWh");
        out.inputs.push_back({"grid intensity", *asked.factors.intensity_gco2e_per_kwh, "g/kWh", "user"});
        return factor;
    }
    if (asked.factors.region.empty()) {
        const auto row = factor_named(rows, "private");
        factor.kg_per_kwh = (row ? row->value : 0.0) / kGramsPerKg;
        out.steps.push_back(
            "private infrastructure, the value in its form: " + plain_text(factor.kg_per_kwh) + " kg/kWh");
        out.inputs.push_back({"grid intensity, preset", row ? row->value : 0.0, "g/kWh", kPage});
        return factor;
    }
    GRAMME_TRY(const std::vector<std::string> names, names_of_place(asked, tables));
    const auto row =
        names.front().find(':') == std::string::npos ? std::nullopt : factor_named(rows, names.front());
    if (!row) {
        const std::string near = near_regions(rows, asked.factors.region, tables);
        return Error{Code::kUsage,
                     "ML CO2 Impact has no region '" + asked.factors.region +
                         "': it knows regions of providers, and private infrastructure",
                     (near.empty() ? "" : "its nearest: " + near + "; or ") +
                         std::string{"give --intensity, or no --region for its 0.432 kg/kWh"}};
    }
    const double whole = std::floor(row->value);
    factor.kg_per_kwh = hundredths(whole / kGramsPerKg);
    factor.region = std::string{row->name};
    factor.provider = factor.region.substr(0, factor.region.find(':'));
    out.steps.push_back(factor.region + ": " + number_text(row->value, 6) + " g/kWh, cut to " +
                        number_text(whole, 6) + ", / 1000 = " + plain_text(factor.kg_per_kwh) +
                        " kg/kWh, rounded to 0.01");
    out.inputs.push_back(
        {"grid intensity of " + factor.region, row->value, "g/kWh", std::string{row->source}});
    const double used = factor.kg_per_kwh * kGramsPerKg;
    if (row->value > 0.0 && std::abs(used / row->value - 1.0) > 0.005) {
        add_note(out, "rounding the grid to 0.01 kg/kWh alone changes the result by " +
                          number_text(100.0 * (used / row->value - 1.0), 2) + " %");
    }
    return factor;
}

Result<double> watts_of(const refdata::Accelerator& device, ProfileResult& out) {
    if (!(device.mlco2_w > 0.0)) {
        return Error{Code::kUsage, "ML CO2 Impact does not list " + std::string{device.name},
                     device.limit_w > 0.0 ? "with its rated power: --power-w " + number_text(device.limit_w)
                                          : "give the rated watts with --power-w"};
    }
    out.inputs.push_back({"power of one " + std::string{device.mlco2_label}, device.mlco2_w, "W", kPage});
    const double own = device.limit_w * device.devices_per_board;
    if (own > 0.0 && own != device.mlco2_w) {
        add_note(out, "its " + number_text(device.mlco2_w) + " W for " + std::string{device.mlco2_label} +
                          " is not the limit of the board, " + number_text(own) + " W");
    }
    if (device.devices_per_board > 1) {
        add_note(out, "it counts boards: " + std::to_string(device.devices_per_board) +
                          " of these devices are one of them");
    }
    return device.mlco2_w;
}

/// kWh of one entry into the form.
Result<double> energy_of(const JobGroup& group, const JobRequest& asked, const refdata::Tables& tables,
                         ProfileResult& out) {
    double watts = group.amount;
    double count = group.count;
    std::string name = "given power";
    if (group.kind == JobGroup::Kind::kEnergy) {
        const double kwh = hundredths(group.amount * group.count);
        out.steps.push_back(number_text(group.amount * group.count, 12) +
                            " kWh, rounded to 0.01: " + plain_text(kwh) + " kWh");
        add_note(out,
                 "its form has no field for energy: what was given stands where it multiplies "
                 "watts and hours");
        return kwh;
    }
    if (group.kind != JobGroup::Kind::kPower) {
        GRAMME_TRY(const ProfileGroup parts, profile_group(group, asked, tables));
        if (!parts.device) {
            return Error{Code::kUsage,
                         "ML CO2 Impact knows no machines, and " + group.name + " has no accelerator",
                         "give the rated watts of its processor with --power-w"};
        }
        count = parts.devices / parts.device->devices_per_board;
        name = std::string{parts.device->mlco2_label};
        GRAMME_TRY(watts, watts_of(*parts.device, out));
        if (parts.host) {
            add_note(out, "the machine around the devices is not counted: it has no field for it");
        }
    } else {
        out.inputs.push_back({"power of one unit", watts, "W", "user"});
    }
    const double hours = asked.hours * count;
    const double kwh = hundredths(watts * hours / kWattsPerKw);
    if (count != 1.0) {
        out.steps.push_back(number_text(count, 12) + " x " + number_text(asked.hours, 12) +
                            " h = " + number_text(hours, 12) + " h, as its form knows no number of devices");
    }
    out.steps.push_back(name + ": " + number_text(watts, 12) + " W x " + number_text(hours, 12) +
                        " h / 1000 = " + plain_text(kwh) + " kWh, rounded to 0.01");
    return kwh;
}

/// Its formatter takes the digits behind the point of the shortest exponent form, and there are none where
/// that form has one digit only ("2e+0"): the page then stops.
bool formatter_fails(std::string_view exponent_form) {
    return exponent_form.find('.') == std::string_view::npos;
}

/// As the page prints a ratio: two digits behind the first, cut off and not rounded; nothing finer than 0.01.
double as_printed(const std::string& exponent_form, double ratio) {
    constexpr std::size_t kKept = 4;  // "5.24"
    const std::size_t e = exponent_form.find('e');
    const auto cut_off = parse_double(exponent_form.substr(0, std::min(e, kKept)) + exponent_form.substr(e));
    const double kept = cut_off ? *cut_off : ratio;
    return kept >= 0.01 && kept < 1000.0 ? hundredths(kept) : kept;
}

void add_equivalents(ProfileResult& out) {
    // kg of one unit, frozen in the page without a date: EPA's 3.98e-4 t per mile and 9.05e-4 t per pound of
    // coal, and its seedlings grown for ten years.
    static constexpr std::array<std::pair<const char*, double>, 3> kUnits{
        {{"km by car", 0.2473}, {"kg of coal burned", 1.9952}, {"tree seedlings grown for ten years", 60.0}}};
    bool fails = false;
    for (const auto& [what, kg] : kUnits) {
        const double ratio = out.kgco2e / kg;
        const std::string exponent_form = shortest_exponent_text(ratio);
        fails = fails || formatter_fails(exponent_form);
        out.equivalents.emplace_back(what, number_text(as_printed(exponent_form, ratio), 3));
    }
    if (fails) {
        add_note(out,
                 "the page itself fails at this result, as at every one whose equivalents have a "
                 "single digit (0, 12, 60, 120, 600 kg): the arithmetic is shown all the same");
    }
}

void add_cleanest(const Factor& factor, const refdata::Tables& tables, ProfileResult& out) {
    const ProfileFactor* best = nullptr;
    const std::vector<ProfileFactor> rows = tables.profile_factors("mlco2", "grid");
    for (const ProfileFactor& row : rows) {
        if (row.name.starts_with(factor.provider + ":") && (best == nullptr || row.value < best->value)) {
            best = &row;
        }
    }
    if (best == nullptr) {
        return;
    }
    if (best->name == factor.region) {
        add_note(out, "it calls this the cleanest region of the provider");
        return;
    }
    add_note(out, "it says that " + std::string{best->name} +
                      ", its cleanest region of the provider, would give " +
                      plain_text(hundredths(out.energy_kwh * std::floor(best->value) / kGramsPerKg)) +
                      " kg; that factor it does not round to 0.01");
}

}  // namespace

Result<ProfileResult> like_mlco2(const JobRequest& asked, const refdata::Tables& tables) {
    ProfileResult out;
    std::vector<double> energies;
    for (const JobGroup& group : asked.groups) {
        GRAMME_TRY(const double kwh, energy_of(group, asked, tables, out));
        energies.push_back(kwh);
    }
    GRAMME_TRY(const Factor factor, factor_of(asked, tables, out));
    for (const double kwh : energies) {
        const double kg = hundredths(kwh * factor.kg_per_kwh);
        out.steps.push_back(plain_text(kwh) + " kWh x " + plain_text(factor.kg_per_kwh) +
                            " kg/kWh = " + plain_text(kg) + " kg, rounded to 0.01");
        out.energy_kwh += kwh;
        out.kgco2e += kg;
    }
    if (energies.size() > 1) {
        // Sums of hundredths: the double nearest to the true sum.
        out.energy_kwh = hundredths(out.energy_kwh);
        out.kgco2e = hundredths(out.kgco2e);
        out.steps.push_back("sum of " + std::to_string(energies.size()) +
                            " entries: " + plain_text(out.kgco2e) + " kg");
        add_note(out, "its form takes one device at a time: each was entered alone");
    }
    out.gco2e_per_kwh = factor.kg_per_kwh * kGramsPerKg;
    out.shown = plain_text(out.kgco2e) + " kg eq. CO2";
    if (asked.factors.pue && *asked.factors.pue != 1.0) {
        add_note(out, "PUE " + number_text(*asked.factors.pue) +
                          " is left out: it has no field for it and tells people to multiply by hand");
    }
    if (asked.utilisation) {
        add_note(out, "utilisation is left out: it takes the rated power for all hours");
    }
    add_cleanest(factor, tables, out);
    add_equivalents(out);
    return out;
}

}  // namespace gramme::estimate
