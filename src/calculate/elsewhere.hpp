// The same joules in other places. Pure. Method: docs/method/compare.md.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "model/footprint.hpp"
#include "model/run.hpp"
#include "refdata/tables.hpp"

namespace gramme::calculate {

struct ElsewhereRow {
    std::string label;  ///< what --region takes: "aws:eu-west-3", "FRA"
    refdata::Place place;
    Factors factors;
    Estimate operational_kgco2e;
};

struct Elsewhere {
    std::vector<ElsewhereRow> rows;   ///< least carbon first; equal ones by label
    std::optional<std::string> here;  ///< label of the row where the job is; absent: no region was given
    std::string basis;                ///< of every row
};

/// What a job is, as far as its place does not matter.
struct JobThere {
    const Footprint& footprint;  ///< its parts and their intervals
    Scope scope = Scope::kJob;
    const FactorRequest& asked;  ///< where it is now
    const HostFacts& host;
};

/// `names`: all, countries, a provider, or names. Each place has its own PUE and grid, on one basis; places
/// without a figure on it are left out. The place of the job is among the rows. kUsage, kNotFound; kMalformed
/// where no energy is known.
[[nodiscard]] Result<Elsewhere> elsewhere(const JobThere& job, const std::vector<std::string>& names,
                                          const refdata::Tables& tables);

/// Schema gramme/elsewhere/1 without its `id`.
[[nodiscard]] std::string elsewhere_json(const Elsewhere& rows, const std::optional<Estimate>& energy_kwh,
                                         const std::string& id);

}  // namespace gramme::calculate
