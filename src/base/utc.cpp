#include "base/utc.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>

#include "base/parse.hpp"

namespace gramme {
namespace {

constexpr std::int64_t kNsPerSecond = 1'000'000'000;
constexpr int kFirstYear = 1970;
constexpr int kLastYear = 2261;  // 2^63 ns end in April 2262

Error not_a_time(std::string_view text) {
    return {Code::kMalformed, "'" + std::string{text} + "' is not a time",
            "write it as 2026-11-23T09:00:00Z"};
}

/// Two digits at `at`, or -1.
int two_digits(std::string_view text, std::size_t at) {
    if (at + 2 > text.size() || text[at] < '0' || text[at] > '9' || text[at + 1] < '0' ||
        text[at + 1] > '9') {
        return -1;
    }
    return (text[at] - '0') * 10 + (text[at + 1] - '0');
}

}  // namespace

std::string utc_text(std::int64_t wall_ns) {
    using namespace std::chrono;
    const sys_seconds at{
        seconds{wall_ns >= 0 ? wall_ns / kNsPerSecond : -((-wall_ns + kNsPerSecond - 1) / kNsPerSecond)}};
    const auto day = floor<days>(at);
    const year_month_day date{day};
    const hh_mm_ss time{at - day};
    char out[40];
    const int size =
        std::snprintf(out, sizeof out, "%04d-%02u-%02uT%02d:%02d:%02dZ", static_cast<int>(date.year()),
                      static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                      static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                      static_cast<int>(time.seconds().count()));
    return {out, static_cast<std::size_t>(size)};
}

Result<std::int64_t> parse_utc(std::string_view text) {
    using namespace std::chrono;
    const std::string_view body = trimmed(text);
    const int century = two_digits(body, 0);
    const int year_of_century = two_digits(body, 2);
    if (body.size() < 10 || century < 0 || year_of_century < 0 || body[4] != '-' || body[7] != '-') {
        return not_a_time(body);
    }
    const year_month_day date{year{century * 100 + year_of_century},
                              month{static_cast<unsigned>(two_digits(body, 5))},
                              day{static_cast<unsigned>(two_digits(body, 8))}};
    if (!date.ok()) {
        return not_a_time(body);
    }
    if (date.year() < year{kFirstYear} || date.year() > year{kLastYear}) {
        return Error{Code::kOutOfRange, "'" + std::string{body} + "' is not between 1970 and 2261", ""};
    }
    std::int64_t seconds_of_day = 0;
    std::string_view zone = body.substr(10);
    if (!zone.empty()) {
        const int hour = two_digits(zone, 1);
        const int minute = two_digits(zone, 4);
        const bool has_seconds = zone.size() > 6 && zone[6] == ':';
        const int second = has_seconds ? two_digits(zone, 7) : 0;
        if ((zone[0] != 'T' && zone[0] != ' ') || zone.size() < 6 || zone[3] != ':' || hour < 0 ||
            hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) {
            return not_a_time(body);
        }
        seconds_of_day = hour * 3600 + minute * 60 + second;
        zone.remove_prefix(has_seconds ? 9 : 6);
        if (has_seconds && zone.size() > 1 && zone[0] == '.') {
            const std::size_t end = zone.find_first_not_of("0123456789", 1);
            if (end == 1) {
                return not_a_time(body);
            }
            zone.remove_prefix(std::min(end, zone.size()));
        }
        if (zone.size() == 6 && (zone[0] == '+' || zone[0] == '-') && zone[3] == ':') {
            const int hours_ahead = two_digits(zone, 1);
            const int minutes_ahead = two_digits(zone, 4);
            if (hours_ahead < 0 || hours_ahead > 23 || minutes_ahead < 0 || minutes_ahead > 59) {
                return not_a_time(body);
            }
            const int ahead = hours_ahead * 3600 + minutes_ahead * 60;
            seconds_of_day -= zone[0] == '+' ? ahead : -ahead;
        } else if (zone != "Z") {
            return not_a_time(body);
        }
    }
    const auto midnight = sys_days{date}.time_since_epoch();
    return (duration_cast<seconds>(midnight).count() + seconds_of_day) * kNsPerSecond;
}

int utc_offset_of(std::string_view text) {
    const std::string_view body = trimmed(text);
    if (body.size() <= 16 || body[body.size() - 3] != ':') {
        return 0;
    }
    const std::string_view zone = body.substr(body.size() - 6);
    const int hours = two_digits(zone, 1);
    const int minutes = two_digits(zone, 4);
    const bool is_offset = (zone[0] == '+' || zone[0] == '-') && hours >= 0 && minutes >= 0;
    return is_offset ? (zone[0] == '+' ? 1 : -1) * (hours * 60 + minutes) : 0;
}

std::string offset_text(std::int64_t wall_ns, int offset_minutes) {
    std::string text = utc_text(wall_ns + std::int64_t{offset_minutes} * 60 * kNsPerSecond);
    const unsigned away = static_cast<unsigned>(offset_minutes < 0 ? -offset_minutes : offset_minutes);
    char zone[16];
    const int size =
        std::snprintf(zone, sizeof zone, "%c%02u:%02u", offset_minutes < 0 ? '-' : '+', away / 60, away % 60);
    text.pop_back();
    return text.append(zone, static_cast<std::size_t>(size));
}

}  // namespace gramme
