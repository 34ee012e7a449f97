// Rows of emissions.csv as runs with a ledger: one run per run_id, its last cumulative row, its tasks. Pure.
// What is done with each column: docs/moving-from-codecarbon.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <tuple>
#include <vector>

#include "foreign/emissions_file.hpp"
#include "model/ledger.hpp"
#include "model/run.hpp"

namespace gramme::foreign {

/// A parsed file and its name, for messages and provenance.
struct NamedFile {
    std::string name;
    EmissionsFile file;
};

struct RowTrouble {
    std::string file;
    std::size_t line = 0;
    std::string reason;
};

/// Where CodeCarbon thought that it was; texts as in the file, empty: unknown.
struct ForeignPlace {
    std::string provider, cloud_region, country_iso, country, region;
};

struct ForeignRun {
    /// `imported` says file, line and program; `part_of` whose row holds this one, which must not count
    /// beside it. What was asked for is left to the caller.
    RunRecord run;
    Ledger ledger;  ///< IT energy: the PUE of the row is taken out
    double pue = 1.0;
    bool pue_is_said = false;            ///< the file has the column
    std::optional<double> facility_kwh;  ///< energy_consumed; absent where nothing was recorded
    std::optional<double> emissions_kg;  ///< absent where unknown, or where no energy was recorded
    ForeignPlace place;
    std::size_t rows = 1;            ///< of the file(s) that belong to it
    std::vector<std::string> notes;  ///< what was done with its rows
};

struct ForeignRuns {
    std::vector<ForeignRun> runs;      ///< by start, then id; parts of others behind all others
    std::vector<RowTrouble> rejected;  ///< by file and line
};

/// Nanoseconds of a civil time, as if it were UTC, to those of UTC.
using LocalTime = std::function<std::int64_t(std::int64_t civil_ns)>;

/// Hands over one run after the other, in the order of ForeignRuns, and keeps none: a run takes many times
/// the memory of its row. Nothing of a run is handed over if a rejected row may be its last one. By file and
/// line what was not taken; an error of `take` ends it.
[[nodiscard]] Result<std::vector<RowTrouble>> each_run(std::span<const NamedFile> files,
                                                       const LocalTime& to_utc,
                                                       const std::function<Result<void>(ForeignRun)>& take);
/// All of them at once, for a few.
[[nodiscard]] ForeignRuns runs_of(std::span<const NamedFile> files, const LocalTime& to_utc);

/// How many of the runs, which come by start, counted the whole of what looks like one machine while another
/// of them did: the ranks of a job, whose sum would count the machine several times. Times are whole seconds:
/// two of them are no overlap.
class CountedTogether {
public:
    void add(const RunRecord& run);
    [[nodiscard]] std::size_t count() const { return count_; }

private:
    struct Last {
        std::int64_t ended_ns = 0;
        bool is_counted = false;
    };
    std::map<std::tuple<std::string, std::string, int, std::uint64_t>, Last> machines_;
    std::size_t count_ = 0;
};

}  // namespace gramme::foreign
