// The emissions of a Hugging Face model card: grams, where every other figure of this program is in kg.
#include <cmath>

#include "present/report.hpp"
#include "present/report_escape.hpp"
#include "present/report_parts.hpp"
#include "present/summary_lines.hpp"

namespace gramme::present {
namespace {

constexpr int kDigits = 6;  // fixed notation: YAML 1.1 takes "1e-05" for text

/// Where the number comes from, so that a reader of the card can judge it.
std::string source_text(const ReportInput& input, const Beside& beside) {
    const Footprint& footprint = input.footprint;
    const Estimate& carbon = *footprint.operational_kgco2e;
    std::string text = "gramme " + input.version + ", " + how_known(input);
    if (carbon.low != carbon.high) {
        text += "; 95 % interval " + significant(grams(carbon.low), 3) + " to " +
                significant(grams(carbon.high), 3) + " g";
    }
    text += "; " + significant(footprint.energy_kwh->value, 4) + " kWh x PUE " +
            significant(footprint.factors.pue.value, 4) + " x " + grid_text(footprint.factors.intensity) +
            " (" + footprint.factors.intensity.from.source + ")";
    if (beside.kgco2e > 0.0) {
        text += "; and " + significant(grams(beside.kgco2e), 4) + " g of " +
                (beside.what.empty() ? "other runs" : beside.what);
    }
    const std::string uncounted = uncounted_text(footprint);
    return uncounted.empty() ? text : text + "; " + uncounted;
}

}  // namespace

Result<std::string> report_model_card(const ReportInput& input, std::string_view training_type,
                                      const Beside& beside) {
    if (!training_type.empty() && training_type != "pre-training" && training_type != "fine-tuning") {
        return Error{
            Code::kUsage,
            "training type: '" + std::string{training_type} + "' is neither pre-training nor fine-tuning",
            ""};
    }
    if (!std::isfinite(beside.kgco2e) || beside.kgco2e < 0.0) {
        return Error{Code::kUsage, "what stands beside the run is no number from 0 on", ""};
    }
    const Footprint& footprint = input.footprint;
    if (!footprint.energy_kwh || !footprint.operational_kgco2e) {
        return Error{Code::kMalformed, "a model card needs a number, and the energy of this run is not known",
                     "`gramme doctor` says what could be measured"};
    }
    std::string out = std::string{kModelCardKey} + ":\n";
    const double kg = footprint.operational_kgco2e->value + beside.kgco2e;
    out += "  emissions: " + significant(grams(kg), kDigits) + "\n";
    out += "  source: " + yaml_quoted(source_text(input, beside)) + "\n";
    if (!training_type.empty()) {
        out += "  training_type: " + yaml_quoted(training_type) + "\n";
    }
    const std::string place = place_text(footprint.factors.intensity);
    if (!place.empty()) {
        out += "  geographical_location: " + yaml_quoted(place) + "\n";
    }
    const std::string hardware = hardware_text(input);
    if (!hardware.empty()) {
        out += "  hardware_used: " + yaml_quoted(hardware) + "\n";
    }
    return out;
}

}  // namespace gramme::present
