#include "calculate/source_table.hpp"

#include <fmt/format.h>

namespace gramme::calculate {

present::Table source_table_for_people(const refdata::Tables& tables, const std::set<std::string>& ids) {
    present::Table table;
    table.schema = "gramme/sources/1";
    table.columns = {"source", "title", "publisher", "year", "licence", "url"};
    table.numeric = {false, false, false, true, false, false};
    for (const std::string& id : ids) {
        if (const auto source = tables.source(id)) {
            table.rows.push_back({id, std::string{source->title}, std::string{source->publisher},
                                  source->year > 0 ? fmt::format("{}", source->year) : "",
                                  std::string{source->licence}, std::string{source->url}});
        }
    }
    return table;
}

present::Table source_table(const refdata::Tables& tables, const std::set<std::string>& ids) {
    present::Table table = source_table_for_people(tables, ids);
    table.columns.insert(table.columns.end(), {"note", "used_for"});
    table.numeric.insert(table.numeric.end(), {false, false});
    const auto uses = tables.uses_of_sources();
    for (auto& row : table.rows) {
        const std::string id = row.front();
        row.emplace_back(tables.source(id)->note);
        std::string used_for = id.ends_with("_live") ? "live intensity" : "";  // nothing of it is in a table
        if (const auto found = uses.find(id); found != uses.end()) {
            for (const std::string_view one : found->second) {
                used_for += (used_for.empty() ? "" : ", ") + std::string{one};
            }
        }
        row.push_back(std::move(used_for));
    }
    return table;
}

std::string attribution(const refdata::Tables& tables, const std::set<std::string>& ids,
                        std::string_view command) {
    std::string out = fmt::format("\nSources (`gramme {} --sources` tells more):\n", command);
    for (const std::string& id : ids) {
        const auto source = tables.source(id);
        out += source ? fmt::format("  {}: {}, {}\n", id, source->publisher, source->licence)
                      : fmt::format("  {}\n", id);
    }
    return out;
}

}  // namespace gramme::calculate
