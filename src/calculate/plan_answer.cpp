#include "calculate/plan_answer.hpp"

#include <algorithm>
#include <optional>

#include "base/json_line.hpp"
#include "base/parse.hpp"
#include "base/text.hpp"
#include "base/utc.hpp"
#include "calculate/plan_when.hpp"

namespace gramme::calculate {
namespace {

constexpr std::int64_t kNsPerSecond = 1'000'000'000;
constexpr std::int64_t kHour = 3600;
constexpr std::size_t kMostRows = 10'000;
constexpr double kMostGrams = 10'000.0;  ///< as of --intensity-csv
constexpr std::size_t kMostWays = 2'000;

/// The members of one object of a request; `where` names it in messages.
class Object {
public:
    static Result<Object> of(std::string_view json, std::string where) {
        Object out;
        out.where_ = std::move(where);
        if (!scan_json_line(json, out.line_)) {
            return Error{Code::kUsage, out.where_ + " is no object", ""};
        }
        return out;
    }

    [[nodiscard]] const JsonMember* find(std::string_view key) const {
        const auto& all = line_.members;
        const auto found = std::find_if(all.begin(), all.end(), [&](const JsonMember& one) {
            return one.key == key && one.kind != JsonMember::Kind::kNull;
        });
        return found == all.end() ? nullptr : &*found;
    }
    /// Empty where it is absent.
    [[nodiscard]] Result<std::string> text(std::string_view key) const {
        const JsonMember* member = find(key);
        if (member == nullptr) {
            return std::string{};
        }
        if (member->kind != JsonMember::Kind::kString) {
            return fault(key, "is no text");
        }
        GRAMME_TRY(std::string text, json_unescaped(member->value));
        if (text.find('\0') != std::string::npos) {
            return fault(key, "holds a NUL character");
        }
        return text;
    }
    [[nodiscard]] Result<std::optional<double>> number(std::string_view key, double most) const {
        const JsonMember* member = find(key);
        if (member == nullptr) {
            return std::optional<double>{};
        }
        const auto value = member->kind == JsonMember::Kind::kNumber
                               ? parse_double(member->value)
                               : Result<double>{Error{Code::kMalformed, "", ""}};
        if (!value || !(*value >= 0.0 && *value <= most)) {
            return fault(key, "is no number from 0 to " + std::to_string(static_cast<long long>(most)));
        }
        return std::optional{*value};
    }
    [[nodiscard]] Error fault(std::string_view key, const std::string& what) const {
        return Error{Code::kUsage, where_ + ": '" + std::string{key} + "' " + what, ""};
    }

private:
    std::string where_;
    JsonLine line_;
};

/// Each object of a list.
template <class Add>
Result<void> for_each_row(std::string_view json, const std::string& name, Add add) {
    std::vector<JsonMember> rows;
    if (!scan_json_list(json, rows)) {
        return Error{Code::kUsage, name + " is no list", ""};
    }
    if (rows.empty() || rows.size() > kMostRows) {
        return Error{Code::kUsage, name + ": " + std::to_string(rows.size()) + " rows", "give 1 to 10,000"};
    }
    for (std::size_t i = 0; i < rows.size(); ++i) {
        GRAMME_TRY(const Object row, Object::of(rows[i].value, name + "[" + std::to_string(i) + "]"));
        GRAMME_CHECK(add(row));
    }
    return {};
}

Result<IntensityPeriod> period_of(const Object& row) {
    IntensityPeriod out;
    GRAMME_TRY(const std::string from, row.text("from"));
    GRAMME_TRY(const std::string until, row.text("until"));
    GRAMME_TRY(const auto grams, row.number("gco2e_per_kwh", kMostGrams));
    if (!grams) {
        return row.fault("gco2e_per_kwh", "is missing: leave out what is not known");
    }
    const auto begin = parse_utc(from);
    if (!begin) {
        return row.fault("from", "is no time with a zone, such as 2026-11-23T09:00Z");
    }
    out.from_s = *begin / kNsPerSecond;
    out.until_s = out.from_s + kHour;
    out.offset_minutes = utc_offset_of(from);
    out.gco2e_per_kwh = *grams;
    if (!until.empty()) {
        const auto end = parse_utc(until);
        if (!end) {
            return row.fault("until", "is no time with a zone, such as 2026-11-23T10:00Z");
        }
        out.until_s = *end / kNsPerSecond;
    }
    return out;
}

Result<std::vector<std::string>> names_in(const config::OptionList& options, std::string_view key) {
    std::vector<std::string> out;
    const auto text = config::value_of(options, key);
    if (!text || text->empty()) {  // an empty list names nothing
        return out;
    }
    for (const std::string_view name : split(*text, ',')) {
        if (trimmed(name).empty()) {
            return Error{Code::kUsage, "'" + std::string{key} + "' has an empty name in it",
                         "give names with one comma between each two"};
        }
        out.emplace_back(trimmed(name));
    }
    return out;
}

}  // namespace

Result<IntensitySeries> read_forecast(std::string_view json) {
    GRAMME_TRY(const Object object, Object::of(json, "forecast"));
    IntensitySeries out;
    GRAMME_TRY(out.zone, object.text("zone"));
    GRAMME_TRY(out.basis, object.text("basis"));
    if (!out.basis.empty() && out.basis != "lifecycle" && out.basis != "direct" && out.basis != "marginal") {
        return object.fault("basis", "is neither lifecycle, direct nor marginal");
    }
    GRAMME_TRY(const auto sigma, object.number("sigma_ln", 2.0));
    out.sigma_ln = sigma.value_or(0.0);
    out.from = {"user", "the forecast of the request"};
    const JsonMember* rows = object.find("rows");
    if (rows == nullptr) {
        return object.fault("rows", "is missing");
    }
    GRAMME_CHECK(for_each_row(rows->value, "forecast.rows", [&](const Object& row) -> Result<void> {
        GRAMME_TRY(const IntensityPeriod period, period_of(row));
        out.periods.push_back(period);
        return {};
    }));
    std::stable_sort(out.periods.begin(), out.periods.end(),
                     [](const auto& a, const auto& b) { return a.from_s < b.from_s; });
    return out;
}

Result<std::vector<Price>> read_price_list(std::string_view json) {
    std::vector<Price> out;
    GRAMME_CHECK(for_each_row(json, "prices", [&](const Object& row) -> Result<void> {
        Price price;
        GRAMME_TRY(const std::string device, row.text("device"));
        GRAMME_TRY(const std::string instance, row.text("instance"));
        GRAMME_TRY(price.region, row.text("region"));
        GRAMME_TRY(price.currency, row.text("currency"));
        GRAMME_TRY(const auto per_hour, row.number("price_per_hour", 1e9));
        price.is_instance = device.empty();
        price.hardware = price.is_instance ? instance : device;
        price.origin = "prices[" + std::to_string(out.size()) + "]";
        if (price.hardware.empty()) {
            return row.fault("device", "is missing, and so is 'instance'");
        }
        if (price.currency.empty() || !per_hour) {
            return row.fault(per_hour ? "currency" : "price_per_hour", "is missing");
        }
        price.per_hour = *per_hour;
        out.push_back(std::move(price));
        return {};
    }));
    return out;
}

Result<std::string> when_answer(const config::EstimateRequest& request, const config::RunOptions& options,
                                const refdata::Tables& tables, std::int64_t now_s) {
    const auto forecast = config::value_of(request.options, "forecast");
    if (!forecast) {
        return Error{Code::kUsage, "forecast is missing",
                     R"(such as {"basis": "lifecycle", "rows": [{"from": ..., "gco2e_per_kwh": ...}]}, as )"
                     "`gramme intensity --json` prints it"};
    }
    GRAMME_TRY(const IntensitySeries series, read_forecast(*forecast));
    GRAMME_TRY(const WhenRequest asked, when_request(request.options, options.factors));
    GRAMME_TRY(const present::WhenView view, planned_when(asked, series, now_s, tables));
    return present::when_json(view);
}

Result<std::string> where_answer(const config::EstimateRequest& request, const config::RunOptions& options,
                                 const refdata::Tables& tables, std::int64_t /*now_s*/) {
    GRAMME_TRY(WhereRequest asked, where_request(request.options, options.factors));
    asked.most_ways = kMostWays;
    GRAMME_TRY(asked.regions, names_in(request.options, "regions"));
    GRAMME_TRY(asked.devices, names_in(request.options, "devices"));
    GRAMME_TRY(asked.instances, names_in(request.options, "instances"));
    constexpr std::size_t kMostNames = 500;  // each that is not known is searched for near ones
    if (asked.regions.size() + asked.devices.size() + asked.instances.size() > kMostNames) {
        return Error{Code::kUsage, "more than 500 names", "ask in parts"};
    }
    if (const auto prices = config::value_of(request.options, "prices")) {
        GRAMME_TRY(asked.prices, read_price_list(*prices));
    }
    GRAMME_TRY(plan::Where plan, planned_where(asked, tables));
    return present::where_json({asked.job, std::move(plan), 0});
}

}  // namespace gramme::calculate
