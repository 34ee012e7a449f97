#include "options.hpp"

#include <charconv>
#include <cstdio>
#include <string_view>
#include <system_error>

namespace gramme::simulator {
namespace {

constexpr const char* kUsage =
    "simulated_host --root DIR --make-tree intel-2s|amd|perf [--range UJ|ZONE=UJ,...] [--start "
    "UJ|ZONE=UJ,...] "
    "[--limit W|ZONE=W,...] [--cpuset LIST] [--quota MAX,PERIOD]\n"
    "simulated_host --root DIR --watts pkg0=80,dram0=5 [--seconds S] [--tick MS] [--busy FRACTION] "
    "[--job-busy FRACTION]\n"
    "               [--cpu-watts W] [--catch-up 0|1] [--pause A:B]...\n"
    "               [--reset ZONE@T]... [--fail ZONE@A:B]... [--garble ZONE@A:B]... [--log FILE] [--exit "
    "CODE]\n"
    "               [--load-steps FRACTION,... --step-seconds S] [--wall IDLE_W,FULL_W,BEND]\n"
    "               [--swing SHARE,PERIOD_S] [--mains A:B]...\n"
    "Times are seconds since the start. The first form writes a machine and leaves; the second is the "
    "command to "
    "wrap.\n";

template <class T>
bool number(std::string_view text, T& out) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    return error == std::errc{} && end == text.data() + text.size();
}

bool stretch(std::string_view text, Stretch& out) {
    const auto colon = text.find(':');
    return colon != std::string_view::npos && number(text.substr(0, colon), out.from_s) &&
           number(text.substr(colon + 1), out.to_s) && out.from_s <= out.to_s;
}

bool zone_and(std::string_view text, std::string& zone, std::string_view& rest) {
    const auto at = text.find('@');
    if (at == std::string_view::npos || at == 0) {
        return false;
    }
    zone = text.substr(0, at);
    rest = text.substr(at + 1);
    return true;
}

/// "pkg0=80,dram0=5", or a bare number for all zones.
template <class T>
bool per_zone(std::string_view text, std::map<std::string, T>& out) {
    while (!text.empty()) {
        const auto comma = text.find(',');
        const std::string_view item = text.substr(0, comma);
        const auto equals = item.find('=');
        const bool named = equals != std::string_view::npos;
        T value{};
        if (!number(named ? item.substr(equals + 1) : item, value)) {
            return false;
        }
        out[named ? std::string{item.substr(0, equals)} : std::string{}] = value;
        text = comma == std::string_view::npos ? std::string_view{} : text.substr(comma + 1);
    }
    return true;
}

/// "0,0.25,1"
bool numbers(std::string_view text, std::vector<double>& out) {
    while (!text.empty()) {
        const auto comma = text.find(',');
        if (!number(text.substr(0, comma), out.emplace_back())) {
            return false;
        }
        text = comma == std::string_view::npos ? std::string_view{} : text.substr(comma + 1);
    }
    return !out.empty();
}

bool take(Options& options, std::string_view flag, std::string_view value) {
    std::string_view rest;
    if (flag == "--root") {
        options.root = value;
        return !value.empty();
    }
    if (flag == "--make-tree" || flag == "--layout") {
        options.make_tree = std::string{value};
        return value == "intel-2s" || value == "amd" || value == "perf";
    }
    if (flag == "--seconds") {
        return number(value, options.seconds);
    }
    if (flag == "--tick") {
        const bool good = number(value, options.tick_s) && options.tick_s > 0.0;
        options.tick_s /= 1000.0;
        return good;
    }
    if (flag == "--busy") {
        return number(value, options.busy);
    }
    if (flag == "--load-steps") {
        return numbers(value, options.load_steps);
    }
    if (flag == "--step-seconds") {
        return number(value, options.step_s) && options.step_s > 0.0;
    }
    if (flag == "--wall") {
        return numbers(value, options.wall) && options.wall.size() == 3;
    }
    if (flag == "--swing") {
        return numbers(value, options.swing) && options.swing.size() == 2 && options.swing[1] > 0.0;
    }
    if (flag == "--mains") {
        return stretch(value, options.mains.emplace_back());
    }
    if (flag == "--job-busy") {
        return number(value, options.job_busy);
    }
    if (flag == "--cpu-watts") {
        return number(value, options.watts_per_cpu);
    }
    if (flag == "--catch-up") {
        return number(value, options.catch_up);
    }
    if (flag == "--cpuset") {
        options.cpuset = std::string{value};
        return !value.empty();
    }
    if (flag == "--quota") {
        options.quota = std::string{value};
        return !value.empty();
    }
    if (flag == "--limit") {
        return per_zone(value, options.limit_w);
    }
    if (flag == "--watts") {
        return per_zone(value, options.watts);
    }
    if (flag == "--range") {
        return per_zone(value, options.range_uj);
    }
    if (flag == "--start") {
        return per_zone(value, options.start_uj);
    }
    if (flag == "--pause") {
        return stretch(value, options.pauses.emplace_back());
    }
    if (flag == "--fail" || flag == "--garble") {
        ZoneStretch& failure = options.failures.emplace_back();
        failure.garbled = flag == "--garble";
        return zone_and(value, failure.zone, rest) && stretch(rest, failure.when);
    }
    if (flag == "--reset") {
        ZoneReset& reset = options.resets.emplace_back();
        return zone_and(value, reset.zone, rest) && number(rest, reset.at_s);
    }
    if (flag == "--log") {
        options.log = value;
        return true;
    }
    if (flag == "--exit") {
        return number(value, options.exit_code);
    }
    return false;
}

}  // namespace

std::optional<Options> parse_options(int argc, char** argv) {
    Options options;
    for (int i = 1; i < argc; i += 2) {
        if (i + 1 >= argc || !take(options, argv[i], argv[i + 1])) {
            std::fprintf(stderr, "simulated_host: %s is unknown, or its value is not understood\n%s", argv[i],
                         kUsage);
            return std::nullopt;
        }
    }
    if (options.root.empty()) {
        std::fprintf(stderr, "simulated_host: --root is missing\n%s", kUsage);
        return std::nullopt;
    }
    return options;
}

}  // namespace gramme::simulator
