// What the sources share: what they are given, and what they give back when opened.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "probe/probe.hpp"

namespace gramme::probe {

/// Borrowed for the call, but for `host`, which must outlive the probe.
struct SourceContext {
    const Host& host;
    const refdata::Tables& tables;
    const HostFacts& facts;
    const DiscoverOptions& options;
    bool cpu_covered = false;     ///< an earlier source gives the CPUs
    bool memory_covered = false;  ///< an earlier source gives the memory
    bool node_counted = false;    ///< a meter of the whole node gives both
    bool gpus_covered = false;    ///< and it holds the GPUs: none of them may stand beside it
    bool gpus_counted = false;    ///< an earlier source gives GPUs
    bool cpu_measured = false;    ///< by a counter or sensor, not by a model of its load
};

/// `probe` is empty where the source cannot be used; a report says why.
struct OpenedSource {
    std::unique_ptr<Probe> probe;
    std::vector<SourceReport> reports;
    std::vector<std::string> warnings;
    bool memory_too = false;  ///< its CPU device holds the memory as well
    bool gpus_too = false;    ///< its device for the whole machine holds the GPUs
    bool gives_gpus = false;  ///< also where it does not list them yet
};

/// "not needed: the meter of the whole machine holds it"
inline constexpr const char* kInTheNodeMeter = "not needed: the meter of the whole machine holds it";

[[nodiscard]] std::vector<std::string> device_ids(const Probe& probe);

/// By the vendor of the CPU.
[[nodiscard]] bool is_x86(const HostFacts& facts);

/// Whether this is a server part or server memory: by the chassis, else by the CPU's name or design, else a
/// virtual machine runs on one.
[[nodiscard]] bool is_server(const HostFacts& facts);

/// How many modules of the usual capacity make up the memory: a whole number, at least one, on real hardware;
/// a fraction in a virtual machine. 0 where the size is unknown.
[[nodiscard]] double memory_modules(const HostFacts& facts, const refdata::MemoryPower& memory);

/// Static words for a failed read, for Reading::failure.
[[nodiscard]] std::string_view failure_words(Code code) noexcept;

/// Reads the number that a small file holds: raw counts, or as many watts as `watts_per_one` makes of it. A
/// reading that failed where it cannot, with the reason. No allocation.
[[nodiscard]] Reading read_number(OpenFile& file, ReadingKind kind, double watts_per_one = 0.0) noexcept;

}  // namespace gramme::probe
