// What the hardware tables cannot know alone. Internal to refdata.
#pragma once

#include "refdata/records.hpp"

namespace gramme::refdata {

/// Known accelerators and proxies, a proxy with a known limit and no proxy of its own, no name of two rows.
[[nodiscard]] Result<void> check_hardware(const Records& records);

}  // namespace gramme::refdata
