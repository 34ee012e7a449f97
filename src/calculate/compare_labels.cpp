#include "calculate/compare_labels.hpp"

#include <map>
#include <set>

#include "base/parse.hpp"
#include "base/text.hpp"

namespace gramme::calculate {
namespace {

using estimate::Axis;

/// "all": every cloud region; "countries"; a provider. Empty for other words.
std::vector<std::string> table_of_regions(const refdata::Tables& tables, const std::string& wanted) {
    std::vector<std::string> names;
    for (const refdata::CloudRegion& region : tables.cloud_regions()) {
        if (wanted == "all" || folded(region.provider) == wanted) {
            names.push_back(std::string{region.provider} + ":" + std::string{region.region});
        }
    }
    if (wanted == "countries") {
        for (const refdata::GridRow& row : tables.grid_rows()) {
            if (row.zone_type == "country" && (names.empty() || names.back() != row.zone)) {
                names.emplace_back(row.zone);
            }
        }
    }
    return names;
}

std::vector<std::string> table_of_sources(const refdata::Tables& tables, const std::string& wanted) {
    std::vector<std::string> names;
    if (wanted == "all") {
        for (const refdata::EnergySource& source : tables.energy_sources()) {
            names.emplace_back(source.key);
        }
    }
    return names;
}

Result<std::vector<std::string>> years_of(const std::vector<std::string>& names) {
    std::vector<std::string> years;
    for (const std::string& name : names) {
        const auto ends = split(name, '-');
        const auto first = read_u64(ends.front());
        const auto last = ends.size() == 2 ? read_u64(ends.back()) : first;
        constexpr std::uint64_t kLeast = 1990;
        constexpr std::uint64_t kMost = 2100;
        if (ends.size() > 2 || !first || !last || *first < kLeast || *last > kMost || *first > *last) {
            return Error{Code::kUsage, "--years: '" + name + "' is no year and no range of years",
                         "such as 2015-2024"};
        }
        for (std::uint64_t year = *first; year <= *last; ++year) {
            years.push_back(std::to_string(year));
        }
    }
    return years;
}

}  // namespace

std::string key_of_place(const refdata::Tables& tables, const std::string& name) {
    const auto place = tables.find_place(name);
    return !place ? folded(name) : place->region.empty() ? place->zone : place->region;
}

Result<CompareLabels> compare_labels(const refdata::Tables& tables, Axis axis,
                                     const std::vector<std::string>& names) {
    CompareLabels out;
    std::map<std::string, std::string> seen;  // key, and the label that stands for it
    const auto add = [&](const std::string& label, bool typed) {
        const std::string key = axis == Axis::kRegion ? key_of_place(tables, label) : folded(label);
        const auto [first, is_new] = seen.emplace(key, label);
        if (is_new) {
            out.labels.push_back(label);
        }
        if (typed) {
            out.typed.insert(first->second);
        }
    };
    if (axis == Axis::kYear) {
        GRAMME_TRY(const std::vector<std::string> years, years_of(names));
        for (const std::string& year : years) {
            add(year, true);
        }
        return out;
    }
    std::set<std::string> expanded;  // a table that is named again would be looked up again, row by row
    for (const std::string& name : names) {
        if (!expanded.insert(folded(name)).second) {
            continue;
        }
        const std::vector<std::string> table = axis == Axis::kRegion ? table_of_regions(tables, folded(name))
                                               : axis == Axis::kEnergySource
                                                   ? table_of_sources(tables, folded(name))
                                                   : std::vector<std::string>{};
        for (const std::string& label : table) {
            add(label, false);
        }
        if (table.empty()) {
            add(name, true);
        }
    }
    return out;
}

}  // namespace gramme::calculate
