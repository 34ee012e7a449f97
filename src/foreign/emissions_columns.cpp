#include "foreign/emissions_columns.hpp"

#include <algorithm>

#include "base/parse.hpp"

namespace gramme::foreign {
namespace {

enum class Content : std::uint8_t {
    kText,  ///< anything
    kWord,  ///< a letter in it: no number that slipped in from another column
    kTime,
    kNumber,
    kAmount,  ///< 0 or more
    kCount,   ///< a whole number; pandas may have written "8.0"
    kDegrees,
    kCountry,  ///< two or three letters
    kVersion,  ///< "3.11.4", "gramme-0.1.0"
    kMode,
    kYesNo,
    kPue
};

struct Rule {
    std::string_view name;
    Content content;
};

constexpr std::array<Rule, kColumns> kRules{{{"task_name", Content::kText},
                                             {"timestamp", Content::kTime},
                                             {"project_name", Content::kText},
                                             {"run_id", Content::kText},
                                             {"experiment_id", Content::kText},
                                             {"duration", Content::kAmount},
                                             {"emissions", Content::kAmount},
                                             {"emissions_rate", Content::kNumber},
                                             {"cpu_power", Content::kNumber},
                                             {"gpu_power", Content::kNumber},
                                             {"ram_power", Content::kNumber},
                                             {"cpu_energy", Content::kAmount},
                                             {"gpu_energy", Content::kAmount},
                                             {"ram_energy", Content::kAmount},
                                             {"energy_consumed", Content::kAmount},
                                             {"water_consumed", Content::kNumber},
                                             {"country_name", Content::kWord},
                                             {"country_iso_code", Content::kCountry},
                                             {"region", Content::kWord},
                                             {"cloud_provider", Content::kWord},
                                             {"cloud_region", Content::kWord},
                                             {"os", Content::kWord},
                                             {"python_version", Content::kVersion},
                                             {"codecarbon_version", Content::kVersion},
                                             {"cpu_count", Content::kCount},
                                             {"cpu_model", Content::kWord},
                                             {"gpu_count", Content::kCount},
                                             {"gpu_model", Content::kWord},
                                             {"longitude", Content::kDegrees},
                                             {"latitude", Content::kDegrees},
                                             {"ram_total_size", Content::kAmount},
                                             {"tracking_mode", Content::kMode},
                                             {"cpu_utilization_percent", Content::kNumber},
                                             {"gpu_utilization_percent", Content::kNumber},
                                             {"ram_utilization_percent", Content::kNumber},
                                             {"ram_used_gb", Content::kNumber},
                                             {"on_cloud", Content::kYesNo},
                                             {"pue", Content::kPue},
                                             {"wue", Content::kNumber}}};

const Rule& rule_of(Column column) {
    return kRules.at(static_cast<std::size_t>(column));
}

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || static_cast<unsigned char>(c) >= 0x80;
}

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool is_time(std::string_view text) {
    constexpr std::string_view kForm = "dddd-dd-dd";
    return text.size() > kForm.size() && text.find(':') != std::string_view::npos &&
           std::equal(kForm.begin(), kForm.end(), text.begin(),
                      [](char form, char c) { return form == 'd' ? is_digit(c) : c == form; });
}

bool is_version(std::string_view text) {
    constexpr std::string_view kOwn = "gramme-";
    const std::string_view number = text.starts_with(kOwn) ? text.substr(kOwn.size()) : text;
    return !number.empty() && is_digit(number.front()) && number.find('.') != std::string_view::npos;
}

/// What a number must be, or nothing.
std::string_view wrong_number(Content content, double value) {
    constexpr double kMostDegrees = 180.0;
    constexpr double kMostCount = 1e6;
    switch (content) {
        case Content::kAmount: return value < 0.0 ? "is below 0" : "";
        case Content::kCount:
            return value < 0.0 || value > kMostCount || value != static_cast<double>(static_cast<int>(value))
                       ? "is no number of devices"
                       : "";
        case Content::kDegrees:
            return value < -kMostDegrees || value > kMostDegrees ? "is no place on Earth" : "";
        case Content::kPue: return value < 1.0 || value > 10.0 ? "is no PUE: 1 to 10" : "";
        default: return "";
    }
}

/// What a text must be, or nothing.
std::string_view wrong_text(Content content, std::string_view text) {
    switch (content) {
        case Content::kTime: return is_time(text) ? "" : "is no time such as 2024-03-01T09:00:00";
        case Content::kWord:
            return std::any_of(text.begin(), text.end(), is_letter) ? "" : "has no letter in it";
        case Content::kCountry:
            return text.size() >= 2 && text.size() <= 3 && std::all_of(text.begin(), text.end(), is_letter)
                       ? ""
                       : "is no country code";
        case Content::kVersion: return is_version(text) ? "" : "is no version";
        case Content::kMode:
            return text == "machine" || text == "process" ? "" : "is neither machine nor process";
        case Content::kYesNo: return text == "Y" || text == "N" ? "" : "is neither Y nor N";
        default: return "";
    }
}

bool is_numeric(Content content) {
    return content == Content::kNumber || content == Content::kAmount || content == Content::kCount ||
           content == Content::kDegrees || content == Content::kPue;
}

std::string quoted(std::string_view text) {
    constexpr std::size_t kMost = 40;
    return "'" + std::string{text.substr(0, kMost)} + (text.size() > kMost ? "..." : "") + "' ";
}

}  // namespace

std::string_view name_of(Column column) {
    return rule_of(column).name;
}

std::optional<Column> column_named(std::string_view name) {
    const auto* const found =
        std::find_if(kRules.begin(), kRules.end(), [&](const Rule& rule) { return rule.name == name; });
    return found == kRules.end() ? std::nullopt : std::optional{static_cast<Column>(found - kRules.begin())};
}

std::string misfit(Column column, std::string_view text, bool dense) {
    const Content content = rule_of(column).content;
    if (text.empty()) {
        const bool must = column == Column::kTimestamp || column == Column::kDuration;
        return must || (dense && is_numeric(content)) ? "it is empty" : "";
    }
    if (is_numeric(content)) {
        const auto value =
            text.ends_with('.') ? Result<double>{Error{}} : parse_double(text);  // "1." was cut
        const std::string_view wrong = value ? wrong_number(content, *value) : "is no number";
        return wrong.empty() ? "" : quoted(text) + std::string{wrong};
    }
    const std::string_view wrong = wrong_text(content, text);
    return wrong.empty() ? "" : quoted(text) + std::string{wrong};
}

bool may_be_left_out(Column column) {
    constexpr std::array kOnes{Column::kCountryName,   Column::kCountryIsoCode, Column::kRegion,
                               Column::kCloudProvider, Column::kCloudRegion,    Column::kCpuModel,
                               Column::kGpuCount,      Column::kGpuModel,       Column::kLongitude,
                               Column::kLatitude};
    return std::find(kOnes.begin(), kOnes.end(), column) != kOnes.end();
}

Column partner_of(Column column) {
    switch (column) {
        case Column::kCountryName: return Column::kCountryIsoCode;
        case Column::kCountryIsoCode: return Column::kCountryName;
        case Column::kCloudProvider: return Column::kCloudRegion;
        case Column::kCloudRegion: return Column::kCloudProvider;
        case Column::kGpuCount: return Column::kGpuModel;
        case Column::kGpuModel: return Column::kGpuCount;
        case Column::kLongitude: return Column::kLatitude;
        case Column::kLatitude: return Column::kLongitude;
        default: return column;
    }
}

}  // namespace gramme::foreign
