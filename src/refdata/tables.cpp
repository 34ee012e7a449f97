#include "refdata/tables.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "refdata/cpu_name.hpp"
#include "refdata/gpu_name.hpp"
#include "refdata/image.hpp"
#include "refdata/zone_search.hpp"

namespace gramme::refdata {
namespace {

/// Newest fleet row of a provider, or null. PUE rows are sorted by provider and region, and "" sorts first.
const PueRow* fleet_pue(const View& view, std::string_view provider) {
    const PueRow* row = find_row(view, view.pues, &PueRow::provider, provider);
    return row != nullptr && view.text(row->region).empty() ? row : nullptr;
}

Pue pue_of(const View& view, const PueRow& row) {
    return {row.pue, row.sigma_ln, row.year, std::string(view.text(row.source))};
}

std::optional<WaterUse> water_of(const View& view, std::string_view use, std::string_view place) {
    const auto order = [&](const WaterRow& row) {
        const int by_use = view.compare(row.use, use);
        return by_use != 0 ? by_use : view.compare(row.place, place);
    };
    const auto row = std::partition_point(view.waters.begin(), view.waters.end(),
                                          [&](const WaterRow& one) { return order(one) < 0; });
    if (row == view.waters.end() || order(*row) != 0) {
        return std::nullopt;
    }
    return WaterUse{row->l_per_kwh, row->sigma_ln, row->year, std::string(view.text(row->source))};
}

}  // namespace

View Tables::view() const {
    return overrides_ ? overrides_->view() : compiled_view();
}

Result<Tables> Tables::with_overrides(std::span<const std::pair<std::string, std::string>> named_texts) {
    Records added;
    for (const auto& [file, text] : named_texts) {
        GRAMME_CHECK(read_records(file, text, added));
    }
    GRAMME_TRY(Image image,
               build_image(merged(records_of(compiled_view()), std::move(added)), /*compiled_in=*/false));
    Tables tables;
    tables.overrides_ = std::make_shared<const Image>(std::move(image));
    return tables;
}

std::optional<Pue> Tables::provider_pue(std::string_view provider) const {
    const View tables = view();
    const PueRow* row = fleet_pue(tables, provider);
    return row == nullptr ? std::nullopt : std::optional(pue_of(tables, *row));
}

Pue Tables::industry_pue() const {
    const View tables = view();
    return pue_of(tables, *fleet_pue(tables, "industry"));  // check_records: it is there
}

std::optional<WaterUse> Tables::site_water(std::string_view provider, std::string_view region) const {
    const std::string of_region = std::string{provider} + ":" + std::string{region};
    const auto own = region.empty() ? std::nullopt : water_of(view(), "site", of_region);
    return own ? own : water_of(view(), "site", provider);
}

std::optional<WaterUse> Tables::grid_water(std::string_view zone) const {
    return water_of(view(), "grid", zone);
}

std::optional<Cpu> Tables::find_cpu(std::string_view cpuinfo_model_name) const {
    const View tables = view();
    const CpuRow* row = find_row(tables, tables.cpus, &CpuRow::match_key, cpu_match_key(cpuinfo_model_name));
    if (row == nullptr) {
        return std::nullopt;
    }
    Cpu cpu;
    cpu.id = tables.text(row->id);
    cpu.vendor = tables.text(row->vendor);
    cpu.model = tables.text(row->model);
    cpu.microarchitecture = tables.text(row->microarchitecture);
    cpu.source = tables.text(row->source);
    cpu.cores = row->cores;
    cpu.threads = row->threads;
    cpu.base_ghz = static_cast<double>(row->base_ghz);
    cpu.tdp_w = static_cast<double>(row->tdp_w);
    cpu.release_year = row->release_year;
    return cpu;
}

std::string_view Tables::microarchitecture(std::string_view vendor, int family, int model,
                                           int stepping) const {
    const View tables = view();
    for (const CpuIdRow& row : tables.cpu_ids) {  // a hundred rows, asked once in a run
        if (row.family == family && row.model == model && stepping >= row.stepping_min &&
            stepping <= row.stepping_max && tables.text(row.vendor) == vendor) {
            return tables.text(row.microarchitecture);
        }
    }
    return {};
}

CpuPowerCurve Tables::cpu_power(std::string_view microarchitecture) const {
    const View tables = view();
    const CpuPowerRow* row =
        find_row(tables, tables.cpu_powers, &CpuPowerRow::microarchitecture, microarchitecture);
    if (row == nullptr) {
        row = &*std::find_if(tables.cpu_powers.begin(), tables.cpu_powers.end(), [](const CpuPowerRow& r) {
            return r.generic != 0;
        });  // check_records: it is there
    }
    CpuPowerCurve curve;
    curve.microarchitecture = tables.text(row->microarchitecture);
    curve.source = tables.text(row->source);
    curve.note = tables.text(row->note);
    curve.idle_w_per_thread = row->idle_w_per_thread;
    curve.full_w_per_thread = row->full_w_per_thread;
    curve.sigma_ln = row->sigma_ln;
    curve.idle_per_tdp = row->idle_per_tdp;
    curve.full_per_tdp = row->full_per_tdp;
    curve.sigma_ln_per_tdp = row->sigma_ln_per_tdp;
    curve.generic = row->generic != 0;
    return curve;
}

MemoryPower Tables::memory_power(bool server) const {
    const View tables = view();
    const std::string_view kind = server ? "server" : "client";
    const MemoryRow& row = *std::find_if(
        tables.memories.begin(), tables.memories.end(),
        [&](const MemoryRow& r) { return tables.text(r.kind) == kind; });  // check_records: it is there
    return {row.idle_w_per_module, row.busy_w_per_module, row.gb_per_module, row.sigma_ln,
            tables.text(row.source)};
}

std::optional<Gpu> Tables::find_gpu(std::string_view driver_name) const {
    const View tables = view();
    const std::string wanted = gpu_match_key(driver_name);
    if (wanted.empty()) {
        return std::nullopt;
    }
    for (const GpuRow& row : tables.gpus) {  // some dozens, asked once for each GPU of a run
        const auto keys = split(tables.text(row.match_keys), ';');
        if (std::find(keys.begin(), keys.end(), wanted) == keys.end()) {
            continue;
        }
        const double devices = row.devices_per_board;
        return Gpu{tables.text(row.id),         tables.text(row.vendor),      tables.text(row.name),
                   tables.text(row.source),     tables.text(row.idle_source), row.memory_gb / devices,
                   row.board_limit_w / devices, row.idle_w / devices};
    }
    return std::nullopt;
}

std::string_view Tables::iso2(std::string_view zone) const {
    const View tables = view();
    for (const ZoneRow& row : tables.zones) {
        if (tables.text(row.zone) == zone) {
            return tables.text(row.iso2);
        }
    }
    return {};
}

std::optional<MachineRemainder> Tables::machine_remainder(std::string_view kind) const {
    const View tables = view();
    for (const RemainderRow& row : tables.remainders) {
        if (tables.text(row.kind) == kind) {
            return MachineRemainder{tables.text(row.kind), tables.text(row.source), row.base_w,
                                    row.base_sigma,        row.efficiency,          row.efficiency_half};
        }
    }
    return std::nullopt;
}

std::vector<GridRow> Tables::grid_rows() const {
    const View tables = view();
    std::vector<GridRow> rows;
    rows.reserve(tables.intensities.size());
    for (const IntensityRow& r : tables.intensities) {
        const ZoneRow& zone = tables.zones[r.zone];
        GridRow& row = rows.emplace_back();
        row.zone = tables.text(zone.zone);
        row.country_iso3 = tables.text(zone.country);
        row.zone_type = tables.text(zone.type);
        row.name = tables.text(zone.name);
        row.perspective = tables.text(r.perspective);
        row.gases = tables.text(r.gases);
        row.confidence = tables.text(r.confidence);
        row.source = tables.text(r.source);
        row.note = tables.text(r.note);
        row.year = r.year;
        row.intensity = GramsPerKilowattHour{r.gco2e_per_kwh};
        row.basis = r.direct != 0 ? Basis::kDirect : Basis::kLifecycle;
        row.preferred = r.preferred != 0;
    }
    return rows;
}

std::vector<CloudRegion> Tables::cloud_regions() const {
    const View tables = view();
    std::vector<CloudRegion> rows;
    rows.reserve(tables.regions.size());
    for (const RegionRow& r : tables.regions) {
        CloudRegion& row = rows.emplace_back();
        row.provider = tables.text(r.provider);
        row.region = tables.text(r.region);
        row.display_name = tables.text(r.display_name);
        row.city = tables.text(r.city);
        row.country_iso3 = tables.text(r.country);
        row.subdivision = tables.text(r.subdivision);
        row.grid_zone = tables.text(tables.zones[r.zone].zone);
        row.source = tables.text(r.source);
        row.note = tables.text(r.note);
        if (r.pue != kNone) {
            row.pue = tables.pues[r.pue].pue;
            row.pue_year = tables.pues[r.pue].year;
            row.pue_source = tables.text(tables.pues[r.pue].source);
        }
        row.at = coordinates_of(r);
    }
    return rows;
}

std::vector<EquivalenceRow> Tables::equivalences() const {
    const View tables = view();
    std::vector<EquivalenceRow> rows;
    rows.reserve(tables.equivalences.size());
    for (const EquivalenceRowData& r : tables.equivalences) {
        rows.push_back({tables.text(r.key), tables.text(r.label), tables.text(r.unit), tables.text(r.scope),
                        tables.text(r.source), r.kgco2e_per_unit, r.shown_by_default != 0});
    }
    return rows;
}

std::vector<ProfileFactor> Tables::profile_factors(std::string_view tool, std::string_view kind) const {
    const View tables = view();
    std::vector<ProfileFactor> rows;
    for (const ProfileRow& r : tables.profile_factors) {
        if (tables.text(r.tool) == tool && tables.text(r.kind) == kind) {
            rows.push_back({tables.text(r.tool), tables.text(r.kind), tables.text(r.name),
                            tables.text(r.source), tables.text(r.note), r.value});
        }
    }
    return rows;
}

std::vector<Source> Tables::sources() const {
    const View tables = view();
    std::vector<Source> rows;
    for (const SourceRow& r : tables.sources) {
        rows.push_back({tables.text(r.id), tables.text(r.title), tables.text(r.publisher),
                        tables.text(r.licence), tables.text(r.url), tables.text(r.note), r.year});
    }
    return rows;
}

std::optional<Source> Tables::source(std::string_view id) const {
    const View tables = view();
    const SourceRow* r = find_row(tables, tables.sources, &SourceRow::id, id);
    if (r == nullptr) {
        return std::nullopt;
    }
    return Source{tables.text(r->id),
                  tables.text(r->title),
                  tables.text(r->publisher),
                  tables.text(r->licence),
                  tables.text(r->url),
                  tables.text(r->note),
                  r->year};
}

}  // namespace gramme::refdata
