// What one row of emissions.csv says of its run: id, time, machine, program. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "foreign/emissions_runs.hpp"

namespace gramme::foreign {

inline constexpr double kNsPerSecond = 1e9;

/// A row with where it stands and when it was: it is written at the end of what it covers.
struct Placed {
    const NamedFile* file = nullptr;
    const EmissionsRow* row = nullptr;
    std::size_t file_index = 0;
    std::size_t position = 0;   ///< among all rows of all files
    std::int64_t ended_ns = 0;  ///< UTC
    double duration_s = 0.0;
    std::int64_t ahead_ns = 0;  ///< civil time less UTC; 0 where the file says UTC

    [[nodiscard]] std::string_view at(Column column) const { return row->at(column); }
    [[nodiscard]] std::optional<double> number(Column column) const;
    [[nodiscard]] std::int64_t started_ns() const;
    [[nodiscard]] bool is_task() const { return row->names(Column::kTaskName); }
};

/// Releases before 2.0 gave each row an experiment_id of its own and knew no run_id.
[[nodiscard]] std::string_view id_in(const EmissionsRow& row);
/// A UUID as it is, in lower case; else one made from the text, always the same.
[[nodiscard]] std::string run_id_of(std::string_view text);
/// kMalformed, kOutOfRange: its timestamp.
[[nodiscard]] Result<Placed> place_row(const NamedFile& file, const EmissionsRow& row,
                                       const LocalTime& to_utc);
/// "UTC+02:00"
[[nodiscard]] std::string zone_text(std::int64_t ahead_ns);
[[nodiscard]] HostFacts host_of(const Placed& row);
/// The id of the run whose row holds this one: gramme writes "gramme-0.1.0 part of ID" as the version. Empty:
/// of none.
[[nodiscard]] std::string part_of(const Placed& row);
/// What the run comes from, where the row says so and is gramme's.
[[nodiscard]] std::optional<Lineage> lineage_of(const Placed& row);
/// "CodeCarbon 2.3.4", "gramme 0.1.0"; files before 2.2 do not say the release.
[[nodiscard]] std::string program_of(const Placed& row);

}  // namespace gramme::foreign
