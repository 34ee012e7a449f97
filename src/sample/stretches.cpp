#include "sample/stretches.hpp"

#include <algorithm>
#include <limits>

namespace gramme::sample {
namespace {

constexpr Seconds kSteps{0.1};

}  // namespace

bool StretchEnergy::is_known() const noexcept {
    return std::any_of(by_kind.begin(), by_kind.end(), [](const auto& energy) { return energy.has_value(); });
}

Joules StretchEnergy::sum() const noexcept {
    Joules sum;
    for (const auto& energy : by_kind) {
        sum += energy.value_or(Joules{});
    }
    return sum;
}

void StretchEnergy::add(DeviceKind kind, Joules energy) noexcept {
    std::optional<Joules>& own = by_kind.at(static_cast<std::size_t>(kind));
    own = own.value_or(Joules{}) + energy;
}

void RecentPower::add(std::int64_t to_ns, Seconds length, Joules job, bool paused) noexcept {
    until_ns_ = to_ns;
    if (paused || !(length > Seconds{0.0})) {
        return;
    }
    energy_ += job;
    time_ += length;
    if (time_ >= kSteps) {
        power_ = energy_ / time_;
        energy_ = Joules{};
        time_ = Seconds{0.0};
    }
}

std::optional<Watts> RecentPower::power() const noexcept {
    return power_ || !(time_ > Seconds{0.0}) ? power_ : std::optional{energy_ / time_};
}

std::int64_t Stretches::begin(std::int64_t at_ns) {
    open_.push_back({next_, at_ns, std::numeric_limits<std::int64_t>::max()});
    return next_++;
}

void Stretches::end(std::int64_t id, std::int64_t at_ns) noexcept {
    for (Stretch& stretch : open_) {
        stretch.to_ns = stretch.id == id ? std::max(at_ns, stretch.from_ns) : stretch.to_ns;
    }
}

void Stretches::add(DeviceKind kind, std::int64_t from_ns, std::int64_t to_ns, Joules job) noexcept {
    for (Stretch& stretch : open_) {
        const std::int64_t overlap_ns = std::min(to_ns, stretch.to_ns) - std::max(from_ns, stretch.from_ns);
        if (overlap_ns > 0) {
            const double part = static_cast<double>(overlap_ns) / static_cast<double>(to_ns - from_ns);
            stretch.energy.add(kind, job * part);
        }
    }
}

StretchEnergy Stretches::take(std::int64_t id) {
    const auto own = std::find_if(open_.begin(), open_.end(), [id](const auto& one) { return one.id == id; });
    if (own == open_.end()) {
        return {};
    }
    const StretchEnergy energy = own->energy;
    open_.erase(own);
    return energy;
}

}  // namespace gramme::sample
