// How fast the CPUs are clocked, as a share of their base clock, from cpufreq.
#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "base/host.hpp"
#include "refdata/tables.hpp"

namespace gramme::probe {

/// "Intel(R) Xeon(R) CPU E3-1240 V2 @ 3.40GHz" -> 3.4; nullopt where the name ends otherwise.
[[nodiscard]] std::optional<double> base_ghz_in_name(std::string_view model_name) noexcept;

/// scaling_cur_freq of at most eight CPUs, spread evenly and kept open: with a hundred the reading would cost
/// more than the model gains. Sampler thread only.
/// Source: Linux Documentation/admin-guide/pm/cpufreq.rst (scaling_cur_freq, base_frequency; kHz).
class CpuClock {
public:
    /// nullopt where no clock is shown (most guests), or none to compare it with: base_frequency of
    /// intel_pstate, else the clock in the name, else that of data/cpus.csv. cpuinfo_max_freq is no base:
    /// with some drivers it is the turbo of a single core.
    static std::optional<CpuClock> open(const Host& host, int cpu_count, std::string_view model_name,
                                        const std::optional<refdata::Cpu>& cpu);
    /// Mean over the files that can be read; nullopt if none can. No allocation when they can.
    [[nodiscard]] std::optional<double> read() noexcept;

private:
    CpuClock(std::vector<std::unique_ptr<OpenFile>> files, double base_khz)
        : files_(std::move(files)), base_khz_(base_khz) {}
    std::vector<std::unique_ptr<OpenFile>> files_;
    double base_khz_;
};

}  // namespace gramme::probe
