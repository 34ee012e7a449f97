#include "probe/nvml_probe.hpp"

#include <pthread.h>
#include <sys/auxv.h>

#include <chrono>
#include <csignal>
#include <system_error>
#include <thread>
#include <utility>

#include "probe/gpu_presence.hpp"
#include "probe/nvml_state.hpp"
#include "probe/nvml_thread.hpp"

namespace gramme::probe {
namespace {

constexpr std::chrono::milliseconds kGoodbye{50};  // an idle thread ends at once; a stuck one is left behind
constexpr std::chrono::seconds kFirstAnswer{5};

/// Signals are for the caller's threads: one that lands on this thread would miss a signalfd or a handler's
/// thread.
class AllSignalsBlocked {
public:
    AllSignalsBlocked() {
        sigset_t all;
        sigfillset(&all);
        pthread_sigmask(SIG_SETMASK, &all, &before_);
    }
    AllSignalsBlocked(const AllSignalsBlocked&) = delete;
    AllSignalsBlocked& operator=(const AllSignalsBlocked&) = delete;
    ~AllSignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

private:
    sigset_t before_{};
};

class NvmlProbe final : public Probe {
public:
    NvmlProbe(const Host& host, const GpuMaker& maker, std::shared_ptr<NvmlState> state, std::thread thread,
              bool no_gpu_reserved)
        : host_(host),
          maker_(maker),
          state_(std::move(state)),
          thread_(std::move(thread)),
          no_gpu_reserved_(no_gpu_reserved) {}
    NvmlProbe(const NvmlProbe&) = delete;
    NvmlProbe& operator=(const NvmlProbe&) = delete;

    ~NvmlProbe() override {
        state_->world.leave();
        std::unique_lock lock(state_->mutex);
        state_->stop = true;
        state_->to_thread.notify_all();
        const bool ended = state_->to_caller.wait_for(lock, kGoodbye, [&] { return state_->ended; });
        lock.unlock();
        ended ? thread_.join() : thread_.detach();
    }

    [[nodiscard]] std::size_t device_count() const noexcept override {
        const std::lock_guard lock(state_->mutex);
        return state_->gpus.size();
    }

    [[nodiscard]] ProbedDevice device(std::size_t index) const override {
        const std::lock_guard lock(state_->mutex);
        return state_->gpus.at(index).probed;
    }

    void sample(ReadingBuffer& out) noexcept override {
        const std::lock_guard lock(state_->mutex);
        drain(out);
    }

    void refresh(Seconds patience) noexcept override {
        NvmlState& state = *state_;
        std::unique_lock lock(state.mutex);
        if (!state.sampling || state.ended || state.fresh_done != state.fresh_wanted) {
            return;
        }
        const unsigned pass = ++state.fresh_wanted;
        state.to_thread.notify_all();
        state.to_caller.wait_for(lock, patience, [&] { return state.fresh_done == pass || state.ended; });
    }

    void finish(ReadingBuffer& out, Seconds patience) noexcept override {
        NvmlState& state = *state_;
        std::unique_lock lock(state.mutex);
        const unsigned pass = ++state.final_wanted;
        state.to_thread.notify_all();
        state.to_caller.wait_for(lock, patience, [&] { return state.final_done == pass || state.ended; });
        drain(out);
        for (std::size_t i = 0; i < state.gpus.size(); ++i) {
            if (state.gpus[i].final_pass != pass) {
                Reading missing;
                missing.device = static_cast<std::uint16_t>(i);
                missing.at_ns = host_.now().boot_ns;
                missing.failure = maker_.no_answer;
                out.add(missing);
            }
        }
    }

    [[nodiscard]] Membership membership(std::size_t index) const noexcept override {
        const std::lock_guard lock(state_->mutex);
        return index < state_->gpus.size() ? state_->gpus[index].probed.device.membership
                                           : Membership::kUnknown;
    }

    [[nodiscard]] std::string membership_reason(std::size_t index) const override {
        const std::lock_guard lock(state_->mutex);
        const NvmlState::Gpu& gpu = state_->gpus.at(index);
        const Device& device = gpu.probed.device;
        const bool names_slice = device.membership_reason.find("slice") != std::string::npos;
        return device.membership != Membership::kIn
                   ? device.membership_reason
                   : device.membership_reason + (names_slice ? "" : gpu.slices) + gpu.sharing;
    }

