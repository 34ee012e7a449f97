#include "cli/import_place.hpp"

#include "base/text.hpp"

namespace gramme::cli {

std::string region_of(const refdata::Tables& tables, const foreign::ForeignPlace& place) {
    if (!place.provider.empty() && !place.cloud_region.empty()) {
        const std::string region = place.provider + ":" + place.cloud_region;
        if (tables.find_place(region)) {
            return region;
        }
    }
    const std::string& country_text = place.country_iso.empty() ? place.country : place.country_iso;
    const auto country =
        country_text.empty() ? Result<refdata::Place>{Error{}} : tables.find_place(country_text);
    if (!country) {
        return "";
    }
    if (!place.region.empty()) {
        // A name may be that of another place: one state is called as a country is.
        const bool is_state = country->zone == "USA" && folded(place.region) == "georgia";
        const auto within = tables.find_place(is_state ? "US-GA" : place.region);
        if (within && within->country_iso3 == country->country_iso3 && within->region.empty()) {
            return within->zone;
        }
    }
    return country->zone;
}

}  // namespace gramme::cli
