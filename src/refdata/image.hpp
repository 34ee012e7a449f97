// The tables as they are compiled in: arrays of plain structs whose strings are 32-bit offsets into one pool,
// so that nothing needs relocation at start-up (docs/adr/0002-compiled-tables.md). Internal to refdata and
// refgen.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "refdata/hardware_image.hpp"
#include "refdata/records.hpp"

namespace gramme::refdata {

inline constexpr std::uint32_t kChunkSize = 16'384;
/// Part of the string pool; every string, with the NUL after it, lies within one chunk.
struct Chunk {
    char text[kChunkSize];
};
inline constexpr std::uint32_t kNone = 0xFFFF'FFFF;

struct SourceRow {
    Text id, title, publisher, licence, url, note;
    std::int16_t year;
};
/// Sorted by zone. The rows of intensity stand together.
struct ZoneRow {
    Text zone, iso2, country, type, name, source;
    std::uint32_t first_intensity, intensities;
};
/// Of one zone: newest first, undated last; within a year the row that answers first comes first
/// (docs/method/reference-data.md#intensity).
struct IntensityRow {
    double gco2e_per_kwh;
    std::uint32_t zone;  ///< index into zones
    Text perspective, gases, confidence, source, note;
    std::int16_t year;
    std::uint8_t direct, preferred;
};
/// Coordinates in hundredths of a degree, about a kilometre: where a site stands is told no more exactly than
/// by its city, and four bytes hold both. Both are kNoDegrees where they are unknown.
struct RegionRow {
    Text provider, region, display_name, city, country, subdivision, source, note;
    std::uint32_t zone;  ///< index into zones
    std::uint32_t pue;   ///< index into pues of the newest row of this region, or kNone
    std::int16_t latitude, longitude;
};
inline constexpr std::int16_t kNoDegrees = std::numeric_limits<std::int16_t>::min();
/// Sorted by provider, region, newest first.
struct PueRow {
    double pue, sigma_ln;
    Text provider, region, kind, source, note;
    std::int16_t year;
};
/// Sorted by match key.
struct CpuRow {
    Text match_key, id, vendor, model, microarchitecture, source;
    std::uint16_t cores, threads;
    std::int16_t release_year;
    float base_ghz, tdp_w;
};
struct CpuIdRow {
    Text vendor, microarchitecture, source;
    std::int32_t family, model, stepping_min, stepping_max;
};
/// Sorted by microarchitecture.
struct CpuPowerRow {
    double idle_w_per_thread, full_w_per_thread, sigma_ln, idle_per_tdp, full_per_tdp, sigma_ln_per_tdp;
    Text microarchitecture, source, note;
    std::uint32_t generic;
};
struct MemoryRow {
    double idle_w_per_module, busy_w_per_module, gb_per_module, sigma_ln;
    Text kind, source, note;
};
/// Sorted by id. `match_keys` are those of the name and the aliases, with ";" between them.
struct GpuRow {
    double memory_gb, board_limit_w, idle_w;
    Text match_keys, id, vendor, name, aliases, source, idle_source, note;
    std::uint16_t devices_per_board;
};
struct RemainderRow {
    double base_w, base_sigma, efficiency, efficiency_half;
    Text kind, source, note;
};
struct EquivalenceRowData {
    double kgco2e_per_unit;
    Text key, label, unit, scope, source, note;
    std::uint32_t shown_by_default;
};
/// Sorted by use, place.
struct WaterRow {
    double l_per_kwh, sigma_ln;
    Text use, place, source, note;
    std::int16_t year;
};
/// Sorted by tool, kind, name.
struct ProfileRow {
    double value;
    Text tool, kind, name, source, note;
};
struct AliasRow {
    Text alias, source;
    std::uint32_t zone;  ///< index into zones
};

/// nullopt where it is unknown.
[[nodiscard]] inline std::optional<Coordinates> coordinates_of(const RegionRow& row) {
    constexpr double kPerDegree = 100.0;
    return row.latitude == kNoDegrees
               ? std::nullopt
               : std::optional(Coordinates{row.latitude / kPerDegree, row.longitude / kPerDegree});
}

/// What a name may be, in the order in which find_place asks.
enum class NameKind : std::uint32_t {
    kCode,         ///< zone code or ISO alpha-2 code
    kCountry,      ///< name or alias of a country or aggregate
    kRegion,       ///< region without its provider
    kSubdivision,  ///< name or alias of another zone
    kCity,
    kDisplayName  ///< a provider's own name of a region
};
/// Sorted by key (folded), kind, target.
struct NameRow {
    Text key;
    NameKind kind;
    std::uint32_t target;  ///< index into zones or regions
};

/// All tables, wherever they live. Cheap to copy.
struct View {
    std::span<const Chunk> pool;
    std::span<const SourceRow> sources;  ///< sorted by id
    std::span<const ZoneRow> zones;
    std::span<const IntensityRow> intensities;
    std::span<const RegionRow> regions;  ///< sorted by provider, region
    std::span<const PueRow> pues;
    std::span<const CpuRow> cpus;
    std::span<const CpuIdRow> cpu_ids;
    std::span<const CpuPowerRow> cpu_powers;
    std::span<const MemoryRow> memories;
    std::span<const GpuRow> gpus;
    std::span<const RemainderRow> remainders;
    std::span<const EquivalenceRowData> equivalences;  ///< by size
    std::span<const ProfileRow> profile_factors;
    std::span<const AliasRow> aliases;
    std::span<const WaterRow> waters;
    std::span<const NameRow> names;
    std::span<const AcceleratorRow> accelerators;
    std::span<const InstanceRow> instances;
    std::span<const EmbodiedRow> embodied;
    std::span<const MfuRow> mfus;
    std::span<const EnergySourceRow> energy_sources;
    std::span<const HostRow> hosts;
    std::span<const HardwareNameRow> accelerator_names, instance_names, accelerator_words;

