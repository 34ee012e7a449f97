// The script of the fake NVML library, as data. The format is described on top of fake_nvml.cpp.
#pragma once

#include <memory>
#include <string>
#include <vector>

namespace fake_nvml {

/// What happens to one call ("energy", "power", ..., "all") in a stretch of time since nvmlInit.
struct Fault {
    std::string call;
    int code = 0;         ///< returned, where not 0
    double hang_s = 0.0;  ///< slept first
    double from_s = 0.0;
    double to_s = 1e300;
};

struct Gpu {
    unsigned index = 0;
    std::string name = "NVIDIA A100-SXM4-80GB";
    std::string uuid;
    double watts = 250.0;
    double limit_watts = 400.0;
    unsigned architecture = 7;
    enum class Counter { kNormal, kNone, kStuck } counter = Counter::kNormal;
    double offset_j = 1'000'000.0;  ///< what the counter shows at nvmlInit
    double drop_at_s = -1.0;        ///< then the counter starts at 0 again
    struct Utilization {
        unsigned percent = 100;
        double from_s = 0.0;
        double to_s = 1e300;
    };
    std::vector<Utilization> utilizations;  ///< the last that fits counts; none: 100
    double stick_from_s = 1e300;            ///< then it stands still
    double stick_to_s = 1e300;
    bool stick_loses = false;  ///< what it held back never shows
    struct Listed {
        std::vector<std::string> entries;
        double from_s = 0.0;
        double to_s = 1e300;
    };
    std::vector<Listed> processes;  ///< the last that fits counts
    std::vector<Listed> uses;       ///< of entries "PID=SM"; likewise
    std::vector<std::string> mig_uuids;
    std::vector<std::string> mps_clients;
    double pace = 1.0;  ///< of the counter, against the watts
    struct Seen {
        double at_s = 0.0;
        unsigned long long energy_mj = 0;
        unsigned instant_mw = 0;
        unsigned average_mw = 0;
        unsigned utilization_percent = 0;
    };
    std::vector<Seen> replay;  ///< of a real GPU, by time: in the place of what is made up
    enum class Fields { kGpu, kNone, kModule } fields = Fields::kGpu;
    std::vector<Fault> faults;
};

struct Script {
    std::string driver = "550.54.15";
    std::vector<Gpu> gpus;
    std::vector<Fault> faults;  ///< of calls that concern no GPU: init, count, shutdown
    std::string calls;          ///< a file that is told of each call for use by process
    std::string trace;          ///< a file that is told of each call of a GPU
    double zero_s = 0.0;        ///< CLOCK_MONOTONIC when nvmlInit began
};

/// The file named by FAKE_NVML_SCRIPT; one GPU where the variable is unset. A line that it does not
/// understand is said on stderr and gives nullptr: a test must not pass for a misspelt script.
std::unique_ptr<Script> read_script();

}  // namespace fake_nvml
