#include "sweep/attempt.hpp"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <iterator>

#include "base/parse.hpp"
#include "base/text.hpp"
#include "present/json.hpp"

namespace gramme::sweep {
namespace {

using present::Json;

std::string text_of_file(const std::string& path) {
    std::ifstream file{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
}

}  // namespace

std::string file_stem(const plan::Task& task, std::size_t attempt) {
    std::string number = std::to_string(task.config + 1);
    constexpr std::size_t kDigits = 4;
    number.insert(0, number.size() < kDigits ? kDigits - number.size() : 0, '0');
    return number + (task.rung > 0 ? "-r" + std::to_string(task.rung) : "") +
           (attempt > 1 ? "-a" + std::to_string(attempt) : "");
}

std::optional<Ran> read_ran(const std::string& path) {
    const Json json = Json::parse(text_of_file(path), nullptr, false);
    if (!json.is_object() || !json.contains("run") || !json.at("run").is_object()) {
        return std::nullopt;
    }
    Ran out;
    const Json& run = json.at("run");
    const auto member = [](const Json& object, const char* key) { return present::member(object, key); };
    if (!present::read_value(run, "id", out.id) ||
        !present::read_value(run, "exit_status", out.exit_status) ||
        !present::read_value(run, "signal", out.signal) ||
        !present::read_value(run, "duration_s", out.duration_s)) {
        return std::nullopt;
    }
    if (const Json* energy = member(json, "energy_kwh"); energy != nullptr && energy->is_object()) {
        (void)present::read_value(*energy, "value", out.energy_kwh);
    }
    if (const Json* carbon = member(json, "operational_kgco2e"); carbon != nullptr && carbon->is_object()) {
        std::optional<double> value;
        std::optional<double> low;
        std::optional<double> high;
        if (present::read_value(*carbon, "value", value) && present::read_value(*carbon, "low", low) &&
            present::read_value(*carbon, "high", high) && value && low && high) {
            out.operational_kgco2e = Estimate{*value, *low, *high};
        }
    }
    return out;
}

Ran ran_of(const store::RunSummary& one) {
    Ran out;
    out.id = one.run.id;
    out.exit_status = one.run.exit_status;
    out.signal = one.run.signal;
    out.duration_s = one.run.duration_s;
    out.energy_kwh = one.energy_kwh;
    if (one.operational_kgco2e && one.low_kgco2e && one.high_kgco2e) {
        out.operational_kgco2e = Estimate{*one.operational_kgco2e, *one.low_kgco2e, *one.high_kgco2e};
    }
    return out;
}

std::optional<std::int64_t> begun_at(const Ran& ran) {
    constexpr std::size_t kDigitsOfTime = 12;
    constexpr std::int64_t kNsInMs = 1'000'000;
    std::string digits = ran.id.substr(0, kDigitsOfTime + 1);
    std::erase(digits, '-');
    std::int64_t ms = 0;
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), ms, 16);
    if (digits.size() != kDigitsOfTime || read.ptr != digits.data() + digits.size()) {
        return std::nullopt;
    }
    return (ms + 1) * kNsInMs;
}

std::int64_t ended_at(std::int64_t started_wall_ns, double duration_s) {
    constexpr double kNsInSecond = 1e9;
    return started_wall_ns + static_cast<std::int64_t>(duration_s * kNsInSecond);
}

std::string tag_of(const RunRecord& run, std::string_view key) {
    const auto found =
        std::find_if(run.tags.begin(), run.tags.end(), [&](const auto& tag) { return tag.first == key; });
    return found == run.tags.end() ? "" : found->second;
}

Complaint complaint_in(const std::string& path) {
    constexpr std::string_view kError = "gramme: ";
    constexpr std::string_view kHint = "  hint: ";
    constexpr std::size_t kMost = 200;
    Complaint out;
    std::string last;
    bool is_error = false;
    const std::string text = text_of_file(path);
    for (const std::string_view line : split(text, '\n')) {
        if (line.starts_with(kError)) {
            out = {std::string{line.substr(kError.size(), kMost)}, ""};
            is_error = true;
        } else if (is_error && line.starts_with(kHint)) {
            out.hint = line.substr(kHint.size(), kMost);
        }
        if (!trimmed(line).empty()) {
            last = trimmed(line).substr(0, kMost);
        }
    }
    return is_error ? out : Complaint{last, ""};
}

}  // namespace gramme::sweep
