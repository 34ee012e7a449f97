#include <algorithm>
#include <cmath>
#include <string>
#include <tuple>
#include <unordered_map>

#include "base/parse.hpp"
#include "base/text.hpp"
#include "refdata/build_hardware.hpp"
#include "refdata/cpu_name.hpp"
#include "refdata/gpu_name.hpp"
#include "refdata/image.hpp"
#include "refdata/pool.hpp"

namespace gramme::refdata {
namespace {

std::int16_t hundredths(std::optional<double> degrees) {
    constexpr double kPerDegree = 100.0;
    return degrees ? static_cast<std::int16_t>(std::lround(*degrees * kPerDegree)) : kNoDegrees;
}

class Builder {
public:
    explicit Builder(const Records& records) : records_(records), pool_(image_.pool) {}

    Image build() {
        add_sources();
        add_zones();
        add_intensities();
        add_pues();
        add_regions();
        add_cpus();
        add_rest();
        add_names();
        add_hardware(records_, pool_, image_);
        return std::move(image_);
    }

private:
    void add_sources() {
        for (const SourceRecord* r : sorted(records_.sources, [](auto&a, auto&b) { return a.id < b.id; })) {
            image_.sources.push_back({pool_.add(r->id), pool_.add(r->title), pool_.add(r->publisher),
                                      pool_.add(r->licence), pool_.add(r->url), pool_.add(r->note),
                                      static_cast<std::int16_t>(r->year)});
            source_year_.emplace(r->id, r->year);
        }
    }

    void add_zones() {
        for (const ZoneRecord* r : sorted(records_.zones, [](auto&a, auto&b) { return a.zone < b.zone; })) {
            zone_index_.emplace(r->zone, count(image_.zones));
            image_.zones.push_back({pool_.add(r->zone), pool_.add(r->iso2), pool_.add(r->country),
                                    pool_.add(r->type), pool_.add(r->name), pool_.add(r->source), 0, 0});
        }
    }

    void add_intensities() {
        // Of one zone and year: the preferred row, then the source published last, then what plants in the
        // zone emit rather than what is consumed there, then the source's id.
        using Rank = std::tuple<std::uint32_t, int, bool, int, int, bool, std::string_view>;
        std::vector<std::pair<Rank, const IntensityRecord*>> order;
        for (const IntensityRecord& r : records_.intensities) {
            const int perspective = r.perspective == "production"    ? 0
                                    : r.perspective == "consumption" ? 1
                                                                     : 2;
            order.emplace_back(Rank{zone_index_.at(r.zone), -r.year, !r.preferred, -source_year_.at(r.source),
                                    perspective, r.direct, r.source},
                               &r);
        }
        std::sort(order.begin(), order.end(), [](auto& a, auto& b) { return a.first < b.first; });
        for (const auto& [rank, r] : order) {
            const std::uint32_t zone = zone_index_.at(r->zone);
            ZoneRow& row = image_.zones[zone];
            if (row.intensities == 0) {
                row.first_intensity = count(image_.intensities);
            }
            ++row.intensities;
            image_.intensities.push_back({r->gco2e_per_kwh, zone, pool_.add(r->perspective),
                                          pool_.add(r->gases), pool_.add(r->confidence), pool_.add(r->source),
                                          pool_.add(r->note), static_cast<std::int16_t>(r->year), r->direct,
                                          r->preferred});
        }
    }

    void add_pues() {
        const auto rank = [](const PueRecord& r) {
            return std::tuple(std::string_view{r.provider}, std::string_view{r.region}, -r.year);
        };
        for (const PueRecord* r : sorted(records_.pues, [&](auto&a, auto&b) { return rank(a) < rank(b); })) {
            newest_pue_.emplace(r->provider + ':' + r->region,
                                count(image_.pues));  // the first stays: the newest
            image_.pues.push_back({r->pue, r->sigma_ln, pool_.add(r->provider), pool_.add(r->region),
                                   pool_.add(r->kind), pool_.add(r->source), pool_.add(r->note),
                                   static_cast<std::int16_t>(r->year)});
        }
    }

