// The facts of a machine, and where a run was imported from, as JSON objects, for run records, footprints and
// the doctor. Only for src/present.
#pragma once

#include "model/run.hpp"
#include "present/json.hpp"

namespace gramme::present {

/// Unknown facts are left out.
[[nodiscard]] Json host_to_json(const HostFacts& host);
/// kMalformed names the key.
[[nodiscard]] Result<HostFacts> host_from_json(const Json& object);

[[nodiscard]] Json reserved_to_json(const ReservedCpus& reserved);

[[nodiscard]] Json imported_to_json(const ImportedFrom& imported);
/// The key `imported` of a run; absent stays absent. kMalformed names the key.
[[nodiscard]] Result<void> read_imported(const Json& run, std::optional<ImportedFrom>& out);

[[nodiscard]] Json lineage_to_json(const Lineage& lineage);
/// The key `lineage` of a run; absent stays absent. kMalformed names the key.
[[nodiscard]] Result<void> read_lineage(const Json& run, std::optional<Lineage>& out);

}  // namespace gramme::present
