// The part of the NVML thread that finds out who shares a GPU. Method: docs/method/attribution.md#gpus
#include <algorithm>
#include <limits>
#include <utility>

#include "probe/gpu_presence.hpp"
#include "probe/nvml_thread.hpp"

namespace gramme::probe {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
/// Between two questions for the use by process: what a process that ended used since the last one is
/// forgotten by the driver. On some drivers the call takes 50 to 100 ms, on an H200's 2 ms: a hundredth of
/// the time.
constexpr std::int64_t kLeastUsePeriod = 2 * kSecond;
constexpr std::int64_t kMostUsePeriod = 10 * kSecond;
/// Of a GPU that is known to be the job's the looks of the first seconds, meant to find the job, are left
/// out.
constexpr std::int64_t kListPeriod = 7 * kSecond;
constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();

/// Answers that will not change while the driver lives.
bool is_final(int code) {
    return code == nvml::kNotSupported || code == nvml::kFunctionNotFound || code == nvml::kNoPermission;
}

}  // namespace

/// Only where energy is told apart by process: an allocation has its GPUs whole, and so has the machine.
void NvmlThread::begin_watches() {
    if (options_.scope != Scope::kJob || !state_->world.has_job()) {
        return;
    }
    static_cast<void>(
        state_->world.with_host([&](const Host& host) { host_processes_ = sees_host_processes(host); }));
    const auto now = state_->world.now();
    watches_.assign(identities_.size(), GpuWatch{});
    for (GpuWatch& watch : watches_) {
        watch.use = GpuSharing{boot_ns()};
        watch.use_due = boot_ns() + kLeastUsePeriod;
        watch.use_seen_us = now ? static_cast<std::uint64_t>(now->wall_ns / 1000) : 0;
    }
}

GpuWatch* NvmlThread::watch_of(std::size_t index) {
    return index < watches_.size() && !watches_[index].impossible ? &watches_[index] : nullptr;
}

/// When the use of a GPU's processes is next to be asked for.
std::int64_t NvmlThread::share_due() const {
    std::int64_t due = kNever;
    for (const GpuWatch& watch : watches_) {
        due = watch.holding ? std::min(due, watch.use_due) : due;
    }
    return finals_ == 0 ? due : kNever;
}

void NvmlThread::share_out_due() {
    for (std::size_t i = 0; i < watches_.size() && !called_away(); ++i) {
        if (watches_[i].holding && boot_ns() >= watches_[i].use_due) {
            share_out(i, false);
        }
    }
}

/// It holds the context through which its clients compute, and computes nothing itself: it is nobody. Source:
/// NVIDIA, "Multi-Process Service"; proc(5): comm is cut to 15 bytes.
bool NvmlThread::is_mps_server(unsigned pid) const {
    bool is_one = false;
    static_cast<void>(state_->world.with_host([&](const Host& host) {
        const auto comm = host.read("/proc/" + std::to_string(pid) + "/comm");
        is_one = comm && comm->starts_with("nvidia-cuda-mps");
    }));
    return is_one;
}

/// kOther only where that is certain: the process is seen here, by the id that the driver uses, and it is
/// none of the job's.
Party NvmlThread::party_of(unsigned pid) const {
    if (pid != 0 && state_->world.is_of_job(static_cast<int>(pid))) {
        return Party::kJob;
    }
    if (is_mps_server(pid)) {
        return Party::kUnknown;  // what it uses is its clients'
    }
    const bool seen = pid != 0 && state_->world.exists("/proc/" + std::to_string(pid) + "/stat");
    return seen && host_processes_ ? Party::kOther : Party::kUnknown;
}

Membership NvmlThread::membership_of(std::size_t index) const {
    const std::lock_guard lock(state_->mutex);
    return state_->gpus[index].probed.device.membership;
}

void NvmlThread::note_processes(std::size_t index, const nvml::Answer<std::vector<unsigned>>& pids) {
    GpuWatch* const watch = watch_of(index);
    if (watch == nullptr) {
        return;
    }
    const std::int64_t now = boot_ns();
    watch->list_due = now + kListPeriod;
    std::vector<ListedProcess> listed;
    for (const unsigned pid : pids.value) {
        if (is_mps_server(pid)) {
            continue;
        }
        const auto known = watch->use.verdict(pid);
        listed.push_back({pid, known ? *known : party_of(pid)});
    }
    watch->use.see(std::move(listed));
    const bool first = !std::exchange(watch->listed, true);
    if (pids.ok() && !watch->use.others()) {
        if (watch->use.unknown() > 1 && (first || !watch->holding)) {
            say_sharing(index, "; whose its processes are cannot be told here: all its energy is the job's");
        }
        if (first) {
            watch->holding = false;
            watch->use.end_alone(now);
            release(*watch);
        }
        return;  // else a stretch that was shared goes on until its use is told
    }
    if (!std::exchange(watch->holding, true)) {
        watch->use_due = now + kLeastUsePeriod;
    }
}

