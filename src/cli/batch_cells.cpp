#include "cli/batch_cells.hpp"

#include <array>

#include "base/parse.hpp"
#include "base/text.hpp"

namespace gramme::cli {

std::optional<double> elapsed_hours(std::string_view text) {
    text = trimmed(text);
    double hours = 0.0;
    if (const std::size_t dash = text.find('-'); dash != std::string_view::npos) {
        const auto days = read_u64(text.substr(0, dash));
        if (!days) {
            return std::nullopt;
        }
        constexpr double kHoursPerDay = 24.0;
        hours = static_cast<double>(*days) * kHoursPerDay;
        text.remove_prefix(dash + 1);
    }
    const auto parts = split(text, ':');
    if (parts.size() < 2 || parts.size() > 3) {
        return std::nullopt;
    }
    constexpr std::array<double, 3> kPerHour{3600.0, 60.0,
                                             1.0};  // of the last part, the one before it, the first
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const auto value = parse_double(parts[parts.size() - 1 - i]);
        if (!value || *value < 0.0) {
            return std::nullopt;
        }
        hours += *value / kPerHour.at(i);
    }
    return hours;
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
    return out;
}

std::string_view service_type(std::string_view text) {
    constexpr std::string_view kKey = "\"ServiceType\"";
    const std::size_t key = text.find(kKey);
    if (key == std::string_view::npos) {
        return {};
    }
    const std::size_t open = text.find('"', key + kKey.size());
    const std::size_t close = open == std::string_view::npos ? open : text.find('"', open + 1);
    return close == std::string_view::npos ? std::string_view{} : text.substr(open + 1, close - open - 1);
}

std::string_view gpu_of_sku(std::string_view text) {
    text = trimmed(text);
    const std::size_t end = text.find(" GPU");
    return end == std::string_view::npos ? std::string_view{} : text.substr(0, end);
}

}  // namespace gramme::cli
