// The columns of emissions.csv through all releases of CodeCarbon, and what may stand in each. Pure.
//
// Source: the classes EmissionsData and TaskEmissionsData of the releases on the Python package index.
// Headers: 12 columns with experiment_id first (0.1) or second (1.0 to 1.2) and on_cloud before
// cloud_provider; 29 with run_id (2.0); then codecarbon_version (2.2), pue (2.3), experiment_id (2.8),
// water_consumed and wue (3.0.9), three utilisations and ram_used_gb (3.2.9): 38. Files of tasks: task_name
// first, no experiment_id, pue or wue.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gramme::foreign {

/// In the order of the newest release.
enum class Column : std::uint8_t {
    kTaskName,
    kTimestamp,
    kProjectName,
    kRunId,
    kExperimentId,
    kDuration,
    kEmissions,
    kEmissionsRate,
    kCpuPower,
    kGpuPower,
    kRamPower,
    kCpuEnergy,
    kGpuEnergy,
    kRamEnergy,
    kEnergyConsumed,
    kWaterConsumed,
    kCountryName,
    kCountryIsoCode,
    kRegion,
    kCloudProvider,
    kCloudRegion,
    kOs,
    kPythonVersion,
    kCodecarbonVersion,
    kCpuCount,
    kCpuModel,
    kGpuCount,
    kGpuModel,
    kLongitude,
    kLatitude,
    kRamTotalSize,
    kTrackingMode,
    kCpuUtilization,
    kGpuUtilization,
    kRamUtilization,
    kRamUsed,
    kOnCloud,
    kPue,
    kWue
};
inline constexpr std::size_t kColumns = static_cast<std::size_t>(Column::kWue) + 1;

[[nodiscard]] std::string_view name_of(Column column);
[[nodiscard]] std::optional<Column> column_named(std::string_view name);

/// Why `text` cannot stand in `column`: "'abc' is no number"; empty where it can. An empty text is an
/// unknown, which a column may hold; `dense`: of a row that was written without its empty columns, where a
/// number is there or is left out.
[[nodiscard]] std::string misfit(Column column, std::string_view text, bool dense);

/// Columns that CodeCarbon 3 left out of a row that it appended, where they were unknown.
/// Source: output_methods/file.py of 3.3.0, `dropna(axis=1, how="all")` before `to_csv(header=False)`; gone
/// in 3.3.2.
[[nodiscard]] bool may_be_left_out(Column column);
/// The columns that are unknown together with this one; itself where there is none.
[[nodiscard]] Column partner_of(Column column);

}  // namespace gramme::foreign
