#include "refdata/build_hardware.hpp"
#include "refdata/image.hpp"

namespace gramme::refdata {

Records records_of(const View& view) {
    Records out;
    const auto text = [&view](Text offset) { return std::string(view.text(offset)); };
    for (const SourceRow& r : view.sources) {
        out.sources.push_back({0, text(r.id), text(r.title), text(r.publisher), text(r.licence), text(r.url),
                               text(r.note), r.year, false});
    }
    for (const ZoneRow& r : view.zones) {
        out.zones.push_back(
            {0, text(r.zone), text(r.iso2), text(r.country), text(r.type), text(r.name), text(r.source)});
    }
    for (const IntensityRow& r : view.intensities) {
        out.intensities.push_back({0, text(view.zones[r.zone].zone), text(r.perspective), text(r.gases),
                                   text(r.confidence), text(r.source), text(r.note), r.year, r.gco2e_per_kwh,
                                   r.direct != 0, r.preferred != 0});
    }
    for (const RegionRow& r : view.regions) {
        out.regions.push_back({0, text(r.provider), text(r.region), text(r.display_name), text(r.city),
                               text(r.country), text(r.subdivision), text(view.zones[r.zone].zone),
                               text(r.source), text(r.note), coordinates_of(r)});
    }
    for (const PueRow& r : view.pues) {
        out.pues.push_back({0, text(r.provider), text(r.region), text(r.kind), text(r.source), text(r.note),
                            r.year, r.pue, r.sigma_ln});
    }
    for (const CpuRow& r : view.cpus) {
        out.cpus.push_back({0, text(r.id), text(r.vendor), text(r.model), text(r.microarchitecture),
                            text(r.source), r.cores, r.threads, static_cast<double>(r.base_ghz),
                            static_cast<double>(r.tdp_w), r.release_year});
    }
    for (const CpuIdRow& r : view.cpu_ids) {
        out.cpu_ids.push_back({0, text(r.vendor), text(r.microarchitecture), text(r.source), r.family,
                               r.model, r.stepping_min, r.stepping_max});
    }
    for (const CpuPowerRow& r : view.cpu_powers) {
        out.cpu_powers.push_back({0, text(r.microarchitecture), text(r.source), text(r.note),
                                  r.idle_w_per_thread, r.full_w_per_thread, r.sigma_ln, r.generic != 0,
                                  r.idle_per_tdp, r.full_per_tdp, r.sigma_ln_per_tdp});
    }
    for (const MemoryRow& r : view.memories) {
        out.memories.push_back({0, text(r.kind), text(r.source), text(r.note), r.idle_w_per_module,
                                r.busy_w_per_module, r.gb_per_module, r.sigma_ln});
    }
    for (const GpuRow& r : view.gpus) {
        out.gpus.push_back({0, text(r.id), text(r.vendor), text(r.name), text(r.aliases), text(r.source),
                            text(r.idle_source), text(r.note), r.memory_gb, r.devices_per_board,
                            r.board_limit_w, r.idle_w});
    }
    for (const RemainderRow& r : view.remainders) {
        out.remainders.push_back({0, text(r.kind), text(r.source), text(r.note), r.base_w, r.base_sigma,
                                  r.efficiency, r.efficiency_half});
    }
    for (const EquivalenceRowData& r : view.equivalences) {
        out.equivalences.push_back({0, text(r.key), text(r.label), text(r.unit), text(r.scope),
                                    text(r.source), text(r.note), r.kgco2e_per_unit,
                                    r.shown_by_default != 0});
    }
    for (const WaterRow& r : view.waters) {
        out.waters.push_back(
            {0, text(r.use), text(r.place), text(r.source), text(r.note), r.year, r.l_per_kwh, r.sigma_ln});
    }
    for (const ProfileRow& r : view.profile_factors) {
        out.profile_factors.push_back(
            {0, text(r.tool), text(r.kind), text(r.name), text(r.source), text(r.note), r.value});
    }
    for (const AliasRow& r : view.aliases) {
        out.aliases.push_back({0, text(r.alias), text(view.zones[r.zone].zone), text(r.source)});
    }
    add_hardware_records(view, out);
    return out;
}

}  // namespace gramme::refdata
