// `gramme explain`: the whole sum of one result, as a person would work it out by hand. Pure; works on the
// result as it was computed then, never with newer factors. Schema: docs/schema/explain.md. Method:
// docs/method/explain.md.
#pragma once

#include <string>
#include <vector>

#include "estimate/monte_carlo.hpp"
#include "model/footprint.hpp"
#include "model/job.hpp"
#include "model/ledger.hpp"
#include "model/run.hpp"
#include "present/present.hpp"
#include "refdata/tables.hpp"

namespace gramme::present {

struct ExplainInput {
    const RunRecord& run;
    const Footprint& footprint;
    const Ledger* ledger = nullptr;             ///< the windows; nullptr where only the result is at hand
    std::string origin;                         ///< "run 01938c2e-... of the store", "result.json"
    std::size_t draws = estimate::kCheckDraws;  ///< of the check by Monte Carlo
    std::vector<std::string> missing;           ///< keys that the result lacks and its interval needs
    const DescribedJob* job = nullptr;          ///< of an estimate, else nullptr
};

/// `tables` give publisher, licence and address of the sources, and the unit of a comparison; no figure of
/// the sum.
[[nodiscard]] std::string explain_text(const ExplainInput& input, const refdata::Tables& tables,
                                       const TextStyle& style);
/// Schema gramme/explain/1.
[[nodiscard]] std::string explain_json(const ExplainInput& input, const refdata::Tables& tables);

}  // namespace gramme::present
