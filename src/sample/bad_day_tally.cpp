#include "sample/bad_day_tally.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <optional>
#include <utility>

namespace gramme::sample {
namespace {

constexpr double kNsPerSecond = 1e9;

std::string seconds_text(std::int64_t ns) {
    return std::to_string(std::llround(static_cast<double>(ns) / kNsPerSecond)) + " s";
}

std::string signed_text(std::int64_t ns) {
    return (ns < 0 ? "" : "+") + seconds_text(ns);
}

std::string_view word_of(BadDay kind) {
    switch (kind) {
        case BadDay::kSuspended: return "suspended";
        case BadDay::kClockSet: return "clock_set";
        case BadDay::kLate: return "late";
        case BadDay::kCpusChanged: return "cpus";
    }
    return "";
}

/// {"bad_day":"late","ns":12000000000}: the form is ours alone, so that it is read back without a parser of
/// JSON.
std::string detail_head(BadDay kind) {
    return R"({"bad_day":")" + std::string{word_of(kind)} + "\",";
}

/// The number behind `key`, which `text` must begin with; `text` keeps what follows.
std::optional<std::int64_t> take_number(std::string_view& text, std::string_view key) {
    if (!text.starts_with(key)) {
        return std::nullopt;
    }
    text.remove_prefix(key.size());
    std::int64_t out = 0;
    const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), out);
    if (status != std::errc{}) {
        return std::nullopt;
    }
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return out;
}

}  // namespace

void BadDayTally::add(BadDay kind, std::int64_t amount_ns) {
    Sum& sum = of_kind(kind);
    ++sum.count;
    sum.sum_ns += amount_ns;
}

void BadDayTally::add_cpus(std::size_t before, std::size_t now) {
    Sum& changed = of_kind(BadDay::kCpusChanged);
    if (changed.count == 0) {
        cpus_at_start_ = fewest_cpus_ = most_cpus_ = before;
    }
    ++changed.count;
    fewest_cpus_ = std::min(fewest_cpus_, now);
    most_cpus_ = std::max(most_cpus_, now);
}

BadDayTally BadDayTally::of(std::span<const Marker> markers) {
    constexpr std::int64_t kMostCpus = 1'000'000;
    constexpr std::int64_t kMostNs =
        1'000'000'000'000'000'000;  // 31 years: a damaged number must not overflow
    BadDayTally out;
    out.from_markers_ = true;
    for (const Marker& marker : markers) {
        if (marker.kind != Marker::Kind::kMark) {
            continue;
        }
        for (const BadDay kind : {BadDay::kSuspended, BadDay::kClockSet, BadDay::kLate}) {
            std::string_view text = marker.detail;
            const auto ns = take_number(text, detail_head(kind) + R"("ns":)");
            if (ns && text == "}" && std::llabs(*ns) <= kMostNs && out.count(kind) < kMostBadDayMarkers) {
                out.add(kind, *ns);
            }
        }
        std::string_view text = marker.detail;
        const auto before = take_number(text, detail_head(BadDay::kCpusChanged) + R"("before":)");
        const auto now = before ? take_number(text, R"(,"now":)") : std::nullopt;
        if (now && text == "}" && *before >= 0 && *now >= 0 && *before <= kMostCpus && *now <= kMostCpus) {
            out.add_cpus(static_cast<std::size_t>(*before), static_cast<std::size_t>(*now));
        }
    }
    return out;
}

std::string BadDayTally::times_text(const Sum& sum) const {
    if (sum.count == 1) {
        return "once";
    }
    const bool cut = from_markers_ && sum.count >= kMostBadDayMarkers;
    return (cut ? "at least " : "") + std::to_string(sum.count) + " times";
}

std::vector<std::string> BadDayTally::warnings() const {
    std::vector<std::string> out;
    const Sum& suspended = of_kind(BadDay::kSuspended);
    const Sum& clock_set = of_kind(BadDay::kClockSet);
    const Sum& late = of_kind(BadDay::kLate);
    const Sum& cpus_changed = of_kind(BadDay::kCpusChanged);
    if (suspended.count > 0) {
        out.push_back("the machine was suspended " + times_text(suspended) + ", for " +
                      seconds_text(suspended.sum_ns) +
                      ": a modelled device counts with nothing for that time, a power sensor has a gap");
    }
    if (clock_set.count > 0) {
        out.push_back("the clock was set " + times_text(clock_set) + " during the run, by " +
                      signed_text(clock_set.sum_ns) + " in all" +
                      ": times are those of the clock at the start, durations are not concerned");
    }
    if (late.count > 0) {
        out.push_back("gramme did not come to its turn " + times_text(late) + ", for " +
                      seconds_text(late.sum_ns) +
                      ": energy counters lose nothing by that, power sensors have gaps");
    }
    if (cpus_changed.count > 0) {
        out.push_back("the CPUs online changed " + times_text(cpus_changed) + " during the run (" +
                      std::to_string(cpus_at_start_) + " at the start, " + std::to_string(fewest_cpus_) +
                      " to " + std::to_string(most_cpus_) +
                      " since): a modelled CPU keeps to those of the start");
    }
    return out;
}

Marker bad_day_marker(BadDay kind, std::int64_t at_ns, std::int64_t amount_ns) {
    std::string name;
    switch (kind) {
        case BadDay::kSuspended: name = "suspended for " + seconds_text(amount_ns); break;
        case BadDay::kClockSet: name = "the clock was set by " + signed_text(amount_ns); break;
        case BadDay::kLate: name = "no sample for " + seconds_text(amount_ns); break;
        case BadDay::kCpusChanged: break;
    }
    return {Marker::Kind::kMark, at_ns, std::move(name),
            detail_head(kind) + R"("ns":)" + std::to_string(amount_ns) + "}"};
}

Marker cpus_marker(std::int64_t at_ns, std::size_t before, std::size_t now) {
    return {Marker::Kind::kMark, at_ns,
            "CPUs online: " + std::to_string(before) + " before, " + std::to_string(now) + " now",
            detail_head(BadDay::kCpusChanged) + R"("before":)" + std::to_string(before) + R"(,"now":)" +
                std::to_string(now) + "}"};
}

}  // namespace gramme::sample
