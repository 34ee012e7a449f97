// Stretches in which a device's counter stood still and its power was integrated instead: said, never silent.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "meter/device_meter.hpp"
#include "model/ledger.hpp"

namespace gramme::sample {

/// Sampler thread only. Allocates where a stretch begins, else nothing. Method:
/// docs/method/ledger.md#bad-days
class Bridges {
public:
    /// Markers that a run gets at most.
    static constexpr std::uint64_t kMostMarkers = 4'096;

    explicit Bridges(std::size_t most_devices) { tallies_.reserve(most_devices); }

    /// A window of `device`; one that is not bridged ends a stretch. `keep` gets a marker where one begins.
    /// Times of `step` are on the boot clock, `started_ns` is where the run began.
    void note(std::uint16_t device, std::string_view id, const meter::MeterStep& step,
              std::int64_t started_ns, const std::function<void(const Marker&)>& keep);
    /// Whether so much of the device's energy is power x time that it is not a measured one as a whole: 1 %.
    [[nodiscard]] bool matters(std::uint16_t device) const;
    /// One sentence for each device that was bridged.
    [[nodiscard]] std::vector<std::string> warnings() const;

private:
    struct Tally {
        std::string id;
        std::string reason;
        bool open = false;
        std::int64_t sum_ns = 0;
        Joules bridged{};
        Joules all{};
    };
    std::vector<Tally> tallies_;  ///< by device; there is room for all
    std::uint64_t markers_ = 0;
};

}  // namespace gramme::sample
