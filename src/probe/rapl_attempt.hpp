// Which RAPL counters open, through powercap and through perf.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/host.hpp"
#include "meter/counter.hpp"
#include "probe/rapl_device.hpp"
#include "probe/rapl_zones.hpp"

namespace gramme::probe {

inline constexpr const char* kPowercapMethod = "rapl-powercap";
inline constexpr const char* kPerfMethod = "rapl-perf";

/// One counter of one interface that was tried.
struct Tried {
    RaplShape shape;
    meter::CounterSpec spec;
    std::unique_ptr<OpenFile> file;  ///< nothing: `code` says why
    Code code = Code::kNotFound;
    std::string energy_file;  ///< of powercap
};

[[nodiscard]] RaplShape powercap_shape(const RaplCounter& counter);

/// The first zone of the counter that opens and reads, else the preferred one with its failure.
[[nodiscard]] Tried try_powercap(const Host& host, const RaplCounter& counter);

using Silicon = std::pair<ZoneKind, int>;  ///< what is counted, and of which package

struct PerfAttempt {
    std::vector<Tried> counters;  ///< those that opened
    std::set<Silicon> counted;
    std::set<Silicon> lost;        ///< listed, but not all of their counters opened
    std::vector<std::string> ids;  ///< of all that are listed
    Code code = Code::kNotFound;   ///< of the first that did not open
};

/// A package of several dies is taken whole or not at all: what is missing of it could not be told from
/// powercap's. `tree` has the power limits, which the PMU does not tell.
[[nodiscard]] PerfAttempt try_perf(const Host& host, std::string_view cpu_vendor, const RaplTree& tree);

}  // namespace gramme::probe
