// Which rows name a source: Tables::figures_of() and Tables::uses_of_sources(). Each table is walked once,
// here, so that a table that is added here is in both.
#include "refdata/cited.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "refdata/image.hpp"
#include "refdata/plain.hpp"
#include "refdata/tables.hpp"
#include "refdata/zone_search.hpp"

namespace gramme::refdata {
namespace {

struct Quantity {
    std::string_view what;  ///< after the name of the row: "idle"; empty for its only figure
    double value = 0.0;     ///< 0: unknown
    std::string_view unit;
};

/// What is done with each row that a source made. Equal strings have one place in the pool, so that ids of
/// sources are compared by it.
class Walk {
public:
    explicit Walk(const View& view) : view_(view) {}
    virtual ~Walk() = default;
    Walk(const Walk&) = delete;
    Walk& operator=(const Walk&) = delete;

    void all() {
        places();
        energy();
        processors();
        devices();
        hardware();
        beside();
    }

protected:
    [[nodiscard]] std::string text(Text offset) const { return std::string{view_.text(offset)}; }

private:
    /// Whether the figures of a row of `source` are wanted.
    virtual bool wants(std::string_view table, Text source) = 0;
    virtual void add(CitedFigure figure) = 0;

    /// A row of which nothing is a number.
    void name(std::string_view table, Text source, const std::string& name) {
        if (wants(table, source)) {
            add({table, name, {}, "", 0});
        }
    }
    /// A figure that may be 0.
    void one(std::string_view table, Text source, const std::string& name, double value,
             std::string_view unit, int year) {
        if (wants(table, source)) {
            add({table, name, value, unit, year});
        }
    }
    /// Those of several that are known; the bare name where none is.
    template <std::size_t N>
    void some(std::string_view table, Text source, const std::string& row,
              const std::array<Quantity, N>& figures) {
        if (!wants(table, source)) {
            return;
        }
        bool any = false;
        for (const Quantity& figure : figures) {
            if (figure.value > 0.0) {
                any = true;
                add({table, figure.what.empty() ? row : row + ", " + std::string{figure.what}, figure.value,
                     figure.unit, 0});
            }
        }
        if (!any) {
            add({table, row, {}, "", 0});
        }
    }

    void places() {
        for (const ZoneRow& r : view_.zones) {
            name("grid_zones", r.source, text(r.name) + " (" + text(r.zone) + ")");
        }
        for (const AliasRow& r : view_.aliases) {
            name("place_aliases", r.source, text(r.alias) + " (" + text(view_.zones[r.zone].zone) + ")");
        }
        for (const RegionRow& r : view_.regions) {
            name("cloud_regions", r.source, text(r.provider) + ":" + text(r.region));
        }
    }

    void energy() {
        for (const IntensityRow& r : view_.intensities) {
            const ZoneRow& zone = view_.zones[r.zone];
            one("grid_intensity", r.source,
                text(zone.name) + " (" + text(zone.zone) + "), " +
                    std::string{name_of(r.direct != 0 ? Basis::kDirect : Basis::kLifecycle)},
                r.gco2e_per_kwh, "g/kWh", r.year);
        }
        for (const PueRow& r : view_.pues) {
            one("pue", r.source,
                text(r.provider) + (view_.text(r.region).empty() ? "" : ":" + text(r.region)), r.pue, "",
                r.year);
        }
        for (const WaterRow& r : view_.waters) {
            one("water", r.source, text(r.place) + ", " + text(r.use), r.l_per_kwh, "l/kWh", r.year);
        }
        for (const EnergySourceRow& r : view_.energy_sources) {
            one("energy_sources", r.source, text(r.label) + ", lifecycle", r.lifecycle, "g/kWh", r.year);
            if (!view_.text(r.direct_source).empty()) {
                one("energy_sources", r.direct_source, text(r.label) + ", direct", r.direct, "g/kWh", r.year);
            }
        }
    }

    void processors() {
        for (const CpuRow& r : view_.cpus) {
            some("cpus", r.source, text(r.model), std::array{Quantity{"rated power", plain(r.tdp_w), "W"}});
        }
        for (const CpuIdRow& r : view_.cpu_ids) {
            name("cpu_microarchitectures", r.source,
                 text(r.microarchitecture) + " (" + text(r.vendor) + " " + std::to_string(r.family) + ", " +
                     std::to_string(r.model) + ")");
        }
        for (const CpuPowerRow& r : view_.cpu_powers) {
            some("cpu_power", r.source, text(r.microarchitecture),
                 std::array{Quantity{"idle, of a thread", r.idle_w_per_thread, "W"},
                            Quantity{"busy, of a thread", r.full_w_per_thread, "W"},
                            Quantity{"idle, share of the rated power", r.idle_per_tdp, ""},
                            Quantity{"busy, share of the rated power", r.full_per_tdp, ""}});
        }
        for (const MemoryRow& r : view_.memories) {
            some("memory_power", r.source, text(r.kind),
                 std::array{Quantity{"idle, of a module", r.idle_w_per_module, "W"},
                            Quantity{"added when busy, of a module", r.busy_w_per_module, "W"}});
        }
        for (const RemainderRow& r : view_.remainders) {
            some("machine_remainder", r.source, text(r.kind),
                 std::array{Quantity{"board, fans, disks", r.base_w, "W"},
                            Quantity{"efficiency of the power supply", r.efficiency, ""}});
        }
    }