    void add_regions() {
        const auto rank = [](const RegionRecord& r) {
            return std::tuple(std::string_view{r.provider}, std::string_view{r.region});
        };
        for (const RegionRecord* r :
             sorted(records_.regions, [&](auto&a, auto&b) { return rank(a) < rank(b); })) {
            const auto pue = newest_pue_.find(r->provider + ':' + r->region);
            const std::uint32_t region = count(image_.regions);
            image_.regions.push_back({pool_.add(r->provider), pool_.add(r->region),
                                      pool_.add(r->display_name), pool_.add(r->city), pool_.add(r->country),
                                      pool_.add(r->subdivision), pool_.add(r->source), pool_.add(r->note),
                                      zone_index_.at(r->zone), pue == newest_pue_.end() ? kNone : pue->second,
                                      hundredths(r->at ? std::optional{r->at->latitude} : std::nullopt),
                                      hundredths(r->at ? std::optional{r->at->longitude} : std::nullopt)});
            add_name(r->region, NameKind::kRegion, region);
            add_name(r->city, NameKind::kCity, region);
            add_name(r->display_name, NameKind::kDisplayName, region);
        }
    }

    void add_cpus() {
        std::vector<std::pair<std::string, const CpuRecord*>> cpus;
        cpus.reserve(records_.cpus.size());
        for (const CpuRecord& r : records_.cpus) {
            cpus.emplace_back(cpu_match_key(r.model), &r);
        }
        std::sort(cpus.begin(), cpus.end(), [](auto& a, auto& b) { return a.first < b.first; });
        for (const auto& [key, r] : cpus) {
            image_.cpus.push_back(
                {pool_.add(key), pool_.add(r->id), pool_.add(r->vendor), pool_.add(r->model),
                 pool_.add(r->microarchitecture), pool_.add(r->source), static_cast<std::uint16_t>(r->cores),
                 static_cast<std::uint16_t>(r->threads), static_cast<std::int16_t>(r->release_year),
                 static_cast<float>(r->base_ghz), static_cast<float>(r->tdp_w)});
        }
        const auto identity = [](const CpuIdRecord& r) {
            return std::tie(r.vendor, r.family, r.model, r.stepping_min);
        };
        for (const CpuIdRecord* r :
             sorted(records_.cpu_ids, [&](auto&a, auto&b) { return identity(a) < identity(b); })) {
            image_.cpu_ids.push_back({pool_.add(r->vendor), pool_.add(r->microarchitecture),
                                      pool_.add(r->source), r->family, r->model, r->stepping_min,
                                      r->stepping_max});
        }
        for (const CpuPowerRecord* r : sorted(records_.cpu_powers, [](auto&a, auto&b) {
                 return a.microarchitecture < b.microarchitecture;
             })) {
            image_.cpu_powers.push_back({r->idle_w_per_thread, r->full_w_per_thread, r->sigma_ln,
                                         r->idle_per_tdp, r->full_per_tdp, r->sigma_ln_per_tdp,
                                         pool_.add(r->microarchitecture), pool_.add(r->source),
                                         pool_.add(r->note), r->generic});
        }
    }

