#include <algorithm>
#include <iterator>
#include <span>

#include "base/text.hpp"
#include "refdata/read_all.hpp"
#include "refdata/read_hardware.hpp"
#include "refdata/records.hpp"

namespace gramme::refdata {
namespace {

constexpr std::string_view kFiles[] = {"grid_zones.csv",
                                       "grid_intensity.csv",
                                       "place_aliases.csv",
                                       "cloud_regions.csv",
                                       "pue.csv",
                                       "cpus.csv",
                                       "cpu_microarchitectures.csv",
                                       "cpu_power.csv",
                                       "memory_power.csv",
                                       "gpus.csv",
                                       "machine_remainder.csv",
                                       "water.csv",
                                       "equivalences.csv",
                                       "profile_factors.csv",
                                       "accelerators.csv",
                                       "instances.csv",
                                       "embodied.csv",
                                       "mfu.csv",
                                       "energy_sources.csv",
                                       "typical_hosts.csv",
                                       "sources.csv"};
using Names = std::span<const std::string_view>;
constexpr std::string_view kShareAlike[] = {"no", "yes"};
constexpr std::string_view kBases[] = {"lifecycle", "direct"};
constexpr std::string_view kZoneTypes[] = {"aggregate",       "bidding_zone", "country",
                                           "egrid_subregion", "grid_region",  "subdivision"};
constexpr std::string_view kPerspectives[] = {"production", "consumption", "unspecified"};
constexpr std::string_view kGases[] = {"co2e", "co2", "unspecified"};
constexpr std::string_view kConfidences[] = {
    "published", "mirror-crosschecked",   "mirror", "transcribed", "secondary", "calculator",
    "derived",   "transcribed-unchecked", "own"};
constexpr std::string_view kPueKinds[] = {"reported", "claimed", "design", "survey"};
constexpr std::string_view kMemoryKinds[] = {"client", "server"};
constexpr std::string_view kProfileTools[] = {"codecarbon", "green-algorithms", "mlco2", "published"};
constexpr std::string_view kProfileKinds[] = {"grid",     "pue",  "device_w", "core_w", "memory_w_per_gb",
                                              "system_w", "reuse"};
constexpr std::string_view kMachineKinds[] = {"desktop", "gpu-server", "laptop", "server"};

constexpr std::string_view kSourceColumns[] = {"source",  "title",       "publisher", "year?",
                                               "licence", "share_alike", "url",       "note?"};
constexpr std::string_view kZoneColumns[] = {"zone", "iso2?", "country_iso3?", "zone_type", "name", "source"};
constexpr std::string_view kIntensityColumns[] = {"zone",         "year?",  "gco2e_per_kwh", "basis",
                                                  "perspective?", "gases?", "preferred?",    "confidence?",
                                                  "source",       "note?"};
constexpr std::string_view kRegionColumns[] = {"provider",      "region",       "display_name?", "city?",
                                               "country_iso3?", "subdivision?", "latitude?",     "longitude?",
                                               "grid_zone",     "source",       "note?"};
constexpr std::string_view kPueColumns[] = {"provider", "region?", "year",   "pue",
                                            "sigma_ln", "kind",    "source", "note?"};
constexpr std::string_view kCpuColumns[] = {
    "id",       "vendor",    "model",  "microarchitecture?", "cores?",
    "threads?", "base_ghz?", "tdp_w?", "release_year?",      "source"};
constexpr std::string_view kCpuIdColumns[] = {
    "vendor", "family", "model", "stepping_min", "stepping_max", "microarchitecture", "source"};
constexpr std::string_view kCpuPowerColumns[] = {"microarchitecture",
                                                 "idle_w_per_thread",
                                                 "full_w_per_thread",
                                                 "sigma_ln",
                                                 "generic?",
                                                 "idle_per_tdp?",
                                                 "full_per_tdp?",
                                                 "sigma_ln_per_tdp?",
                                                 "wall_idle_w_per_thread?",
                                                 "wall_full_w_per_thread?",
                                                 "wall_idle_per_tdp?",
                                                 "wall_full_per_tdp?",
                                                 "results?",
                                                 "source",
                                                 "note?"};
constexpr std::string_view kMemoryColumns[] = {
    "kind", "idle_w_per_module", "busy_w_per_module", "gb_per_module", "sigma_ln", "source", "note?"};
constexpr std::string_view kGpuColumns[] = {
    "id",      "vendor", "name",         "aliases?", "memory_gb?", "devices_per_board", "board_limit_w",
    "idle_w?", "source", "idle_source?", "note?"};
constexpr std::string_view kRemainderColumns[] = {
    "kind", "base_w", "base_sigma", "efficiency", "efficiency_half", "source", "note?"};
constexpr std::string_view kEquivalenceColumns[] = {
    "key", "label", "unit", "kgco2e_per_unit", "scope?", "shown_by_default?", "source", "note?"};
constexpr std::string_view kWaterUses[] = {"grid", "site"};
constexpr std::string_view kWaterColumns[] = {"use",      "place",  "year?", "l_per_kwh",
                                              "sigma_ln", "source", "note?"};
constexpr std::string_view kProfileColumns[] = {"tool", "kind", "name", "value", "source", "note?"};
constexpr std::string_view kAliasColumns[] = {"alias", "zone", "source"};

/// A region or zone key is typed by people and printed in tables: no blanks, colons or quotes in it.
std::string name_cell(RowCursor& row, const CsvTable& table, std::uint32_t line, Error& fault) {
    std::string cell = row.key();
    if (fault.what.empty() && cell.find_first_of(" :\"\t;") != std::string::npos) {
        fault =
            table_fault(table.file, line, "", "\"" + cell + "\" holds a blank, colon, semicolon or quote");
    }
    return cell;
}

Result<void> read_row(const CsvTable& table, const CsvTable::Row& row, SourceRecord& r) {
    RowCursor cells(table, row);
    r.id = cells.key();
    r.title = cells.key();
    r.publisher = cells.key();
    r.year = cells.whole_or_unknown(1900, 2100);
    r.licence = cells.key();
    r.share_alike = cells.word(kShareAlike) == "yes";
    r.url = cells.key();
    r.note = cells.text();
    return cells.finish();
}

Result<void> read_row(const CsvTable& table, const CsvTable::Row& row, ZoneRecord& r) {
    RowCursor cells(table, row);
    Error fault;
    r.zone = name_cell(cells, table, row.line, fault);
    r.iso2 = cells.text();
    r.country = cells.text();
    r.type = cells.word(kZoneTypes);
    r.name = cells.key();
    r.source = cells.key();
    GRAMME_CHECK(cells.finish());
    if (!fault.what.empty()) {
        return fault;
    }
    if ((r.country.empty()) != (r.type == "aggregate")) {
        return table_fault(table.file, row.line, "country_iso3", "only an aggregate lies in no country");
    }
    if (r.type == "country" && r.country != r.zone) {
        return table_fault(table.file, row.line, "country_iso3", "a country is its own country");
    }
    return {};
}

Result<void> read_row(const CsvTable& table, const CsvTable::Row& row, IntensityRecord& r) {
    RowCursor cells(table, row);
    r.zone = cells.key();
    r.year = cells.whole_or_unknown(1990, 2100);
    r.gco2e_per_kwh =
        cells.number(0.0, 2'500.0);  // lignite alone is about 1,100; small oil-fired islands more
    r.direct = cells.word(kBases) == "direct";
    r.perspective = cells.text();
    r.gases = cells.text();
    r.preferred = cells.flag();
    r.confidence = cells.text();
    r.source = cells.key();
    r.note = cells.text();
    GRAMME_CHECK(cells.finish());
    const auto one_of = [](std::string& cell, Names allowed, std::string_view otherwise) {
        if (cell.empty()) {
            cell = otherwise;
        }
        for (const std::string_view word : allowed) {
            if (cell == word) {
                return true;
            }
        }
        return false;
    };
    if (!one_of(r.perspective, kPerspectives, "unspecified")) {
        return table_fault(table.file, row.line, "perspective", "not production, consumption or unspecified");
    }
    if (!one_of(r.gases, kGases, "unspecified")) {
        return table_fault(table.file, row.line, "gases", "not co2e, co2 or unspecified");
    }
    if (!one_of(r.confidence, kConfidences, "own")) {
        return table_fault(table.file, row.line, "confidence", "not a known word");
    }
    return {};
}

Result<void> read_row(const CsvTable& table, const CsvTable::Row& row, RegionRecord& r) {
    RowCursor cells(table, row);
    Error fault;
    r.provider = name_cell(cells, table, row.line, fault);
    r.region = name_cell(cells, table, row.line, fault);
    r.display_name = cells.text();
    r.city = cells.text();
    r.country = cells.text();
    r.subdivision = cells.text();
    constexpr double kPole = 90.0;
    constexpr double kHalfCircle = 180.0;
    const auto latitude = cells.number_if_any(-kPole, kPole);
    const auto longitude = cells.number_if_any(-kHalfCircle, kHalfCircle);
    r.zone = cells.key();
    r.source = cells.key();
    r.note = cells.text();
    GRAMME_CHECK(cells.finish());
    if (!fault.what.empty()) {
        return fault;
    }
    if (r.provider != folded(r.provider)) {
        return table_fault(table.file, row.line, "provider", "providers are written in lower case");
    }
    if (latitude.has_value() != longitude.has_value()) {
        return table_fault(table.file, row.line, latitude ? "longitude" : "latitude",
                           "latitude and longitude belong together; leave both empty where they are unknown");
    }
    if (latitude) {
        r.at = Coordinates{*latitude, *longitude};
    }
    return {};
}

Result<void> read_row(const CsvTable& table, const CsvTable::Row& row, PueRecord& r) {
    RowCursor cells(table, row);
    r.provider = cells.key();
    r.region = cells.text();
    r.year = cells.whole(2000, 2100);
    r.pue = cells.number(1.0, 3.0);
    r.sigma_ln = cells.number(0.0, 1.0);
    r.kind = cells.word(kPueKinds);
    r.source = cells.key();
    r.note = cells.text();
    return cells.finish();
}

Result<void> read_row(const CsvTable& table, const CsvTable::Row& row, CpuRecord& r) {
    RowCursor cells(table, row);
    r.id = cells.key();
    r.vendor = cells.key();
    r.model = cells.key();
    r.microarchitecture = cells.text();
    r.cores = cells.whole_or_unknown(1, 1'024);
    r.threads = cells.whole_or_unknown(1, 4'096);
    r.base_ghz = cells.number_or_unknown(0.01, 10.0);
    r.tdp_w = cells.number_or_unknown(0.02, 1'000.0);
    r.release_year = cells.whole_or_unknown(1990, 2100);
    r.source = cells.key();
    GRAMME_CHECK(cells.finish());
    if (r.cores > 0 && r.threads > 0 && r.threads < r.cores) {
        return table_fault(table.file, row.line, "threads", "fewer threads than cores");
    }
    return {};
}

Result<void> read_row(const CsvTable& table, const CsvTable::Row& row, CpuIdRecord& r) {
    RowCursor cells(table, row);
    r.vendor = cells.key();
    r.family = cells.whole(0, 4'095);
    r.model = cells.whole(0, 65'535);
    r.stepping_min = cells.whole(0, 255);
    r.stepping_max = cells.whole(0, 255);
    r.microarchitecture = cells.key();
    r.source = cells.key();
    GRAMME_CHECK(cells.finish());
    if (r.stepping_max < r.stepping_min) {
        return table_fault(table.file, row.line, "stepping_max", "below stepping_min");
    }
    return {};
}

Result<void> read_row(const CsvTable& table, const CsvTable::Row& row, CpuPowerRecord& r) {
    RowCursor cells(table, row);
    r.microarchitecture = cells.key();
    r.idle_w_per_thread = cells.number(0.0, 20.0);
    r.full_w_per_thread = cells.number(0.05, 60.0);
    r.sigma_ln = cells.number(0.01, 2.0);
    r.generic = cells.flag();
    r.idle_per_tdp = cells.number_or_unknown(0.001, 1.0);
    r.full_per_tdp = cells.number_or_unknown(0.01, 4.0);
    r.sigma_ln_per_tdp = cells.number_or_unknown(0.01, 2.0);
    const double wall_idle_w = cells.number_or_unknown(0.0, 100.0);  // what the row was made from
    const double wall_full_w = cells.number_or_unknown(0.0, 100.0);
    (void)cells.number_or_unknown(0.0, 10.0);
    (void)cells.number_or_unknown(0.0, 10.0);
    const int results = cells.whole_or_unknown(1, 100'000);
    r.source = cells.key();
    r.note = cells.text();
    GRAMME_CHECK(cells.finish());
    if (r.full_w_per_thread <= r.idle_w_per_thread) {
        return table_fault(table.file, row.line, "full_w_per_thread", "not above the idle watts");
    }
    const bool any_per_tdp = r.idle_per_tdp > 0.0 || r.full_per_tdp > 0.0 || r.sigma_ln_per_tdp > 0.0;
    if (any_per_tdp &&
        (r.full_per_tdp <= r.idle_per_tdp || r.idle_per_tdp <= 0.0 || r.sigma_ln_per_tdp <= 0.0)) {
        return table_fault(table.file, row.line, "full_per_tdp",
                           "idle, a higher full and sigma_ln per TDP belong together");
    }
    const bool from_wall = wall_idle_w > 0.0 || wall_full_w > 0.0 || results > 0;
    if (from_wall && (r.idle_w_per_thread > wall_idle_w || r.full_w_per_thread > wall_full_w)) {
        return table_fault(table.file, row.line, "wall_idle_w_per_thread",
                           "the package draws more than its server");
    }
    return {};
}

Result<void> read_row(const CsvTable& table, const CsvTable::Row& row, MemoryRecord& r) {
    RowCursor cells(table, row);
    r.kind = cells.word(kMemoryKinds);
    r.idle_w_per_module = cells.number(0.0, 50.0);
    r.busy_w_per_module = cells.number(0.0, 50.0);
    r.gb_per_module = cells.number(1.0, 4'096.0);
    r.sigma_ln = cells.number(0.01, 2.0);
    r.source = cells.key();
    r.note = cells.text();
    return cells.finish();
}

Result<void> read_row(const CsvTable& table, const CsvTable::Row& row, GpuRecord& r) {
    RowCursor cells(table, row);
    r.id = cells.key();
    r.vendor = cells.key();
    r.name = cells.key();
    r.aliases = cells.text();
    r.memory_gb = cells.number_or_unknown(0.1, 10'000.0);
    r.devices_per_board = cells.whole(1, 16);
    r.board_limit_w = cells.number(1.0, 5'000.0);
    r.idle_w = cells.number_or_unknown(0.1, 2'000.0);
    r.source = cells.key();
    r.idle_source = cells.text();
    r.note = cells.text();
    GRAMME_CHECK(cells.finish());
    if (r.idle_w >= r.board_limit_w) {
        return table_fault(table.file, row.line, "idle_w", "not below the limit of the board");
    }
    if ((r.idle_w > 0.0) == r.idle_source.empty()) {
        return table_fault(table.file, row.line, "idle_source",
                           "idle watts and their source belong together");
    }
    return {};
}

Result<void> read_row(const CsvTable& table, const CsvTable::Row& row, WaterRecord& r) {
    RowCursor cells(table, row);
    r.use = cells.word(kWaterUses);
    r.place = cells.key();
    r.year = cells.whole_or_unknown(2000, 2100);
    r.l_per_kwh = cells.number(0.0, 100.0);
    r.sigma_ln = cells.number(0.0, 2.0);
    r.source = cells.key();
    r.note = cells.text();
    return cells.finish();
}

Result<void> read_row(const CsvTable& table, const CsvTable::Row& row, RemainderRecord& r) {
    RowCursor cells(table, row);
    r.kind = cells.word(kMachineKinds);
    r.base_w = cells.number(0.0, 100'000.0);
    r.base_sigma = cells.number(0.01, 2.0);
    r.efficiency = cells.number(0.5, 0.999);
    r.efficiency_half = cells.number(0.0, 0.3);
    r.source = cells.key();
    r.note = cells.text();
    return cells.finish();
}

Result<void> read_row(const CsvTable& table, const CsvTable::Row& row, ProfileRecord& r) {
    RowCursor cells(table, row);
    r.tool = cells.word(kProfileTools);
    r.kind = cells.word(kProfileKinds);
    r.name = cells.key();
    r.value = cells.number(0.0, 2'500.0);  // g/kWh is the largest of them
    r.source = cells.key();
    r.note = cells.text();
    return cells.finish();
}

Result<void> read_row(const CsvTable& table, const CsvTable::Row& row, EquivalenceRecord& r) {
    RowCursor cells(table, row);
    r.key = cells.key();
    r.label = cells.key();
    r.unit = cells.key();
    r.kgco2e_per_unit = cells.number(1e-9, 1e9);
    r.scope = cells.text();
    r.shown_by_default = cells.flag();
    r.source = cells.key();
    r.note = cells.text();
    return cells.finish();
}

Result<void> read_row(const CsvTable& table, const CsvTable::Row& row, AliasRecord& r) {
    RowCursor cells(table, row);
    r.alias = cells.key();
    r.zone = cells.key();
    r.source = cells.key();
    return cells.finish();
}

/// The reader of a record is the read_row() of its type.
constexpr auto kByType = [](const CsvTable& table, const CsvTable::Row& row, auto& record) {
    return read_row(table, row, record);
};

}  // namespace

std::span<const std::string_view> table_files() {
    return kFiles;
}

Result<void> read_records(std::string_view file, std::string_view text, Records& records) {
    const std::string_view name = file.substr(file.find_last_of('/') + 1);  // npos + 1 is 0
    if (name == "grid_zones.csv") {
        return read_all(file, text, kZoneColumns, records.zones, kByType);
    }
    if (name == "grid_intensity.csv") {
        return read_all(file, text, kIntensityColumns, records.intensities, kByType);
    }
    if (name == "place_aliases.csv") {
        return read_all(file, text, kAliasColumns, records.aliases, kByType);
    }
    if (name == "cloud_regions.csv") {
        return read_all(file, text, kRegionColumns, records.regions, kByType);
    }
    if (name == "pue.csv") {
        return read_all(file, text, kPueColumns, records.pues, kByType);
    }
    if (name == "cpus.csv") {
        return read_all(file, text, kCpuColumns, records.cpus, kByType);
    }
    if (name == "cpu_microarchitectures.csv") {
        return read_all(file, text, kCpuIdColumns, records.cpu_ids, kByType);
    }
    if (name == "cpu_power.csv") {
        return read_all(file, text, kCpuPowerColumns, records.cpu_powers, kByType);
    }
    if (name == "memory_power.csv") {
        return read_all(file, text, kMemoryColumns, records.memories, kByType);
    }
    if (name == "gpus.csv") {
        return read_all(file, text, kGpuColumns, records.gpus, kByType);
    }
    if (name == "machine_remainder.csv") {
        return read_all(file, text, kRemainderColumns, records.remainders, kByType);
    }
    if (name == "equivalences.csv") {
        return read_all(file, text, kEquivalenceColumns, records.equivalences, kByType);
    }
    if (name == "water.csv") {
        return read_all(file, text, kWaterColumns, records.waters, kByType);
    }
    if (name == "profile_factors.csv") {
        return read_all(file, text, kProfileColumns, records.profile_factors, kByType);
    }
    if (name == "sources.csv") {
        return read_all(file, text, kSourceColumns, records.sources, kByType);
    }
    const auto hardware = hardware_files();
    if (std::find(hardware.begin(), hardware.end(), name) != hardware.end()) {
        return read_hardware(name, file, text, records);
    }
    Error error{Code::kNotFound, std::string(file) + " is not the name of a reference table", ""};
    const std::vector<std::string> files(std::begin(kFiles), std::end(kFiles));
    const std::vector<std::string> near = nearest(name, files, 1);
    error.hint =
        near.empty() ? "the tables are those of data/ in the sources" : "did you mean " + near.front() + "?";
    return error;
}

}  // namespace gramme::refdata
