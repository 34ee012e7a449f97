#include "calculate/pilot.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "calculate/asked_anew.hpp"
#include "config/settings.hpp"
#include "estimate/estimate.hpp"
#include "present/json.hpp"
#include "present/numbers.hpp"

namespace gramme::calculate {

using present::Json;

Result<PilotAnswer> plan_from_pilot(const store::StoredRun& pilot, std::optional<double> steps_total,
                                    const config::OptionList& options, const refdata::Tables& tables) {
    PilotAnswer out;
    out.run = pilot.run;
    GRAMME_TRY(out.run.asked, asked_anew(pilot.run.asked, options));
    plan::Progress progress = plan::progress_of(pilot.run, pilot.ledger);
    if (progress.steps.empty()) {
        return Error{Code::kMalformed, "run " + pilot.run.id + " does not say how far it was",
                     "run the pilot with --progress-regex, or say its steps through the Python package or "
                     "GRAMME_RUN_SOCKET (docs/run-socket.md)"};
    }
    if (!steps_total && !progress.total) {
        return Error{Code::kUsage, "how many steps will the whole run have?", "say it with --steps-total N"};
    }
    GRAMME_TRY(out.forecast, plan::forecast(progress, steps_total, plan::Of::kNewRun));
    auto factors = estimate::resolve_factors(tables, out.run.asked, out.run.host);
    if (!factors) {
        return config::about_region(factors.error(), out.run.asked);
    }
    out.pilot = estimate::footprint_of(out.run, pilot.ledger, *factors, tables);
    out.modelled = std::any_of(out.pilot.parts.begin(), out.pilot.parts.end(), [](const Part& part) {
        return part.energy_kwh && part.device.quality >= Quality::kModelled;
    });
    if (out.forecast.energy_j && out.pilot.energy_kwh) {
        const double joules = Joules{KilowattHours{out.pilot.energy_kwh->value}}.value();
        out.energy_kwh = plan::grown(*out.pilot.energy_kwh, joules, *out.forecast.energy_j);
        if (out.pilot.operational_kgco2e) {
            out.operational_kgco2e =
                plan::grown(*out.pilot.operational_kgco2e, joules, *out.forecast.energy_j);
        }
    }
    return out;
}

Result<PilotRequest> pilot_request(std::string_view text) {
    constexpr std::array kFactorKeys{"region", "intensity", "pue", "mix", "energy-source", "year", "basis"};
    const Json json = Json::parse(text, nullptr, false);
    if (!json.is_object()) {
        return Error{Code::kMalformed, "the request is not a JSON object", ""};
    }
    PilotRequest out;
    GRAMME_CHECK(present::read_value(json, "run", out.run));
    if (out.run.empty()) {
        return present::wrong_key("run", "the id of a run");
    }
    GRAMME_CHECK(present::read_value(json, "steps_total", out.steps_total));
    for (const char* key : kFactorKeys) {
        const Json* value = present::member(json, key);
        if (value == nullptr) {
            continue;
        }
        if (!value->is_string() && !value->is_number()) {
            return present::wrong_key(key, "a text or a number");
        }
        out.options.emplace_back(
            key, value->is_string() ? value->get<std::string>() : present::shortest(value->get<double>()));
    }
    return out;
}

}  // namespace gramme::calculate
