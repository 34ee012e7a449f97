#include "track/log_buffer.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "base/json_line.hpp"
#include "estimate/units_of_work.hpp"

namespace gramme::track {
namespace {

/// Shortest text that reads back as the same number; JSON knows no NaN and no infinity.
std::string number_text(double value) {
    if (!std::isfinite(value)) {
        return std::isnan(value) ? "\"nan\"" : (value > 0.0 ? "\"inf\"" : "\"-inf\"");
    }
    std::array<char, 32> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
    return {text.data(), end};
}

Error bad(std::string_view name, std::string_view why, std::string hint) {
    return {Code::kUsage,
            "log: '" + std::string{name.substr(0, LogBuffer::kMostNameBytes)} + "' " + std::string{why},
            std::move(hint)};
}

}  // namespace

LogBuffer::Entry* LogBuffer::find(std::string_view name) {
    const auto found = std::find_if(entries_.begin(), entries_.end(),
                                    [name](const Entry& entry) { return entry.name == name; });
    return found == entries_.end() ? nullptr : &*found;
}

Result<void> LogBuffer::add(std::span<const LoggedValue> values) {
    const std::lock_guard lock(mutex_);
    if (closed_) {
        return Error{Code::kUnavailable, "the tracker has stopped", "log before the stop"};
    }
    std::size_t unknown = 0;
    for (const auto& [name, value] : values) {
        if (name.empty() || name.size() > kMostNameBytes) {
            return bad(name, name.empty() ? "is no name" : "is a name of more than 63 bytes", "");
        }
        if (estimate::is_unit_of_work(name) && !(std::isfinite(value) && value >= 0.0)) {
            return bad(name, "is a count since the last call, and below 0 or no number",
                       "give how many were processed since then");
        }
        unknown += find(name) == nullptr ? 1 : 0;
    }
    if (unknown > 0 && entries_.size() + unknown > kMostNames) {
        return bad(values.back().name, "is one name too many: a run has at most 32",
                   "log the others as a mark");
    }
    for (const auto& [name, value] : values) {
        Entry* entry = find(name);
        if (entry == nullptr) {
            entry = &entries_.emplace_back(Entry{std::string{name}, estimate::is_unit_of_work(name)});
        }
        entry->value = entry->is_count ? entry->value + value : value;
        entry->is_new = true;
    }
    return {};
}

std::optional<std::string> LogBuffer::take() {
    const std::lock_guard lock(mutex_);
    return take_locked();
}

std::optional<std::string> LogBuffer::take_last() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    return take_locked();
}

std::optional<std::string> LogBuffer::take_locked() {
    std::string text;
    for (Entry& entry : entries_) {
        if (!entry.is_new) {
            continue;
        }
        text += text.empty() ? "{" : ", ";
        text += json_quoted(entry.name) + ": " + number_text(entry.value);
        entry.is_new = false;
        if (entry.is_count) {
            entry.value = 0.0;
        }
    }
    return text.empty() ? std::nullopt : std::optional{text + "}"};
}

bool LogPace::is_due(std::int64_t now_ns) {
    constexpr int kMarkersOfAPace = 1000;
    if (now_ns < next_ns_) {
        return false;
    }
    if (++made_ == kMarkersOfAPace) {
        made_ = 0;
        spacing_ns_ *= 2;
    }
    next_ns_ = now_ns + spacing_ns_;
    return true;
}

}  // namespace gramme::track
