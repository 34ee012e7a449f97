// Binary search in the sorted tables. Internal to refdata.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <string_view>

#include "refdata/image.hpp"

namespace gramme::refdata {

/// First row whose text is not below `key`, in a table sorted by that text.
template <class Row>
[[nodiscard]] const Row* find_row(const View& view, std::span<const Row> rows, Text Row::*field,
                                  std::string_view key) {
    const auto at = std::lower_bound(
        rows.begin(), rows.end(), key,
        [&](const Row& row, std::string_view wanted) { return view.compare(row.*field, wanted) < 0; });
    return at != rows.end() && view.compare((*at).*field, key) == 0 ? &*at : nullptr;
}

/// Index of a zone by its exact code, kNone if there is no such zone.
[[nodiscard]] inline std::uint32_t zone_index(const View& view, std::string_view code) {
    const ZoneRow* row = find_row(view, view.zones, &ZoneRow::zone, code);
    return row == nullptr ? kNone : static_cast<std::uint32_t>(row - view.zones.data());
}

}  // namespace gramme::refdata
