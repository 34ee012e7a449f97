// Energy counters that the kernel shows as one decimal number in a file, read together.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "probe/open_source.hpp"

namespace gramme::probe {

/// A counter with its open file; without a file every reading fails for `failure`.
struct OpenCounter {
    ProbedDevice device;
    std::unique_ptr<OpenFile> file;
    std::string_view failure{};  ///< static storage
};

/// Whose counters they are does not matter: each is the job's as far as CPU time tells. `host` outlives the
/// probe.
[[nodiscard]] std::unique_ptr<Probe> make_counter_probe(const Host& host, std::vector<OpenCounter> counters,
                                                        SourceReport report);

}  // namespace gramme::probe
