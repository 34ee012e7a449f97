// The devices of one run: discovered, with what its record says of how their energy is shared.
#pragma once

#include <optional>

#include "base/host.hpp"
#include "config/calibration.hpp"
#include "model/run.hpp"
#include "probe/probe.hpp"
#include "refdata/tables.hpp"

namespace gramme::track {

struct DeviceSearch {
    const Host& host;
    const refdata::Tables& tables;
    const HostFacts& facts;
    const std::optional<config::Calibration>& calibration;
    const probe::JobMembers& members;
    int ranks = 1;                 ///< processes of the job on this node that one of them measures
    bool has_reservation = false;  ///< of the job's CPUs
};

struct FoundDevices {
    probe::Discovery found;
    Scope split_by = Scope::kJob;  ///< by what their energy is shared
};

/// Never fails. `run` has scope, interval and cpu_time_from, and gets where its idle power is from, and
/// warnings.
[[nodiscard]] FoundDevices find_devices(const DeviceSearch& search, RunRecord& run);

}  // namespace gramme::track
