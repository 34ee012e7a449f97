#include "capi/arrow_plan.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "capi/arrow_check.hpp"

namespace gramme::capi {
namespace {

using batch::Column;

std::string found(const std::vector<std::string>& header) {
    constexpr std::size_t kMost = 20;
    std::string out = "columns found: ";
    for (std::size_t i = 0; i < header.size() && i < kMost; ++i) {
        out += (i > 0 ? ", " : "") + header[i];
    }
    return out + (header.size() > kMost ? ", ..." : "");
}

Result<std::vector<std::string>> names_of(const ArrowSchema& schema) {
    if (schema.format == nullptr || std::string_view{schema.format} != "+s") {
        return Error{Code::kMalformed, "the stream is no table: its type is no struct",
                     "hand over a table or record batches, not a single column"};
    }
    std::vector<std::string> out;
    if (schema.n_children < 0 || (schema.n_children > 0 && schema.children == nullptr)) {
        return Error{Code::kMalformed, "the table's schema has children that are not there", ""};
    }
    for (std::int64_t i = 0; i < schema.n_children; ++i) {
        const ArrowSchema* const child = schema.children[i];
        const char* const name = child != nullptr ? child->name : nullptr;
        out.emplace_back(name != nullptr ? name : "");
        GRAMME_CHECK(check_schema(child, out.back()));
    }
    return out;
}

Result<void> check_type(const ArrowBinding& binding, const ArrowSchema& column) {
    const bool is_word = batch::index_of(binding.ours) < batch::kTextColumns;
    const auto type = arrow_type_of(column);
    // A year is mostly a number. Nothing else that we read as words is one.
    const bool readable = type && (!is_word || (binding.ours == Column::kYear && !is_decimal(type->values)) ||
                                   is_text(type->values) || type->values == ArrowKind::kNull);
    if (readable) {
        return {};
    }
    return Error{Code::kUsage,
                 "column " + binding.theirs + ": is of type " + arrow_type_name(column) + ", and " +
                     std::string{batch::name_of(binding.ours)} + " is a " + (is_word ? "text" : "number"),
                 is_word ? "cast it to text" : "cast it to float64 or int64"};
}

Result<void> check_evidence(const ArrowPlan& plan, const std::vector<std::string>& header) {
    const auto has = [&](Column column) {
        return std::any_of(plan.bindings.begin(), plan.bindings.end(),
                           [&](const ArrowBinding& one) { return one.ours == column; });
    };
    if (has(Column::kEnergyKwh)) {
        return {};
    }
    if (plan.base.groups.empty() && !has(Column::kPowerW) && !has(Column::kDevice) &&
        !has(Column::kInstance)) {
        return Error{Code::kUsage, "the table says neither energy_kwh nor power_w, device or instance",
                     found(header) + R"(; name yours, such as "columns": {"device": "gpu"})"};
    }
    if (!plan.base_hours && !has(Column::kHours)) {
        return Error{Code::kUsage, "the table has no column hours",
                     found(header) + R"(; name yours, such as "columns": {"hours": "duration:min"})"};
    }
    return {};
}

}  // namespace

Result<void> bind_schema(const ArrowSchema& schema, const config::EstimateRequest& request, ArrowPlan& plan) {
    GRAMME_TRY(const std::vector<std::string> header, names_of(schema));
    plan.columns = header;
    plan.passthrough = request.passthrough;
    std::vector<std::string> names;
    for (const std::string& name : header) {
        names.push_back(batch::same_name(name));
    }
    std::vector<std::string> options;
    for (const auto& [ours, theirs] : request.columns) {
        options.push_back(ours + "=" + theirs);
    }
    GRAMME_TRY(const batch::ColumnMap map, batch::column_map(options, "columns"));
    for (batch::Binding one : map.bindings) {
        GRAMME_CHECK(batch::settle_name(one, names, "columns"));
        const std::string wanted = batch::same_name(one.theirs);
        const auto at = std::find(names.begin(), names.end(), wanted);
        if (at == names.end() && one.asked) {
            return Error{Code::kUsage, "columns: the table has no column '" + one.theirs + "'",
                         did_you_mean(one.theirs, header) + " (" + found(header) + ")"};
        }
        if (at == names.end()) {
            continue;
        }
        if (std::find(at + 1, names.end(), wanted) != names.end()) {
            return Error{Code::kUsage, "two columns are called '" + one.theirs + "'", "rename one of them"};
        }
        ArrowBinding binding{
            one.ours, one.theirs, static_cast<std::size_t>(at - names.begin()), {}, one.scale};
        GRAMME_CHECK(check_type(binding, *schema.children[binding.at]));
        binding.type = *arrow_type_of(*schema.children[binding.at]);
        plan.bindings.push_back(std::move(binding));
    }
    plan.results = batch::result_names(plan.passthrough ? names : std::vector<std::string>{});
    for (const std::string& result : plan.results) {
        if (plan.passthrough && std::find(names.begin(), names.end(), result) != names.end()) {
            return Error{Code::kUsage, "the table has a column " + result + " already",
                         "give the table without the results of an earlier estimate"};
        }
    }
    return check_evidence(plan, header);
}

}  // namespace gramme::capi
