// clang-format off
// A fake libnvidia-ml.so.1: enough of NVML for tests, without GPU or driver. GRAMME_NVML_LIB names this
// library, FAKE_NVML_SCRIPT names a text file that says what to be. Without a script: one GPU of 250 W.
//
// The script is read at each nvmlInit; times are seconds since then. One statement a line, "#" begins a
// comment, N is the index of a GPU or "*" for all of them ("gpus" must come first).
//
//   driver VERSION                    nvmlSystemGetDriverVersion
//   gpus COUNT                        their UUIDs are GPU-10000000-..., GPU-20000000-..., ...
//   gpu N name TEXT                   default: NVIDIA A100-SXM4-80GB
//   gpu N uuid TEXT
//   gpu N watts W                     default 250: power, and the pace of the counter (real time x W)
//   gpu N utilization PERCENT [from S] [to S]
//                                     default 100; the last line that fits counts. With MIG: not supported
//   gpu N limit W                     enforced power limit, default 400
//   gpu N architecture NUMBER         nvmlDeviceArchitecture_t, default 7 (Ampere)
//   gpu N offset J                    what the energy counter shows at nvmlInit, default 1e6
//   gpu N counter normal|none|stuck   none: NOT_SUPPORTED (3), as before Volta; stuck: it never moves
//   gpu N drop S                      after S seconds the counter begins at 0 again, once
//   gpu N stick FROM TO held|lost     the counter stands still from FROM to TO; then it jumps by what it held
//                                     back, or goes on without it
//   gpu N replay FILE S               energy, powers, utilisation of a file of tests/fixtures/nvml from its second S
//   gpu N processes LIST [from S] [to S]
//                                     PID[,PID...]: processes with a compute context; "self" is this process,
//                                     "self-parent" its parent, "self-children" those it has started and that live,
//                                     "child" the newest of them, alive or as it was when some call saw it. The last
//                                     line that fits the time counts
//   gpu N uses LIST [from S] [to S]   PID=SM[,PID=SM...]: nvmlDeviceGetProcessUtilization, percent of the SMs; none:
//                                     NOT_FOUND (6). Likewise
//   gpu N mps PID[,PID...]            clients of an MPS server (nvmlDeviceGetMPSComputeRunningProcesses_v3)
//   gpu N pace FACTOR                 the counter advances by watts x FACTOR; what it says and power differ
//   gpu N fields gpu|none|module      nvmlDeviceGetFieldValues: power as fields 186 and 185; module: of the module's
//                                     scope only, and neither energy nor power otherwise. Its faults are "power"'s
//   gpu N mig UUID[,UUID...]          MIG is on, and these are the slices
//   gpu N fail CALL CODE [from S] [to S]     CALL answers CODE (15: the GPU is lost)
//   gpu N hang CALL SECONDS [from S] [to S]  CALL sleeps before it answers
//     CALL of a GPU: handle name uuid architecture energy power limit processes use mig memory utilization, or all
//   fail CALL CODE, hang CALL SECONDS        the same for a call without a GPU: init count driver shutdown
//   trace FILE                        a line for each call of a GPU: its name and the seconds since nvmlInit
//   calls FILE                        a line for each call for the use by process: the seconds since nvmlInit
//
// libnvidia-ml-old.so is the same without nvmlInitWithFlags, nvmlDeviceGetArchitecture, the energy counter,
// the MIG functions, use by process and nvmlDeviceGetComputeRunningProcesses_v3 and _v2 (their entries were
// longer).
// clang-format on
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "script.hpp"

#define NVML_EXPORT extern "C" __attribute__((visibility("default")))

