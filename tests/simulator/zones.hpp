// The powercap zones and the GPUs of a tree, kept open and rewritten in place, as another program reads them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "energy_counter.hpp"
#include "options.hpp"

namespace gramme::simulator {

/// How a file shows what a zone used: a zone of powercap in uJ, a counter of the power PMU in 2^-32 J since
/// it was opened, pm_counters of Cray in J with a time stamp, or the power of this moment in uW (a meter, a
/// battery).
enum class Form : std::uint8_t { kMicrojoules, kPerfCount, kCrayJoules, kMicrowatts };

/// One zone: its file, its counter, and what the run does to it.
struct Zone {
    std::string name;  ///< "pkg0", "dram1", "core0"; "perf-pkg0", "node", "cpu", "meter0", "battery"; "amd0"
                       ///< and "intel1" of GPUs, by the number of their card
    Form form = Form::kMicrojoules;
    int fd = -1;
    long energy_at = -1;  ///< of a binary table of amdgpu: where its energy stands, in 2^-16 J; -1: text
    EnergyCounter counter{0, 1};
    std::uint64_t picowatts = 0;
    bool failing = false;
    std::uint64_t failing_uj = 0;  ///< true energy that flowed while its reads failed
    double now_w = 0.0;            ///< power of this moment
    double at_s = 0.0;             ///< time of the simulation, for a stamp
};

/// All zones of the flat powercap list and every other source of the tree, by name; files opened for writing.
/// Empty `error` on success.
[[nodiscard]] std::vector<Zone> open_zones(const Options& options, std::string& error);

/// Shows the counter: one pwrite of constant length, so that a reader sees either the old or the new number.
/// A shorter number is followed by blanks, which a reader of kernel files has to trim like the newline.
void show(const Zone& zone);
/// From now on a read of the zone gives nothing (or no number). show() ends it.
void fail(const Zone& zone, bool garbled);

}  // namespace gramme::simulator
