// gramme plan train --pilot: a long run foreseen from a short one of the store.
#include <cmath>

#include "base/parse.hpp"
#include "calculate/pilot.hpp"
#include "cli/plan_pilot.hpp"
#include "cli/run_store.hpp"
#include "config/override_tables.hpp"
#include "present/plan_pilot.hpp"

namespace gramme::cli {

Result<int> plan_pilot_command(const CommandContext& context) {
    const Arguments& arguments = context.arguments;
    const std::string id = arguments.value("pilot").value_or("");
    if (id.empty()) {
        return Error{Code::kUsage, "which run is the pilot?",
                     "gramme plan train --pilot RUN --steps-total N; `gramme runs list` shows the ids"};
    }
    std::optional<double> steps;
    if (const auto typed = arguments.value("steps-total")) {
        const auto number = parse_double(*typed);
        if (!number || !(*number > 0.0) || !std::isfinite(*number)) {
            return Error{Code::kUsage, "--steps-total: '" + *typed + "' is no number above 0",
                         "give the steps of the whole run: --steps-total 20000"};
        }
        steps = *number;
    }
    GRAMME_TRY(const refdata::Tables tables, tables_with_overrides(context.options.data_dir));
    GRAMME_TRY(const OpenedStore opened, open_run_store(context));
    GRAMME_TRY(const store::StoredRun stored, opened.store->show(id));
    GRAMME_TRY(const calculate::PilotAnswer answer,
               calculate::plan_from_pilot(stored, steps, arguments.options, tables));
    const present::PilotPlan plan{
        answer.run,     answer.pilot, answer.forecast, answer.energy_kwh, answer.operational_kgco2e,
        answer.modelled};
    print(context.terminal.out, arguments.has("json")
                                    ? present::plan_pilot_json(plan)
                                    : present::plan_pilot_text(plan, context.terminal.out_style));
    return static_cast<int>(kExitOk);
}

}  // namespace gramme::cli
