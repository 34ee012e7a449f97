// Software Carbon Intensity, ISO/IEC 21031:2024: SCI = ((E x I) + M) per R.
// Source: https://sci.greensoftware.foundation/
#include "present/json.hpp"
#include "present/report.hpp"
#include "present/report_escape.hpp"
#include "present/report_parts.hpp"
#include "present/summary_lines.hpp"

namespace gramme::present {
namespace {

Json term(const char* unit, double value) {
    Json json = Json::object();
    json["value"] = number(value);
    json["unit"] = unit;
    return json;
}

Json carbon_term(const Estimate& kgco2e) {
    Json json = term("g CO2e", grams(kgco2e.value));
    json["low"] = number(grams(kgco2e.low));
    json["high"] = number(grams(kgco2e.high));
    return json;
}

}  // namespace

Result<std::string> report_sci(const ReportInput& input, const FunctionalUnit& unit) {
    const Footprint& footprint = input.footprint;
    if (!footprint.energy_kwh || !footprint.operational_kgco2e || !footprint.facility_energy_kwh) {
        return Error{Code::kMalformed, "SCI needs a number, and the energy of this run is not known",
                     "`gramme doctor` says what could be measured"};
    }
    const IntensityFactor& grid = footprint.factors.intensity;
    const std::string r = "g CO2e per " + one_line(unit.unit);
    const double operational = grams(footprint.operational_kgco2e->value);
    Json json = Json::object();
    json["schema"] = "gramme/sci/1";
    json["standard"] = "ISO/IEC 21031:2024";
    json["what"] = one_line(title_of(input));
    json["formula"] = "SCI = (E x I + M) / R";
    json["E"] = term("kWh", footprint.facility_energy_kwh->value);
    json["E"]["what"] =
        one_line("energy of the hardware " + shortest(footprint.energy_kwh->value) + " kWh x PUE " +
                 shortest(footprint.factors.pue.value) + "; " + how_known(input));
    json["I"] = term("g CO2e/kWh", grid.value.value());
    json["I"]["what"] = one_line(grid_text(grid) + "; location-based yearly mean, not marginal");
    json["I"]["source"] = grid.from.source;
    json["O"] = carbon_term(*footprint.operational_kgco2e);
    json["O"]["what"] = "E x I";
    if (footprint.embodied) {
        json["M"] = carbon_term(footprint.embodied->value);
        json["M"]["what"] = one_line(footprint.embodied->from.chosen);
        json["M"]["source"] = footprint.embodied->from.source;
    } else {
        json["M"] = nullptr;
    }
    json["R"] = term(one_line(unit.unit).c_str(), unit.count);
    json["O_per_R"] = term(r.c_str(), operational / unit.count);
    json["SCI"] = footprint.embodied
                      ? term(r.c_str(), (operational + grams(footprint.embodied->value.value)) / unit.count)
                      : Json(nullptr);
    json["notes"] = Json::array();
    if (!footprint.embodied) {
        json["notes"].push_back(
            "M, the carbon of making the hardware, is not known for this result, and SCI needs it: O_per_R "
            "is only "
            "the operational part and no SCI score");
    }
    if (const std::string uncounted = uncounted_text(footprint); !uncounted.empty()) {
        json["notes"].push_back(uncounted);
    }
    for (const std::string& note : footprint.factors.notes) {
        json["notes"].push_back(one_line(note));
    }
    return dumped(json);
}

}  // namespace gramme::present