namespace {

using fake_nvml::Fault;
using fake_nvml::Gpu;
using fake_nvml::Script;

constexpr int kSuccess = 0;
constexpr int kUninitialized = 1;
constexpr int kInvalidArgument = 2;
[[maybe_unused]] constexpr int kNotSupported = 3;  // the old library lacks the call that says so
[[maybe_unused]] constexpr int kNotFound = 6;
constexpr int kInsufficientSize = 7;
constexpr int kUnknown = 999;

double seconds_now() {
    timespec now{};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

void sleep_for(double seconds) {
    timespec left{static_cast<time_t>(seconds),
                  static_cast<long>((seconds - static_cast<double>(static_cast<time_t>(seconds))) * 1e9)};
    while (nanosleep(&left, &left) != 0 && errno == EINTR) {
    }
}

/// Scripts are kept for ever: a thread may still sleep in a call of an earlier one.
struct Scripts {
    std::mutex mutex;
    std::vector<std::unique_ptr<Script>> all;
};
Scripts& scripts() {
    static auto* const kept = new Scripts;
    return *kept;
}

const Script* current() {
    const std::lock_guard lock(scripts().mutex);
    return scripts().all.empty() ? nullptr : scripts().all.back().get();
}

double zero_of(const Gpu& gpu) {  // a handle points at a Gpu; which script it belongs to is found here
    const std::lock_guard lock(scripts().mutex);
    for (const auto& script : scripts().all) {
        if (!script->gpus.empty() && &gpu >= script->gpus.data() &&
            &gpu < script->gpus.data() + script->gpus.size()) {
            return script->zero_s;
        }
    }
    return 0.0;
}

/// Sleeps and fails as the script says; kSuccess where it says nothing.
int fate(const std::vector<Fault>& faults, const std::string& call, double since_init) {
    int code = kSuccess;
    for (const Fault& fault : faults) {
        if ((fault.call == call || fault.call == "all") && since_init >= fault.from_s &&
            since_init < fault.to_s) {
            sleep_for(fault.hang_s);
            code = fault.code != kSuccess ? fault.code : code;
        }
    }
    return code;
}

void trace(const Gpu* gpu, const char* call) {
    const Script* script = current();
    if (gpu != nullptr && script != nullptr && !script->trace.empty()) {
        std::ofstream(script->trace, std::ios::app) << call << ' ' << seconds_now() - zero_of(*gpu) << '\n';
    }
}

int fate(const Gpu* gpu, const char* call) {
    trace(gpu, call);
    return gpu == nullptr ? kInvalidArgument : fate(gpu->faults, call, seconds_now() - zero_of(*gpu));
}

int fate(const char* call) {
    const Script* script = current();
    return script == nullptr ? kUninitialized : fate(script->faults, call, seconds_now() - script->zero_s);
}

int give_text(const std::string& text, char* to, unsigned size) {
    if (text.size() + 1 > size) {
        return kInsufficientSize;
    }
    std::snprintf(to, size, "%s", text.c_str());
    return kSuccess;
}

/// As a driver remembers a process that has ended: 0 where none was ever seen.
unsigned newest_child() {
    static unsigned remembered = 0;
    const std::string id = std::to_string(getpid());
    std::ifstream children("/proc/" + id + "/task/" + id + "/children");
    for (unsigned pid = 0; children >> pid;) {
        remembered = std::max(remembered, pid);
    }
    return remembered;
}

std::vector<std::string> listed_now(const Gpu& gpu, const std::vector<Gpu::Listed>& all) {
    const double since = seconds_now() - zero_of(gpu);
    std::vector<std::string> now;
    for (const Gpu::Listed& listed : all) {
        if (since >= listed.from_s && since < listed.to_s) {
            now = listed.entries;
        }
    }
    return now;
}

/// What a real GPU showed at this time; nullptr where nothing is played back.
const Gpu::Seen* seen_now(const Gpu& gpu) {
    const double since = seconds_now() - zero_of(gpu);
    const Gpu::Seen* now = gpu.replay.empty() ? nullptr : &gpu.replay.front();
    for (const Gpu::Seen& seen : gpu.replay) {
        now = seen.at_s <= since ? &seen : now;
    }
    return now;
}

std::vector<unsigned> pids_of(const Gpu& gpu) {
    std::vector<unsigned> pids;
    for (const auto& entry : listed_now(gpu, gpu.processes)) {
        if (entry == "self") {
            pids.push_back(static_cast<unsigned>(getpid()));
        } else if (entry == "child") {
            if (const unsigned pid = newest_child(); pid != 0) {
                pids.push_back(pid);
            }
        } else if (entry == "self-parent") {
            pids.push_back(static_cast<unsigned>(getppid()));
        } else if (entry == "self-children") {
            const std::string id = std::to_string(getpid());
            std::ifstream children("/proc/" + id + "/task/" + id + "/children");
            for (unsigned pid = 0; children >> pid;) {
                pids.push_back(pid);
            }
        } else {
            pids.push_back(static_cast<unsigned>(std::stoul(entry)));
        }
    }
    return pids;
}

template <class Entry>
int give_processes(const Gpu* gpu, unsigned* count, Entry* entries) {
    if (const int code = fate(gpu, "processes"); code != kSuccess) {
        return code;
    }
    const auto pids = pids_of(*gpu);
    const bool fits = pids.size() <= *count;
    *count = static_cast<unsigned>(pids.size());
    for (std::size_t i = 0; fits && i < pids.size(); ++i) {
        entries[i] = Entry{};
        entries[i].pid = pids[i];
    }
    return fits ? kSuccess : kInsufficientSize;
}

int start() {
    auto script = fake_nvml::read_script();
    if (!script) {
        return kUnknown;
    }
    script->zero_s = seconds_now();
    {
        const std::lock_guard lock(scripts().mutex);
        scripts().all.push_back(std::move(script));
    }
    return fate("init");
}

}  // namespace

NVML_EXPORT int nvmlInit_v2() {
    return start();
}
NVML_EXPORT int nvmlShutdown() {
    return fate("shutdown");
}

NVML_EXPORT const char* nvmlErrorString(int code) {
    switch (code) {  // the words of the real library
        case 0: return "Success";
        case 1: return "Uninitialized";
        case 2: return "Invalid Argument";
        case 3: return "Not Supported";
        case 4: return "Insufficient Permissions";
        case 6: return "Not Found";
        case 7: return "Insufficient Size";
        case 9: return "Driver Not Loaded";
        case 13: return "Function Not Found";
        case 15: return "GPU is lost";
        case 16: return "GPU requires restart";
        case 17: return "The operating system has blocked the request";
        case 18: return "Driver/library version mismatch";
        default: return "Unknown Error";
    }
}

NVML_EXPORT int nvmlSystemGetDriverVersion(char* to, unsigned size) {
    const int code = fate("driver");
    return code != kSuccess ? code : give_text(current()->driver, to, size);
}

NVML_EXPORT int nvmlDeviceGetCount_v2(unsigned* count) {
    const int code = fate("count");
    if (code == kSuccess) {
        *count = static_cast<unsigned>(current()->gpus.size());
    }
    return code;
}

NVML_EXPORT int nvmlDeviceGetHandleByIndex_v2(unsigned index, const Gpu** device) {
    const Script* script = current();
    if (script == nullptr) {
        return kUninitialized;
    }
    if (index >= script->gpus.size()) {
        return kInvalidArgument;
    }
    const int code = fate(&script->gpus[index], "handle");
    *device = code == kSuccess ? &script->gpus[index] : nullptr;
    return code;
}

NVML_EXPORT int nvmlDeviceGetName(const Gpu* gpu, char* to, unsigned size) {
    const int code = fate(gpu, "name");
    return code != kSuccess ? code : give_text(gpu->name, to, size);
}

NVML_EXPORT int nvmlDeviceGetUUID(const void* device, char* to, unsigned size) {
    for (const auto& gpu : current()->gpus) {
        for (const auto& slice : gpu.mig_uuids) {  // a handle of a slice points at its UUID
            if (device == &slice) {
                return give_text(slice, to, size);
            }
        }
    }
    const auto* gpu = static_cast<const Gpu*>(device);
    const int code = fate(gpu, "uuid");
    return code != kSuccess ? code : give_text(gpu->uuid, to, size);
}

NVML_EXPORT int nvmlDeviceGetPowerUsage(const Gpu* gpu, unsigned* milliwatts) {
    const int code = fate(gpu, "power");
    if (code == kSuccess && gpu->fields == Gpu::Fields::kModule) {
        return kNotSupported;
    }
    if (code == kSuccess) {
        const Gpu::Seen* const seen = seen_now(*gpu);
        *milliwatts = seen != nullptr ? seen->average_mw : static_cast<unsigned>(gpu->watts * 1000.0);
    }
    return code;
}

NVML_EXPORT int nvmlDeviceGetEnforcedPowerLimit(const Gpu* gpu, unsigned* milliwatts) {
    const int code = fate(gpu, "limit");
    if (code == kSuccess) {
        *milliwatts = static_cast<unsigned>(gpu->limit_watts * 1000.0);
    }
    return code;
}

// Memory is asked for by other programs that measure GPUs, not by gramme.
struct Memory {
    unsigned long long total;
    unsigned long long free;
    unsigned long long used;
};
NVML_EXPORT int nvmlDeviceGetMemoryInfo(const Gpu* gpu, Memory* memory) {
    constexpr unsigned long long kTotal = 80ULL << 30U;
    const int code = fate(gpu, "memory");
    if (code == kSuccess) {
        *memory = Memory{kTotal, kTotal / 2, kTotal / 2};
    }
    return code;
}

struct Utilization {
    unsigned gpu;
    unsigned memory;
};
NVML_EXPORT int nvmlDeviceGetUtilizationRates(const Gpu* gpu, Utilization* rates) {
    if (const int code = fate(gpu, "utilization"); code != kSuccess) {
        return code;
    }
    if (!gpu->mig_uuids.empty()) {
        return kNotSupported;
    }
    const double since = seconds_now() - zero_of(*gpu);
    *rates = Utilization{100, 50};
    for (const auto& one : gpu->utilizations) {
        if (since >= one.from_s && since < one.to_s) {
            rates->gpu = one.percent;
        }
    }
    if (const Gpu::Seen* const seen = seen_now(*gpu); seen != nullptr) {
        rates->gpu = seen->utilization_percent;
    }
    return kSuccess;
}

#ifdef FAKE_NVML_OLD

struct ProcessInfoV1 {
    unsigned pid;
    unsigned long long used_memory;
};
NVML_EXPORT int nvmlDeviceGetComputeRunningProcesses(const Gpu* gpu, unsigned* count,
                                                     ProcessInfoV1* entries) {
    return give_processes(gpu, count, entries);
}

#else

NVML_EXPORT int nvmlInitWithFlags(unsigned) {
    return start();
}

NVML_EXPORT int nvmlDeviceGetArchitecture(const Gpu* gpu, unsigned* architecture) {
    const int code = fate(gpu, "architecture");
    if (code == kSuccess) {
        *architecture = gpu->architecture;
    }
    return code;
}

NVML_EXPORT int nvmlDeviceGetTotalEnergyConsumption(const Gpu* gpu, unsigned long long* millijoules) {
    if (const int code = fate(gpu, "energy"); code != kSuccess) {
        return code;
    }
    if (gpu->counter == Gpu::Counter::kNone || gpu->fields == Gpu::Fields::kModule) {
        return kNotSupported;
    }
    if (const Gpu::Seen* const seen = seen_now(*gpu); seen != nullptr) {
        *millijoules = seen->energy_mj;
        return kSuccess;
    }
    const double since = seconds_now() - zero_of(*gpu);
    double joules = gpu->offset_j + since * gpu->watts * gpu->pace;
    if (gpu->drop_at_s >= 0.0 && since >= gpu->drop_at_s) {
        joules = (since - gpu->drop_at_s) * gpu->watts;
    }
    if (since >= gpu->stick_from_s) {
        const double stood_s = std::min(since, gpu->stick_to_s) - gpu->stick_from_s;
        joules -= since < gpu->stick_to_s || gpu->stick_loses ? stood_s * gpu->watts : 0.0;
    }
    if (gpu->counter == Gpu::Counter::kStuck) {
        joules = gpu->offset_j;
    }
    // Rounded: what stands still must not fall by the error of the sum.
    *millijoules = static_cast<unsigned long long>(std::llround(joules * 1000.0));
    return kSuccess;
}

struct FieldValue {
    unsigned id;
    unsigned scope;
    long long at_us;
    long long latency_us;
    int type;
    int code;
    unsigned long long value;
};
NVML_EXPORT int nvmlDeviceGetFieldValues(const Gpu* gpu, int count, FieldValue* values) {
    if (const int code = fate(gpu, "power"); code != kSuccess) {
        return code;
    }
    for (int i = 0; i < count; ++i) {
        const bool known = (values[i].id == 185 || values[i].id == 186) &&
                           gpu->fields != Gpu::Fields::kNone &&
                           values[i].scope == (gpu->fields == Gpu::Fields::kModule ? 1U : 0U);
        values[i].code = known ? kSuccess : kNotSupported;
        values[i].type = 1;  // NVML_VALUE_TYPE_UNSIGNED_INT
        // The average is made another number, so that a test sees which was taken.
        const double watts = values[i].id == 186 ? gpu->watts : gpu->watts / 2.0;
        values[i].value = known ? static_cast<unsigned>(watts * 1000.0) : 0;
        if (const Gpu::Seen* const seen = seen_now(*gpu); known && seen != nullptr) {
            values[i].value = values[i].id == 186 ? seen->instant_mw : seen->average_mw;
        }
    }
    return kSuccess;
}

struct ProcessInfoV2 {
    unsigned pid;
    unsigned long long used_memory;
    unsigned gpu_instance;
    unsigned compute_instance;
};
NVML_EXPORT int nvmlDeviceGetComputeRunningProcesses_v3(const Gpu* gpu, unsigned* count,
                                                        ProcessInfoV2* entries) {
    return give_processes(gpu, count, entries);
}

NVML_EXPORT int nvmlDeviceGetMPSComputeRunningProcesses_v3(const Gpu* gpu, unsigned* count,
                                                           ProcessInfoV2* entries) {
    if (const int code = fate(gpu, "mps"); code != kSuccess) {
        return code;
    }
    const bool fits = gpu->mps_clients.size() <= *count;
    *count = static_cast<unsigned>(gpu->mps_clients.size());
    for (std::size_t i = 0; fits && i < gpu->mps_clients.size(); ++i) {
        entries[i] = ProcessInfoV2{};
        entries[i].pid = static_cast<unsigned>(std::stoul(gpu->mps_clients[i]));
    }
    return fits ? kSuccess : kInsufficientSize;
}

struct ProcessUse {
    unsigned pid;
    unsigned long long at_us;
    unsigned sm, memory, encoder, decoder;
};
NVML_EXPORT int nvmlDeviceGetProcessUtilization(const Gpu* gpu, ProcessUse* entries, unsigned* count,
                                                unsigned long long) {
    const double since = seconds_now() - zero_of(*gpu);
    if (!current()->calls.empty()) {
        std::ofstream(current()->calls, std::ios::app) << since << '\n';
    }
    if (const int code = fate(gpu, "use"); code != kSuccess) {
        return code;
    }
    if (!gpu->mig_uuids.empty()) {
        return kNotSupported;
    }
    std::vector<ProcessUse> uses;
    timespec wall{};
    clock_gettime(CLOCK_REALTIME, &wall);
    for (const auto& entry : listed_now(*gpu, gpu->uses)) {
        const std::size_t equals = entry.find('=');
        const std::string who = entry.substr(0, equals);
        ProcessUse use{};
        use.pid = who == "child" ? newest_child() : static_cast<unsigned>(std::stoul(who));
        use.sm = static_cast<unsigned>(std::stoul(entry.substr(equals + 1)));
        use.at_us = static_cast<unsigned long long>(wall.tv_sec) * 1'000'000U +
                    static_cast<unsigned long long>(wall.tv_nsec) / 1000U;
        if (use.sm > 0 && use.pid != 0) {
            uses.push_back(use);
        }
    }
    const bool fits = entries != nullptr && uses.size() <= *count;
    *count = static_cast<unsigned>(uses.size());
    if (uses.empty()) {
        return kNotFound;
    }
    std::copy_n(uses.begin(), fits ? uses.size() : 0, entries);
    return fits ? kSuccess : kInsufficientSize;
}

NVML_EXPORT int nvmlDeviceGetMigMode(const Gpu* gpu, unsigned* now, unsigned* pending) {
    const int code = fate(gpu, "mig");
    *now = *pending = gpu->mig_uuids.empty() ? 0 : 1;
    return code;
}

NVML_EXPORT int nvmlDeviceGetMaxMigDeviceCount(const Gpu* gpu, unsigned* count) {
    *count = static_cast<unsigned>(gpu->mig_uuids.size());
    return kSuccess;
}

NVML_EXPORT int nvmlDeviceGetMigDeviceHandleByIndex(const Gpu* gpu, unsigned index,
                                                    const std::string** slice) {
    if (index >= gpu->mig_uuids.size()) {
        return kInvalidArgument;
    }
    *slice = &gpu->mig_uuids[index];
    return kSuccess;
}

#endif
