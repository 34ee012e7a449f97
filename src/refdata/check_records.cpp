#include <algorithm>
#include <set>
#include <unordered_map>
#include <unordered_set>

#include "base/text.hpp"
#include "refdata/check_hardware.hpp"
#include "refdata/cpu_name.hpp"
#include "refdata/csv_table.hpp"
#include "refdata/gpu_name.hpp"
#include "refdata/records.hpp"

namespace gramme::refdata {
namespace {

constexpr char kGap = '\x1f';  // joins the parts of a key; no cell holds it

std::string key_of(const SourceRecord& r) {
    return r.id;
}
std::string key_of(const ZoneRecord& r) {
    return r.zone;
}
std::string key_of(const IntensityRecord& r) {
    return r.zone + kGap + std::to_string(r.year) + kGap + (r.direct ? 'd' : 'l') + kGap + r.source;
}
std::string key_of(const RegionRecord& r) {
    return r.provider + kGap + folded(r.region);
}
std::string key_of(const PueRecord& r) {
    return r.provider + kGap + r.region + kGap + std::to_string(r.year);
}
std::string key_of(const CpuRecord& r) {
    return r.id;
}
std::string key_of(const CpuIdRecord& r) {
    return r.vendor + kGap + std::to_string(r.family) + kGap + std::to_string(r.model) + kGap +
           std::to_string(r.stepping_min);
}
std::string key_of(const CpuPowerRecord& r) {
    return r.microarchitecture;
}
std::string key_of(const RemainderRecord& r) {
    return r.kind;
}
std::string key_of(const MemoryRecord& r) {
    return r.kind;
}
std::string key_of(const GpuRecord& r) {
    return r.id;
}
std::string key_of(const EquivalenceRecord& r) {
    return r.key;
}
std::string key_of(const ProfileRecord& r) {
    return r.tool + ' ' + r.kind + ' ' + r.name;
}
std::string key_of(const AliasRecord& r) {
    return folded(r.alias);
}
std::string key_of(const WaterRecord& r) {
    return r.use + kGap + r.place;
}
std::string key_of(const AcceleratorRecord& r) {
    return r.id;
}
std::string key_of(const InstanceRecord& r) {
    return r.id;
}
std::string key_of(const EmbodiedRecord& r) {
    return r.id;
}
std::string key_of(const MfuRecord& r) {
    return r.id;
}
std::string key_of(const EnergySourceRecord& r) {
    return r.key;
}
std::string key_of(const HostRecord& r) {
    return r.kind;
}

template <class Record>
Result<void> check_unique(const std::vector<Record>& rows, std::string_view file, std::string_view column) {
    std::unordered_map<std::string, std::uint32_t> seen;
    for (const Record& row : rows) {
        const auto [earlier, is_new] = seen.emplace(key_of(row), row.line);
        if (!is_new) {
            std::string key = earlier->first;
            std::replace(key.begin(), key.end(), kGap, ' ');
            return table_fault(
                file, row.line, column,
                "the key \"" + key + "\" stands already in line " + std::to_string(earlier->second));
        }
    }
    return {};
}

/// The ids that rows may name, and which of them are named.
class Sources {
public:
    explicit Sources(const Records& records) {
        for (const SourceRecord& source : records.sources) {
            known_.insert(source.id);
        }
    }
    template <class Record>
    Result<void> check(const std::vector<Record>& rows, std::string_view file) {
        for (const Record& row : rows) {
            if (known_.count(row.source) == 0) {
                return table_fault(file, row.line, "source", "\"" + row.source + "\" is not in sources.csv");
            }
            used_.insert(row.source);
        }
        return {};
    }
    /// The same for a second source that a row may name.
    template <class Record>
    Result<void> check_also(const std::vector<Record>& rows, std::string Record::*field,
                            std::string_view file, std::string_view column) {
        for (const Record& row : rows) {
            const std::string& id = row.*field;
            if (!id.empty() && known_.count(id) == 0) {
                return table_fault(file, row.line, column, "\"" + id + "\" is not in sources.csv");
            }
            used_.insert(id);
        }
        return {};
    }
    [[nodiscard]] bool is_used(const std::string& id) const { return used_.count(id) > 0; }

private:
    std::unordered_set<std::string> known_;
    std::unordered_set<std::string> used_;
};

Result<void> check_keys(const Records& records) {
    GRAMME_CHECK(check_unique(records.sources, "sources.csv", "source"));
    GRAMME_CHECK(check_unique(records.zones, "grid_zones.csv", "zone"));
    GRAMME_CHECK(check_unique(records.intensities, "grid_intensity.csv", "zone"));
    GRAMME_CHECK(check_unique(records.regions, "cloud_regions.csv", "region"));
    GRAMME_CHECK(check_unique(records.pues, "pue.csv", "region"));
    GRAMME_CHECK(check_unique(records.cpus, "cpus.csv", "id"));
    GRAMME_CHECK(check_unique(records.cpu_ids, "cpu_microarchitectures.csv", "model"));
    GRAMME_CHECK(check_unique(records.cpu_powers, "cpu_power.csv", "microarchitecture"));
    GRAMME_CHECK(check_unique(records.memories, "memory_power.csv", "kind"));
    GRAMME_CHECK(check_unique(records.gpus, "gpus.csv", "id"));
    GRAMME_CHECK(check_unique(records.remainders, "machine_remainder.csv", "kind"));
    GRAMME_CHECK(check_unique(records.equivalences, "equivalences.csv", "key"));
    GRAMME_CHECK(check_unique(records.profile_factors, "profile_factors.csv", "name"));
    GRAMME_CHECK(check_unique(records.accelerators, "accelerators.csv", "id"));
    GRAMME_CHECK(check_unique(records.instances, "instances.csv", "id"));
    GRAMME_CHECK(check_unique(records.embodied, "embodied.csv", "id"));
    GRAMME_CHECK(check_unique(records.mfus, "mfu.csv", "id"));
    GRAMME_CHECK(check_unique(records.energy_sources, "energy_sources.csv", "key"));
    GRAMME_CHECK(check_unique(records.hosts, "typical_hosts.csv", "kind"));
    GRAMME_CHECK(check_unique(records.waters, "water.csv", "place"));
    return check_unique(records.aliases, "place_aliases.csv", "alias");
}

Result<void> check_zones(const Records& records) {
    std::unordered_map<std::string, std::string> type_of;
    for (const ZoneRecord& zone : records.zones) {
        type_of.emplace(zone.zone, zone.type);
    }
    const auto unknown = [&](const std::string& zone) { return type_of.count(zone) == 0; };
    const auto no_zone = [](const std::string& zone) { return "\"" + zone + "\" is not in grid_zones.csv"; };
    if (unknown("WLD")) {
        return table_fault("grid_zones.csv", 1, "zone", "the world (WLD) is missing");
    }
    for (const ZoneRecord& zone : records.zones) {
        if (!zone.country.empty() && (unknown(zone.country) || type_of[zone.country] != "country")) {
            return table_fault("grid_zones.csv", zone.line, "country_iso3", no_zone(zone.country));
        }
    }
    std::set<std::pair<std::string, bool>> preferred;
    for (const IntensityRecord& row : records.intensities) {
        if (unknown(row.zone)) {
            return table_fault("grid_intensity.csv", row.line, "zone", no_zone(row.zone));
        }
        // Building, fuelling or flooding a power station emits something: 0 is a rounding or a gap of the
        // source.
        if (!row.direct && !(row.gco2e_per_kwh > 0.0)) {
            return table_fault("grid_intensity.csv", row.line, "gco2e_per_kwh",
                               "a lifecycle intensity of 0 would make every run there look clean");
        }
        if (row.preferred && !preferred.emplace(row.zone, row.direct).second) {
            return table_fault("grid_intensity.csv", row.line, "preferred",
                               "a second preferred row of " + row.zone + " on one basis");
        }
    }
    for (const RegionRecord& row : records.regions) {
        if (unknown(row.zone)) {
            return table_fault("cloud_regions.csv", row.line, "grid_zone", no_zone(row.zone));
        }
        if (!row.country.empty() && unknown(row.country)) {
            return table_fault("cloud_regions.csv", row.line, "country_iso3", no_zone(row.country));
        }
    }
    for (const AliasRecord& row : records.aliases) {
        if (unknown(row.zone)) {
            return table_fault("place_aliases.csv", row.line, "zone", no_zone(row.zone));
        }
    }
    return {};
}

Result<void> check_pues(const Records& records) {
    std::unordered_set<std::string> regions;
    for (const RegionRecord& row : records.regions) {
        regions.insert(row.provider + kGap + row.region);
    }
    bool industry = false;
    for (const PueRecord& row : records.pues) {
        industry = industry || (row.provider == "industry" && row.region.empty());
        if (!row.region.empty() && regions.count(row.provider + kGap + row.region) == 0) {
            return table_fault("pue.csv", row.line, "region",
                               "\"" + row.provider + ":" + row.region + "\" is not in cloud_regions.csv");
        }
    }
    if (!industry) {
        return table_fault("pue.csv", 1, "provider", "the row for \"industry\" is missing");
    }
    return {};
}

Result<void> check_waters(const Records& records) {
    std::unordered_set<std::string> zones;
    for (const ZoneRecord& row : records.zones) {
        zones.insert(row.zone);
    }
    bool industry = false;
    for (const WaterRecord& row : records.waters) {
        industry = industry || (row.use == "site" && row.place == "industry");
        if (row.use == "grid" && zones.count(row.place) == 0) {
            return table_fault("water.csv", row.line, "place",
                               "\"" + row.place + "\" is not in grid_zones.csv");
        }
    }
    if (!industry) {
        return table_fault("water.csv", 1, "place", "the row of the site \"industry\" is missing");
    }
    return {};
}

Result<void> check_cpus(const Records& records) {
    std::unordered_set<std::string> known;
    int generic = 0;
    for (const CpuPowerRecord& row : records.cpu_powers) {
        known.insert(row.microarchitecture);
        generic += row.generic ? 1 : 0;
    }
    if (generic != 1) {
        return table_fault("cpu_power.csv", 1, "generic", "exactly one row must be the generic one");
    }
    for (const CpuIdRecord& row : records.cpu_ids) {
        known.insert(row.microarchitecture);
    }
    std::unordered_map<std::string, std::string> names;
    for (const CpuRecord& row : records.cpus) {
        if (!row.microarchitecture.empty() && known.count(row.microarchitecture) == 0) {
            return table_fault("cpus.csv", row.line, "microarchitecture",
                               "\"" + row.microarchitecture +
                                   "\" is neither in cpu_microarchitectures.csv nor in cpu_power.csv");
        }
        const auto [earlier, is_new] = names.emplace(cpu_match_key(row.model), row.id);
        if (!is_new) {
            return table_fault("cpus.csv", row.line, "model", "reads like the model of " + earlier->second);
        }
    }
    for (const CpuIdRecord& a : records.cpu_ids) {
        for (const CpuIdRecord& b : records.cpu_ids) {
            const bool same = a.vendor == b.vendor && a.family == b.family && a.model == b.model;
            if (&a != &b && same && a.stepping_min <= b.stepping_min && b.stepping_min <= a.stepping_max) {
                return table_fault("cpu_microarchitectures.csv", b.line, "stepping_min",
                                   "overlaps the steppings of line " + std::to_string(a.line));
            }
        }
    }
    if (records.memories.size() != 2) {  // two kinds exist and keys are unique
        return table_fault("memory_power.csv", 1, "kind", "client and server are both needed");
    }
    if (records.remainders.size() != 4) {
        return table_fault("machine_remainder.csv", 1, "kind",
                           "desktop, gpu-server, laptop and server are all needed");
    }
    return {};
}

Result<void> check_gpus(const Records& records) {
    std::unordered_map<std::string, std::string> names;
    for (const GpuRecord& row : records.gpus) {
        for (const std::string& key : gpu_match_keys(row.name, row.aliases)) {
            const auto [earlier, is_new] = names.emplace(key, row.id);
            if (!is_new && earlier->second != row.id) {
                return table_fault("gpus.csv", row.line, "name",
                                   "\"" + key + "\" is a name of " + earlier->second + " too");
            }
        }
    }
    return {};
}

Result<void> check_sources(const Records& records, bool compiled_in) {
    Sources sources(records);
    GRAMME_CHECK(sources.check(records.zones, "grid_zones.csv"));
    GRAMME_CHECK(sources.check(records.intensities, "grid_intensity.csv"));
    GRAMME_CHECK(sources.check(records.regions, "cloud_regions.csv"));
    GRAMME_CHECK(sources.check(records.pues, "pue.csv"));
    GRAMME_CHECK(sources.check(records.cpus, "cpus.csv"));
    GRAMME_CHECK(sources.check(records.cpu_ids, "cpu_microarchitectures.csv"));
    GRAMME_CHECK(sources.check(records.cpu_powers, "cpu_power.csv"));
    GRAMME_CHECK(sources.check(records.memories, "memory_power.csv"));
    GRAMME_CHECK(sources.check(records.gpus, "gpus.csv"));
    GRAMME_CHECK(sources.check_also(records.gpus, &GpuRecord::idle_source, "gpus.csv", "idle_source"));
    GRAMME_CHECK(sources.check(records.remainders, "machine_remainder.csv"));
    GRAMME_CHECK(sources.check(records.equivalences, "equivalences.csv"));
    GRAMME_CHECK(sources.check(records.profile_factors, "profile_factors.csv"));
    GRAMME_CHECK(sources.check(records.aliases, "place_aliases.csv"));
    GRAMME_CHECK(sources.check(records.waters, "water.csv"));
    GRAMME_CHECK(sources.check(records.accelerators, "accelerators.csv"));
    GRAMME_CHECK(sources.check_also(records.accelerators, &AcceleratorRecord::power_source,
                                    "accelerators.csv", "power_source"));
    GRAMME_CHECK(sources.check(records.instances, "instances.csv"));
    GRAMME_CHECK(sources.check_also(records.instances, &InstanceRecord::power_source, "instances.csv",
                                    "power_source"));
    GRAMME_CHECK(sources.check(records.embodied, "embodied.csv"));
    GRAMME_CHECK(sources.check(records.mfus, "mfu.csv"));
    GRAMME_CHECK(sources.check(records.energy_sources, "energy_sources.csv"));
    GRAMME_CHECK(sources.check(records.hosts, "typical_hosts.csv"));
    GRAMME_CHECK(sources.check_also(records.energy_sources, &EnergySourceRecord::direct_source,
                                    "energy_sources.csv", "direct_source"));
    if (!compiled_in) {
        return {};
    }
    for (const SourceRecord& source : records.sources) {
        if (source.share_alike) {
            return table_fault("sources.csv", source.line, "share_alike",
                               "data under a share-alike licence cannot be compiled in");
        }
        // A live provider's values are in no table: src/live names its source.
        if (!sources.is_used(source.id) && !source.id.ends_with("_live")) {
            return table_fault("sources.csv", source.line, "source", "no row names this source");
        }
    }
    return {};
}

template <class Record>
void put_over(std::vector<Record>& base, std::vector<Record>& added) {
    std::unordered_map<std::string, std::size_t> places;
    for (std::size_t i = 0; i < base.size(); ++i) {
        places.emplace(key_of(base[i]), i);
    }
    for (Record& row : added) {
        // Only rows of `base` are replaced: a key that is twice in `added` must stay, to be found as a fault.
        const auto found = places.find(key_of(row));
        if (found == places.end()) {
            base.push_back(std::move(row));
            continue;
        }
        base[found->second] = std::move(row);
        places.erase(found);
    }
}

}  // namespace

Result<void> check_records(const Records& records, bool compiled_in) {
    GRAMME_CHECK(check_keys(records));
    GRAMME_CHECK(check_zones(records));
    GRAMME_CHECK(check_pues(records));
    GRAMME_CHECK(check_waters(records));
    GRAMME_CHECK(check_cpus(records));
    GRAMME_CHECK(check_gpus(records));
    GRAMME_CHECK(check_hardware(records));
    return check_sources(records, compiled_in);
}

Records merged(Records base, Records added) {
    std::set<std::pair<std::string, bool>> preferred;
    for (const IntensityRecord& row : added.intensities) {
        if (row.preferred) {
            preferred.emplace(row.zone, row.direct);
        }
    }
    for (IntensityRecord& row : base.intensities) {
        row.preferred = row.preferred && preferred.count({row.zone, row.direct}) == 0;
    }
    const bool new_generic = std::any_of(added.cpu_powers.begin(), added.cpu_powers.end(),
                                         [](const CpuPowerRecord& row) { return row.generic; });
    for (CpuPowerRecord& row : base.cpu_powers) {
        row.generic = row.generic && !new_generic;
    }
    put_over(base.sources, added.sources);
    put_over(base.zones, added.zones);
    put_over(base.intensities, added.intensities);
    put_over(base.regions, added.regions);
    put_over(base.pues, added.pues);
    put_over(base.cpus, added.cpus);
    put_over(base.cpu_ids, added.cpu_ids);
    put_over(base.cpu_powers, added.cpu_powers);
    put_over(base.memories, added.memories);
    put_over(base.gpus, added.gpus);
    put_over(base.remainders, added.remainders);
    put_over(base.equivalences, added.equivalences);
    put_over(base.profile_factors, added.profile_factors);
    put_over(base.aliases, added.aliases);
    put_over(base.waters, added.waters);
    put_over(base.accelerators, added.accelerators);
    put_over(base.instances, added.instances);
    put_over(base.embodied, added.embodied);
    put_over(base.mfus, added.mfus);
    put_over(base.energy_sources, added.energy_sources);
    put_over(base.hosts, added.hosts);
    return base;
}

}  // namespace gramme::refdata
