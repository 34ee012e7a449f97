// Which places match what a person types, each with the figures that a run there would use. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "refdata/tables.hpp"

namespace gramme::calculate {

struct FoundRegion {
    std::string id;       ///< what --region takes: "aws:eu-west-3", "FRA"
    std::string zone;     ///< of the figure: "FRA", "CA-QC"
    std::string name;     ///< "Paris", "Quebec"
    std::string country;  ///< ISO 3166-1 alpha-3, empty for aggregates
    std::optional<refdata::Intensity> intensity;
    std::optional<refdata::Pue> pue;  ///< the region's own, else its provider's mean; none for a bare zone
    std::optional<refdata::Coordinates> at;  ///< of a cloud region; absent: a zone, or not known
};

/// Every word of `text` must occur in the provider, region, city, zone, country or their names (case and
/// accents do not matter); what find_place() makes of the whole text is found too, with the regions of its
/// zone. Empty: everything. Zones come first, then cloud regions, each by id.
[[nodiscard]] std::vector<FoundRegion> search_regions(const refdata::Tables& tables, std::string_view text);

/// Names near to `text`, for a search that found nothing.
[[nodiscard]] std::vector<std::string> near_regions(const refdata::Tables& tables, std::string_view text);

}  // namespace gramme::calculate
