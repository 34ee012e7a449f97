// A fixed-capacity list of readings, filled on every turn of the sampling loop without an allocation.
#pragma once

#include <span>
#include <vector>

#include "model/reading.hpp"

namespace gramme {

/// Sampler thread only. A full buffer drops further readings and counts them.
class ReadingBuffer {
public:
    explicit ReadingBuffer(std::size_t capacity) { readings_.reserve(capacity); }

    void clear() noexcept { readings_.clear(); }
    void add(const Reading& reading) noexcept {
        if (readings_.size() < readings_.capacity()) {
            readings_.push_back(reading);
        } else {
            ++dropped_;
        }
    }
    [[nodiscard]] std::span<const Reading> readings() const noexcept { return readings_; }
    [[nodiscard]] std::span<Reading> readings() noexcept { return readings_; }
    [[nodiscard]] std::size_t dropped() const noexcept { return dropped_; }

private:
    std::vector<Reading> readings_;
    std::size_t dropped_ = 0;
};

}  // namespace gramme
