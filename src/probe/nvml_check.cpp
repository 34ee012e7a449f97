#include "probe/nvml_check.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "probe/nvml_thread.hpp"
#include "units/root_of_squares.hpp"

namespace gramme::probe {
namespace {

constexpr Seconds kCheckLasts{10.0};
constexpr Seconds kLongestHole{3.0};  // without a power for longer there is nothing to compare with
constexpr Joules kLeastToJudge{10.0};
constexpr double kLeastRatio = 0.8;
constexpr double kMostRatio = 1.25;

std::string joules_text(Joules energy) {
    return std::to_string(std::lround(energy.value())) + " J";
}

std::string percent_text(double part) {
    const long tenths = std::lround(part * 1000.0);
    return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " %";
}

}  // namespace

bool CounterCheck::Verdict::agrees() const {
    return by_counter.value() >= kLeastRatio * by_power.value() &&
           by_counter.value() <= kMostRatio * by_power.value();
}

double CounterCheck::Verdict::widened(double gain_sigma) const {
    constexpr double kMostApart =
        3.0;  // a counter that shows nothing: twenty-fold, and the interval says enough
    const double ratio = by_power.value() > 0.0 ? by_counter.value() / by_power.value() : 0.0;
    const double apart = ratio > 0.0 ? std::min(std::abs(std::log(ratio)), kMostApart) : kMostApart;
    return root_of_squares(gain_sigma, apart);
}

std::optional<CounterCheck::Verdict> CounterCheck::power(std::int64_t at_ns, Watts power) noexcept {
    // An average is of the middle of its window: were it taken for the end, a load that rises in the last
    // second of the check would look like a counter that counts too much.
    const auto middle_ns = at_ns - static_cast<std::int64_t>(window_.count() * 0.5e9);
    if (has_power_ && has_counter_) {
        over_ = over_ || Seconds{Nanoseconds{middle_ns - power_ns_}} > kLongestHole;
        const std::int64_t from_ns = std::max(power_ns_, begun_ns_);
        const std::int64_t to_ns = ended_ns_ != 0 ? std::min(middle_ns, ended_ns_) : middle_ns;
        if (to_ns > from_ns) {
            sum_ += (power_ + power) * 0.5 * Seconds{Nanoseconds{to_ns - from_ns}};
        }
    }
    has_power_ = true;
    power_ns_ = middle_ns;
    power_ = power;
    if (over_ || ended_ns_ == 0 || middle_ns < ended_ns_) {
        return std::nullopt;
    }
    over_ = true;
    const Verdict verdict{Nanoseconds{ended_ns_ - begun_ns_},
                          Millijoules{static_cast<double>(last_mj_ - begun_mj_)}, sum_};
    const bool enough = verdict.by_power >= kLeastToJudge || verdict.by_counter >= kLeastToJudge;
    return enough ? std::optional{verdict} : std::nullopt;
}

void CounterCheck::counter(std::int64_t at_ns, std::uint64_t millijoules) noexcept {
    if (over_ || !has_power_ || ended_ns_ != 0) {
        return;
    }
    if (!has_counter_) {
        has_counter_ = true;
        begun_ns_ = at_ns;
        begun_mj_ = last_mj_ = millijoules;
        return;
    }
    over_ = millijoules < last_mj_;  // reset
    last_mj_ = millijoules;
    ended_ns_ = Seconds{Nanoseconds{at_ns - begun_ns_}} >= kCheckLasts ? at_ns : 0;
}

/// Of a GPU whose counter is compared: its power now. The counter is read by its own period.
void NvmlThread::note_power(std::size_t index) {
    Gpu& gpu = gpus_[index];
    const std::int64_t before = boot_ns();
    const auto power = power_mw(gpu);
    if (!power.ok()) {
        gpu.check.give_up();
        return;
    }
    const std::int64_t at_ns = before + (boot_ns() - before) / 2;
    if (const auto verdict = gpu.check.power(at_ns, Milliwatts{static_cast<double>(power.value)})) {
        judge_counter(index, *verdict);
    }
}

/// Once per GPU and run; later nothing of this is asked.
void NvmlThread::judge_counter(std::size_t index, const CounterCheck::Verdict& verdict) {
    if (verdict.agrees()) {
        return;
    }
    double before = 0.0;
    double sigma = 0.0;
    {
        const std::lock_guard lock(state_->mutex);
        double& gain_sigma = state_->gpus[index].probed.device.gain_sigma;
        before = gain_sigma;
        sigma = gain_sigma = verdict.widened(gain_sigma);
    }
    warn(index, "over " + std::to_string(std::lround(verdict.lasted.count())) +
                    " s its energy counter came to " + joules_text(verdict.by_counter) +
                    " and its power to " + joules_text(verdict.by_power) +
                    "; which of the two is right is not known: its standard uncertainty is " +
                    percent_text(sigma) + " and not " + percent_text(before));
}

}  // namespace gramme::probe
