#include "config/job_request.hpp"

#include <algorithm>
#include <cmath>

#include "base/parse.hpp"
#include "base/text.hpp"
#include "base/utc.hpp"

namespace gramme::config {
namespace {

constexpr int kFirstYear = 1990;
constexpr int kLastYear = 2100;

Error bad(std::string_view from, std::string_view text, const std::string& why, std::string hint) {
    return Error{Code::kUsage, std::string{from} + ": '" + std::string{text} + "' " + why, std::move(hint)};
}

Result<double> number(std::string_view text, std::string_view from, std::string_view what,
                      const std::string& hint) {
    const auto value = parse_double(text);
    if (!value) {
        return bad(from, text, "is not " + std::string{what}, hint);
    }
    if (!(*value >= 0.0)) {
        return bad(from, text, "is below 0", hint);
    }
    return *value;
}

Result<bool> on_or_off(std::string_view text, std::string_view from) {
    if (text != "on" && text != "off") {
        return bad(from, text, "is neither on nor off", "");
    }
    return text == "on";
}

JobGroup named(JobGroup::Kind kind, const std::string& name) {
    JobGroup group;
    group.kind = kind;
    group.name = name;
    return group;
}

JobGroup with_amount(JobGroup::Kind kind, double amount) {
    JobGroup group;
    group.kind = kind;
    group.amount = amount;
    return group;
}

Result<void> add_to_groups(std::string_view name, const std::string& value, std::vector<JobGroup>& groups) {
    if (name == "device") {
        groups.push_back(named(JobGroup::Kind::kDevice, value));
    } else if (name == "instance") {
        groups.push_back(named(JobGroup::Kind::kInstance, value));
    } else if (name == "power-w") {
        GRAMME_TRY(const double watts,
                   number(value, "--power-w", "a number of watts", "give watts, such as 330"));
        groups.push_back(with_amount(JobGroup::Kind::kPower, watts));
    } else if (name == "energy-kwh") {
        GRAMME_TRY(const double kwh,
                   number(value, "--energy-kwh", "a number of kWh", "give kilowatt-hours, such as 1287000"));
        groups.push_back(with_amount(JobGroup::Kind::kEnergy, kwh));
    } else if (name == "count") {
        if (groups.empty()) {
            return Error{Code::kUsage, "--count comes before what it counts",
                         "write it behind its --device, --instance, --power-w or --energy-kwh"};
        }
        GRAMME_TRY(groups.back().count, number(value, "--count", "a number", "give how many, such as 8"));
    }
    return {};
}

}  // namespace

std::optional<std::string> value_of(const OptionList& options, std::string_view name) {
    for (auto it = options.rbegin(); it != options.rend(); ++it) {
        if (it->first == name) {
            return it->second;
        }
    }
    return std::nullopt;
}

Result<PowerModel> parse_power_model(std::string_view text, std::string_view from) {
    if (text != "typical" && text != "tdp") {
        return bad(from, text, "is neither typical nor tdp",
                   "typical: what trainings draw; tdp: the board limit all the time");
    }
    return text == "tdp" ? PowerModel::kTdp : PowerModel::kTypical;
}

Result<int> parse_year(std::string_view text, std::string_view from) {
    const auto value = parse_u64(text);
    if (!value || *value < kFirstYear || *value > kLastYear) {
        return bad(from, text, "is no year between 1990 and 2100", "");
    }
    return static_cast<int>(*value);
}

Result<std::string> parse_basis(std::string_view text, std::string_view from) {
    if (text != "lifecycle" && text != "direct") {
        return bad(from, text, "is neither lifecycle nor direct",
                   "direct: what power stations burn; lifecycle: fuel supply and construction as well");
    }
    return std::string{text};
}

Result<void> add_year_and_basis(const OptionList& options, FactorRequest& factors) {
    if (const auto year = value_of(options, "year")) {
        GRAMME_TRY(factors.year, parse_year(*year, "--year"));
    }
    if (const auto basis = value_of(options, "basis")) {
        GRAMME_TRY(factors.basis, parse_basis(*basis, "--basis"));
    }
    const bool given = factors.intensity_gco2e_per_kwh.has_value();
    const char* idle = value_of(options, "year") && (given || !factors.mix.empty()) ? "--year"
                       : value_of(options, "basis") && given                        ? "--basis"
                                                                                    : nullptr;
    if (idle != nullptr) {
        return Error{Code::kUsage,
                     std::string{idle} + " chooses among the figures of a grid, and " +
                         (given ? factors.intensity_from : factors.mix_from) + " says what it emits",
                     "leave it out"};
    }
    return {};
}

Result<double> parse_share(std::string_view text, std::string_view from) {
    const bool percent = text.ends_with('%');
    const auto value = parse_double(percent ? text.substr(0, text.size() - 1) : text);
    constexpr double kPercent = 100.0;
    const double share = value ? (percent ? *value / kPercent : *value) : -1.0;
    if (!(share >= 0.0 && share <= 1.0)) {
        return bad(from, text, "is no share", "give 0 to 1, or 0% to 100%");
    }
    return share;
}

Result<std::vector<std::pair<std::string, double>>> parse_mix(std::string_view text, std::string_view from) {
    const std::string hint = "write shares that sum to 1, such as coal=0.6,wind=0.4";
    std::vector<std::pair<std::string, double>> mix;
    double sum = 0.0;
    for (const std::string_view one : split(text, ',')) {
        const std::size_t equals = one.find('=');
        if (equals == std::string_view::npos) {
            return bad(from, text, "is no mix", hint);
        }
        const std::string key = folded(trimmed(one.substr(0, equals)));
        GRAMME_TRY(const double share, parse_share(trimmed(one.substr(equals + 1)), from));
        for (const auto& [other, ignored] : mix) {
            if (other == key) {
                return bad(from, text, "names " + key + " twice", hint);
            }
        }
        mix.emplace_back(key, share);
        sum += share;
    }
    constexpr double kRounding = 0.005;  // shares are typed with two digits
    if (std::abs(sum - 1.0) > kRounding) {
        return bad(from, text, "does not sum to 1", hint);
    }
    for (auto& [key, share] : mix) {
        share /= sum;
    }
    return mix;
}

namespace {

/// Options that would change nothing are refused, so that nobody believes they did.
Result<void> check_options(const OptionList& options, const std::vector<JobGroup>& groups) {
    const auto any_of = [&](JobGroup::Kind kind) {
        return std::any_of(groups.begin(), groups.end(),
                           [&](const JobGroup& group) { return group.kind == kind; });
    };
    const auto typed = std::count_if(options.begin(), options.end(),
                                     [](const auto& option) { return option.first == "hours"; });
    if (typed > 1) {
        return Error{Code::kUsage, "--hours is given twice, and it is one for all groups",
                     "estimate groups of different hours apart, or give --energy-kwh"};
    }
    const bool device = any_of(JobGroup::Kind::kDevice);
    const bool hardware = device || any_of(JobGroup::Kind::kInstance);
    for (const std::string_view name : {"utilisation", "power-model", "lifetime", "host"}) {
        if (value_of(options, name) && !groups.empty() && !(name == "host" ? device : hardware)) {
            return Error{
                Code::kUsage,
                "--" + std::string{name} +
                    (hardware ? " says what stands around a --device, and an instance is a whole machine"
                              : " says something of hardware, and the power or energy is given"),
                "leave it out"};
        }
    }
    return {};
}

}  // namespace

Result<JobRequest> job_request(const OptionList& options, const FactorRequest& factors) {
    JobRequest asked;
    asked.factors = factors;
    for (const auto& [name, value] : options) {
        GRAMME_CHECK(add_to_groups(name, value, asked.groups));
    }
    GRAMME_CHECK(check_options(options, asked.groups));
    if (const auto hours = value_of(options, "hours")) {
        GRAMME_TRY(asked.hours, number(*hours, "--hours", "a number of hours", "give hours, such as 120"));
    }
    if (const auto utilisation = value_of(options, "utilisation")) {
        GRAMME_TRY(asked.utilisation, parse_share(*utilisation, "--utilisation"));
    }
    asked.host = value_of(options, "host").value_or("auto");
    if (const auto model = value_of(options, "power-model")) {
        GRAMME_TRY(asked.power_model, parse_power_model(*model, "--power-model"));
    }
    if (const auto embodied = value_of(options, "embodied")) {
        GRAMME_TRY(asked.embodied, on_or_off(*embodied, "--embodied"));
    }
    if (const auto start = value_of(options, "start")) {
        const auto at = parse_utc(*start);
        if (!at) {
            const bool zoneless = static_cast<bool>(parse_utc(*start + "Z"));
            return bad("--start", *start, zoneless ? "has no time zone" : "is no time",
                       zoneless ? "write " + *start + "Z for UTC" : at.error().hint);
        }
        constexpr std::int64_t kNsPerSecond = 1'000'000'000;
        asked.start_s = *at / kNsPerSecond;
    }
    if (const auto water = value_of(options, "water")) {
        GRAMME_TRY(asked.water, on_or_off(*water, "--water"));
    }
    if (const auto lifetime = value_of(options, "lifetime")) {
        GRAMME_TRY(asked.lifetime_years,
                   number(*lifetime, "--lifetime", "a number of years", "give years, such as 4"));
    }
    GRAMME_CHECK(add_year_and_basis(options, asked.factors));
    return asked;
}

}  // namespace gramme::config
