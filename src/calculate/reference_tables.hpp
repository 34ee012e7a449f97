// The reference tables as programs read them (`--json`, `--format csv`, HTTP): places, accelerators, machine
// types. Pure.
#pragma once

#include <set>
#include <span>
#include <string>
#include <vector>

#include "calculate/region_search.hpp"
#include "present/present.hpp"
#include "refdata/tables.hpp"

namespace gramme::calculate {

/// Every word must occur in the name, an alias, the maker, the kind or the architecture; none: all.
[[nodiscard]] std::vector<refdata::Accelerator> search_devices(const refdata::Tables& tables,
                                                               std::span<const std::string> words);
/// Every word must occur in the type, an alias, the CPU or the accelerator; none: all.
[[nodiscard]] std::vector<refdata::Instance> search_instances(const refdata::Tables& tables,
                                                              std::span<const std::string> words);

/// Schemas gramme/regions/1, gramme/devices/1, gramme/instances/1.
[[nodiscard]] present::Table regions_table(const std::vector<FoundRegion>& found);
[[nodiscard]] present::Table devices_table(std::span<const refdata::Accelerator> found);
[[nodiscard]] present::Table instances_table(std::span<const refdata::Instance> found);

}  // namespace gramme::calculate