    [[nodiscard]] std::string_view text(Text offset) const {
        return pool[offset / kChunkSize].text + offset % kChunkSize;
    }
    /// As text(offset).compare(other), without asking how long the text is.
    [[nodiscard]] int compare(Text offset, std::string_view other) const {
        const char* at = pool[offset / kChunkSize].text + offset % kChunkSize;
        for (const char wanted : other) {
            if (*at != wanted || *at == '\0') {
                return *at != '\0' && static_cast<unsigned char>(*at) > static_cast<unsigned char>(wanted)
                           ? 1
                           : -1;
            }
            ++at;
        }
        return *at == '\0' ? 0 : 1;
    }
};

/// The tables in memory of their own: what refgen writes out, and what a person's rows are merged into.
struct Image {
    std::vector<Chunk> pool;
    std::vector<SourceRow> sources;
    std::vector<ZoneRow> zones;
    std::vector<IntensityRow> intensities;
    std::vector<RegionRow> regions;
    std::vector<PueRow> pues;
    std::vector<CpuRow> cpus;
    std::vector<CpuIdRow> cpu_ids;
    std::vector<CpuPowerRow> cpu_powers;
    std::vector<MemoryRow> memories;
    std::vector<GpuRow> gpus;
    std::vector<RemainderRow> remainders;
    std::vector<EquivalenceRowData> equivalences;
    std::vector<ProfileRow> profile_factors;
    std::vector<AliasRow> aliases;
    std::vector<WaterRow> waters;
    std::vector<NameRow> names;
    std::vector<AcceleratorRow> accelerators;
    std::vector<InstanceRow> instances;
    std::vector<EmbodiedRow> embodied;
    std::vector<MfuRow> mfus;
    std::vector<EnergySourceRow> energy_sources;
    std::vector<HostRow> hosts;
    std::vector<HardwareNameRow> accelerator_names, instance_names, accelerator_words;

    [[nodiscard]] View view() const {
        return {pool,           sources,          zones,      intensities,    regions, pues,
                cpus,           cpu_ids,          cpu_powers, memories,       gpus,    remainders,
                equivalences,   profile_factors,  aliases,    waters,         names,   accelerators,
                instances,      embodied,         mfus,       energy_sources, hosts,   accelerator_names,
                instance_names, accelerator_words};
    }
};

/// The form in which names are compared: folded, single blanks, none at the ends.
[[nodiscard]] std::string name_key(std::string_view name);

/// Checks the records (check_records) and lays them out.
[[nodiscard]] Result<Image> build_image(const Records& records, bool compiled_in);

/// The inverse, for merging: line 0 and no share-alike mark.
[[nodiscard]] Records records_of(const View& view);

/// The tables in this program; defined by the generated file.
[[nodiscard]] View compiled_view();

}  // namespace gramme::refdata
