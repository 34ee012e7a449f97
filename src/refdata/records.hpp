// The rows of the reference tables as plain values, and the checks that every set of tables must pass: those
// that are compiled in, and those with a person's own rows.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "refdata/coordinates.hpp"
#include "refdata/hardware_records.hpp"

namespace gramme::refdata {

/// `line` is where a row stands in its file, 0 for a row of the compiled tables. A number 0 stands for
/// "unknown" where the column may be empty.
struct SourceRecord {
    std::uint32_t line = 0;
    std::string id, title, publisher, licence, url, note;
    int year = 0;
    bool share_alike = false;
};
struct ZoneRecord {
    std::uint32_t line = 0;
    std::string zone, iso2, country, type, name, source;
};
struct IntensityRecord {
    std::uint32_t line = 0;
    std::string zone, perspective, gases, confidence, source, note;
    int year = 0;
    double gco2e_per_kwh = 0.0;
    bool direct = false;
    bool preferred = false;
};
struct RegionRecord {
    std::uint32_t line = 0;
    std::string provider, region, display_name, city, country, subdivision, zone, source, note;
    std::optional<Coordinates> at;
};
struct PueRecord {
    std::uint32_t line = 0;
    std::string provider, region, kind, source, note;
    int year = 0;
    double pue = 0.0;
    double sigma_ln = 0.0;
};
struct CpuRecord {
    std::uint32_t line = 0;
    std::string id, vendor, model, microarchitecture, source;
    int cores = 0;
    int threads = 0;
    double base_ghz = 0.0;
    double tdp_w = 0.0;
    int release_year = 0;
};
struct CpuIdRecord {
    std::uint32_t line = 0;
    std::string vendor, microarchitecture, source;
    int family = 0;
    int model = 0;
    int stepping_min = 0;
    int stepping_max = 255;
};
struct CpuPowerRecord {
    std::uint32_t line = 0;
    std::string microarchitecture, source, note;
    double idle_w_per_thread = 0.0;
    double full_w_per_thread = 0.0;
    double sigma_ln = 0.0;
    bool generic = false;
    double idle_per_tdp = 0.0;
    double full_per_tdp = 0.0;
    double sigma_ln_per_tdp = 0.0;
};
struct MemoryRecord {
    std::uint32_t line = 0;
    std::string kind, source, note;
    double idle_w_per_module = 0.0;
    double busy_w_per_module = 0.0;
    double gb_per_module = 0.0;
    double sigma_ln = 0.0;
};
/// Watts and memory are those of the board; `aliases` are further names, with ";" between them.
struct GpuRecord {
    std::uint32_t line = 0;
    std::string id, vendor, name, aliases, source, idle_source, note;
    double memory_gb = 0.0;
    int devices_per_board = 1;
    double board_limit_w = 0.0;
    double idle_w = 0.0;
};
struct RemainderRecord {
    std::uint32_t line = 0;
    std::string kind, source, note;
    double base_w = 0.0;
    double base_sigma = 0.0;
    double efficiency = 1.0;
    double efficiency_half = 0.0;
};
struct EquivalenceRecord {
    std::uint32_t line = 0;
    std::string key, label, unit, scope, source, note;
    double kgco2e_per_unit = 0.0;
    bool shown_by_default = false;
};
/// Litres evaporated per kWh: on the site of a provider, or by the power stations of a zone.
struct WaterRecord {
    std::uint32_t line = 0;
    std::string use, place, source, note;
    int year = 0;
    double l_per_kwh = 0.0;
    double sigma_ln = 0.0;
};
/// A figure that another calculator takes: grid intensity in g/kWh, a PUE, watts (docs/method/profiles.md).
struct ProfileRecord {
    std::uint32_t line = 0;
    std::string tool, kind, name, source, note;
    double value = 0.0;
};
struct AliasRecord {
    std::uint32_t line = 0;
    std::string alias, zone, source;
};

struct Records {
    std::vector<SourceRecord> sources;
    std::vector<ZoneRecord> zones;
    std::vector<IntensityRecord> intensities;
    std::vector<RegionRecord> regions;
    std::vector<PueRecord> pues;
    std::vector<CpuRecord> cpus;
    std::vector<CpuIdRecord> cpu_ids;
    std::vector<CpuPowerRecord> cpu_powers;
    std::vector<MemoryRecord> memories;
    std::vector<GpuRecord> gpus;
    std::vector<RemainderRecord> remainders;
    std::vector<EquivalenceRecord> equivalences;
    std::vector<ProfileRecord> profile_factors;
    std::vector<AliasRecord> aliases;
    std::vector<WaterRecord> waters;
    std::vector<AcceleratorRecord> accelerators;
    std::vector<InstanceRecord> instances;
    std::vector<EmbodiedRecord> embodied;
    std::vector<MfuRecord> mfus;
    std::vector<EnergySourceRecord> energy_sources;
    std::vector<HostRecord> hosts;
};

/// The file names of all tables, in the order in which data/SOURCES.md describes them.
[[nodiscard]] std::span<const std::string_view> table_files();

/// Adds the rows of one table; `file` may carry a folder. kMalformed (file, line, column), kOutOfRange,
/// kNotFound for a file that is no table.
[[nodiscard]] Result<void> read_records(std::string_view file, std::string_view text, Records& records);

/// What one table cannot know alone: unique keys, known sources, zones and microarchitectures, one preferred
/// row per zone and basis, the generic CPU row, both kinds of memory, GPU names that mean one row, all kinds
/// of machine. `compiled_in` asks in addition that no source is share-alike and that every source is used.
[[nodiscard]] Result<void> check_records(const Records& records, bool compiled_in);

/// `added` put over `base`: a row with an equal key takes the place of the older one, and a preferred row
/// makes the older preferred row of that zone and basis an ordinary one.
[[nodiscard]] Records merged(Records base, Records added);

}  // namespace gramme::refdata
