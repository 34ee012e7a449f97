#include "calculate/asked_anew.hpp"

#include <algorithm>

#include "config/settings.hpp"

namespace gramme::calculate {
namespace {

bool said(const config::OptionList& options, std::string_view name) {
    return std::any_of(options.begin(), options.end(), [&](const auto& one) { return one.first == name; });
}

}  // namespace

Result<FactorRequest> asked_anew(const FactorRequest& told, const config::OptionList& options) {
    config::Settings under;
    if (!told.region.empty()) {
        under.region = told.region;
    }
    under.region_from = told.region_from;
    under.intensity_gco2e_per_kwh = told.intensity_gco2e_per_kwh;
    under.intensity_from = told.intensity_from;
    under.mix = told.mix;
    under.mix_from = told.mix_from;
    under.pue = told.pue;
    under.pue_from = told.pue_from;
    config::Settings over;
    for (const auto& [name, value] : options) {
        if (name == "region" || name == "intensity" || name == "energy-source" || name == "mix" ||
            name == "pue") {
            GRAMME_CHECK(config::assign(over, name, value, "--" + std::string{name}));
        }
    }
    FactorRequest asked = config::run_options(config::merged(under, over)).factors;
    asked.year = told.year;
    asked.basis = told.basis;
    GRAMME_CHECK(config::add_year_and_basis(options, asked));
    if (said(options, "intensity-csv") || said(options, "intensity-live")) {
        if (said(options, "mix") || said(options, "energy-source")) {
            return Error{Code::kUsage,
                         "an energy source and intensities over time both say what the electricity emits",
                         "give one of them"};
        }
        asked.mix.clear();  // what the run was told gives way
        asked.mix_from.clear();
    }
    return asked;
}

}  // namespace gramme::calculate
