// What `gramme plan where` is asked: its options, and a table of prices.
#include <algorithm>
#include <map>

#include "base/csv.hpp"
#include "base/parse.hpp"
#include "base/text.hpp"
#include "calculate/plan_where.hpp"

namespace gramme::calculate {
namespace {

Error bad(const std::string& option, const std::string& typed, const std::string& what, std::string hint) {
    return Error{Code::kUsage, "--" + option + ": '" + typed + "' " + what, std::move(hint)};
}

Result<double> positive(std::string_view text, const std::string& option) {
    const auto value = parse_double(trimmed(text));
    constexpr double kMost = 1e7;
    if (!value || !(*value > 0.0 && *value <= kMost)) {
        return bad(option, std::string{text}, "is no number above 0", "");
    }
    return *value;
}

}  // namespace

Result<WhereRequest> where_request(const config::OptionList& options, const FactorRequest& factors) {
    WhereRequest out;
    GRAMME_TRY(out.job, config::job_request(options, factors));
    out.job.embodied = out.job.water = false;
    out.job.factors.intensity_gco2e_per_kwh.reset();  // of one place, and there are several
    out.job.factors.mix.clear();
    if (const auto counts = config::value_of(options, "counts")) {
        for (const std::string_view one : split(*counts, ',')) {
            GRAMME_TRY(const double count, positive(one, "counts"));
            if (std::find(out.counts.begin(), out.counts.end(), count) == out.counts.end()) {
                out.counts.push_back(count);
            }
        }
    }
    if (const auto typed = config::value_of(options, "efficiency")) {
        GRAMME_TRY(out.kept, config::parse_share(*typed, "--efficiency"));
        constexpr double kLeast = 0.5;
        if (*out.kept < kLeast) {
            return bad("efficiency", *typed,
                       "is below 0.5: with less than that twice the devices take longer",
                       "give what is kept of the throughput when the count doubles, 0.5 to 1");
        }
    }
    for (const auto& [name, value] : options) {
        if (name != "speed") {
            continue;
        }
        for (const std::string_view one : split(value, ',')) {
            const std::size_t equals = one.rfind('=');
            if (equals == std::string_view::npos || trimmed(one.substr(0, equals)).empty()) {
                return bad("speed", value, "is not HARDWARE=RATIO",
                           "such as --speed a100=0.45: how much one does while one of the job's does 1");
            }
            GRAMME_TRY(const double ratio, positive(one.substr(equals + 1), "speed"));
            out.speeds.emplace_back(trimmed(one.substr(0, equals)), ratio);
        }
    }
    return out;
}

Result<std::vector<Price>> read_prices(std::string_view text, const std::string& file) {
    const auto rows = parse_csv(text);
    if (!rows) {
        return Error{Code::kMalformed, file + ": " + rows.error().what, rows.error().hint};
    }
    const std::string hint =
        "a header with device or instance, region, price_per_hour, currency; a row for each";
    if (rows->empty()) {
        return Error{Code::kMalformed, file + ": the table is empty", hint};
    }
    std::map<std::string, std::size_t> columns;
    for (std::size_t i = 0; i < rows->front().size(); ++i) {
        columns.emplace(folded(trimmed(rows->front()[i])), i);
    }
    if ((!columns.contains("device") && !columns.contains("instance")) ||
        !columns.contains("price_per_hour") || !columns.contains("currency")) {
        return Error{Code::kMalformed, file + ": no such columns", hint};
    }
    std::vector<Price> out;
    for (std::size_t i = 1; i < rows->size(); ++i) {
        const CsvRow& row = (*rows)[i];
        const auto cell = [&](const char* name) {
            const auto column = columns.find(name);
            return column == columns.end() || column->second >= row.size()
                       ? std::string{}
                       : std::string{trimmed(row[column->second])};
        };
        Price price;
        price.origin = file + ": row " + std::to_string(i);
        price.is_instance = cell("device").empty();
        price.hardware = price.is_instance ? cell("instance") : cell("device");
        price.region = cell("region");
        price.currency = cell("currency");
        const auto per_hour = parse_double(cell("price_per_hour"));
        if (price.hardware.empty() || price.currency.empty() || !per_hour || !(*per_hour >= 0.0)) {
            return Error{Code::kMalformed,
                         price.origin + ": " +
                             (price.hardware.empty()   ? "neither device nor instance"
                              : price.currency.empty() ? "no currency"
                                                       : "'" + cell("price_per_hour") + "' is no price"),
                         hint};
        }
        price.per_hour = *per_hour;
        out.push_back(std::move(price));
    }
    if (out.empty()) {
        return Error{Code::kMalformed, file + ": no row holds a price", hint};
    }
    return out;
}

}  // namespace gramme::calculate
