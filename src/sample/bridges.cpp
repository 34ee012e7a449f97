#include "sample/bridges.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace gramme::sample {
namespace {

constexpr double kShareThatMatters = 0.01;

std::string seconds_text(std::int64_t ns) {
    const std::int64_t tenths = (std::max<std::int64_t>(ns, 0) + 50'000'000) / 100'000'000;
    return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " s";
}

}  // namespace

void Bridges::note(std::uint16_t device, std::string_view id, const meter::MeterStep& step,
                   std::int64_t started_ns, const std::function<void(const Marker&)>& keep) {
    if (device >= tallies_.size()) {
        tallies_.resize(device + 1U);
    }
    Tally& tally = tallies_[device];
    tally.all += step.energy;
    if (step.bridged || step.led) {
        tally.bridged += step.energy;
    }
    if (!step.bridged) {
        tally.open = false;
        return;
    }
    tally.sum_ns += step.to_ns - std::max(step.from_ns, started_ns);
    if (tally.open) {
        return;
    }
    tally.open = true;
    tally.id = id;
    tally.reason = step.reason;
    if (markers_++ < kMostMarkers) {
        keep({Marker::Kind::kMark, std::max<std::int64_t>(step.from_ns - started_ns, 0),
              tally.id + ": " + tally.reason + "; its power is integrated", ""});
    }
}

bool Bridges::matters(std::uint16_t device) const {
    return device < tallies_.size() && tallies_[device].bridged > tallies_[device].all * kShareThatMatters;
}

std::vector<std::string> Bridges::warnings() const {
    std::vector<std::string> sentences;
    for (const Tally& tally : tallies_) {
        if (tally.sum_ns > 0) {
            sentences.push_back(tally.id + ": " + tally.reason + "; for " + seconds_text(tally.sum_ns) +
                                " in all its energy is power x time, and not what the counter says");
        }
    }
    return sentences;
}

}  // namespace gramme::sample
