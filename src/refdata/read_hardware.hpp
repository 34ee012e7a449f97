// Reader of the hardware tables, apart from read_records.cpp for size only. Internal to refdata.
#pragma once

#include <span>
#include <string_view>

#include "refdata/records.hpp"

namespace gramme::refdata {

/// Names of the tables that read_hardware() reads.
[[nodiscard]] std::span<const std::string_view> hardware_files();

/// As read_records(), for a `name` of hardware_files().
[[nodiscard]] Result<void> read_hardware(std::string_view name, std::string_view file, std::string_view text,
                                         Records& records);

}  // namespace gramme::refdata
