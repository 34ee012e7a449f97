#include "sample/bad_days.hpp"

#include <cstdlib>
#include <utility>

#include "base/parse.hpp"

namespace gramme::sample {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kNoticeableNs = kSecond;
constexpr std::int64_t kLateTurns = 3;
constexpr std::int64_t kCpuCheckNs = 60 * kSecond;
/// The kernel steers a clock by at most 500 ppm (adjtimex(2)); what it shifts by that is no step.
constexpr std::int64_t kSlewParts = 2'000;

std::int64_t asleep_of(const Instant& at) {
    return at.boot_ns - at.mono_ns;
}

/// How far the wall clock moved against the boot clock between two instants, beyond what steering explains; 0
/// if no more than a second.
std::int64_t step_between(const Instant& before, const Instant& now) {
    const std::int64_t passed_ns = now.boot_ns - before.boot_ns;
    const std::int64_t step_ns = (now.wall_ns - before.wall_ns) - passed_ns;
    return std::abs(step_ns) > kNoticeableNs + passed_ns / kSlewParts ? step_ns : 0;
}

}  // namespace

BadDays::BadDays(const Host& host, std::int64_t interval_ns) : host_(host), interval_ns_(interval_ns) {
    if (auto file = host.open("/sys/devices/system/cpu/online")) {
        online_file_ = *std::move(file);
    }
}

std::string_view BadDays::read_online() noexcept {
    if (online_file_ == nullptr) {
        return {};
    }
    const Result<std::size_t> size = online_file_->read(buffer_);
    return size ? std::string_view{buffer_.data(), *size} : std::string_view{};
}

void BadDays::start(const Instant& now) {
    started_ = last_ = now;
    asleep_ns_ = asleep_of(now);
    cpus_due_ns_ = now.mono_ns + kCpuCheckNs;
    online_ = read_online();
    cpus_ = parse_cpu_list(online_).size();
}

void BadDays::look(const Instant& seen, const Keep& keep) {
    Instant now = seen;
    if (asleep_of(now) - asleep_ns_ > kNoticeableNs || step_between(last_, now) != 0) {
        // The clocks are read one after the other: a process that was held between two of them would see a
        // difference that is not there a moment later.
        now = host_.now();
    }
    at_ns_ = seen.boot_ns - started_.boot_ns;
    // Short ones add up: the difference of the two clocks changes by suspends only.
    if (const std::int64_t slept_ns = asleep_of(now) - asleep_ns_; slept_ns > kNoticeableNs) {
        asleep_ns_ = asleep_of(now);
        note(BadDay::kSuspended, slept_ns, keep);
    }
    if (const std::int64_t step_ns = step_between(last_, now); step_ns != 0) {
        note(BadDay::kClockSet, step_ns, keep);
    }
    const std::int64_t awake_ns = now.mono_ns - last_.mono_ns;
    if (interval_ns_ > 0 && awake_ns > kLateTurns * interval_ns_ && awake_ns - interval_ns_ > kNoticeableNs) {
        note(BadDay::kLate, awake_ns, keep);
    }
    if (now.mono_ns >= cpus_due_ns_) {
        cpus_due_ns_ = now.mono_ns + kCpuCheckNs;
        look_at_cpus(keep);
    }
    last_ = now;
}

void BadDays::look_at_cpus(const Keep& keep) {
    const std::string_view online = read_online();
    if (online.empty() || online_.empty() || online == online_) {
        return;
    }
    online_ = online;
    const std::size_t before = std::exchange(cpus_, parse_cpu_list(online).size());
    tally_.add_cpus(before, cpus_);
    if (tally_.count(BadDay::kCpusChanged) <= kMostBadDayMarkers) {
        keep(cpus_marker(at_ns_, before, cpus_));
    }
}

void BadDays::note(BadDay kind, std::int64_t amount_ns, const Keep& keep) {
    tally_.add(kind, amount_ns);
    if (tally_.count(kind) <= kMostBadDayMarkers) {
        keep(bad_day_marker(kind, at_ns_, amount_ns));
    }
}

}  // namespace gramme::sample
