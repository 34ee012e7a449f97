// Who made the figures of a list: the table of --sources, and the lines of attribution below a list.
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "present/present.hpp"
#include "refdata/tables.hpp"

namespace gramme::calculate {

/// Schema gramme/sources/1: with the note and the tables that name the source ("grid_intensity, pue").
[[nodiscard]] present::Table source_table(const refdata::Tables& tables, const std::set<std::string>& ids);
/// What of it fits on a terminal.
[[nodiscard]] present::Table source_table_for_people(const refdata::Tables& tables,
                                                     const std::set<std::string>& ids);

/// "Sources (`gramme COMMAND --sources` tells more):" and one line each.
[[nodiscard]] std::string attribution(const refdata::Tables& tables, const std::set<std::string>& ids,
                                      std::string_view command);

}  // namespace gramme::calculate
