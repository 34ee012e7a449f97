// What the NVML thread and the sampler share. The thread owns it too (shared_ptr), since it may outlive the
// probe: a driver that hangs cannot be called back.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/host.hpp"
#include "model/reading.hpp"
#include "model/source.hpp"
#include "probe/probe.hpp"

namespace gramme::probe {

/// Readings on their way to the sampler. Fixed slots; full, the oldest gives way: a counter loses nothing by
/// it, and a power sensor leaves a stretch that the meter sees. Not synchronised by itself.
class ReadingRing {
public:
    /// Drops what it held. The only call that allocates.
    void resize(std::size_t slots) {
        slots_.assign(slots, Reading{});
        first_ = size_ = 0;
    }
    void push(const Reading& reading) noexcept {
        if (slots_.empty()) {
            return;
        }
        if (size_ == slots_.size()) {
            pop();
        }
        slots_[(first_ + size_) % slots_.size()] = reading;
        ++size_;
    }
    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
    [[nodiscard]] const Reading& front() const noexcept { return slots_[first_]; }
    void pop() noexcept {
        first_ = (first_ + 1) % slots_.size();
        --size_;
    }

private:
    std::vector<Reading> slots_;
    std::size_t first_ = 0;
    std::size_t size_ = 0;
};

/// The host and the job, for the thread, until the probe goes. Thread-safe. The lock is held for the length
/// of a short look, so that leave() can wait for it; never around a call of the driver.
class World {
public:
    World(const Host& host, const JobMembers* members) : host_(&host), members_(members) {}

    void leave() {
        const std::lock_guard lock(mutex_);
        host_ = nullptr;
        members_ = nullptr;
    }
    [[nodiscard]] std::optional<Instant> now() const {
        const std::lock_guard lock(mutex_);
        return host_ == nullptr ? std::nullopt : std::optional<Instant>(host_->now());
    }
    [[nodiscard]] bool exists(const std::string& path) const {
        const std::lock_guard lock(mutex_);
        return host_ != nullptr && host_->exists(path);
    }
    [[nodiscard]] bool has_job() const {
        const std::lock_guard lock(mutex_);
        return members_ != nullptr;
    }
    [[nodiscard]] bool is_of_job(int pid) const {
        const std::lock_guard lock(mutex_);
        return members_ != nullptr && members_->contains(pid);
    }
    /// Calls `look(const Host&)`; false, uncalled, once the probe is gone.
    template <class Look>
    bool with_host(Look&& look) const {
        const std::lock_guard lock(mutex_);
        if (host_ == nullptr) {
            return false;
        }
        look(*host_);
        return true;
    }

private:
    mutable std::mutex mutex_;
    const Host* host_;
    const JobMembers* members_;
};

struct NvmlState {
    NvmlState(const Host& host, const JobMembers* members) : world(host, members) {}

    World world;

    std::mutex mutex;                   ///< of all that follows; never held during a call of the driver
    std::condition_variable to_thread;  ///< stop, fresh_wanted or final_wanted changed
    std::condition_variable to_caller;  ///< settled, ended, fresh_done or final_done changed
    struct Gpu {
        ProbedDevice probed;
        unsigned final_pass = 0;  ///< the newest final pass that reached it
        std::string slices;       ///< that MIG is on, to stand behind the same
        std::string sharing;      ///< how its energy is shared, to stand behind the reason of its membership
    };
    std::vector<Gpu> gpus;  ///< only grows
    ReadingRing ring;
    SourceReport report;
    std::vector<std::string> warnings;   ///< of the run
    bool listed_without_driver = false;  ///< the GPUs are known although the library cannot be used
    bool settled = false;                ///< the driver has answered, one way or another, or the GPUs sleep
    bool ended = false;                  ///< the thread does nothing more
    bool stop = false;
    bool sampling = false;      ///< the GPUs are listed, and the thread reads them
    unsigned fresh_wanted = 0;  ///< counts the readings that refresh() asked for
    unsigned fresh_done = 0;
    unsigned final_wanted = 0;  ///< counts the calls of finish()
    unsigned final_done = 0;
};

}  // namespace gramme::probe
