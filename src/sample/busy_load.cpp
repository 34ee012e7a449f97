#include "sample/busy_load.hpp"

#include <sched.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <condition_variable>
#include <mutex>

namespace gramme::sample {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::milliseconds kTurn{100};

/// Multiplications and additions on a few kB: neither the lightest nor the heaviest work that there is.
class Work {
public:
    void do_some() {
        for (int i = 0; i < 8; ++i) {
            for (double& one : numbers_) {
                one = one * 0.999'999 + 1e-6;
            }
        }
        kept_ = numbers_.front();
    }

private:
    std::array<double, 512> numbers_{};
    volatile double kept_ = 0.0;  // else there is nothing to compute
};

std::size_t usable_cpus() {
    cpu_set_t allowed;
    CPU_ZERO(&allowed);
    if (::sched_getaffinity(0, sizeof allowed, &allowed) == 0) {
        return static_cast<std::size_t>(std::max(CPU_COUNT(&allowed), 1));
    }
    return std::max(std::thread::hardware_concurrency(), 1U);
}

}  // namespace

BusyLoad::BusyLoad() : BusyLoad(usable_cpus()) {}

BusyLoad::BusyLoad(std::size_t threads) {
    for (std::size_t i = 0; i < threads; ++i) {
        threads_.emplace_back([this, offset = kTurn * static_cast<int>(i) /
                                              static_cast<int>(threads)](const std::stop_token& stop) {
            Work work;
            std::mutex mutex;
            std::condition_variable_any rest;
            for (Clock::time_point turn = Clock::now() + offset; !stop.stop_requested();
                 turn = std::max(turn + kTurn, Clock::now())) {
                std::unique_lock lock{mutex};
                rest.wait_until(lock, stop, turn, [] { return false; });
                const double share = std::clamp(share_.load(std::memory_order_relaxed), 0.0, 1.0);
                const auto end = turn + std::chrono::duration_cast<Clock::duration>(share * kTurn);
                while (Clock::now() < end && !stop.stop_requested()) {
                    work.do_some();
                }
            }
        });
    }
}

}  // namespace gramme::sample
