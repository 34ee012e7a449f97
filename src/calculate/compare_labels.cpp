#include "calculate/compare_labels.hpp"

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
    std::vector<std::string> labels;
    if (names.size() == 1 && axis == Axis::kRegion) {
        labels = table_of_regions(tables, folded(names.front()));
    } else if (names.size() == 1 && axis == Axis::kEnergySource) {
        labels = table_of_sources(tables, folded(names.front()));
    }
    out.whole_table = !labels.empty();
    if (axis == Axis::kYear) {
        GRAMME_TRY(labels, years_of(names));
    } else if (!out.whole_table) {
        labels = names;
    }
    std::set<std::string> seen;
    for (const std::string& label : labels) {
        if (seen.insert(axis == Axis::kRegion ? key_of_place(tables, label) : folded(label)).second) {
            out.labels.push_back(label);
        }
    }
    return out;
}

}  // namespace gramme::calculate
