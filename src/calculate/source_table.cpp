#include "calculate/source_table.hpp"

#include <fmt/format.h>

namespace gramme::calculate {

present::Table source_table(const refdata::Tables& tables, const std::set<std::string>& ids) {
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
