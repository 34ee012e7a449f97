// The sources behind the figures of a result, each once, with what they are used for. Only for src/present.
#pragma once

#include <string>
#include <vector>

#include "model/footprint.hpp"
#include "refdata/tables.hpp"

namespace gramme::present {

struct ExplainedSource {
    std::string id, title, publisher, licence, url;
    int year = 0;
    std::string note;      ///< where the id is none of data/sources.csv
    std::string used_for;  ///< "PUE", "grid", ...
};

/// Adds the source with this id, or another use to the one that is there. Nothing for an empty id.
void add_source(std::vector<ExplainedSource>& out, const std::string& id, const std::string& used_for,
                const refdata::Tables& tables);

/// Those of the grid, of the country's figure beside it, and of the PUE.
void add_factor_sources(std::vector<ExplainedSource>& out, const Factors& factors,
                        const refdata::Tables& tables);

/// Those of embodied carbon and water.
void add_side_sources(std::vector<ExplainedSource>& out, const Footprint& footprint,
                      const refdata::Tables& tables);

}  // namespace gramme::present
