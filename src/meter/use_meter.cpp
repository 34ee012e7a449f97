#include "meter/use_meter.hpp"

#include <algorithm>

namespace gramme::meter {
namespace {

constexpr double kHalf = 0.5;
constexpr double kNearlyAll = 0.9;  ///< of a stretch: with less CPU time known its cause is not

char lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool begins_with(std::string_view text, std::string_view word) noexcept {
    return text.size() >= word.size() &&
           std::equal(word.begin(), word.end(), text.begin(), [](char w, char c) { return w == lower(c); });
}

std::int64_t overlap_ns(std::int64_t a_from, std::int64_t a_to, std::int64_t b_from,
                        std::int64_t b_to) noexcept {
    return std::max<std::int64_t>(std::min(a_to, b_to) - std::max(a_from, b_from), 0);
}

}  // namespace

bool names_evaluation(std::string_view span) noexcept {
    return begins_with(span, "eval") || begins_with(span, "valid") ||
           (span.size() == 3 && begins_with(span, "val"));
}

void EvaluationSpans::hear(const Marker& marker, std::int64_t started_ns, int sender) noexcept {
    if (marker.kind == Marker::Kind::kMark || !names_evaluation(marker.name)) {
        return;
    }
    const std::int64_t at_ns = started_ns + marker.at_ns;
    marker.kind == Marker::Kind::kSpanBegin ? begin(at_ns, sender) : end(at_ns, sender);
}

void EvaluationSpans::begin(std::int64_t at_ns, int sender) noexcept {
    const auto used = open_.begin() + static_cast<std::ptrdiff_t>(senders_);
    const auto own = std::find_if(open_.begin(), used, [&](const Sender& one) { return one.pid == sender; });
    if (own != used) {
        ++own->depth;
        own->opened_ns = own->seen_alive ? own->opened_ns : at_ns;
    } else if (senders_ < kMostSenders) {
        opened_ns_ = senders_ == 0 ? at_ns : opened_ns_;
        open_[senders_++] = {sender, 1, at_ns, false};
    }
}

void EvaluationSpans::end(std::int64_t at_ns, int sender) noexcept {
    const auto used = open_.begin() + static_cast<std::ptrdiff_t>(senders_);
    auto which = std::find_if(open_.begin(), used, [&](const Sender& one) { return one.pid == sender; });
    if (which == used) {  // a script may have each message sent by a process of its own
        which = std::find_if(open_.begin(), used, [](const Sender& one) { return !one.seen_alive; });
    }
    if (which != used && --which->depth == 0) {
        close(static_cast<std::size_t>(which - open_.begin()), at_ns);
    }
}

void EvaluationSpans::close(std::size_t index, std::int64_t at_ns) noexcept {
    open_[index] = open_[--senders_];
    if (senders_ == 0) {
        last_from_ns_ = opened_ns_;
        last_to_ns_ = at_ns;
    }
}

double EvaluationSpans::share_of(std::int64_t from_ns, std::int64_t to_ns) const noexcept {
    if (to_ns <= from_ns) {
        return 0.0;
    }
    std::int64_t covered_ns = overlap_ns(from_ns, to_ns, last_from_ns_, last_to_ns_);
    if (senders_ > 0) {
        covered_ns += overlap_ns(from_ns, to_ns, opened_ns_, to_ns);
    }
    return static_cast<double>(covered_ns) / static_cast<double>(to_ns - from_ns);
}

Use UseMeter::use_of_cpu(const MeterStep& step, double time_s) noexcept {
    Use use;
    if (step.activity.machine_known && step.activity.capacity_cpu_s > 0.0) {
        use.known_s = time_s;
        use.busy_s = time_s * std::clamp(step.activity.busy_cpu_s / step.activity.capacity_cpu_s, 0.0, 1.0);
    }
    return use;
}

void UseMeter::wait(const MeterStep& step, double time_s) noexcept {
    stretch_.energy += step.energy;
    stretch_.time_s += time_s;
    if (step.activity.job_known) {
        stretch_.job_cpu_s += step.activity.job_cpu_s;
        stretch_.cpu_known_s += time_s;
    }
}

/// The accelerator is busy again: why was it not?
void UseMeter::judge(Use& use) noexcept {
    const Stretch over = stretch_;
    stretch_ = {};
    if (!(over.time_s > 0.0)) {
        return;
    }
    if (!was_busy_) {
        use.start_up += over.energy;
        return;
    }
    Joules& unclear = use.unclear;
    if (over.cpu_known_s < kNearlyAll * over.time_s) {
        unclear += over.energy;
        return;
    }
    const double cpus = over.job_cpu_s / over.cpu_known_s;
    if (cpus <= kWaitingCpus) {
        use.quiet += over.energy;
    } else if (cpus >= kWorkingCpus && over.time_s <= kLongestStall.count()) {
        stalls_ = std::min(stalls_ + 1, kStallsOfAPattern);
        (stalls_ == kStallsOfAPattern ? use.loading : unclear) += over.energy;
    } else {
        unclear += over.energy;
    }
}

Use UseMeter::add(const MeterStep& step, std::optional<double> utilization,
                  const EvaluationSpans& spans) noexcept {
    const Seconds time = Nanoseconds{step.to_ns - step.from_ns};
    if (step.kind != MeterStep::Kind::kWindow || !(time.count() > 0.0) || time > kLongestHold) {
        return {};
    }
    if (kind_ == DeviceKind::kCpu) {
        return use_of_cpu(step, time.count());
    }
    if (kind_ != DeviceKind::kGpu || !utilization || !(*utilization >= 0.0 && *utilization <= 1.0)) {
        return {};
    }
    Use use;
    use.known_s = time.count();
    use.busy_s = *utilization * time.count();
    use.known = step.energy;
    if (*utilization >= kIdleBelow) {
        judge(use);
        was_busy_ = true;
        return use;
    }
    use.idle = step.energy;
    if (spans.share_of(step.from_ns, step.to_ns) >= kHalf) {
        use.evaluation = step.energy;  // the command itself says why
    } else {
        wait(step, time.count());
    }
    return use;
}

}  // namespace gramme::meter
