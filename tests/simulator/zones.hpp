// The powercap zones and the GPUs of a tree, kept open and rewritten in place, as another program reads them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "energy_counter.hpp"
#include "options.hpp"

namespace gramme::simulator {

/// One zone: its file, its counter, and what the run does to it.
struct Zone {
    std::string name;  ///< "pkg0", "dram1", "core0"; of GPUs by the number of their card: "amd0", "intel1"
    int fd = -1;
    long energy_at = -1;  ///< of a binary table of amdgpu: where its energy stands, in 2^-16 J; -1: text
    EnergyCounter counter{0, 1};
    std::uint64_t picowatts = 0;
    bool failing = false;
    std::uint64_t failing_uj = 0;  ///< true energy that flowed while its reads failed
};

/// All zones of the flat powercap list and the GPUs that have a counter, by name; files opened for writing.
/// Empty `error` on success.
[[nodiscard]] std::vector<Zone> open_zones(const Options& options, std::string& error);

/// Shows the counter: one pwrite of constant length, so that a reader sees either the old or the new number.
/// A shorter number is followed by blanks, which a reader of kernel files has to trim like the newline.
void show(const Zone& zone);
/// From now on a read of the zone gives nothing (or no number). show() ends it.
void fail(const Zone& zone, bool garbled);

}  // namespace gramme::simulator
