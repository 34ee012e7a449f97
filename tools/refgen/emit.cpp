#include "emit.hpp"

#include <charconv>
#include <concepts>
#include <type_traits>

namespace gramme::refgen {
namespace {

using namespace gramme::refdata;  // the row types

void put(std::string& out, double value) {
    char digits[40];
    const auto end =
        std::to_chars(digits, digits + sizeof digits, value).ptr;  // the shortest that reads back equal
    out.append(digits, end);
}
void put(std::string& out, float value) {
    char digits[40];
    const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
    const std::string_view text(digits, static_cast<std::size_t>(end - digits));
    out += text;
    out += text.find_first_of(".e") == std::string_view::npos ? ".0F" : "F";
}
template <std::integral Whole>
void put(std::string& out, Whole value) {
    out += std::to_string(value);
}
void put(std::string& out, NameKind kind) {
    out += "K{";
    out += std::to_string(static_cast<std::uint32_t>(kind));
    out += '}';
}

template <class... Fields>
std::string row(Fields... fields) {
    std::string out = "{";
    ((put(out, fields), out += ','), ...);
    out.back() = '}';
    return out;
}

std::string row_of(const SourceRow& r) {
    return row(r.id, r.title, r.publisher, r.licence, r.url, r.note, r.year);
}
std::string row_of(const ZoneRow& r) {
    return row(r.zone, r.iso2, r.country, r.type, r.name, r.source, r.first_intensity, r.intensities);
}
std::string row_of(const IntensityRow& r) {
    return row(r.gco2e_per_kwh, r.zone, r.perspective, r.gases, r.confidence, r.source, r.note, r.year,
               r.direct, r.preferred);
}
std::string row_of(const RegionRow& r) {
    return row(r.provider, r.region, r.display_name, r.city, r.country, r.subdivision, r.source, r.note,
               r.zone, r.pue, r.latitude, r.longitude);
}
std::string row_of(const PueRow& r) {
    return row(r.pue, r.sigma_ln, r.provider, r.region, r.kind, r.source, r.note, r.year);
}
std::string row_of(const CpuRow& r) {
    return row(r.match_key, r.id, r.vendor, r.model, r.microarchitecture, r.source, r.cores, r.threads,
               r.release_year, r.base_ghz, r.tdp_w);
}
std::string row_of(const CpuIdRow& r) {
    return row(r.vendor, r.microarchitecture, r.source, r.family, r.model, r.stepping_min, r.stepping_max);
}
std::string row_of(const CpuPowerRow& r) {
    return row(r.idle_w_per_thread, r.full_w_per_thread, r.sigma_ln, r.idle_per_tdp, r.full_per_tdp,
               r.sigma_ln_per_tdp, r.microarchitecture, r.source, r.note, r.generic);
}
std::string row_of(const MemoryRow& r) {
    return row(r.idle_w_per_module, r.busy_w_per_module, r.gb_per_module, r.sigma_ln, r.kind, r.source,
               r.note);
}
std::string row_of(const GpuRow& r) {
    return row(r.memory_gb, r.board_limit_w, r.idle_w, r.match_keys, r.id, r.vendor, r.name, r.aliases,
               r.source, r.idle_source, r.note, r.devices_per_board);
}
std::string row_of(const RemainderRow& r) {
    return row(r.base_w, r.base_sigma, r.efficiency, r.efficiency_half, r.kind, r.source, r.note);
}
std::string row_of(const EquivalenceRowData& r) {
    return row(r.kgco2e_per_unit, r.key, r.label, r.unit, r.scope, r.source, r.note, r.shown_by_default);
}
std::string row_of(const WaterRow& r) {
    return row(r.l_per_kwh, r.sigma_ln, r.use, r.place, r.source, r.note, r.year);
}
std::string row_of(const ProfileRow& r) {
    return row(r.value, r.tool, r.kind, r.name, r.source, r.note);
}
std::string row_of(const AliasRow& r) {
    return row(r.alias, r.source, r.zone);
}
std::string row_of(const NameRow& r) {
    return row(r.key, r.kind, r.target);
}

std::string row_of(const AcceleratorRow& r) {
    return row(r.id, r.vendor, r.name, r.aliases, r.kind, r.segment, r.form_factor, r.architecture,
               r.limit_basis, r.power_source, r.fp16_basis, r.mlco2_label, r.source, r.note, r.proxy,
               r.board_limit_w, r.typical_w, r.idle_w, r.memory_gib, r.tflops_fp32, r.tflops_fp16,
               r.tflops_fp8, r.die_mm2, r.mlco2_w, r.devices_per_board, r.release_year, r.process_nm);
}
std::string row_of(const InstanceRow& r) {
    return row(r.id, r.aliases, r.cpu_model, r.microarchitectures, r.power_source, r.source, r.accelerator,
               r.vcpus, r.memory_gib, r.host_vcpus, r.accelerator_count, r.cpu_idle_w, r.cpu_full_w,
               r.memory_idle_w, r.memory_full_w, r.other_w);
}
std::string row_of(const EmbodiedRow& r) {
    return row(r.id, r.item, r.category, r.unit, r.scope, r.source, r.note, r.accelerator, r.value,
               r.lifetime_years);
}
std::string row_of(const MfuRow& r) {
    return row(r.id, r.model, r.precision, r.workload, r.basis, r.source, r.note, r.accelerator, r.n_devices,
               r.seq_len, r.params_b, r.mfu, r.hfu, r.tflops_per_device, r.peak_tflops);
}
std::string row_of(const EnergySourceRow& r) {
    return row(r.lifecycle, r.low, r.high, r.direct, r.key, r.label, r.technology, r.direct_source, r.source,
               r.note, r.year);
}
std::string row_of(const HostRow& r) {
    return row(r.cpu_load, r.memory_gib, r.sigma_ln, r.kind, r.label, r.source, r.note, r.devices, r.threads,
               r.packages);
}
std::string row_of(const HardwareNameRow& r) {
    return row(r.key, r.target);
}

/// Bytes as a string literal; octal escapes of three digits cannot swallow what follows them.
std::string literal(std::string_view bytes) {
    std::string out = "\"";
    std::size_t column = 0;
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte >= 0x20 && byte < 0x7F && c != '"' && c != '\\' && c != '?') {
            out += c;
        } else {
            out += '\\';
            out += static_cast<char>('0' + (byte >> 6U));
            out += static_cast<char>('0' + (byte >> 3U & 7U));
            out += static_cast<char>('0' + (byte & 7U));
        }
        if (++column == 100) {
            column = 0;
            out += "\"\n    \"";
        }
    }
    out += '"';
    return out;
}

