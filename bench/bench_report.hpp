// What all benchmarks share: clocks, medians, and one way to print a number beside its target.
#pragma once

#include <string>
#include <vector>

namespace gramme::bench {

[[nodiscard]] double monotonic_s();
/// CPU seconds of this process, all threads, user and system.
[[nodiscard]] double process_cpu_s();
[[nodiscard]] double median(std::vector<double> values);
/// Values at a quarter and three quarters of the sorted list.
[[nodiscard]] std::string quartiles(std::vector<double> values, const char* unit);

/// "what ... 2.13 ms   target <= 5 ms   met". `met` only colours the last word: a benchmark never fails.
void report(const std::string& what, double value, const char* unit, double target,
            const std::string& detail = "");
/// A line without a target.
void remark(const std::string& text);

/// A line of /proc/self/status such as "VmRSS", in KiB; 0 where it is missing.
[[nodiscard]] long status_kib(const std::string& key);
[[nodiscard]] long open_files();

}  // namespace gramme::bench
