// Which row of grid intensity answers: docs/method/reference-data.md#intensity.
#include <optional>

#include "refdata/image.hpp"
#include "refdata/tables.hpp"
#include "refdata/zone_search.hpp"

namespace gramme::refdata {
namespace {

constexpr int kStaleAfterYears = 3;
constexpr int kNoCap = 9'999;

using Rows = std::span<const IntensityRow>;

/// Newest dated year not after `cap`, on any basis; 0 if there is none. Rows stand newest first.
int newest_year(Rows rows, int cap) {
    for (const IntensityRow& row : rows) {
        if (row.year > 0 && row.year <= cap) {
            return row.year;
        }
    }
    return 0;
}

/// The row of a zone on one basis, or null: preferred (where no year is asked), newest fresh, undated
/// preferred.
const IntensityRow* on_basis(Rows rows, bool direct, std::optional<int> asked) {
    const int cap = asked.value_or(kNoCap);
    const int newest = newest_year(rows, cap);
    for (const IntensityRow& row : rows) {
        if (!asked && row.preferred != 0 && (row.direct != 0) == direct) {
            return &row;
        }
    }
    for (const IntensityRow& row : rows) {
        const bool fresh = row.year > 0 && row.year <= cap && newest - row.year <= kStaleAfterYears;
        if (fresh && (row.direct != 0) == direct) {
            return &row;
        }
    }
    for (const IntensityRow& row : rows) {
        if (row.year == 0 && row.preferred != 0 && (row.direct != 0) == direct) {
            return &row;
        }
    }
    return nullptr;
}

/// For a year before the first row: the row nearest in time, which is the oldest.
const IntensityRow* oldest(Rows rows, bool direct) {
    const IntensityRow* found = nullptr;
    for (const IntensityRow& row : rows) {
        if (row.year > 0 && (row.direct != 0) == direct && (found == nullptr || row.year < found->year)) {
            found = &row;
        }
    }
    return found;
}

const IntensityRow* choose(Rows rows, bool direct, std::optional<int> year) {
    if (const IntensityRow* row = on_basis(rows, direct, year)) {
        return row;
    }
    if (const IntensityRow* row = on_basis(rows, !direct, year)) {
        return row;
    }
    if (const IntensityRow* row = oldest(rows, direct)) {
        return row;
    }
    if (const IntensityRow* row = oldest(rows, !direct)) {
        return row;
    }
    return rows.empty() ? nullptr : &rows.front();  // undated rows only, none of them preferred
}

Rows rows_of(const View& view, std::uint32_t zone) {
    if (zone == kNone) {
        return {};
    }
    const ZoneRow& row = view.zones[zone];
    return view.intensities.subspan(row.first_intensity, row.intensities);
}

}  // namespace

Result<Intensity> Tables::intensity(const Place& place, Basis wanted, std::optional<int> year) const {
    const View tables = view();
    const std::uint32_t zone = zone_index(tables, place.zone);
    const std::uint32_t country = zone_index(tables, place.country_iso3);
    const bool wants_direct = wanted == Basis::kDirect;
    const IntensityRow* row = choose(rows_of(tables, zone), wants_direct, year);
    const bool fell_back = row == nullptr;
    if (fell_back) {
        row = choose(rows_of(tables, country), wants_direct, year);
    }
    if (row == nullptr) {
        const std::string& name = place.zone_name.empty() ? place.zone : place.zone_name;
        return Error{Code::kNotFound, "no grid intensity is known for " + name,
                     "give one with --intensity G_PER_KWH, or a neighbouring zone with --region"};
    }
    const ZoneRow& of = tables.zones[row->zone];
    Intensity found;
    found.value = GramsPerKilowattHour{row->gco2e_per_kwh};
    found.zone = tables.text(of.zone);
    found.zone_name = tables.text(of.name);
    found.source = tables.text(row->source);
    found.note = tables.text(row->note);
    found.year = row->year;
    found.basis = row->direct != 0 ? Basis::kDirect : Basis::kLifecycle;
    found.fell_back_to_country = fell_back;
    const IntensityRow* beside = row->direct != 0 ? on_basis(rows_of(tables, country), false, year) : nullptr;
    if (beside != nullptr) {
        found.country_lifecycle = GramsPerKilowattHour{beside->gco2e_per_kwh};
        found.country_lifecycle_zone = tables.text(tables.zones[beside->zone].zone);
        found.country_lifecycle_year = beside->year;
        found.country_lifecycle_source = tables.text(beside->source);
    }
    return found;
}

}  // namespace gramme::refdata
