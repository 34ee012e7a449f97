#include "meter/device_meter.hpp"

#include <algorithm>
#include <cmath>

namespace gramme::meter {
namespace {

ReadingKind kind_for(const EnergySpec& spec) noexcept {
    if (std::holds_alternative<CounterSpec>(spec)) {
        return ReadingKind::kCounter;
    }
    return std::holds_alternative<PowerSpec>(spec) ? ReadingKind::kPower : ReadingKind::kLoad;
}

Seconds between_ns(std::int64_t from_ns, std::int64_t to_ns) noexcept {
    return Nanoseconds{to_ns - from_ns};
}

/// Of a stretch between two readings: the middle of both, or the one that is known.
std::optional<double> clock_between(const std::optional<double>& before,
                                    const std::optional<double>& now) noexcept {
    if (before && now) {
        return (*before + *now) / 2.0;
    }
    return before ? before : now;
}

}  // namespace

DeviceMeter::DeviceMeter(const MeterSpec& spec, Scope scope, std::int64_t start_ns)
    : spec_(spec), scope_(scope), since_ns_(start_ns) {}

MeterStep DeviceMeter::fail(std::string_view why) noexcept {
    ++failed_reads_;
    failure_ = why.empty() ? std::string_view("read failed") : why;
    return {};
}

std::string_view DeviceMeter::fault_of(const Reading& reading) const noexcept {
    if (reading.kind == ReadingKind::kFailed) {
        return reading.failure.empty() ? std::string_view("read failed") : reading.failure;
    }
    if (reading.kind != kind_for(spec_.energy) && !stands_in(reading)) {
        return "reading of another kind";
    }
    if (reading.kind == ReadingKind::kPower) {
        const auto* power = std::get_if<PowerSpec>(&spec_.energy);
        const Watts most = power != nullptr ? power->max_power : spec_.stand_in->max_power;
        if (!(reading.value >= 0.0) || reading.value > most.value()) {
            return "implausible power";
        }
    }
    if (const auto* counter = std::get_if<CounterSpec>(&spec_.energy)) {
        if (counter->range != 0 && reading.raw > counter->range) {
            return reason_of(CounterOutcome::kOutsideRange);
        }
    }
    if (reading.kind == ReadingKind::kLoad && !(reading.value >= 0.0 && std::isfinite(reading.value))) {
        return "implausible CPU time";
    }
    return {};
}

/// Time of suspend between the last good reading and this one. A suspend that is longer than the time between
/// the two came after both (the instant of `activity` is later): it belongs to the next difference.
std::int64_t DeviceMeter::slept_until(const Reading& now, const ActivityReading& activity) const noexcept {
    const std::int64_t slept_ns = activity.suspended_ns - last_activity_.suspended_ns;
    return has_last_ && slept_ns > 0 && slept_ns <= now.at_ns - last_.at_ns ? slept_ns : 0;
}

bool DeviceMeter::stands_still(const Reading& reading, std::int64_t slept_ns) const noexcept {
    const auto* counter = std::get_if<CounterSpec>(&spec_.energy);
    return counter != nullptr && reading.kind == ReadingKind::kCounter &&
           counter->longest_rest > Seconds{0.0} && reading.raw == last_.raw &&
           between_ns(changed_ns_ + slept_ns, reading.at_ns) >= counter->longest_rest;
}

bool DeviceMeter::is_no_news(const Reading& reading) const noexcept {
    const auto* counter = std::get_if<CounterSpec>(&spec_.energy);
    return counter != nullptr && reading.kind == ReadingKind::kCounter &&
           last_.kind == ReadingKind::kCounter && reading.raw == last_.raw &&
           between_ns(last_.at_ns, reading.at_ns) < counter->renewal;
}

DeviceMeter::Outcome DeviceMeter::between(const CounterSpec& spec, const Reading& now,
                                          std::int64_t slept_ns) const noexcept {
    // A device that is off does not wrap: a fall is judged by the time awake, or the reset of a suspend would
    // pass for a wrap. A rise may have happened in a light sleep (s2idle), in which counters go on.
    CounterAdvance step = advance(spec, {last_.raw, last_.at_ns + slept_ns}, {now.raw, now.at_ns});
    if (slept_ns > 0 && step.outcome == CounterOutcome::kImplausible) {
        step = advance(spec, {last_.raw, last_.at_ns}, {now.raw, now.at_ns});
    }
    // A jump is not held against the old value: it would later pass for energy, once enough time went by.
    return {reason_of(step.outcome), step.energy};
}

DeviceMeter::Outcome DeviceMeter::integrate(const PowerSpec& spec, Watts power, const Reading& now,
                                            std::int64_t slept_ns) const noexcept {
    if (slept_ns > 0) {
        return {"the machine was suspended", {}};
    }
    const Seconds elapsed = between_ns(last_.at_ns, now.at_ns);
    if (elapsed > spec.max_gap) {
        return {failure_.empty() ? std::string_view("too long between two power readings") : failure_, {}};
    }
    return {{}, power * elapsed};
}

DeviceMeter::Outcome DeviceMeter::between(const PowerSpec& spec, const Reading& now,
                                          std::int64_t slept_ns) const noexcept {
    // An averaging sensor speaks of the time before its instant: held back as a step. One that shows the
    // instant is joined to the reading before by a straight line.
    const Watts power =
        spec.window > Seconds{0.0} ? Watts{now.value} : Watts{(last_.value + now.value) / 2.0};
    return integrate(spec, power, now, slept_ns);
}

/// A reading of power where the counter of the device stands still.
bool DeviceMeter::stands_in(const Reading& reading) const noexcept {
    return reading.kind == ReadingKind::kPower && spec_.stand_in.has_value() &&
           std::holds_alternative<CounterSpec>(spec_.energy);
}

/// Energy up to or from a power reading that stands in for the counter. Where the power at one end is not
/// known, that of the other is held; what the counter shows at either end does not matter.
DeviceMeter::Outcome DeviceMeter::bridge(const Reading& now, std::int64_t slept_ns) const noexcept {
    if (stands_in(last_) && stands_in(now)) {
        return between(*spec_.stand_in, now, slept_ns);
    }
    return integrate(*spec_.stand_in, Watts{stands_in(now) ? now.value : last_.value}, now, slept_ns);
}

DeviceMeter::Outcome DeviceMeter::between(const LoadModel& spec, const Reading& now,
                                          std::int64_t slept_ns) const noexcept {
    const double busy_s = now.value - last_.value;
    if (busy_s < 0.0) {
        return {"CPU time went backwards", {}};
    }
    const Seconds elapsed = between_ns(last_.at_ns + slept_ns, now.at_ns);
    const double capacity_s = elapsed.count() * spec.cpus;
    const double busy = capacity_s > 0.0 ? busy_s / capacity_s : 0.0;
    return {{}, power_at(spec, busy, clock_between(last_.clock, now.clock)) * elapsed};
}

/// CPU times of the others are as old as their last turn: over a run they are right, over one turn nearly.
Tracked DeviceMeter::tracked_until(const ActivityReading& activity) const noexcept {
    if (activity.trackers == 0) {
        return {};
    }
    const double own_s = std::max(activity.own_cpu_s - last_activity_.own_cpu_s, 0.0);
    const double all_s = activity.own_known ? activity.job_cpu_s - last_activity_.job_cpu_s : 0.0;
    const double equal = 1.0 / activity.trackers;
    const int of_whole = activity.trackers_of_device;
    return {all_s > 0.0 ? std::min(own_s / all_s, 1.0) : equal, equal, 1.0 / std::max(of_whole, 1)};
}

Activity DeviceMeter::activity_until(const Reading& now, const ActivityReading& activity,
                                     std::int64_t slept_ns) const noexcept {
    Activity result;
    if (now.at_ns > last_.at_ns) {
        result.paused = std::clamp(static_cast<double>(activity.paused_ns - last_activity_.paused_ns) /
                                       static_cast<double>(now.at_ns - last_.at_ns),
                                   0.0, 1.0);
    }
    result.tracked = tracked_until(activity);
    result.job_known = activity.job_known && last_activity_.job_known;
    result.machine_known = activity.machine_known && last_activity_.machine_known;
    if (result.job_known) {
        result.job_cpu_s = std::max(activity.job_cpu_s - last_activity_.job_cpu_s, 0.0);
    }
    if (result.machine_known) {
        result.busy_cpu_s = std::max(activity.machine_busy_s - last_activity_.machine_busy_s, 0.0);
    }
    result.capacity_cpu_s = spec_.cpus * between_ns(last_.at_ns + slept_ns, now.at_ns).count();
    if (result.job_known && spec_.socket >= 0 && static_cast<std::size_t>(spec_.socket) < activity.sockets &&
        activity.sockets == last_activity_.sockets) {
        narrow_to_socket(result, activity);
    }
    return result;
}

/// The job's CPU time is known for the machine only. It was spent on CPUs that the job may use: it is spread
/// over the sockets as all use of those CPUs is.
void DeviceMeter::narrow_to_socket(Activity& result, const ActivityReading& activity) const noexcept {
    const auto advance_of = [](double now_s, double before_s) { return std::max(now_s - before_s, 0.0); };
    double allowed_s = 0.0;
    for (std::size_t socket = 0; socket < activity.sockets; ++socket) {
        allowed_s += advance_of(activity.allowed_busy_s[socket], last_activity_.allowed_busy_s[socket]);
    }
    const auto own = static_cast<std::size_t>(spec_.socket);
    const double own_s = advance_of(activity.allowed_busy_s[own], last_activity_.allowed_busy_s[own]);
    if (!(allowed_s > 0.0)) {
        return;  // a window shorter than a tick: by the machine's times
    }
    const double machine_busy_s = result.busy_cpu_s;
    result.job_cpu_s *= own_s / allowed_s;
    result.busy_cpu_s = advance_of(activity.socket_busy_s[own], last_activity_.socket_busy_s[own]);
    result.busy_cpu_s = std::min(result.busy_cpu_s, std::max(machine_busy_s, own_s));
    result.capacity_cpu_s /= static_cast<double>(activity.sockets);
}

/// The same rule as for CPU time, with the time for which processes kept the device itself busy.
Split DeviceMeter::split_whole(Joules energy, const Reading& now, Seconds awake,
                               const Activity& of_cpus) noexcept {
    if (!now.use || !last_.use) {
        return part_of_whole(energy, of_cpus.tracked.of_whole * (1.0 - of_cpus.paused));
    }
    Activity use;
    use.paused = of_cpus.paused;
    use.job_known = use.machine_known = true;
    // What no process tells apart is in the use of every rank that counts the device: each has its part of
    // it, and of the idle energy that was reserved for all of them.
    const double part = of_cpus.tracked.of_whole;
    const double untold_s = std::max(now.use->untold_s - last_.use->untold_s, 0.0);
    use.job_cpu_s = std::max(now.use->job_s - last_.use->job_s, 0.0) - (1.0 - part) * untold_s;
    use.tracked.of_idle = spec_.reserved ? part : 1.0;
    use.busy_cpu_s = std::max(now.use->busy_s - last_.use->busy_s, 0.0);
    use.capacity_cpu_s = awake.count();
    remember(use, awake);
    // Where nothing ran there is no dynamic energy, whatever the device drew above its idle power.
    constexpr Watts kAll{1e12};
    return attribute(energy, {use.busy_cpu_s > 0.0 ? spec_.idle_power : kAll, spec_.reserved}, awake, use,
                     scope_);
}

/// /proc/stat counts in ticks of 10 ms, the job's time comes to the nanosecond: of a short stretch either may
/// be ahead. What the machine has not shown yet of the job's time is taken off the next stretches; were it
/// made up for in each alone, noise would pass for others. Nor is it decided on one short stretch whether the
/// job is alone: of 100 ms a job that uses a twentieth of the machine would look alone or not by chance.
void DeviceMeter::remember(Activity& activity, Seconds elapsed) noexcept {
    if (!activity.job_known || !activity.machine_known) {
        return;
    }
    constexpr double kMemory_s = 10.0;
    constexpr double kTicks_s = 0.02;  // one of 10 ms at each end
    const double kept = std::exp(-elapsed.count() / kMemory_s);
    recent_job_s_ = recent_job_s_ * kept + activity.job_cpu_s;
    recent_busy_s_ = recent_busy_s_ * kept + activity.busy_cpu_s;
    activity.alone =
        recent_job_s_ > 0.0 ? alone_of(recent_busy_s_ - recent_job_s_ - kTicks_s, recent_busy_s_) : 0.0;

    const double news_s = activity.busy_cpu_s - unshown_busy_s_;
    activity.busy_cpu_s = std::max(news_s, activity.job_cpu_s);
    unshown_busy_s_ = (activity.busy_cpu_s - news_s) * kept;  // two clocks that differ for good do not add up
}

/// Of the time from the start to the first reading: what a driver takes to answer at all.
std::optional<Watts> DeviceMeter::power_of_lead(const Reading& first) const noexcept {
    const bool is_short = between_ns(since_ns_, first.at_ns) <= spec_.lead;
    const std::optional<double> told = first.kind == ReadingKind::kPower ? first.value : first.power;
    const PowerSpec* const sensor = spec_.stand_in ? &*spec_.stand_in : std::get_if<PowerSpec>(&spec_.energy);
    const bool is_plausible = told && sensor != nullptr && *told >= 0.0 && Watts{*told} <= sensor->max_power;
    return spec_.whole && is_short && failure_.empty() && is_plausible ? std::optional<Watts>{*told}
                                                                       : std::nullopt;
}

MeterStep DeviceMeter::lead_to(const Reading& first, Watts power, const ActivityReading& activity) noexcept {
    last_ = first;
    last_.at_ns = since_ns_;
    last_activity_ = activity;
    MeterStep step;
    step.kind = MeterStep::Kind::kWindow;
    step.led = true;
    step.from_ns = since_ns_;
    step.to_ns = first.at_ns;
    const Seconds elapsed = between_ns(since_ns_, first.at_ns);
    step.energy = power * elapsed;
    step.activity = activity_until(first, activity, 0);
    // Of a GPU that is shared, as its use is told first; of how long that was it does not matter here.
    const bool is_told = first.use && first.use->busy_s > 0.0;
    const double of_job = is_told ? std::clamp(first.use->job_s / first.use->busy_s, 0.0, 1.0) : 1.0;
    step.split = part_of_whole(step.energy, of_job * step.activity.tracked.of_whole);
    step.readings = 1;
    return step;
}

MeterStep DeviceMeter::begin_at(const Reading& reading, const ActivityReading& activity,
                                std::int64_t slept_ns) noexcept {
    MeterStep step;
    const bool is_late = !has_last_ && reading.at_ns - since_ns_ > kNegligibleNs;
    if (const auto power = is_late ? power_of_lead(reading) : std::nullopt) {
        step = lead_to(reading, *power, activity);
    } else if (is_late) {
        step.kind = MeterStep::Kind::kGap;
        step.from_ns = since_ns_;
        step.to_ns = reading.at_ns;
        step.reason = failure_.empty() ? std::string_view("no reading before this") : failure_;
    }
    if (!has_last_ || reading.raw != last_.raw) {
        changed_ns_ = reading.at_ns;
    } else {
        changed_ns_ += slept_ns;
    }
    const std::int64_t told_ns = has_last_ ? last_activity_.suspended_ns + slept_ns : activity.suspended_ns;
    last_ = reading;
    last_activity_ = activity;
    last_activity_.suspended_ns = told_ns;
    has_last_ = true;
    failure_ = {};
    since_ns_ = std::max(since_ns_, reading.at_ns);
    return step;
}

// std::visit throws for a variant without a value only, and this one is never assigned to.
// NOLINTNEXTLINE(bugprone-exception-escape)
MeterStep DeviceMeter::add(const Reading& reading, const ActivityReading& activity) noexcept {
    if (const std::string_view fault = fault_of(reading); !fault.empty()) {
        return fail(fault);
    }
    if (has_last_ && reading.at_ns < last_.at_ns) {
        return fail(reason_of(CounterOutcome::kOutOfOrder));
    }
    const std::int64_t slept_ns = slept_until(reading, activity);
    if (has_last_ && stands_still(reading, slept_ns)) {
        return fail("the counter stands still");  // should it move again, one window spans the rest
    }
    if (has_last_ && reading.at_ns == last_.at_ns) {
        return {};  // the same instant again: what it adds shows in the next difference
    }
    if (!has_last_ || reading.at_ns <= since_ns_) {  // before the start only the newest reading matters
        return begin_at(reading, activity, slept_ns);
    }

    if (is_no_news(reading)) {
        heard_ns_ = reading.at_ns;
        failure_ = {};
        return {};
    }

    const bool bridged = stands_in(reading) || stands_in(last_);
    const Outcome outcome =
        bridged
            ? bridge(reading, slept_ns)
            : std::visit([&](const auto& spec) { return between(spec, reading, slept_ns); }, spec_.energy);
    MeterStep step;
    step.from_ns = since_ns_;
    step.to_ns = reading.at_ns;
    if (!outcome.gap_reason.empty()) {
        step.kind = MeterStep::Kind::kGap;
        step.reason = outcome.gap_reason;
    } else {
        step.kind = MeterStep::Kind::kWindow;
        step.from_ns = last_.at_ns;  // also just before the start: a window spans what its energy spans
        step.energy = outcome.energy;
        const Seconds awake = between_ns(last_.at_ns + slept_ns, reading.at_ns);
        step.activity = activity_until(reading, activity, slept_ns);
        if (spec_.whole) {
            step.split = split_whole(outcome.energy, reading, awake, step.activity);
        } else {
            remember(step.activity, awake);
            step.split =
                attribute(outcome.energy, {spec_.idle_power, spec_.reserved}, awake, step.activity, scope_);
        }
        step.readings = 1;
        step.bridged = bridged;
        if (bridged) {
            step.reason = stands_in(reading) ? reading.failure : last_.failure;
        }
    }
    begin_at(reading, activity, slept_ns);
    return step;
}

MeterStep DeviceMeter::finish(std::int64_t end_ns) const noexcept {
    MeterStep step;
    if (end_ns - std::max(since_ns_, heard_ns_) <= kNegligibleNs) {
        return step;
    }
    step.kind = MeterStep::Kind::kGap;
    step.from_ns = since_ns_;
    step.to_ns = end_ns;
    step.reason = failure_;
    if (failure_.empty()) {
        step.reason = has_last_ ? "no reading at the end" : "no reading";
    }
    return step;
}

}  // namespace gramme::meter
