// An hour of a busy job on the devices that were found: what `gramme doctor` sizes the interval of a run
// with. Pure.
#pragma once

#include "meter/device_meter.hpp"
#include "model/ledger.hpp"
#include "probe/probe.hpp"

namespace gramme::cli {

/// Power of a device under a training job, as far as its meter knows it: the middle of a load model; of a
/// sensor, a third of what it could show at most (the limit of a device is two thirds of that, half of the
/// limit is typical).
[[nodiscard]] Watts typical_power(const meter::MeterSpec& meter);

/// One window of one hour per device, all of it the job's. A GPU is taken as the job's unless a variable
/// hides it.
[[nodiscard]] Ledger typical_ledger(const probe::Discovery& found);

}  // namespace gramme::cli
