// What a training loop logs, gathered between two turns: counts add up, of anything else the last value
// stays.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace gramme::track {

struct LoggedValue {
    std::string_view name;
    double value = 0.0;
};

/// Thread-safe. A known set of names takes no allocation.
class LogBuffer {
public:
    static constexpr std::size_t kMostNames = 32;
    static constexpr std::size_t kMostNameBytes = 63;

    /// All of `values` or none. kUsage: a name that is empty or too long, too many different ones, a count
    /// (estimate::kUnitNames) that is negative or no number. kUnavailable after take_last().
    [[nodiscard]] Result<void> add(std::span<const LoggedValue> values);
    /// What was added since the last time, as a JSON object: sums of counts, last values of the others; one
    /// that is not finite is a text. Nothing where nothing was added.
    [[nodiscard]] std::optional<std::string> take();
    /// The same for the last time: what comes later is refused, because nobody would hear of it.
    [[nodiscard]] std::optional<std::string> take_last();

private:
    struct Entry {
        std::string name;
        bool is_count = false;
        bool is_new = false;
        double value = 0.0;
    };
    [[nodiscard]] Entry* find(std::string_view name);

    [[nodiscard]] std::optional<std::string> take_locked();

    std::mutex mutex_;
    bool closed_ = false;
    std::vector<Entry> entries_;
};

/// How often a marker is made of what was logged: at first every turn; after each thousand markers half as
/// often, so that the run of a month keeps some ten thousand.
class LogPace {
public:
    explicit LogPace(std::int64_t interval_ns) : spacing_ns_(interval_ns) {}
    /// Whether one is due; if so it counts as made.
    [[nodiscard]] bool is_due(std::int64_t now_ns);

private:
    std::int64_t spacing_ns_;
    std::int64_t next_ns_ = 0;
    int made_ = 0;
};

}  // namespace gramme::track
