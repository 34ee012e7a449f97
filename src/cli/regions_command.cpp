// gramme regions: the places that --region knows, with their figures and where these come from.
#include <fmt/format.h>

#include <set>

#include "calculate/reference_tables.hpp"
#include "calculate/region_search.hpp"
#include "calculate/source_table.hpp"
#include "cli/command_context.hpp"
#include "config/override_tables.hpp"
#include "present/present.hpp"

namespace gramme::cli {
namespace {

using calculate::FoundRegion;

/// As many digits as a person compares: 585, 56.4, 0.47.
std::string short_number(double value) {
    constexpr double kThree = 100.0;
    constexpr double kTwo = 10.0;
    const int decimals = value >= kThree ? 0 : value >= kTwo ? 1 : 2;
    return fmt::format("{:.{}f}", value, decimals);
}

std::string year_text(int year) {
    return year > 0 ? fmt::format("{}", year) : "";
}

present::Table table_for_people(const std::vector<FoundRegion>& found) {
    present::Table table;
    table.columns = {"region", "name", "country", "g/kWh", "basis", "year", "source", "PUE"};
    table.numeric = {false, false, false, true, false, true, false, true};
    for (const FoundRegion& row : found) {
        const auto& intensity = row.intensity;
        table.rows.push_back({row.id, row.name, row.country,
                              intensity ? short_number(intensity->value.value()) : "",
                              intensity ? fmt::format("{}{}", name_of(intensity->basis),
                                                      intensity->fell_back_to_country ? " (country)" : "")
                                        : "unknown",
                              intensity ? year_text(intensity->year) : "", intensity ? intensity->source : "",
                              row.pue ? fmt::format("{:.2f}", row.pue->value) : ""});
    }
    return table;
}

std::set<std::string> sources_of(const std::vector<FoundRegion>& found) {
    std::set<std::string> ids;
    for (const FoundRegion& row : found) {
        if (row.intensity) {
            ids.insert(row.intensity->source);
        }
        if (row.pue) {
            ids.insert(row.pue->source);
        }
    }
    return ids;
}

Error nothing_found(const refdata::Tables& tables, const std::string& text) {
    std::string hint;
    for (const std::string& name : calculate::near_regions(tables, text)) {
        hint += (hint.empty() ? "did you mean " : " or ") + name;
    }
    hint += hint.empty() ? "`gramme regions` lists all" : "?";
    return Error{Code::kNotFound, "no place matches '" + text + "'", hint};
}

}  // namespace

Result<int> regions_command(const CommandContext& context) {
    GRAMME_TRY(const std::string format, wanted_format(context.arguments, {"table", "json", "csv"}));
    GRAMME_TRY(const refdata::Tables tables, tables_with_overrides(context.options.data_dir));
    std::string text;
    for (const std::string& word : context.arguments.words) {
        text += (text.empty() ? "" : " ") + word;
    }
    const std::vector<FoundRegion> found = calculate::search_regions(tables, text);
    if (found.empty()) {
        return nothing_found(tables, text);
    }
    const bool sources = context.arguments.has("sources");
    const bool for_people = format == "table";
    const auto source_table = for_people ? &calculate::source_table_for_people : &calculate::source_table;
    const present::Table table = sources      ? source_table(tables, sources_of(found))
                                 : for_people ? table_for_people(found)
                                              : calculate::regions_table(found);
    GRAMME_TRY(const std::string out, present::table_text(table, format, context.terminal.out_style));
    print(context.terminal.out, out);
    if (for_people && !sources) {
        print(context.terminal.out, calculate::attribution(tables, sources_of(found), "regions"));
    }
    return static_cast<int>(kExitOk);
}

}  // namespace gramme::cli
