#include "base/parse.hpp"

#include <charconv>
#include <cmath>
#include <string>

namespace gramme {
namespace {

bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

std::string quoted(std::string_view text) {
    constexpr std::size_t kMost = 40;
    std::string shown = "'";
    for (const char c : text.substr(0, kMost)) {
        shown += static_cast<unsigned char>(c) < 0x20 ? '?' : c;
    }
    shown += text.size() > kMost ? "...'" : "'";
    return shown;
}

template <class T>
Result<T> parse_number(std::string_view text, const char* kind) {
    const std::string_view body = trimmed(text);
    T value{};
    const auto [end, status] = std::from_chars(body.data(), body.data() + body.size(), value);
    if (status == std::errc::result_out_of_range) {
        return Error{Code::kOutOfRange, quoted(body) + " is too large for " + kind, ""};
    }
    if (status != std::errc{} || end != body.data() + body.size()) {
        return Error{Code::kMalformed, quoted(body) + " is not " + kind, ""};
    }
    return value;
}

}  // namespace

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && is_blank(text.front())) {
        text.remove_prefix(1);
    }
    while (!text.empty() && is_blank(text.back())) {
        text.remove_suffix(1);
    }
    return text;
}

Result<std::uint64_t> parse_u64(std::string_view text) {
    return parse_number<std::uint64_t>(text, "a whole number");
}

Result<std::int64_t> parse_i64(std::string_view text) {
    return parse_number<std::int64_t>(text, "a whole number");
}

Result<double> parse_double(std::string_view text) {
    GRAMME_TRY(const double value, parse_number<double>(text, "a number"));
    if (!std::isfinite(value)) {  // from_chars takes "nan" and "inf"
        return Error{Code::kMalformed, quoted(trimmed(text)) + " is not a finite number", ""};
    }
    return value;
}

std::optional<std::uint64_t> read_u64(std::string_view text) noexcept {
    const std::string_view body = trimmed(text);
    std::uint64_t value = 0;
    const auto [end, status] = std::from_chars(body.data(), body.data() + body.size(), value);
    if (status != std::errc{} || end != body.data() + body.size()) {
        return std::nullopt;
    }
    return value;
}

Result<double> parse_duration_s(std::string_view text) {
    const std::string_view body = trimmed(text);
    const std::size_t unit_at = body.find_first_not_of("0123456789.");
    const std::string_view unit = unit_at == std::string_view::npos ? "s" : body.substr(unit_at);
    const auto number = parse_double(body.substr(0, unit_at));
    double scale = 0.0;
    if (unit == "ms") {
        scale = 1e-3;
    } else if (unit == "s") {
        scale = 1.0;
    } else if (unit == "m" || unit == "min") {
        scale = 60.0;
    } else if (unit == "h") {
        scale = 3600.0;
    }
    if (!number || scale == 0.0) {
        return Error{Code::kMalformed, quoted(body) + " is not a duration",
                     "write it as 500ms, 1s, 2.5s, 5m or 1h"};
    }
    const double seconds = *number * scale;
    if (!std::isfinite(seconds)) {
        return Error{Code::kOutOfRange, quoted(body) + " is too long for a duration", ""};
    }
    return seconds;
}

std::vector<int> parse_cpu_list(std::string_view text) {
    constexpr int kMost = 1 << 16;
    text = trimmed(text);
    const char* at = text.data();
    const char* const end = text.data() + text.size();
    std::vector<int> numbers;
    while (at != end) {
        int first = 0;
        auto [next, status] = std::from_chars(at, end, first);
        if (status != std::errc{} || first < 0 || first > kMost ||
            (!numbers.empty() && first <= numbers.back())) {
            return {};
        }
        int last = first;
        if (next != end && *next == '-') {
            const auto [after, other] = std::from_chars(next + 1, end, last);
            if (other != std::errc{} || last < first || last > kMost) {
                return {};
            }
            next = after;
        }
        for (int number = first; number <= last; ++number) {
            numbers.push_back(number);
        }
        if (next != end) {
            if (*next != ',' || next + 1 == end) {
                return {};
            }
            ++next;
        }
        at = next;
    }
    return numbers;
}

}  // namespace gramme
