#include "probe/nvml_thread.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <exception>
#include <limits>
#include <utility>

#include "probe/gpu_presence.hpp"

namespace gramme::probe {
namespace {

using nvml::kSuccess;

constexpr std::int64_t kMillisecond = 1'000'000;
constexpr std::int64_t kSecond = 1'000 * kMillisecond;
constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kSleepLook = kSecond;
/// The period at which most sensors renew their value.
constexpr std::int64_t kPowerPeriod = 100 * kMillisecond;
constexpr std::int64_t kLongestPeriod = 10 * kSecond;
/// An H200's driver takes 3 ms of a CPU to tell its counter: of many GPUs each is asked more seldom
/// (kRestPerWork), up to this. A counter loses nothing by it, but for what came after its last
/// reading where the driver does not answer at the end.
constexpr std::int64_t kLongestRest = 3 * kSecond;
/// Spans may end with each step of a training: what was read so shortly before stands for now, and the power
/// of late fills the rest (sample::Stretches).
constexpr std::int64_t kRestPerFresh = 50;
constexpr std::int64_t kOldestFresh = 150 * kMillisecond;
/// A job that starts its GPUs is seen soon, a long one costs the driver one list per GPU and 10 s.
constexpr std::array kJobLooks{200 * kMillisecond, 500 * kMillisecond, kSecond,
                               2 * kSecond,        4 * kSecond,        8 * kSecond};
constexpr std::int64_t kJobLookPeriod = 10 * kSecond;

}  // namespace

NvmlThread::NvmlThread(std::shared_ptr<NvmlState> state, const Host& host, NvmlOptions options)
    : state_(std::move(state)), loader_(&host), options_(std::move(options)) {}

void NvmlThread::run() noexcept {
    try {
        begun_ns_ = boot_ns();
        if (wait_until_awake()) {
            if (open_library()) {
                if (list_gpus()) {
                    sample_until_stopped();
                }
                api_->shutdown();
            } else if (!gpus_.empty()) {
                sample_until_stopped();  // modelled ones
            }
        }
    } catch (const std::exception& error) {  // no memory: the run goes on without its GPUs, and says so
        settle({std::string(options_.maker->source), SourceState::kRefused, error.what(), {}, {}});
    }
    const std::lock_guard lock(state_->mutex);
    state_->ended = true;
    state_->to_caller.notify_all();
}

bool NvmlThread::wait_until_awake() {
    if (!options_.maker->nvidia) {
        return !stopped();
    }
    std::vector<std::string> paths;
    bool asleep = false;
    const auto look = [&](const Host& host) { asleep = all_suspended(host, paths); };
    if (!state_->world.with_host([&](const Host& host) { paths = nvidia_gpu_paths(host); }) ||
        !state_->world.with_host(look)) {
        return false;
    }
    if (asleep) {
        settle({"nvml",
                SourceState::kAvailable,
                "every NVIDIA GPU is suspended; asking its driver would wake it. It is measured as soon as "
                "it wakes",
                {},
                {}});
    }
    while (asleep) {
        if (stopped_within(kSleepLook) || !state_->world.with_host(look)) {
            return false;
        }
    }
    return !stopped();
}

void NvmlThread::look_for_job() {
    for (std::size_t i = 0; i < gpus_.size() && !called_away(); ++i) {
        const Membership membership = membership_of(i);
        const GpuWatch* const watch = watch_of(i);
        const bool shared_look = watch != nullptr && boot_ns() >= watch->list_due;
        if (!gpus_[i].gone.empty() || membership == Membership::kOut ||
            (membership == Membership::kIn && !shared_look)) {
            continue;
        }
        const auto pids = api_->compute_pids(gpus_[i].handle);
        note_processes(i, pids);
        find_job(i, pids);
    }
}

/// A GPU of which no variable says whose it is becomes the job's with the first of its processes there.
void NvmlThread::find_job(std::size_t index, const nvml::Answer<std::vector<unsigned>>& pids) {
    if (selection_decided_ || !pids.ok() || membership_of(index) != Membership::kUnknown) {
        return;
    }
    const bool seen = std::any_of(pids.value.begin(), pids.value.end(), [&](unsigned pid) {
        return pid != 0 && state_->world.is_of_job(static_cast<int>(pid));
    });
    if (seen) {
        const std::lock_guard lock(state_->mutex);
        Device& device = state_->gpus[index].probed.device;
        device.membership = Membership::kIn;
        device.membership_reason = "the job ran on it";
    }
}

void NvmlThread::sample_until_stopped() {
    const std::int64_t counter_period =
        std::clamp(static_cast<std::int64_t>(options_.interval.count() * static_cast<double>(kSecond)),
                   kSecond, kLongestPeriod);
    // 80 to 120 ms: a training step of 100 ms must not always be seen at one phase
    const auto power_period = [&] {
        return kPowerPeriod * (80 + static_cast<std::int64_t>(jitter_() % 41)) / 100;
    };
    const auto any_power = [&] {
        return std::any_of(gpus_.begin(), gpus_.end(),
                           [](const Gpu& gpu) { return !gpu.is_slow() || gpu.is_checked(); });
    };
    for (std::size_t i = 0; i < gpus_.size(); ++i) {
        if (membership_of(i) == Membership::kOut) {
            gpus_[i].check.give_up();
        }
    }
    const std::int64_t start = boot_ns();
    std::int64_t counters_due = start + counter_period;
    std::int64_t power_due = any_power() ? start + power_period() : kNever;
    std::size_t looks = 0;
    const bool wants_looks = !watches_.empty() || (!selection_decided_ && state_->world.has_job());
    std::int64_t look_due = wants_looks ? start + kJobLooks[0] : kNever;
    {
        const std::lock_guard lock(state_->mutex);
        state_->sampling = true;
    }

    while (true) {
        const std::int64_t wait =
            std::max<std::int64_t>(std::min({counters_due, power_due, look_due, share_due()}) - boot_ns(), 0);
        unsigned wanted = 0;
        bool fresh = false;
        {
            std::unique_lock lock(state_->mutex);
            state_->to_thread.wait_for(lock, std::chrono::nanoseconds(std::min(wait, 10 * kSecond)), [&] {
                return state_->stop || state_->final_wanted != finals_ || state_->fresh_wanted != fresh_;
            });
            if (state_->stop) {
                return;
            }
            wanted = state_->final_wanted;
            fresh = state_->fresh_wanted != fresh_;
            fresh_ = state_->fresh_wanted;
        }
        if (wanted != finals_) {
            finals_ = wanted;
            for (std::size_t i = 0; i < gpus_.size() && !called_away(); ++i) {
                take(i, finals_);
            }
            share_out_last();
            const std::lock_guard lock(state_->mutex);
            state_->final_done = finals_;
            state_->to_caller.notify_all();
            counters_due = power_due = look_due = kNever;  // the run is over: ask the driver for nothing more
            continue;
        }
        if (fresh) {
            take_fresh();
        }
        const std::int64_t now = boot_ns();
        const bool counters = now >= counters_due;
        std::int64_t took = 0;
        const bool power = now >= power_due;
        for (std::size_t i = 0; i < gpus_.size() && !called_away(); ++i) {
            if (gpus_[i].is_slow() ? counters : power) {
                const std::int64_t before = boot_ns();
                take(i, 0);
                took += gpus_[i].is_slow() ? boot_ns() - before : 0;
            } else if (power && gpus_[i].is_checked()) {
                note_power(i);
            }
        }
        // from now on, not from when it was due: after a driver's pause there is nothing to catch up with
        if (counters) {
            counters_due = boot_ns() + std::max(counter_period, std::min(took * kRestPerWork, kLongestRest));
        }
        if (!any_power()) {
            power_due = kNever;
        } else if (power || power_due == kNever) {
            power_due = boot_ns() + power_period();
        }
        if (now >= look_due) {
            look_for_job();
            const std::int64_t after = boot_ns();
            ++looks;
            look_due =
                looks < kJobLooks.size() ? std::max(start + kJobLooks[looks], after) : after + kJobLookPeriod;
        }
        share_out_due();
    }
}

/// Because somebody asks what was used up to now: the GPUs that may be the job's, but for those whose
/// readings wait for their use anyway.
void NvmlThread::take_fresh() {
    const std::int64_t begun = boot_ns();
    const bool is_fresh = begun < fresh_due_;
    for (std::size_t i = 0; i < gpus_.size() && !is_fresh && !called_away(); ++i) {
        const bool waits = i < watches_.size() && watches_[i].holding;
        if (gpus_[i].gone.empty() && !waits && membership_of(i) != Membership::kOut) {
            take(i, 0);
        }
    }
    if (!is_fresh) {
        const std::int64_t now = boot_ns();
        fresh_due_ = now + std::min((now - begun) * kRestPerFresh, kOldestFresh);
    }
    const std::lock_guard lock(state_->mutex);
    state_->fresh_done = fresh_;
    state_->to_caller.notify_all();
}

void NvmlThread::take(std::size_t index, unsigned pass) {
    Gpu& gpu = gpus_[index];
    Reading reading;
    reading.device = static_cast<std::uint16_t>(index);
    if (!gpu.gone.empty()) {
        reading.at_ns = boot_ns();
        reading.failure = gpu.gone;
    } else if (gpu.modelled) {
        read_model(gpu, reading);
    } else if (gpu.counter) {
        read_counter(index, reading);
    } else {
        read_power(gpu, reading);
    }
    read_utilization(gpu, reading);
    give(index, reading, pass);
}

void NvmlThread::read_counter(std::size_t index, Reading& reading) {
    Gpu& gpu = gpus_[index];
    // Not at the end: a run that is shorter than the check has no use for another call.
    const bool checked = finals_ == 0 && gpu.is_checked();
    if (checked) {
        note_power(index);
    }
    if (gpu.moved == 0) {  // the first: its power speaks for the time until the driver answered
        const auto power = power_mw(gpu);
        if (power.ok()) {
            reading.power = Watts{Milliwatts{static_cast<double>(power.value)}}.value();
        }
    }
    const std::int64_t before = boot_ns();
    const auto energy = api_->energy_mj(gpu.handle);
    reading.at_ns = before + (boot_ns() - before) / 2;
    if (!energy.ok()) {
        fail(gpu, reading, energy.code);
        return;
    }
    if (gpu.moved == 0 || energy.value != gpu.raw) {
        gpu.raw = energy.value;
        gpu.moved = reading.at_ns;
        gpu.stuck = false;
    }
    reading.kind = ReadingKind::kCounter;
    reading.raw = energy.value;
    judge_rest(gpu, reading);
    if (reading.kind != ReadingKind::kCounter) {
        gpu.check.give_up();
    } else if (checked) {
        gpu.check.counter(reading.at_ns, energy.value);
    }
}

/// One call, whichever way it is told.
nvml::Answer<unsigned> NvmlThread::power_mw(const Gpu& gpu) const {
    return gpu.fields ? api_->field_power_mw(gpu.handle, gpu.scope, gpu.field) : api_->power_mw(gpu.handle);
}

void NvmlThread::read_power(Gpu& gpu, Reading& reading) {
    const std::int64_t before = boot_ns();
    const auto power = power_mw(gpu);
    reading.at_ns = before + (boot_ns() - before) / 2;
    if (!power.ok()) {
        fail(gpu, reading, power.code);
        return;
    }
    reading.kind = ReadingKind::kPower;
    reading.value = Watts{Milliwatts{static_cast<double>(power.value)}}.value();
}

/// Beside the energy, so that both speak of one instant. Where it is not told it stays unknown.
void NvmlThread::read_utilization(Gpu& gpu, Reading& reading) {
    constexpr unsigned kAll = 100;
    if (reading.kind == ReadingKind::kFailed || gpu.modelled || !gpu.tells_use) {  // a model has no handle
        return;
    }
    const auto percent = api_->utilization_percent(gpu.handle);
    if (percent.ok() && percent.value <= kAll) {
        reading.utilization = static_cast<double>(percent.value) / kAll;
    }
    // with MIG, and on some virtual GPUs, for good
    gpu.tells_use = percent.code != nvml::kNotSupported && percent.code != nvml::kFunctionNotFound;
}

void NvmlThread::fail(Gpu& gpu, Reading& reading, int code) const {
    gpu.check.give_up();
    reading.kind = ReadingKind::kFailed;
    reading.failure = api_->failure_text(code);
    if (code == nvml::kGpuIsLost || code == nvml::kResetRequired) {
        gpu.gone = reading.failure;
    }
}

void NvmlThread::settle(SourceReport report) {
    const std::lock_guard lock(state_->mutex);
    state_->report = std::move(report);
    state_->settled = true;
    state_->to_caller.notify_all();
}

bool NvmlThread::stopped() {
    const std::lock_guard lock(state_->mutex);
    return state_->stop;
}

bool NvmlThread::called_away() {
    const std::lock_guard lock(state_->mutex);
    return state_->stop || state_->final_wanted != finals_;
}

bool NvmlThread::stopped_within(std::int64_t ns) {
    std::unique_lock lock(state_->mutex);
    return state_->to_thread.wait_for(lock, std::chrono::nanoseconds(ns), [&] { return state_->stop; });
}

std::int64_t NvmlThread::boot_ns() const {
    const auto now = state_->world.now();
    return now ? now->boot_ns : 0;  // 0 once the probe is gone: its readings go nowhere
}

}  // namespace gramme::probe
