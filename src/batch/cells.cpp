#include "batch/cells.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/parse.hpp"
#include "base/text.hpp"
#include "units/quantity.hpp"

namespace gramme::batch {

std::optional<double> elapsed_hours(std::string_view text) {
    text = trimmed(text);
    double hours = 0.0;
    if (const std::size_t dash = text.find('-'); dash != std::string_view::npos) {
        const auto days = read_u64(text.substr(0, dash));
        if (!days) {
            return std::nullopt;
        }
        constexpr double kHoursPerDay = Seconds{std::chrono::days{1}} / Seconds{std::chrono::hours{1}};
        hours = static_cast<double>(*days) * kHoursPerDay;
        text.remove_prefix(dash + 1);
    }
    const auto parts = split(text, ':');
    if (parts.size() < 2 || parts.size() > 3) {
        return std::nullopt;
    }
    constexpr Seconds kHour = std::chrono::hours{1};
    constexpr std::array<double, 3> kPerHour{kHour / Seconds{1.0}, kHour / Seconds{std::chrono::minutes{1}},
                                             1.0};  // of the last part, the one before it, the first
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const auto value = parse_double(parts[parts.size() - 1 - i]);
        if (!value || *value < 0.0) {
            return std::nullopt;
        }
        hours += *value / kPerHour.at(i);
    }
    return std::isfinite(hours) ? std::optional{hours} : std::nullopt;
}

Tres tres_of(std::string_view text) {
    Tres out;
    double typed = 0.0;
    double untyped = 0.0;
    for (const std::string_view one : split(text, ',')) {
        const std::size_t equals = one.find('=');
        const auto value = equals == std::string_view::npos ? std::nullopt : read_u64(one.substr(equals + 1));
        if (!value) {
            continue;
        }
        const std::string_view name = trimmed(one.substr(0, equals));
        constexpr std::string_view kGpu = "gres/gpu";
        if (name == "cpu") {
            out.cpus = static_cast<double>(*value);
        } else if (name == kGpu) {
            untyped = static_cast<double>(*value);
        } else if (name.starts_with(kGpu) && name.size() > kGpu.size() && name[kGpu.size()] == ':' &&
                   *value > 0) {
            out.several_types = out.several_types || !out.gpu_type.empty();
            out.gpu_type = name.substr(kGpu.size() + 1);
            typed += static_cast<double>(*value);
        }
    }
    out.gpus = typed > 0.0 ? typed : untyped;  // where both stand, they are the same GPUs
    out.rest_untyped = typed > 0.0 && untyped > typed;
    return out;
}

std::string_view machine_of_details(std::string_view text) {
    constexpr std::array<std::string_view, 5> kKeys{"\"ServiceType\"", "\"F_InstanceType\"",
                                                    "\"InstanceType\"", "\"x_InstanceType\"",
                                                    "\"x_ServiceType\""};
    for (const std::string_view key : kKeys) {
        const std::size_t found = text.find(key);
        if (found == std::string_view::npos) {
            continue;
        }
        std::string_view rest = trimmed(text.substr(found + key.size()));
        if (!rest.starts_with(':')) {
            continue;
        }
        rest = trimmed(rest.substr(1));
        const std::size_t close = rest.starts_with('"') ? rest.find('"', 1) : std::string_view::npos;
        if (close != std::string_view::npos && close > 1) {
            return rest.substr(1, close - 1);
        }
    }
    return {};
}

std::string_view machine_of_sagemaker(std::string_view text) {
    if (!text.starts_with("ml.")) {
        return text;
    }
    text.remove_prefix(3);
    return text.substr(0, text.find('-'));
}

std::string_view machine_of_usage(std::string_view text) {
    constexpr std::array<std::string_view, 8> kTime{"BoxUsage", "SpotUsage", "DedicatedUsage", "HeavyUsage",
                                                    "Train",    "Host",      "Notebk",         "Processing"};
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos) {
        return {};
    }
    const std::string_view what = text.substr(0, colon);
    for (const std::string_view time : kTime) {
        if (what == time || (what.ends_with(time) && what[what.size() - time.size() - 1] == '-')) {
            return machine_of_sagemaker(text.substr(colon + 1));
        }
    }
    return {};
}

std::string_view gpu_of_sku(std::string_view text) {
    text = trimmed(text);
    const std::size_t end = text.find(" GPU");
    if (end == std::string_view::npos) {
        return {};
    }
    text = text.substr(0, end);
    constexpr std::string_view kSpot = "Spot ";
    if (text.starts_with(kSpot)) {
        text.remove_prefix(kSpot.size());
    }
    for (const std::string_view edition : {" Mega", " Plus"}) {
        if (text.ends_with(edition)) {
            text.remove_suffix(edition.size());
        }
    }
    return text;
}

bool is_hours(std::string_view unit) {
    unit = trimmed(unit);
    unit.remove_prefix(std::min(unit.find_first_not_of("0123456789 "), unit.size()));
    const std::string word = folded(unit);
    return word == "hour" || word == "hours" || word == "hrs";
}

}  // namespace gramme::batch