void put_pool(std::string& out, std::span<const Chunk> pool) {
    out += "constexpr Chunk kPool[] = {\n";
    for (const Chunk& chunk : pool) {
        std::string_view bytes(chunk.text, kChunkSize - 1);
        bytes.remove_suffix(bytes.size() -
                            (bytes.find_last_not_of('\0') + 1));  // the compiler fills up with NUL
        out += "    {" + literal(bytes) + "},\n";
    }
    out += "};\n";
}

template <class Row>
void put_array(std::string& out, std::string_view type, std::string_view name, std::span<const Row> rows) {
    out += "constexpr ";
    out += type;
    out += ' ';
    out += name;
    out += "[] = {\n";
    for (const Row& r : rows) {
        out += row_of(r);
        out += ",\n";
    }
    out += "};\n";
}

}  // namespace

std::string cpp_source(const View& view) {
    std::string out =
        "// Made from data/*.csv by tools/refgen. Do not edit: change the tables.\n"
        "// clang-format off\n"
        "#include \"refdata/image.hpp\"\n\n"
        "namespace gramme::refdata {\nnamespace {\n\nusing K = NameKind;\n";
    put_pool(out, view.pool);
    put_array(out, "SourceRow", "kSources", view.sources);
    put_array(out, "ZoneRow", "kZones", view.zones);
    put_array(out, "IntensityRow", "kIntensities", view.intensities);
    put_array(out, "RegionRow", "kRegions", view.regions);
    put_array(out, "PueRow", "kPues", view.pues);
    put_array(out, "CpuRow", "kCpus", view.cpus);
    put_array(out, "CpuIdRow", "kCpuIds", view.cpu_ids);
    put_array(out, "CpuPowerRow", "kCpuPowers", view.cpu_powers);
    put_array(out, "MemoryRow", "kMemories", view.memories);
    put_array(out, "GpuRow", "kGpus", view.gpus);
    put_array(out, "RemainderRow", "kRemainders", view.remainders);
    put_array(out, "EquivalenceRowData", "kEquivalences", view.equivalences);
    put_array(out, "ProfileRow", "kProfileFactors", view.profile_factors);
    put_array(out, "AliasRow", "kAliases", view.aliases);
    put_array(out, "WaterRow", "kWaters", view.waters);
    put_array(out, "NameRow", "kNames", view.names);
    put_array(out, "AcceleratorRow", "kAccelerators", view.accelerators);
    put_array(out, "InstanceRow", "kInstances", view.instances);
    put_array(out, "EmbodiedRow", "kEmbodied", view.embodied);
    put_array(out, "MfuRow", "kMfus", view.mfus);
    put_array(out, "EnergySourceRow", "kEnergySources", view.energy_sources);
    put_array(out, "HostRow", "kHosts", view.hosts);
    put_array(out, "HardwareNameRow", "kAcceleratorNames", view.accelerator_names);
    put_array(out, "HardwareNameRow", "kInstanceNames", view.instance_names);
    put_array(out, "HardwareNameRow", "kAcceleratorWords", view.accelerator_words);
    out +=
        "\n}  // namespace\n\n"
        "View compiled_view() {\n"
        "    return {kPool, kSources, kZones, kIntensities, kRegions, kPues, kCpus, kCpuIds,\n"
        "            kCpuPowers, kMemories, kGpus, kRemainders, kEquivalences, kProfileFactors, kAliases, "
        "kWaters, kNames, "
        "kAccelerators, kInstances,\n"
        "            kEmbodied, kMfus, kEnergySources, kHosts, kAcceleratorNames, kInstanceNames,\n"
        "            kAcceleratorWords};\n"
        "}\n\n}  // namespace gramme::refdata\n";
    return out;
}

}  // namespace gramme::refgen
