// The NVIDIA source: energy counters or power of each GPU, read on a thread of its own.
#pragma once

#include <memory>

#include "probe/probe.hpp"

namespace gramme::probe {

/// Returns at once (with wait_for_gpus: when the driver has answered, at most 5 s); kUnavailable where there
/// can be no NVIDIA driver. The library is loaded and the GPUs are listed on the probe's thread, so that a
/// slow or hung driver delays nobody; what went wrong there is in report(). `host` must live as long as the
/// process, `members` as long as the probe. `cpu_counted`: another source counts the CPU, so that a power
/// which holds it is not counted. Method: docs/method/nvml.md
[[nodiscard]] Result<std::unique_ptr<Probe>> open_nvml(const Host& host, const DiscoverOptions& options,
                                                       const refdata::Tables& tables = {},
                                                       bool cpu_counted = false);

/// The same by the library, variables and maker of `wanted`; `none_reserved`: a variable says that the job
/// has none.
[[nodiscard]] Result<std::unique_ptr<Probe>> open_by_library(const Host& host, const DiscoverOptions& options,
                                                             struct NvmlOptions wanted, bool none_reserved);

}  // namespace gramme::probe