    void devices() {
        for (const GpuRow& r : view_.gpus) {
            some("gpus", r.source, text(r.name), std::array{Quantity{"limit", r.board_limit_w, "W"}});
            if (r.idle_w > 0.0) {
                one("gpus", r.idle_source, text(r.name) + ", idle", r.idle_w, "W", 0);
            }
        }
        for (const AcceleratorRow& r : view_.accelerators) {
            some("accelerators", r.source, text(r.name),
                 std::array{Quantity{"limit", plain(r.board_limit_w), "W"},
                            Quantity{"memory", plain(r.memory_gib), "GiB"},
                            Quantity{"FP32", plain(r.tflops_fp32), "TFLOP/s"},
                            Quantity{"FP16", plain(r.tflops_fp16), "TFLOP/s"},
                            Quantity{"FP8", plain(r.tflops_fp8), "TFLOP/s"}});
            if (!view_.text(r.power_source).empty()) {
                some("accelerators", r.power_source, text(r.name),
                     std::array{Quantity{"typical", plain(r.typical_w), "W"},
                                Quantity{"idle", plain(r.idle_w), "W"}});
            }
        }
    }

    void hardware() {
        for (const InstanceRow& r : view_.instances) {
            some("instances", r.source, text(r.id),
                 std::array{Quantity{"vCPUs", plain(r.vcpus), ""},
                            Quantity{"memory", plain(r.memory_gib), "GiB"},
                            Quantity{"accelerators", plain(r.accelerator_count), ""}});
            if (!view_.text(r.power_source).empty()) {
                some("instances", r.power_source, text(r.id),
                     std::array{Quantity{"CPU idle", plain(r.cpu_idle_w), "W"},
                                Quantity{"CPU busy", plain(r.cpu_full_w), "W"},
                                Quantity{"memory idle", plain(r.memory_idle_w), "W"},
                                Quantity{"memory busy", plain(r.memory_full_w), "W"},
                                Quantity{"the rest", plain(r.other_w), "W"}});
            }
        }
        for (const HostRow& r : view_.hosts) {
            some("typical_hosts", r.source, text(r.label),
                 std::array{Quantity{"CPU load", r.cpu_load, ""}, Quantity{"memory", r.memory_gib, "GiB"},
                            Quantity{"threads", static_cast<double>(r.threads), ""}});
        }
        for (const EmbodiedRow& r : view_.embodied) {
            one("embodied", r.source, text(r.item), plain(r.value), view_.text(r.unit), 0);
        }
        for (const MfuRow& r : view_.mfus) {
            const std::string on =
                r.accelerator == kNone ? "" : " on " + text(view_.accelerators[r.accelerator].name);
            some("mfu", r.source, text(r.model) + on,
                 std::array{Quantity{"MFU", plain(r.mfu), ""}, Quantity{"HFU", plain(r.hfu), ""},
                            Quantity{"of a device", plain(r.tflops_per_device), "TFLOP/s"}});
        }
    }

    void beside() {
        for (const EquivalenceRowData& r : view_.equivalences) {
            one("equivalences", r.source, text(r.label), r.kgco2e_per_unit, "kg CO2e", 0);
        }
        for (const ProfileRow& r : view_.profile_factors) {
            const std::string_view kind = view_.text(r.kind);
            one("profile_factors", r.source, text(r.tool) + ", " + std::string{kind} + ", " + text(r.name),
                r.value,
                kind == "grid"                     ? "g/kWh"
                : kind == "pue" || kind == "reuse" ? ""
                : kind == "memory_w_per_gb"        ? "W/GB"
                                                   : "W",
                0);
        }
    }

    const View view_;
};

class FiguresOf final : public Walk {
public:
    FiguresOf(const View& view, Text source) : Walk(view), source_(source) {}
    std::vector<CitedFigure> found;

private:
    bool wants(std::string_view, Text source) override { return source == source_; }
    void add(CitedFigure figure) override { found.push_back(std::move(figure)); }

    Text source_;
};

class UsesOfSources final : public Walk {
public:
    explicit UsesOfSources(const View& view) : Walk(view) {}
    std::map<Text, std::vector<std::string_view>> uses;

private:
    bool wants(std::string_view table, Text source) override {
        std::vector<std::string_view>& of = uses[source];
        if (std::find(of.begin(), of.end(), table) == of.end()) {
            of.push_back(table);
        }
        return false;
    }
    void add(CitedFigure) override {}
};

}  // namespace

std::vector<CitedFigure> Tables::figures_of(std::string_view source) const {
    const View tables = view();
    const SourceRow* row = find_row(tables, tables.sources, &SourceRow::id, source);
    if (row == nullptr) {
        return {};
    }
    FiguresOf walk(tables, row->id);
    walk.all();
    return std::move(walk.found);
}

std::map<std::string_view, std::vector<std::string_view>> Tables::uses_of_sources() const {
    const View tables = view();
    UsesOfSources walk(tables);
    walk.all();
    std::map<std::string_view, std::vector<std::string_view>> out;
    for (auto& [source, used_by] : walk.uses) {
        out.emplace(tables.text(source), std::move(used_by));
    }
    return out;
}

}  // namespace gramme::refdata
