// The place of a row of emissions.csv among the places of our tables. Pure.
#pragma once

#include <string>

#include "foreign/emissions_runs.hpp"
#include "refdata/tables.hpp"

namespace gramme::cli {

/// A region as --region takes it: the cloud region, else the state or province of that country, else the
/// country; empty where the tables know none of them.
[[nodiscard]] std::string region_of(const refdata::Tables& tables, const foreign::ForeignPlace& place);

}  // namespace gramme::cli
