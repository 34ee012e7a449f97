#include "calculate/region_search.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "base/text.hpp"

namespace gramme::calculate {
namespace {

/// One line of the list before its figures are looked up.
struct Entry {
    std::string id;
    refdata::Place place;
    std::string name;
    std::string words;  ///< folded: what a search looks into
};

std::string joined(std::initializer_list<std::string_view> parts) {
    std::string out;
    for (const std::string_view part : parts) {
        out += part;
        out += ' ';
    }
    return out;
}

/// Zones with a figure, by code, with their names.
std::map<std::string, refdata::GridRow> zones_of(const refdata::Tables& tables) {
    std::map<std::string, refdata::GridRow> zones;
    for (const refdata::GridRow& row : tables.grid_rows()) {
        zones.emplace(row.zone, row);
    }
    return zones;
}

std::string_view name_of_zone(const std::map<std::string, refdata::GridRow>& zones, std::string_view code) {
    const auto it = zones.find(std::string{code});
    return it == zones.end() ? std::string_view{} : it->second.name;
}

std::vector<Entry> all_entries(const refdata::Tables& tables) {
    const auto zones = zones_of(tables);
    std::vector<Entry> entries;
    for (const auto& [code, row] : zones) {
        refdata::Place place;
        place.zone = code;
        place.zone_name = row.name;
        place.country_iso3 = row.country_iso3;
        entries.push_back(
            {code, place, std::string{row.name},
             folded(joined({code, row.name, row.country_iso3, name_of_zone(zones, row.country_iso3)}))});
    }
    std::vector<Entry> regions;
    for (const refdata::CloudRegion& row : tables.cloud_regions()) {
        refdata::Place place;
        place.zone = row.grid_zone;
        place.zone_name = name_of_zone(zones, row.grid_zone);
        place.country_iso3 = row.country_iso3;
        place.provider = row.provider;
        place.pue = row.pue;
        place.pue_year = row.pue_year;
        place.pue_source = row.pue_source;
        place.at = row.at;
        place.region = std::string{row.provider} + ":" + std::string{row.region};
        const std::string_view name = row.city.empty() ? row.display_name : row.city;
        regions.push_back(
            {place.region, place, std::string{name},
             folded(joined({place.region, row.display_name, row.city, row.subdivision, row.grid_zone,
                            place.zone_name, row.country_iso3, name_of_zone(zones, row.country_iso3)}))});
    }
    std::stable_sort(regions.begin(), regions.end(),
                     [](const Entry& a, const Entry& b) { return a.id < b.id; });
    entries.insert(entries.end(), std::make_move_iterator(regions.begin()),
                   std::make_move_iterator(regions.end()));
    return entries;
}

std::optional<refdata::Pue> pue_of(const refdata::Tables& tables, const refdata::Place& place) {
    if (place.pue) {
        return refdata::Pue{*place.pue, 0.0, place.pue_year, place.pue_source};
    }
    return place.provider.empty() ? std::nullopt : tables.provider_pue(place.provider);
}

FoundRegion with_figures(const refdata::Tables& tables, const Entry& entry) {
    FoundRegion out{entry.id,
                    entry.place.zone,
                    entry.name,
                    entry.place.country_iso3,
                    {},
                    pue_of(tables, entry.place),
                    entry.place.at};
    if (auto intensity = tables.intensity(entry.place, refdata::Basis::kLifecycle, std::nullopt)) {
        out.zone = intensity->zone;
        out.intensity = *std::move(intensity);
    }
    return out;
}

bool has_all_words(const Entry& entry, const std::vector<std::string>& words) {
    return std::all_of(words.begin(), words.end(),
                       [&](const std::string& word) { return entry.words.find(word) != std::string::npos; });
}

}  // namespace

std::vector<FoundRegion> search_regions(const refdata::Tables& tables, std::string_view text) {
    const std::string wanted = folded(text);
    std::vector<std::string> words;
    for (const std::string_view word : split(wanted, ' ')) {
        if (!word.empty()) {
            words.emplace_back(word);
        }
    }
    // "UAE" and "us-east-1" mean a place that need not have these letters in its names.
    const auto meant = words.empty() ? Result<refdata::Place>{Error{}} : tables.find_place(text);
    std::vector<FoundRegion> found;
    for (const Entry& entry : all_entries(tables)) {
        const bool is_meant = meant && (meant->region.empty() ? entry.place.zone == meant->zone
                                                              : entry.place.region == meant->region);
        if (is_meant || has_all_words(entry, words)) {
            found.push_back(with_figures(tables, entry));
        }
    }
    return found;
}

std::vector<std::string> near_regions(const refdata::Tables& tables, std::string_view text) {
    constexpr std::size_t kMost = 3;
    std::vector<std::string> names;
    for (const Entry& entry : all_entries(tables)) {
        names.push_back(entry.id);
        names.push_back(entry.name);
        const std::size_t colon = entry.id.find(':');
        if (colon != std::string::npos) {
            names.push_back(entry.id.substr(colon + 1));
        }
    }
    return nearest(text, names, kMost);
}

}  // namespace gramme::calculate
