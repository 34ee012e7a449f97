// Writes the files of a made-up machine below a folder: powercap zones, /proc and /etc, as GRAMME_SYSROOT
// expects.
#pragma once

#include <string>

#include "options.hpp"

namespace gramme::simulator {

/// Logical CPUs of the machine that make_tree writes.
inline constexpr int kCpus = 4;

/// Writes the tree of `options.make_tree` below `options.root`; what went wrong, or empty.
[[nodiscard]] std::string make_tree(const Options& options);

/// The text of /proc/stat with these totals, in ticks of 10 ms. Numbers keep ten digits, so that a file that
/// is open elsewhere can be rewritten in place.
[[nodiscard]] std::string proc_stat(long long busy_ticks, long long idle_ticks);

}  // namespace gramme::simulator
