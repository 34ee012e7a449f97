// Which watts a CPU package without a counter is given: by its rated power where that is known, else by its
// threads. Pure.
#pragma once

#include <optional>

#include "meter/load_model.hpp"
#include "refdata/tables.hpp"

namespace gramme::meter {

/// What is known of the CPU of a machine.
struct PackageFacts {
    double cpus = 0.0;           ///< logical CPUs of the machine; a virtual machine's own
    int packages = 0;            ///< sockets; 0: not said, taken as one
    bool shared = false;         ///< a virtual machine: its threads' share of the socket
    bool clock_visible = false;  ///< readings carry the clock
};

struct PackageModel {
    LoadModel load;
    double sigma_ln = 0.0;  ///< of the power, all windows together
    bool by_tdp = false;
};

/// TDP known:    idle, full = TDP x packages x ratios of `curve`; a virtual machine gets cpus / threads of it
/// TDP unknown, or that of a virtual machine whose socket has an unknown number of threads:
///               idle, full = cpus x watts of one thread
/// Where real hardware does not show its clock, sigma_ln grows: the clock may be held low.
/// Method: docs/method/cpu-model.md  Sources: SPECpower_ssj2008 results; Teads AWS EC2 carbon data set.
[[nodiscard]] PackageModel package_model(const refdata::CpuPowerCurve& curve,
                                         const std::optional<refdata::Cpu>& cpu, const PackageFacts& facts);

/// Threads of one package: as listed, else two for each core of an x86 (its servers and most desktops since
/// 2008), one of another. nullopt where the cores are not listed either.
[[nodiscard]] std::optional<double> threads_of(const refdata::Cpu& cpu) noexcept;

}  // namespace gramme::meter
