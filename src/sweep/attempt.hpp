// What is left of an attempt at a trial: its files, the result that `gramme run` wrote, its run in the store.
// Internal to sweep.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "plan/sweep_result.hpp"
#include "store/store.hpp"

namespace gramme::sweep {

/// "0007", "0007-r1", "0007-r1-a2".
[[nodiscard]] std::string file_stem(const plan::Task& task, std::size_t attempt);

/// What `gramme run --json` says of the run.
struct Ran {
    std::string id;
    std::optional<int> exit_status;
    std::optional<int> signal;
    double duration_s = 0.0;
    std::optional<double> energy_kwh;
    std::optional<Estimate> operational_kgco2e;
};

/// From the file of --json, which is there whole or not at all; nullopt: it is not.
[[nodiscard]] std::optional<Ran> read_ran(const std::string& path);
[[nodiscard]] Ran ran_of(const store::RunSummary& one);

/// When the run began, on the wall clock: its id says the millisecond (UUID version 7, RFC 9562), of which
/// this is the end. nullopt: it is no such id.
[[nodiscard]] std::optional<std::int64_t> begun_at(const Ran& ran);

/// Moment on the wall clock.
[[nodiscard]] std::int64_t ended_at(std::int64_t started_wall_ns, double duration_s);

/// Empty: the run has no such tag.
[[nodiscard]] std::string tag_of(const RunRecord& run, std::string_view key);
/// The last error that gramme printed into a file; of a file without one the last line that says something
/// and no hint. Each at most 200 bytes.
struct Complaint {
    std::string what, hint;
};
[[nodiscard]] Complaint complaint_in(const std::string& path);

}  // namespace gramme::sweep
