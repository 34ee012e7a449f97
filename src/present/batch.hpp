// The end of `gramme batch`: sums of all rows and of groups. Pure.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "base/result.hpp"
#include "model/footprint.hpp"
#include "present/present.hpp"

namespace gramme::present {

struct BatchGroup {
    std::string name;
    std::uint64_t rows = 0;
    std::uint64_t without = 0;  ///< rows without a figure
    double energy_kwh = 0.0;
    double facility_energy_kwh = 0.0;
    Estimate kgco2e;  ///< low and high: sums of those of the rows, as if all were wrong in the same direction
};

/// "2,000 rows: 1.2 MWh, 340 kg CO2e (210 to 560)", with what has no figure.
[[nodiscard]] std::string batch_line(const BatchGroup& total);
/// Groups for a person; `most` of them, 0: all.
[[nodiscard]] Result<std::string> batch_table(std::span<const BatchGroup> groups, std::string_view column,
                                              std::size_t most, const TextStyle& style);
/// All of them, with numbers in full.
[[nodiscard]] std::string batch_csv(std::span<const BatchGroup> groups, std::string_view column);

}  // namespace gramme::present
