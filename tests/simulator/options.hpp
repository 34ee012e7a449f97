// The command line of simulated_host.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace gramme::simulator {

struct Stretch {
    double from_s = 0.0;
    double to_s = 0.0;
};
struct ZoneStretch {
    std::string zone;
    Stretch when;
    bool garbled = false;  ///< the file holds no number; otherwise it is empty
};
struct ZoneReset {
    std::string zone;
    double at_s = 0.0;
};

/// Times are seconds of the simulation's own clock, which starts with the program.
struct Options {
    std::string root;
    std::optional<std::string> make_tree;  ///< layout to write before leaving: "intel-2s", "amd", "perf"
    double seconds = 1.0;
    double tick_s = 0.002;
    double busy = 0.5;               ///< fraction of the CPUs in use, for /proc/stat
    std::vector<double> load_steps;  ///< instead of `busy`: one after the other, again and again
    double step_s = 2.0;             ///< how long each of them lasts
    std::vector<double> wall;    ///< idle and full watts at the wall, and the bend: ROOT/wall_w shows them
    double job_busy = 0.0;       ///< of the CPUs, by the job; the rest of `busy` is others'
    double watts_per_cpu = 0.0;  ///< what a busy CPU adds to its package, beside `watts`
    int catch_up = 0;  ///< 1: a late step makes up for the time that passed; else time stands still meanwhile
    std::optional<std::string>
        cpuset;  ///< of the job's cgroup, in a new tree: "0-1"; its work stays on these CPUs
    std::optional<std::string> quota;     ///< cpu.max of the job's cgroup, in a new tree: "200000,100000"
    std::map<std::string, double> watts;  ///< by zone: "pkg0", "dram1"
    std::map<std::string, std::uint64_t> range_uj;  ///< by zone; "" is the default of all
    std::map<std::string, std::uint64_t> start_uj;  ///< by zone; "" is the default of all
    std::map<std::string, double> limit_w;  ///< by zone: power limit of a new tree; packages have 205 W
    std::vector<double> swing;    ///< share and period: power of every zone goes up and down by that share
    std::vector<Stretch> mains;   ///< the battery is charged
    std::vector<Stretch> pauses;  ///< no zone advances
    std::vector<ZoneStretch> failures;  ///< reads of the zone fail
    std::vector<ZoneReset> resets;      ///< the counter falls to a small number
    std::string log;                    ///< one JSON object per line: what each zone got, and when
    int exit_code = 0;
};

/// nullopt after a word on stderr.
[[nodiscard]] std::optional<Options> parse_options(int argc, char** argv);

}  // namespace gramme::simulator
