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

/// What the job's own result says, which the row `here` need not repeat: rows are on one basis and take the
/// figures of today's tables.
struct OwnFigure {
    Factors factors;
    std::optional<Estimate> operational_kgco2e;
    std::optional<Estimate> ranked_kgco2e;  ///< of the row `here`; absent: there is none
    /// Why the two are not the same: "basis", "intensity" (another zone, year or source, a value in time, one
    /// that was given), "pue". Empty: they are the same, or there is no row `here`.
    std::vector<std::string> differs_in;
};

struct Elsewhere {
    std::vector<ElsewhereRow> rows;   ///< least carbon first; equal ones by label
    std::optional<std::string> here;  ///< label of the row where the job is; absent: no region was given
    std::string basis;                ///< of every row
    OwnFigure own;
};

/// What a job is, as far as its place does not matter.
struct JobThere {
    const Footprint& footprint;  ///< its parts and their intervals
    Scope scope = Scope::kJob;
    const FactorRequest& asked;  ///< where it is now
    const HostFacts& host;
};

/// `names`: all, countries, providers and names. Each place has its own PUE and grid, on one basis: `basis`,
/// else the one that the job asked for; places without a figure on it are left out. The place of the job is
/// among the rows. kUsage, kNotFound; kMalformed where no energy is known.
/// Method: docs/method/compare.md#elsewhere
[[nodiscard]] Result<Elsewhere> elsewhere(const JobThere& job, const std::vector<std::string>& names,
                                          const refdata::Tables& tables,
                                          std::optional<refdata::Basis> basis = {});

/// Schema gramme/elsewhere/1 without its `id`.
[[nodiscard]] std::string elsewhere_json(const Elsewhere& rows, const std::optional<Estimate>& energy_kwh,
                                         const std::string& id);

}  // namespace gramme::calculate
