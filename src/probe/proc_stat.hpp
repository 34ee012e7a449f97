// CPU time of the whole machine, from the first line of /proc/stat.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "base/host.hpp"

namespace gramme::probe {

/// CPU seconds since boot, summed over all logical CPUs.
struct CpuSeconds {
    double busy = 0.0;   ///< user + nice + system + irq + softirq; guest time is inside user and nice
    double steal = 0.0;  ///< a vCPU wanted to run and was not run: it used nothing
};

/// Parses the line "cpu  user nice system idle iowait irq softirq steal guest guest_nice" (USER_HZ ticks);
/// the fields after system may be missing, as on old kernels. nullopt for anything else. No allocation.
/// Source: Linux Documentation/filesystems/proc.rst.
[[nodiscard]] std::optional<CpuSeconds> parse_proc_stat(std::string_view text) noexcept;

/// The same for what stands behind the name of a line: " user nice system idle ...", up to the line's end.
[[nodiscard]] std::optional<CpuSeconds> parse_cpu_times(std::string_view fields) noexcept;

/// /proc/stat, kept open. Sampler thread only.
class ProcStat {
public:
    static Result<ProcStat> open(const Host& host);
    /// nullopt where it cannot be read or understood. No allocation when it succeeds.
    [[nodiscard]] std::optional<CpuSeconds> read() noexcept;

private:
    explicit ProcStat(std::unique_ptr<OpenFile> file) : file_(std::move(file)) {}
    std::unique_ptr<OpenFile> file_;
};

}  // namespace gramme::probe
