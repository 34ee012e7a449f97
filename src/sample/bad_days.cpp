#include "sample/bad_days.hpp"

#include <algorithm>
#include <cmath>
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

std::string seconds_text(std::int64_t ns) {
    return std::to_string(std::llround(static_cast<double>(ns) / static_cast<double>(kSecond))) + " s";
}

std::string signed_text(std::int64_t ns) {
    return (ns < 0 ? "" : "+") + seconds_text(ns);
}

std::string times_text(std::uint64_t count) {
    return count == 1 ? "once" : std::to_string(count) + " times";
}

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
    cpus_at_start_ = cpus_ = fewest_cpus_ = most_cpus_ = parse_cpu_list(online_).size();
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
        note(suspended_, slept_ns, "suspended for " + seconds_text(slept_ns), keep);
    }
    if (const std::int64_t step_ns = step_between(last_, now); step_ns != 0) {
        note(clock_set_, step_ns, "the clock was set by " + signed_text(step_ns), keep);
    }
    const std::int64_t awake_ns = now.mono_ns - last_.mono_ns;
    if (interval_ns_ > 0 && awake_ns > kLateTurns * interval_ns_ && awake_ns - interval_ns_ > kNoticeableNs) {
        note(late_, awake_ns, "no sample for " + seconds_text(awake_ns), keep);
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
    fewest_cpus_ = std::min(fewest_cpus_, cpus_);
    most_cpus_ = std::max(most_cpus_, cpus_);
    note(cpus_changed_, 0,
         "CPUs online: " + std::to_string(before) + " before, " + std::to_string(cpus_) + " now", keep);
}

void BadDays::note(Tally& tally, std::int64_t amount_ns, std::string text, const Keep& keep) {
    ++tally.count;
    tally.sum_ns += amount_ns;
    if (tally.count <= kMostMarkers) {
        keep({Marker::Kind::kMark, at_ns_, std::move(text), ""});
    }
}

std::vector<std::string> BadDays::warnings() const {
    std::vector<std::string> out;
    if (suspended_.count > 0) {
        out.push_back("the machine was suspended " + times_text(suspended_.count) + ", for " +
                      seconds_text(suspended_.sum_ns) +
                      ": a modelled device counts with nothing for that time, a power sensor has a gap");
    }
    if (clock_set_.count > 0) {
        out.push_back("the clock was set " + times_text(clock_set_.count) + " during the run, by " +
                      signed_text(clock_set_.sum_ns) + " in all" +
                      ": times are those of the clock at the start, durations are not concerned");
    }
    if (late_.count > 0) {
        out.push_back("gramme did not come to its turn " + times_text(late_.count) + ", for " +
                      seconds_text(late_.sum_ns) +
                      ": energy counters lose nothing by that, power sensors have gaps");
    }
    if (cpus_changed_.count > 0) {
        out.push_back("the CPUs online changed " + times_text(cpus_changed_.count) + " during the run (" +
                      std::to_string(cpus_at_start_) + " at the start, " + std::to_string(fewest_cpus_) +
                      " to " + std::to_string(most_cpus_) +
                      " since): a modelled CPU keeps to those of the start");
    }
    return out;
}

}  // namespace gramme::sample
