// Writes the files of a made-up machine below a folder: powercap zones, /proc and /etc, as GRAMME_SYSROOT
// expects.
#pragma once

#include <array>
#include <string>

#include "options.hpp"

namespace gramme::simulator {

/// Logical CPUs of the machine that make_tree writes.
inline constexpr int kCpus = 4;

/// Writes the tree of `options.make_tree` below `options.root`; what went wrong, or empty.
[[nodiscard]] std::string make_tree(const Options& options);

/// The text of /proc/stat with these totals, in ticks of 10 ms. Numbers keep ten digits, so that a file that
/// is open elsewhere can be rewritten in place.
/// `busy` and `idle`: by CPU.
[[nodiscard]] std::string proc_stat(const std::array<double, kCpus>& busy,
                                    const std::array<double, kCpus>& idle);

/// The text of the job's cpu.stat, of constant length.
[[nodiscard]] std::string cpu_stat(double job_cpu_s);
inline constexpr const char* kJobGroup = "sys/fs/cgroup/job";

}  // namespace gramme::simulator