    [[nodiscard]] SourceReport report() const override {
        const std::lock_guard lock(state_->mutex);
        SourceReport report = state_->report;
        for (const auto& gpu : state_->gpus) {
            report.devices.push_back(gpu.probed.device.id);
        }
        return report;
    }

    [[nodiscard]] std::vector<std::string> warnings() const override {
        const std::lock_guard lock(state_->mutex);
        return state_->warnings;
    }

    [[nodiscard]] std::string unlisted() const override {
        if (no_gpu_reserved_) {
            return {};
        }
        const std::lock_guard lock(state_->mutex);
        const bool asleep = state_->settled && state_->report.state == SourceState::kAvailable;
        if (asleep || state_->listed_without_driver ||
            (state_->settled && state_->report.state == SourceState::kUsed)) {
            return {};
        }
        return state_->settled ? std::string(maker_.words) + ": " + state_->report.why
                               : std::string{maker_.no_answer};
    }

private:
    /// What a full buffer refuses stays for the next call. The caller holds the lock.
    void drain(ReadingBuffer& out) noexcept {
        ReadingRing& ring = state_->ring;
        while (!ring.empty()) {
            const std::size_t dropped = out.dropped();
            out.add(ring.front());
            if (out.dropped() != dropped) {
                return;
            }
            ring.pop();
        }
    }

    const Host& host_;
    const GpuMaker& maker_;
    std::shared_ptr<NvmlState> state_;
    std::thread thread_;
    bool no_gpu_reserved_;  ///< a variable says that the job has none
};

/// GRAMME_NVML_LIB, empty where unset or where the process has rights that its caller has not (AT_SECURE).
std::string named_library(const Host& host) {
    return getauxval(AT_SECURE) != 0 ? std::string() : host.env("GRAMME_NVML_LIB").value_or("");
}

}  // namespace

Result<std::unique_ptr<Probe>> open_nvml(const Host& host, const DiscoverOptions& options,
                                         const refdata::Tables& tables, bool cpu_counted) {
    const std::string named = named_library(host);
    if (named.empty() && !has_nvidia_driver(host)) {
        return Error{Code::kUnavailable, "no NVIDIA driver", {}};
    }
    NvmlOptions wanted{options.scope,
                       options.interval,
                       {},
                       of_all_ranks(read_gpu_variables(host), options.ranks),
                       tables,
                       options.gpu_idle_in_curve,
                       cpu_counted};
    if (named.empty()) {
        wanted.libraries = {"libnvidia-ml.so.1", "libnvidia-ml.so", "/usr/lib/wsl/lib/libnvidia-ml.so.1"};
    } else {
        wanted.libraries = {named};  // a person who names a file does not want another one in its place
    }
    // Of no GPU that could be named, does a variable leave none?
    const bool no_gpu_reserved = options.scope != Scope::kMachine && reserves_none(wanted.variables);
    return open_by_library(host, options, std::move(wanted), no_gpu_reserved);
}

Result<std::unique_ptr<Probe>> open_by_library(const Host& host, const DiscoverOptions& options,
                                               NvmlOptions wanted, bool none_reserved) {
    const GpuMaker& maker = *wanted.maker;
    auto state = std::make_shared<NvmlState>(host, options.members);
    state->report = {std::string(maker.source),
                     SourceState::kAvailable,
                     "the driver has not answered yet",
                     {std::string(maker.ask)},
                     {}};

    std::thread thread;
    try {
        const AllSignalsBlocked blocked;
        thread = std::thread(
            [body = std::make_unique<NvmlThread>(state, host, std::move(wanted))] { body->run(); });
    } catch (const std::system_error& error) {
        return Error{
            Code::kUnavailable, std::string("cannot start a thread for the driver: ") + error.what(), {}};
    }
    auto probe = std::make_unique<NvmlProbe>(host, maker, state, std::move(thread), none_reserved);
    if (options.wait_for_gpus) {
        std::unique_lock lock(state->mutex);
        state->to_caller.wait_for(lock, kFirstAnswer, [&] { return state->settled || state->ended; });
    }
    return Result<std::unique_ptr<Probe>>(std::move(probe));
}

}  // namespace gramme::probe
