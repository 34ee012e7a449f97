// Keeps a wanted share of the CPUs busy, for calibration.
#pragma once

#include <atomic>
#include <cstddef>
#include <thread>
#include <vector>

namespace gramme::sample {

/// One thread for each CPU that this process may use; each works and rests in turns of a tenth of a second,
/// one after the other, so that the sum is even. They end with the object, within that time.
class BusyLoad {
public:
    BusyLoad();
    explicit BusyLoad(std::size_t threads);

    /// 0 to 1 of each CPU, from now on.
    void set(double share) noexcept { share_.store(share, std::memory_order_relaxed); }
    [[nodiscard]] std::size_t threads() const noexcept { return threads_.size(); }

private:
    std::atomic<double> share_{0.0};
    std::vector<std::jthread> threads_;
};

}  // namespace gramme::sample
