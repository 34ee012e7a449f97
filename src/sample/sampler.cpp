#include "sample/sampler.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <span>
#include <utility>

namespace gramme::sample {
namespace {

constexpr std::size_t kMostReadingsPerTurn =
    4096;  // 8 GPUs read every 100 ms over the longest interval of 10 s, five times
constexpr std::size_t kMostDevices = 256;
constexpr Seconds kLeastTurn{1e-6};

/// Of another user, or ended and not yet reaped: it is there.
bool is_gone(int pid) noexcept {
    return ::kill(pid, 0) != 0 && errno == ESRCH;
}

Seconds seconds_between(std::int64_t from_ns, std::int64_t to_ns) {
    return Nanoseconds{to_ns - from_ns};
}

}  // namespace

Sampler::Sampler(const Host& host, std::vector<std::unique_ptr<probe::Probe>> probes, JobActivity& activity,
                 store::Journal& journal, Scope scope, const Reservation* reservation,
                 std::int64_t interval_ns)
    : host_(host),
      probes_(std::move(probes)),
      activity_(activity),
      journal_(journal),
      scope_(scope),
      reservation_(reservation),
      bad_days_(host, interval_ns),
      bridges_(kMostDevices),
      buffer_(kMostReadingsPerTurn),
      index_(probes_.size()) {
    metered_.reserve(kMostDevices);
}

void Sampler::meet_new_devices() {
    for (std::size_t p = 0; p < probes_.size(); ++p) {
        while (index_[p].size() < probes_[p]->device_count() && metered_.size() < kMostDevices) {
            const std::size_t local = index_[p].size();
            const auto global = static_cast<std::uint16_t>(metered_.size());
            probe::ProbedDevice probed = probes_[p]->device(local);
            probed.device.membership = probes_[p]->membership(local);
            probed.device.membership_reason = probes_[p]->membership_reason(local);
            if (reservation_ != nullptr && !probed.meter.whole) {
                probed.meter.reserved = reservation_->share_of(probed.meter.socket);
            }
            metered_.push_back({meter::DeviceMeter{probed.meter, scope_, started_.boot_ns},
                                meter::UseMeter{probed.device.kind}, probed.device, p, local,
                                probed.meter.whole ? probed.identity : std::string{}});
            index_[p].push_back(global);
            declare(global, probed.device);
            claim(global);
        }
    }
}

void Sampler::update_membership(bool with_reasons) {
    for (std::size_t d = 0; d < metered_.size(); ++d) {
        Metered& metered = metered_[d];
        const Membership now = probes_[metered.probe]->membership(metered.index);
        if (now == metered.device.membership && !with_reasons) {
            continue;  // asking for the reason makes a string: not on every turn
        }
        std::string reason = probes_[metered.probe]->membership_reason(metered.index);
        if (now != metered.device.membership || reason != metered.device.membership_reason) {
            change_membership(metered, now);
            metered.device.membership_reason = std::move(reason);
            declare(static_cast<std::uint16_t>(d), metered.device);
            claim(static_cast<std::uint16_t>(d));
        }
    }
}

void Sampler::count(const Metered& metered, Joules job) noexcept {
    energy_ += job;
    std::optional<Joules>& kind = by_kind_.at(static_cast<std::size_t>(metered.device.kind));
    kind = kind.value_or(Joules{}) + job;
}

/// A GPU on which the job is found after a while was the job's from the start on, as in the result.
void Sampler::change_membership(Metered& metered, Membership now) noexcept {
    const bool was_in = metered.device.membership == Membership::kIn;
    metered.device.membership = now;
    if (metered.job && was_in != (now == Membership::kIn)) {
        count(metered, was_in ? *metered.job * -1.0 : *metered.job);
        joined_ += was_in ? Joules{} : *metered.job;
    }
}

void Sampler::claim(std::uint16_t index) noexcept {
    const Metered& metered = metered_[index];
    if (!metered.identity.empty()) {
        activity_.claim(index, metered.identity, metered.device.membership == Membership::kIn);
    }
}

void Sampler::declare(std::uint16_t index, const Device& device) {
    if (const auto declared = journal_.declare(index, device); !declared) {
        add_trouble(device.id + " is not in the totals: " + declared.error().what);
    }
}

void Sampler::add_trouble(std::string trouble) {
    if (std::find(troubles_.begin(), troubles_.end(), trouble) == troubles_.end()) {
        troubles_.push_back(std::move(trouble));
    }
}

void Sampler::keep_marker(const Marker& marker) {
    if (const auto added = journal_.add_marker(marker); !added) {
        add_trouble("a marker was lost: " + added.error().what);
    }
}

ActivityReading Sampler::read_activity(const Instant& now, std::optional<double> machine_busy_s) noexcept {
    ActivityReading activity = activity_.read(now.boot_ns, machine_busy_s);
    activity.suspended_ns = bad_days_.suspended_ns();
    return activity;
}

/// What a probe of this turn has read; to be asked right after the probes have sampled.
std::optional<double> Sampler::busy_of_turn() const noexcept {
    for (const auto& probe : probes_) {
        if (const auto busy_s = probe->machine_busy_s()) {
            return busy_s;
        }
    }
    return std::nullopt;
}

void Sampler::start() {
    // Readings first, then the start: nothing of the run can fall before its first reading, and no gap of a
    // few microseconds opens between the two.
    std::vector<ReadingBuffer> first;
    first.reserve(probes_.size());
    for (const auto& probe : probes_) {
        first.emplace_back(kMostDevices);
        probe->sample(first.back());
    }
    started_ = host_.now();
    last_turn_ns_ = started_.boot_ns;
    bad_days_.start(started_);
    meet_new_devices();
    const ActivityReading activity = read_activity(started_, busy_of_turn());
    for (std::size_t p = 0; p < probes_.size(); ++p) {
        process(p, first[p].readings(), activity);
    }
    journal_.tick(0, 0);
}

void Sampler::turn(Seconds patience) noexcept {
    turn_energy_ = Joules{};
    for (const auto& probe : probes_) {
        if (patience > Seconds{0.0}) {
            probe->refresh(patience);
        }
    }
    // Power and CPU time belong together: all probes first, then the CPU time once for all of them.
    buffer_.clear();
    std::array<std::size_t, 16> ends{};
    const std::size_t probes = std::min(probes_.size(), ends.size());
    for (std::size_t p = 0; p < probes; ++p) {
        probes_[p]->sample(buffer_);
        ends[p] = buffer_.readings().size();
    }
    meet_new_devices();
    update_membership(false);
    const Instant now = host_.now();
    evaluations_.end_of_gone(now.boot_ns, is_gone);
    bad_days_.look(now, [this](const Marker& marker) { keep_marker(marker); });
    const ActivityReading activity = read_activity(now, busy_of_turn());
    if (!journal_.is_whole()) {
        add_trouble(journal_.path() + " was cut by another program: what this run measured is lost");
    }
    std::size_t begin = 0;
    for (std::size_t p = 0; p < probes; ++p) {
        process(p, std::as_const(buffer_).readings().subspan(begin, ends[p] - begin), activity);
        begin = ends[p];
    }
    ++turns_;
    elapsed_ns_ = now.boot_ns - started_.boot_ns;
    const Seconds passed = seconds_between(last_turn_ns_, now.boot_ns);
    if (passed > kLeastTurn) {
        power_ = turn_energy_ / passed;
        last_turn_ns_ = now.boot_ns;
    }
    journal_.tick(elapsed_ns_, turns_);
}

void Sampler::finish(Seconds patience) {
    // Synchronous probes are read at once in turn(); this second look is only for those with a thread of
    // their own.
    turn();
    const Instant end = host_.now();
    // The number that the turn read is older than `end`.
    const ActivityReading activity = read_activity(end, std::nullopt);
    for (std::size_t p = 0; p < probes_.size(); ++p) {
        buffer_.clear();
        probes_[p]->finish(buffer_, patience);
        meet_new_devices();
        process(p, std::as_const(buffer_).readings(), activity);
    }
    update_membership(true);
    for (std::size_t d = 0; d < metered_.size(); ++d) {
        record(static_cast<std::uint16_t>(d), metered_[d].meter.finish(started_.boot_ns + elapsed_ns_));
    }
    record_unlisted();
    tell_bridges();
    journal_.tick(elapsed_ns_, turns_);
}

/// A device whose energy is power x time to a part that matters is integrated as a whole, not measured. One
/// whose sensor its probe found at odds with another is less sure than it was when the run began.
void Sampler::tell_bridges() {
    for (std::size_t d = 0; d < metered_.size(); ++d) {
        Metered& metered = metered_[d];
        if (metered.index >= probes_[metered.probe]->device_count()) {
            continue;
        }
        const Device now = probes_[metered.probe]->device(metered.index).device;
        if (now.id == metered.device.id && now.gain_sigma != metered.device.gain_sigma) {
            metered.device.gain_sigma = now.gain_sigma;
            declare(static_cast<std::uint16_t>(d), metered.device);
        }
    }
    for (std::size_t d = 0; d < metered_.size(); ++d) {
        Device& device = metered_[d].device;
        if (device.quality == Quality::kMeasured && bridges_.matters(static_cast<std::uint16_t>(d))) {
            device.quality = Quality::kIntegrated;
            declare(static_cast<std::uint16_t>(d), device);
        }
    }
    for (std::string& sentence : bridges_.warnings()) {
        add_trouble(std::move(sentence));
    }
    for (const auto& probe : probes_) {
        for (std::string& sentence : probe->warnings()) {
            add_trouble(std::move(sentence));
        }
    }
}

/// Devices that nobody could list are not known to be none: one device stands for them, with a gap from start
/// to end.
void Sampler::record_unlisted() {
    for (const auto& probe : probes_) {
        const std::string why = probe->unlisted();
        if (why.empty() || metered_.size() >= kMostDevices) {
            continue;
        }
        const auto global = static_cast<std::uint16_t>(metered_.size());
        Device device;
        const std::string source = probe->report().name;
        device.id = source == "nvml" ? std::string{"gpus"} : source;
        device.kind = DeviceKind::kGpu;
        device.name = "GPUs that were not listed";
        device.method = source;
        device.membership_reason = why;
        declare(global, device);
        journal_.add_gap(global, 0, elapsed_ns_, why);
        const meter::DeviceMeter nothing{{}, scope_, started_.boot_ns};
        metered_.push_back({nothing, meter::UseMeter{device.kind}, device, 0, 0, {}});
    }
}

void Sampler::process(std::size_t probe, std::span<const Reading> readings,
                      const ActivityReading& activity) noexcept {
    ActivityReading of_device = activity;
    for (const Reading& reading : readings) {
        if (reading.device >= index_[probe].size()) {
            continue;
        }
        const std::uint16_t device = index_[probe][reading.device];
        Metered& metered = metered_[device];
        of_device.paused_ns = pauses_.until(reading.at_ns);
        of_device.trackers_of_device = activity_.trackers_of(device);
        const meter::MeterStep step = metered.meter.add(reading, of_device);
        record(device, step, metered.use.add(step, reading.utilization, evaluations_));
    }
}

void Sampler::record(std::uint16_t device, const meter::MeterStep& step, const Use& use) noexcept {
    const std::int64_t from_ns = std::max<std::int64_t>(step.from_ns - started_.boot_ns, 0);
    const std::int64_t to_ns = std::max<std::int64_t>(step.to_ns - started_.boot_ns, 0);
    switch (step.kind) {
        case meter::MeterStep::Kind::kNothing: return;
        case meter::MeterStep::Kind::kGap:
            journal_.add_gap(device, from_ns, to_ns, step.reason);
            gaps_ += metered_[device].device.membership == Membership::kIn ? 1 : 0;
            return;
        case meter::MeterStep::Kind::kWindow: break;
    }
    Window window;
    window.device = device;
    const Device& described = metered_[device].device;
    window.quality =
        step.bridged || step.led ? std::max(Quality::kIntegrated, described.quality) : described.quality;
    bridges_.note(device, described.id, step, started_.boot_ns,
                  [this](const Marker& marker) { keep_marker(marker); });
    window.from_ns = from_ns;
    window.to_ns = to_ns;
    window.energy = step.energy;
    window.job = step.split.job;
    window.unassigned = step.split.unassigned;
    window.job_cpu_s = step.activity.job_cpu_s;
    window.busy_cpu_s = step.activity.busy_cpu_s;
    window.readings = step.readings;
    window.use = use;
    journal_.add(window);
    Metered& metered = metered_[device];
    metered.job = metered.job.value_or(Joules{}) + step.split.job;
    metered.recent.add(step.to_ns, seconds_between(step.from_ns, step.to_ns), step.split.job,
                       step.activity.paused > 0.0);
    if (described.membership == Membership::kIn) {
        count(metered, step.split.job);
        turn_energy_ += step.split.job;
        stretches_.add(described.kind, step.from_ns, step.to_ns, step.split.job);
    }
}

Sampler::Told Sampler::told() const noexcept {
    constexpr std::int64_t kSilent = 25'000'000'000;  // one that says nothing for so long is waited for no more
    std::int64_t until_ns = elapsed_ns_;
    const auto counts = [&](const Metered& metered) {
        const std::int64_t told_ns = metered.recent.until_ns() - started_.boot_ns;
        return metered.device.membership == Membership::kIn && metered.job && told_ns > elapsed_ns_ - kSilent;
    };
    for (const Metered& metered : metered_) {
        if (counts(metered)) {
            until_ns = std::min(until_ns, metered.recent.until_ns() - started_.boot_ns);
        }
    }
    Joules energy = energy_;
    for (const Metered& metered : metered_) {
        const std::int64_t ahead_ns = metered.recent.until_ns() - started_.boot_ns - until_ns;
        if (counts(metered) && ahead_ns > 0) {
            energy -= metered.recent.power().value_or(Watts{}) * Seconds{Nanoseconds{ahead_ns}};
        }
    }
    return {std::max<std::int64_t>(until_ns, 0), std::max(energy, Joules{})};
}

StretchEnergy Sampler::take_stretch(std::int64_t id) {
    for (const Metered& metered : metered_) {
        if (metered.device.membership == Membership::kIn) {
            stretches_.add_tail(id, metered.device.kind, metered.recent,
                                [this](std::int64_t at_ns) { return pauses_.until(at_ns); });
        }
    }
    return stretches_.take(id);
}

std::uint64_t Sampler::failed_reads() const noexcept {
    std::uint64_t sum = 0;
    for (const Metered& metered : metered_) {
        sum += metered.meter.failed_reads();
    }
    return sum;
}

bool Sampler::has_devices() const noexcept {
    return std::any_of(metered_.begin(), metered_.end(),
                       [](const Metered& metered) { return metered.device.membership == Membership::kIn; });
}

bool Sampler::has_threads() const noexcept {
    return std::any_of(probes_.begin(), probes_.end(), [](const auto& probe) { return probe->has_thread(); });
}

}  // namespace gramme::sample
