#include "meter/meter_text.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <optional>
#include <string>

#include "base/csv.hpp"
#include "base/parse.hpp"
#include "base/text.hpp"
#include "base/utc.hpp"

namespace gramme::meter {
namespace {

constexpr std::size_t kShownBytes = 60;

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
bool is_word(char c) {
    return is_digit(c) || c == '_' || std::isalpha(static_cast<unsigned char>(c)) != 0;
}

/// One line, short and printable, for a message.
std::string shown(std::string_view text) {
    std::string out{trimmed(text).substr(0, kShownBytes)};
    for (char& c : out) {
        c = c >= ' ' && c <= '~' ? c : ' ';
    }
    return out + (trimmed(text).size() > kShownBytes ? "..." : "");
}

struct FoundNumber {
    double value = 0.0;
    std::size_t end = 0;
    bool comma = false;  ///< a comma and a digit follow: "123,4"
};

/// The next number at or behind `from` that begins a word.
std::optional<FoundNumber> next_number(std::string_view text, std::size_t from) {
    for (std::size_t at = from; at < text.size(); ++at) {
        const bool is_point = text[at] == '.' && at + 1 < text.size() && is_digit(text[at + 1]);
        const bool inside = at > 0 && (is_word(text[at - 1]) || text[at - 1] == '.');
        const bool decimals = at > 1 && text[at - 1] == ',' && is_digit(text[at - 2]);  // of "123,4"
        if (!(is_digit(text[at]) || is_point) || inside || decimals) {
            continue;
        }
        FoundNumber out;
        const auto [end, status] = std::from_chars(text.data() + at, text.data() + text.size(), out.value);
        out.end = static_cast<std::size_t>(end - text.data());
        if (status == std::errc::result_out_of_range) {
            out.value = std::numeric_limits<double>::infinity();
        } else if (status != std::errc{}) {
            continue;
        }
        if (at > 0 && text[at - 1] == '-') {
            out.value = -out.value;
        }
        out.comma = out.end + 1 < text.size() && text[out.end] == ',' && is_digit(text[out.end + 1]);
        return out;
    }
    return std::nullopt;
}

/// What stands behind a number.
struct Unit {
    enum class Kind : std::uint8_t { kNone, kPower, kOther, kHexadecimal };
    Kind kind = Kind::kNone;
    double watts = 1.0;  ///< of one
};

/// Units of what is no power that meters print beside it; lower case.
constexpr std::array<std::string_view, 17> kOtherUnits{
    "v", "mv", "kv", "a", "ma", "wh", "kwh", "mwh", "va", "kva", "var", "kvar", "j", "kj", "mj", "hz", "c"};

Unit unit_behind(std::string_view text, std::size_t at) {
    if (at + 1 < text.size() && at > 0 && text[at - 1] == '0' && (text[at] == 'x' || text[at] == 'X') &&
        std::isxdigit(static_cast<unsigned char>(text[at + 1])) != 0) {
        return {Unit::Kind::kHexadecimal};
    }
    while (at < text.size() && text[at] == ' ') {
        ++at;
    }
    constexpr std::string_view kDegree = "\xc2\xb0";
    if (text.substr(at).starts_with(kDegree) || text.substr(at).starts_with('%')) {
        return {Unit::Kind::kOther};
    }
    std::size_t end = at;
    while (end < text.size() && is_word(text[end])) {
        ++end;
    }
    const std::string_view unit = text.substr(at, end - at);
    const std::string word = folded(unit);
    if (unit == "mW") {
        return {Unit::Kind::kPower, Watts{Milliwatts{1.0}}.value()};
    }
    if (word == "kw") {
        return {Unit::Kind::kPower, 1e3};
    }
    if (word == "w" || word == "watt" || word == "watts") {
        return {Unit::Kind::kPower};
    }
    const bool other = word == "mw" ||  // of a thousand or a million: not told
                       std::find(kOtherUnits.begin(), kOtherUnits.end(), word) != kOtherUnits.end();
    return {other ? Unit::Kind::kOther : Unit::Kind::kNone};
}

Result<Watts> plausible(double watts, const std::string& whose) {
    if (!(watts > 0.0)) {
        return Error{Code::kMalformed, whose + " is not above 0 W",
                     "the meter must show what this machine draws now"};
    }
    if (!(watts <= kMostWallPower.value())) {
        return Error{Code::kOutOfRange, whose + " is more than 100000 W",
                     "give watts: a counter of energy or another unit does not fit"};
    }
    return Watts{watts};
}

Error at_line(std::size_t line, const std::string& what, const std::string& hint = "") {
    return {Code::kMalformed, "line " + std::to_string(line) + ": " + what, hint};
}

constexpr std::array<std::string_view, 4> kTimeNames{"timestamp", "time", "datetime", "date"};
constexpr std::array<std::string_view, 5> kPowerNames{"watts", "power_w", "power", "w", "value"};

/// The column with the best of these names.
template <std::size_t kSize>
std::optional<std::size_t> column_of(const CsvRow& header, const std::array<std::string_view, kSize>& names) {
    for (const std::string_view name : names) {
        for (std::size_t i = 0; i < header.size(); ++i) {
            if (folded(trimmed(header[i])) == name) {
                return i;
            }
        }
    }
    return std::nullopt;
}

/// "2026-11-25T09:00:00.250Z" without its fraction.
std::string without_fraction(std::string_view text) {
    std::string out{trimmed(text)};
    constexpr std::size_t kPoint = 19;  // YYYY-MM-DDTHH:MM:SS
    if (out.size() > kPoint && out[kPoint] == '.') {
        std::size_t end = kPoint + 1;
        while (end < out.size() && is_digit(out[end])) {
            ++end;
        }
        out.erase(kPoint, end - kPoint);
    }
    return out;
}

Result<std::int64_t> time_of(std::string_view text) {
    constexpr double kFirst = 1e8;  // 1973: a smaller number counts from another moment
    constexpr double kLast = 9.2e9;
    if (const auto seconds = parse_double(text)) {
        if (*seconds >= kFirst && *seconds <= kLast) {
            return static_cast<std::int64_t>(std::llround(*seconds * 1e3)) * 1'000'000;
        }
        return Error{*seconds > kLast ? Code::kOutOfRange : Code::kMalformed,
                     "'" + shown(text) + "' are no seconds since 1970",
                     "give whole seconds, or ISO 8601 times"};
    }
    const std::string plain = without_fraction(text);
    constexpr std::size_t kDateOnly = 10;
    const auto utc = parse_utc(plain);
    if (!utc || plain.size() <= kDateOnly) {
        return Error{utc ? Code::kMalformed : utc.error().code,
                     "'" + shown(text) + "' is no time such as 2026-11-25T09:00:00Z or seconds since 1970",
                     "a time without Z or an offset such as +01:00 could be of any time zone"};
    }
    return *utc;
}

}  // namespace

Result<Watts> parse_meter_watts(std::string_view text) {
    std::optional<FoundNumber> chosen;
    Unit unit;
    bool hexadecimal = false;
    for (auto found = next_number(text, 0); found; found = next_number(text, found->end)) {
        const Unit behind = unit_behind(text, found->end);
        hexadecimal |= behind.kind == Unit::Kind::kHexadecimal;
        const bool is_power = behind.kind == Unit::Kind::kPower;
        if (is_power || (!chosen && behind.kind == Unit::Kind::kNone)) {
            chosen = found;
            unit = behind;
        }
        if (is_power) {
            break;
        }
    }
    const std::string said = "what the meter said ('" + shown(text) + "')";
    if (!chosen) {
        const char* what = hexadecimal ? " is a hexadecimal number" : " holds no number in W";
        return Error{Code::kMalformed, trimmed(text).empty() ? "the meter said nothing" : said + what,
                     "it must print its watts, such as 123.4 or 123.4 W"};
    }
    if (chosen->comma) {
        return Error{Code::kMalformed, said + " has a comma in its number", "print it with a point: 123.4"};
    }
    return plausible(chosen->value * unit.watts, said);
}

Result<std::vector<MeterRow>> parse_meter_csv(std::string_view text) {
    GRAMME_TRY(const std::vector<CsvRow> rows, parse_csv(text));
    if (rows.empty()) {
        return at_line(1, "no header", "the first line names the columns: timestamp,watts");
    }
    const auto time = column_of(rows.front(), kTimeNames);
    const auto power = column_of(rows.front(), kPowerNames);
    if (!time || !power) {
        return at_line(
            1, std::string{"no column with the "} + (time ? "watts" : "time"),
            time ? "name it watts, power_w, power, w or value" : "name it timestamp, time, datetime or date");
    }
    std::vector<MeterRow> out;
    out.reserve(rows.size());
    for (std::size_t i = 1; i < rows.size(); ++i) {
        const CsvRow& row = rows[i];
        if (row.size() == 1 && row.front().empty()) {
            continue;
        }
        if (row.size() <= std::max(*time, *power)) {
            return at_line(i + 1, "too few columns");
        }
        const auto wall_ns = time_of(row[*time]);
        if (!wall_ns) {
            return Error{wall_ns.error().code, at_line(i + 1, wall_ns.error().what).what,
                         wall_ns.error().hint};
        }
        const auto number = parse_double(row[*power]);
        if (!number) {
            return at_line(i + 1, "'" + shown(row[*power]) + "' are no watts");
        }
        const auto watts = plausible(*number, "'" + shown(row[*power]) + "'");
        if (!watts) {
            return Error{watts.error().code, at_line(i + 1, watts.error().what).what, watts.error().hint};
        }
        out.push_back({*wall_ns, *watts});
    }
    std::stable_sort(out.begin(), out.end(),
                     [](const MeterRow& a, const MeterRow& b) { return a.wall_ns < b.wall_ns; });
    out.erase(std::unique(out.begin(), out.end(),
                          [](const MeterRow& a, const MeterRow& b) { return a.wall_ns == b.wall_ns; }),
              out.end());
    return out;
}

}  // namespace gramme::meter
