// Small ledgers for tests, one line per device.
#pragma once

#include <cstdint>
#include <string>

#include "model/ledger.hpp"

namespace gramme::testing {

inline Device device(const std::string& id, DeviceKind kind, Quality quality, double sigma,
                     const std::string& group) {
    Device one;
    one.id = id;
    one.kind = kind;
    one.name = id;
    one.method = group;
    one.quality = quality;
    one.gain_sigma = sigma;
    one.group = group;
    return one;
}

/// Adds a device and, where `energy_j` >= 0, one window of `seconds` with the given joules.
inline void add(Ledger& ledger, const Device& one, double seconds, double energy_j, double job_j,
                double unassigned_j = 0.0) {
    const auto index = static_cast<std::uint16_t>(ledger.devices.size());
    ledger.devices.push_back(one);
    if (energy_j < 0.0) {
        return;
    }
    Window window;
    window.device = index;
    window.quality = one.quality;
    window.to_ns = static_cast<std::int64_t>(seconds * 1e9);
    window.energy = Joules{energy_j};
    window.job = Joules{job_j};
    window.unassigned = Joules{unassigned_j};
    ledger.windows.push_back(window);
}

inline void add_gap(Ledger& ledger, std::size_t device_index, double from_s, double to_s,
                    const std::string& reason) {
    ledger.gaps.push_back({static_cast<std::uint16_t>(device_index), static_cast<std::int64_t>(from_s * 1e9),
                           static_cast<std::int64_t>(to_s * 1e9), reason});
}

}  // namespace gramme::testing
