// What a person types as a place: docs/method/reference-data.md#place.
#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/text.hpp"
#include "refdata/image.hpp"
#include "refdata/tables.hpp"
#include "refdata/zone_search.hpp"

namespace gramme::refdata {
namespace {

using Names = std::span<const NameRow>;

constexpr std::array<std::string_view, 3> kHyperscalers = {"aws", "azure", "gcp"};
constexpr std::array<std::pair<std::string_view, std::string_view>, 12> kProviderNames = {
    {{"amazon", "aws"},
     {"ec2", "aws"},
     {"google", "gcp"},
     {"googlecloud", "gcp"},
     {"gce", "gcp"},
     {"microsoft", "azure"},
     {"az", "azure"},
     {"oci", "oracle"},
     {"ovh", "ovhcloud"},
     {"aliyun", "alibaba"},
     {"ibmcloud", "ibm"},
     {"lambdalabs", "lambda"}}};

std::string provider_key(std::string_view typed) {
    std::string key = name_key(typed);
    for (const auto& [name, provider] : kProviderNames) {
        if (key == name) {
            return std::string(provider);
        }
    }
    return key;
}

Place zone_place(const View& view, std::uint32_t zone) {
    const ZoneRow& row = view.zones[zone];
    Place place;
    place.zone = view.text(row.zone);
    place.zone_name = view.text(row.name);
    place.country_iso3 = view.text(row.country);
    return place;
}

std::string region_id(const View& view, std::uint32_t region) {
    const RegionRow& row = view.regions[region];
    return std::string(view.text(row.provider)) + ':' + std::string(view.text(row.region));
}

Place region_place(const View& view, std::uint32_t region) {
    const RegionRow& row = view.regions[region];
    Place place = zone_place(view, row.zone);
    place.region = region_id(view, region);
    place.provider = view.text(row.provider);
    place.city = view.text(row.city);
    if (row.pue != kNone) {
        const PueRow& pue = view.pues[row.pue];
        place.pue = pue.pue;
        place.pue_year = pue.year;
        place.pue_source = view.text(pue.source);
    }
    place.at = coordinates_of(row);
    return place;
}

/// All meanings of a name, by kind.
Names named(const View& view, std::string_view key) {
    const auto low =
        std::lower_bound(view.names.begin(), view.names.end(), key,
                         [&](const NameRow& row, std::string_view k) { return view.text(row.key) < k; });
    auto high = low;
    while (high != view.names.end() && view.text(high->key) == key) {
        ++high;
    }
    return {low, high};
}

/// The part of one kind at the front.
Names first_kind(Names names) {
    std::size_t size = 0;
    while (size < names.size() && names[size].kind == names.front().kind) {
        ++size;
    }
    return names.first(size);
}

Error ambiguous(const View& view, std::string_view typed, Names names, bool regions) {
    std::string list;
    for (const NameRow& name : names) {
        list += list.empty() ? "" : ", ";
        list += regions ? region_id(view, name.target) + " (" +
                              std::string(view.text(view.zones[view.regions[name.target].zone].zone)) + ")"
                        : std::string(view.text(view.zones[name.target].zone));
    }
    return {Code::kMalformed, "\"" + std::string(typed) + "\" means several places: " + list,
            "write one of them in full"};
}

Result<Place> place_of_zones(const View& view, std::string_view typed, Names names) {
    if (names.size() > 1) {
        return ambiguous(view, typed, names, false);
    }
    return zone_place(view, names.front().target);
}

/// One of several regions with one name: the only hyperscaler among them, else the zone they share.
Result<Place> place_of_regions(const View& view, std::string_view typed, Names names) {
    if (names.size() == 1) {
        return region_place(view, names.front().target);
    }
    std::vector<std::uint32_t> big;
    bool one_zone = true;
    for (const NameRow& name : names) {
        const RegionRow& row = view.regions[name.target];
        const std::string_view provider = view.text(row.provider);
        if (std::find(kHyperscalers.begin(), kHyperscalers.end(), provider) != kHyperscalers.end()) {
            big.push_back(name.target);
        }
        one_zone = one_zone && row.zone == view.regions[names.front().target].zone;
    }
    if (big.size() == 1) {
        return region_place(view, big.front());
    }
    if (one_zone) {
        return zone_place(view, view.regions[names.front().target].zone);
    }
    return ambiguous(view, typed, names, true);
}

/// A city is its most specific zone: zones inside a country before the country, then the one that most
/// regions of the city name, then the first by code. Two cities of one name in different countries are
/// ambiguous.
Result<Place> place_of_city(const View& view, std::string_view typed, Names names) {
    struct Votes {
        bool inside = false;
        int regions = 0;
    };
    std::map<std::uint32_t, Votes> votes;  // zones are sorted by code, so their index is too
    const RegionRow& first = view.regions[names.front().target];
    for (const NameRow& name : names) {
        const RegionRow& row = view.regions[name.target];
        if (row.country != first.country) {
            return ambiguous(view, typed, names, true);
        }
        Votes& vote = votes[row.zone];
        vote.inside = view.text(view.zones[row.zone].type) != "country";
        ++vote.regions;
    }
    auto best = votes.begin();
    for (auto at = votes.begin(); at != votes.end(); ++at) {
        if (std::pair(at->second.inside, at->second.regions) >
            std::pair(best->second.inside, best->second.regions)) {
            best = at;
        }
    }
    Place place = zone_place(view, best->first);
    place.city = view.text(first.city);
    return place;
}

template <class Name>
Error not_found(std::string_view typed, const std::vector<Name>& candidates) {
    Error error{Code::kNotFound, "no place is known as \"" + std::string(typed) + "\"", ""};
    const std::vector<std::string> near = nearest(typed, candidates, 3);
    for (const std::string& name : near) {
        error.hint += error.hint.empty() ? "did you mean " : " or ";
        error.hint += name;
    }
    error.hint += near.empty() ? "" : "? ";
    error.hint += "`gramme regions TEXT` searches";
    return error;
}

/// Nothing under this name: the nearest regions of the provider, or the nearest provider.
Error no_such_region(const View& view, std::string_view typed, const std::string& provider,
                     const std::string& region) {
    std::vector<std::string> regions;
    std::vector<std::string> providers;
    for (std::uint32_t i = 0; i < view.regions.size(); ++i) {
        const std::string_view of = view.text(view.regions[i].provider);
        if (providers.empty() || providers.back() != of) {
            providers.emplace_back(of);
        }
        if (of == provider) {
            regions.push_back(region_id(view, i));
        }
    }
    if (!regions.empty()) {
        return not_found(provider + ":" + region, regions);
    }
    Error error = not_found(typed, std::vector<std::string>{});
    error.what = "no provider is known as \"" + provider + "\"";
    if (const std::vector<std::string> near = nearest(provider, providers, 1); !near.empty()) {
        error.hint = "did you mean " + near.front() + "? " + error.hint;
    }
    return error;
}

/// "provider:region", or "provider:city" and "provider:own name" where they mean one region.
Result<Place> qualified(const View& view, std::string_view typed, std::size_t colon) {
    const std::string provider = provider_key(typed.substr(0, colon));
    const std::string region = name_key(typed.substr(colon + 1));
    const Names names = named(view, region);
    for (const NameKind kind : {NameKind::kRegion, NameKind::kCity, NameKind::kDisplayName}) {
        std::vector<NameRow> of_provider;
        for (const NameRow& name : names) {
            if (name.kind == kind && view.text(view.regions[name.target].provider) == provider) {
                of_provider.push_back(name);
            }
        }
        if (of_provider.size() == 1) {
            return region_place(view, of_provider.front().target);
        }
        if (of_provider.size() > 1) {
            return ambiguous(view, typed, of_provider, true);
        }
    }
    return no_such_region(view, typed, provider, region);
}

std::vector<std::string_view> all_names(const View& view) {
    std::vector<std::string_view> names;
    names.reserve(2 * (view.regions.size() + view.zones.size()) + view.aliases.size());
    for (const RegionRow& row : view.regions) {
        names.push_back(view.text(row.region));
        names.push_back(view.text(row.city));
    }
    for (const ZoneRow& row : view.zones) {
        names.push_back(view.text(row.zone));
        names.push_back(view.text(row.name));
    }
    for (const AliasRow& row : view.aliases) {
        names.push_back(view.text(row.alias));
    }
    std::erase_if(names, [](std::string_view name) { return name.empty(); });
    return names;
}

}  // namespace

Result<Place> Tables::find_place(std::string_view typed) const {
    const View tables = view();
    if (const std::size_t colon = typed.find(':'); colon != std::string_view::npos) {
        return qualified(tables, typed, colon);
    }
    const Names names = first_kind(named(tables, name_key(typed)));
    if (names.empty()) {
        return not_found(typed, all_names(tables));
    }
    switch (names.front().kind) {
        case NameKind::kCode:
        case NameKind::kCountry:
        case NameKind::kSubdivision: return place_of_zones(tables, typed, names);
        case NameKind::kRegion:
        case NameKind::kDisplayName: return place_of_regions(tables, typed, names);
        case NameKind::kCity: return place_of_city(tables, typed, names);
    }
    return Error{Code::kBug, "a name of unknown kind", ""};
}

Place Tables::world() const {
    const View tables = view();
    return zone_place(tables, zone_index(tables, "WLD"));  // check_records: it is there
}

}  // namespace gramme::refdata