    void add_rest() {
        for (const MemoryRecord* r :
             sorted(records_.memories, [](auto&a, auto&b) { return a.kind < b.kind; })) {
            image_.memories.push_back({r->idle_w_per_module, r->busy_w_per_module, r->gb_per_module,
                                       r->sigma_ln, pool_.add(r->kind), pool_.add(r->source),
                                       pool_.add(r->note)});
        }
        for (const GpuRecord* r : sorted(records_.gpus, [](auto&a, auto&b) { return a.id < b.id; })) {
            std::string keys;
            for (const std::string& key : gpu_match_keys(r->name, r->aliases)) {
                keys += (keys.empty() ? "" : ";") + key;
            }
            image_.gpus.push_back({r->memory_gb, r->board_limit_w, r->idle_w, pool_.add(keys),
                                   pool_.add(r->id), pool_.add(r->vendor), pool_.add(r->name),
                                   pool_.add(r->aliases), pool_.add(r->source), pool_.add(r->idle_source),
                                   pool_.add(r->note), static_cast<std::uint16_t>(r->devices_per_board)});
        }
        for (const WaterRecord* r : sorted(records_.waters, [](auto&a, auto&b) {
                 return std::tie(a.use, a.place) < std::tie(b.use, b.place);
             })) {
            image_.waters.push_back({r->l_per_kwh, r->sigma_ln, pool_.add(r->use), pool_.add(r->place),
                                     pool_.add(r->source), pool_.add(r->note),
                                     static_cast<std::int16_t>(r->year)});
        }
        for (const RemainderRecord* r :
             sorted(records_.remainders, [](auto&a, auto&b) { return a.kind < b.kind; })) {
            image_.remainders.push_back({r->base_w, r->base_sigma, r->efficiency, r->efficiency_half,
                                         pool_.add(r->kind), pool_.add(r->source), pool_.add(r->note)});
        }
        for (const EquivalenceRecord* r : sorted(records_.equivalences, [](auto&a, auto&b) {
                 return std::tie(a.kgco2e_per_unit, a.key) < std::tie(b.kgco2e_per_unit, b.key);
             })) {
            image_.equivalences.push_back({r->kgco2e_per_unit, pool_.add(r->key), pool_.add(r->label),
                                           pool_.add(r->unit), pool_.add(r->scope), pool_.add(r->source),
                                           pool_.add(r->note), r->shown_by_default});
        }
        for (const ProfileRecord* r : sorted(records_.profile_factors, [](auto&a, auto&b) {
                 return std::tie(a.tool, a.kind, a.name) < std::tie(b.tool, b.kind, b.name);
             })) {
            image_.profile_factors.push_back({r->value, pool_.add(r->tool), pool_.add(r->kind),
                                              pool_.add(r->name), pool_.add(r->source), pool_.add(r->note)});
        }
    }

    void add_names() {
        const auto kind_of = [this](std::uint32_t zone) {
            const std::string_view type = image_.view().text(image_.zones[zone].type);
            return type == "country" || type == "aggregate" ? NameKind::kCountry : NameKind::kSubdivision;
        };
        for (const ZoneRecord& r : records_.zones) {
            const std::uint32_t zone = zone_index_.at(r.zone);
            add_name(r.zone, NameKind::kCode, zone);
            add_name(r.iso2, NameKind::kCode, zone);
            add_name(r.name, kind_of(zone), zone);
        }
        for (const AliasRecord* r :
             sorted(records_.aliases, [](auto&a, auto&b) { return a.alias < b.alias; })) {
            const std::uint32_t zone = zone_index_.at(r->zone);
            image_.aliases.push_back({pool_.add(r->alias), pool_.add(r->source), zone});
            add_name(r->alias, kind_of(zone), zone);
        }
        std::sort(names_.begin(), names_.end());
        names_.erase(std::unique(names_.begin(), names_.end()), names_.end());
        for (const auto& [key, kind, target] : names_) {
            image_.names.push_back({pool_.add(key), kind, target});
        }
    }

    void add_name(std::string_view name, NameKind kind, std::uint32_t target) {
        if (std::string key = name_key(name); !key.empty()) {
            names_.emplace_back(std::move(key), kind, target);
        }
    }

    const Records& records_;
    Image image_;
    Pool pool_;
    std::unordered_map<std::string, int> source_year_;
    std::unordered_map<std::string, std::uint32_t> zone_index_;
    std::unordered_map<std::string, std::uint32_t> newest_pue_;
    std::vector<std::tuple<std::string, NameKind, std::uint32_t>> names_;
};

}  // namespace

std::string name_key(std::string_view name) {
    std::string key;
    for (const std::string_view word : split(trimmed(name), ' ')) {
        if (!word.empty()) {
            key += key.empty() ? "" : " ";
            key += folded(word);
        }
    }
    return key;
}

Result<Image> build_image(const Records& records, bool compiled_in) {
    GRAMME_CHECK(check_records(records, compiled_in));
    return Builder(records).build();
}

}  // namespace gramme::refdata