/// On to the sampler: at once where nobody else is on the GPU, else when it is known who used it. `pass` 0:
/// periodic.
void NvmlThread::give(std::size_t index, const Reading& reading, unsigned pass) {
    const bool watched = index < watches_.size() && membership_of(index) != Membership::kOut;
    if (watched) {
        GpuWatch& watch = watches_[index];
        watch.held.push_back(reading);
        if (!watch.holding) {
            watch.use.end_alone(reading.at_ns);
            if (const auto now = state_->world.now()) {
                watch.use_seen_us = static_cast<std::uint64_t>(now->wall_ns / 1000);
            }
            release(watch);
        } else if (pass != 0) {
            return;  // share_out_last() comes to it
        }
    }
    const std::lock_guard lock(state_->mutex);
    if (!watched) {
        state_->ring.push(reading);
    }
    if (pass != 0) {
        state_->gpus[index].final_pass = pass;
    }
}

/// At the end all GPUs are read first: a reading that comes too late is lost, and who used them is a slower
/// question.
void NvmlThread::share_out_last() {
    for (std::size_t i = 0; i < watches_.size() && !called_away(); ++i) {
        if (watches_[i].holding && membership_of(i) != Membership::kOut) {
            share_out(i, true);
            const std::lock_guard lock(state_->mutex);
            state_->gpus[i].final_pass = finals_;
        }
    }
}

/// Ends the stretch up to now by what its processes used, and lets the readings go that waited for it.
/// `last`: the job may have come and gone since the list before.
void NvmlThread::share_out(std::size_t index, bool last) {
    GpuWatch& watch = watches_[index];
    const Gpu& gpu = gpus_[index];
    const std::int64_t begun = boot_ns();
    // Processes come and go: who was there in this stretch is looked at before it is asked what they used.
    bool lost_one = false;
    if (gpu.gone.empty() && watch.listed) {
        const auto pids = api_->compute_pids(gpu.handle);
        lost_one = pids.ok() && watch.use.has_lost_one(pids.value);
        find_job(index, pids);
        note_processes(index, pids);
    }
    const Membership membership = membership_of(index);
    const bool job_was_there = membership == Membership::kIn && (last || watch.use.job_was_there());
    // A run that is over before the first look is whole: at its end there is no patience for a list.
    if (!gpu.gone.empty() || !watch.listed) {
        watch.use.end_alone(boot_ns());
    } else if (!job_was_there) {
        watch.use.end_without_job(boot_ns());
    } else {
        const auto uses = api_->process_use(gpu.handle, watch.use_seen_us);
        if (uses.ok() || uses.code == nvml::kNotFound) {
            share_by_use(index, uses.value, lost_one);
        } else {
            watch.use.end_alone(boot_ns());
            watch.impossible = is_final(uses.code);
            const std::string text = "others may use it too, and what each process uses is not told (" +
                                     std::string(api_->failure_text(uses.code)) +
                                     "): all its energy is the job's";
            say_sharing(index, "; " + text);
            warn(index, text);
        }
    }
    watch.holding = watch.use.others() && !watch.impossible;
    const std::int64_t now = boot_ns();
    const auto shared =
        std::count_if(watches_.begin(), watches_.end(), [](const GpuWatch& one) { return one.holding; });
    watch.use_due = now + std::clamp((now - begun) * kRestPerWork * std::max<std::int64_t>(shared, 1),
                                     kLeastUsePeriod, kMostUsePeriod);
    release(watch);
}

/// A driver forgets what a process used when it ends, and with it the share of those that live: an H200's
/// then says that one which had half of the GPU had all of it
/// (docs/method/nvml.md#seen-on-an-h100-and-an-h200). So a stretch in which one ended goes like the one
/// before.
void NvmlThread::share_by_use(std::size_t index, const std::vector<ProcessUse>& uses, bool lost_one) {
    GpuWatch& watch = watches_[index];
    if (lost_one) {
        watch.use.end_like_before(boot_ns());
    } else {
        watch.use.end_shared(boot_ns(), uses, [&](unsigned pid) { return party_of(pid); });
    }
    for (const ProcessUse& use : uses) {
        watch.use_seen_us = std::max(watch.use_seen_us, use.at_us);
    }
    if (watch.use.others() && std::any_of(uses.begin(), uses.end(),
                                          [&](const ProcessUse& use) { return is_mps_server(use.pid); })) {
        const std::string text =
            "others compute on it through the same MPS server, and the driver does not tell its clients "
            "apart: all that the server used is the job's, an upper bound";
        say_sharing(index, "; " + text);
        warn(index, text);
        return;
    }
    say_sharing(index,
                "; other processes use it too: what it draws above idle goes by the SM use of "
                "each process, idle energy by reservation or else by use");
}

void NvmlThread::release(GpuWatch& watch) {
    const std::lock_guard lock(state_->mutex);
    for (Reading& reading : watch.held) {
        reading.use = watch.use.at(reading.at_ns);
        state_->ring.push(reading);
    }
    watch.held.clear();
}

/// A warning of the run, once.
void NvmlThread::warn(std::size_t index, const std::string& text) {
    const std::lock_guard lock(state_->mutex);
    std::string sentence = state_->gpus[index].probed.device.id + ": " + text;
    auto& warnings = state_->warnings;
    if (std::find(warnings.begin(), warnings.end(), sentence) == warnings.end()) {
        warnings.push_back(std::move(sentence));
    }
}

void NvmlThread::say_sharing(std::size_t index, std::string text) {
    const std::lock_guard lock(state_->mutex);
    state_->gpus[index].sharing = std::move(text);
}

}  // namespace gramme::probe
