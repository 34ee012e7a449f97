// Tables: look-ups of accelerators, instances and energy sources.
#include <algorithm>

#include "base/text.hpp"
#include "refdata/build_hardware.hpp"
#include "refdata/image.hpp"
#include "refdata/plain.hpp"
#include "refdata/tables.hpp"
#include "refdata/zone_search.hpp"

namespace gramme::refdata {
namespace {

constexpr std::size_t kMostOffered = 6;

/// Targets of one key in a list of names sorted by key.
std::vector<std::uint32_t> targets_of(const View& view, std::span<const HardwareNameRow> names,
                                      std::string_view key) {
    std::vector<std::uint32_t> targets;
    auto at = std::lower_bound(names.begin(), names.end(), key,
                               [&](const HardwareNameRow& row, std::string_view wanted) {
                                   return view.compare(row.key, wanted) < 0;
                               });
    for (; at != names.end() && view.compare(at->key, key) == 0; ++at) {
        targets.push_back(at->target);
    }
    return targets;
}

std::vector<std::string_view> keys_of(const View& view, std::span<const HardwareNameRow> names) {
    std::vector<std::string_view> keys;
    keys.reserve(names.size());
    for (const HardwareNameRow& row : names) {
        keys.push_back(view.text(row.key));
    }
    return keys;
}

Accelerator accelerator_of(const View& view, const AcceleratorRow& r) {
    Accelerator out;
    out.id = view.text(r.id);
    out.vendor = view.text(r.vendor);
    out.name = view.text(r.name);
    out.aliases = view.text(r.aliases);
    out.kind = view.text(r.kind);
    out.segment = view.text(r.segment);
    out.form_factor = view.text(r.form_factor);
    out.architecture = view.text(r.architecture);
    out.limit_basis = view.text(r.limit_basis);
    out.power_source = view.text(r.power_source);
    out.fp16_basis = view.text(r.fp16_basis);
    out.mlco2_label = view.text(r.mlco2_label);
    out.source = view.text(r.source);
    out.note = view.text(r.note);
    const double devices = r.devices_per_board;
    out.devices_per_board = r.devices_per_board;
    out.limit_w = plain(r.board_limit_w) / devices;
    if (!(out.limit_w > 0.0) && r.proxy != kNone) {
        const AcceleratorRow& proxy = view.accelerators[r.proxy];
        out.limit_w = plain(proxy.board_limit_w) / proxy.devices_per_board;
        out.limit_of = view.text(proxy.id);
    }
    out.typical_w = plain(r.typical_w) / devices;
    out.idle_w = plain(r.idle_w) / devices;
    out.memory_gib = plain(r.memory_gib) / devices;
    out.tflops_fp32 = plain(r.tflops_fp32) / devices;
    out.tflops_fp16 = plain(r.tflops_fp16) / devices;
    out.tflops_fp8 = plain(r.tflops_fp8) / devices;
    out.release_year = r.release_year;
    out.process_nm = r.process_nm;
    out.die_mm2 = plain(r.die_mm2);
    out.mlco2_w = plain(r.mlco2_w);
    return out;
}

std::string_view accelerator_id(const View& view, std::uint32_t index) {
    return index == kNone ? std::string_view{} : view.text(view.accelerators[index].id);
}

Instance instance_of(const View& view, const InstanceRow& r) {
    Instance out;
    out.id = view.text(r.id);
    const std::size_t colon = out.id.find(':');
    out.provider = out.id.substr(0, colon);
    out.type = out.id.substr(colon + 1);
    out.aliases = view.text(r.aliases);
    out.cpu_model = view.text(r.cpu_model);
    out.microarchitectures = view.text(r.microarchitectures);
    out.power_source = view.text(r.power_source);
    out.source = view.text(r.source);
    out.vcpus = plain(r.vcpus);
    out.memory_gib = plain(r.memory_gib);
    out.host_vcpus = plain(r.host_vcpus);
    out.accelerator = accelerator_id(view, r.accelerator);
    out.accelerator_count = plain(r.accelerator_count);
    out.cpu_idle_w = plain(r.cpu_idle_w);
    out.cpu_full_w = plain(r.cpu_full_w);
    out.memory_idle_w = plain(r.memory_idle_w);
    out.memory_full_w = plain(r.memory_full_w);
    out.other_w = plain(r.other_w);
    return out;
}

Embodied embodied_of_row(const View& view, const EmbodiedRow& r) {
    return {view.text(r.id),        view.text(r.item),  view.text(r.category),
            view.text(r.unit),      view.text(r.scope), accelerator_id(view, r.accelerator),
            view.text(r.source),    view.text(r.note),  plain(r.value),
            plain(r.lifetime_years)};
}

EnergySource energy_source_of(const View& view, const EnergySourceRow& r) {
    EnergySource out;
    out.key = view.text(r.key);
    out.label = view.text(r.label);
    out.technology = view.text(r.technology);
    out.direct_source = view.text(r.direct_source);
    out.source = view.text(r.source);
    out.note = view.text(r.note);
    out.lifecycle = GramsPerKilowattHour{r.lifecycle};
    out.lifecycle_low = r.low;
    out.lifecycle_high = r.high;
    if (!out.direct_source.empty()) {
        out.direct = GramsPerKilowattHour{r.direct};
    }
    out.year = r.year;
    return out;
}

std::string listed(std::span<const std::string> names) {
    std::string out;
    for (std::size_t i = 0; i < names.size(); ++i) {
        out += (i == 0 ? "" : i + 1 == names.size() ? " or " : ", ") + names[i];
    }
    return out;
}

/// Whether all words of what was typed stand in one of the names of a row.
bool holds_all_words(const View& view, const AcceleratorRow& row, std::span<const std::string> words) {
    const std::string text = folded(std::string{view.text(row.id)} + ' ' + std::string{view.text(row.name)} +
                                    ' ' + std::string{view.text(row.aliases)});
    return std::all_of(words.begin(), words.end(),
                       [&](const std::string& word) { return text.find(word) != std::string::npos; });
}

std::vector<std::string> near_accelerators(const View& view, std::string_view name) {
    std::vector<std::string> found;
    const std::vector<std::string> words = words_of(name);
    for (const AcceleratorRow& row : view.accelerators) {
        if (!words.empty() && found.size() < kMostOffered && holds_all_words(view, row, words)) {
            found.emplace_back(view.text(row.id));
        }
    }
    if (!found.empty()) {
        return found;
    }
    for (const std::string& key :
         nearest(hardware_key(name), keys_of(view, view.accelerator_names), kMostOffered)) {
        for (const std::uint32_t target : targets_of(view, view.accelerator_names, key)) {
            const std::string id{view.text(view.accelerators[target].id)};
            if (std::find(found.begin(), found.end(), id) == found.end()) {
                found.push_back(id);
            }
        }
    }
    return found;
}

}  // namespace

std::optional<Accelerator> Tables::accelerator_named(std::string_view name) const {
    const View tables = view();
    const auto targets = targets_of(tables, tables.accelerator_names, hardware_key(name));
    return targets.size() == 1 ? std::optional{accelerator_of(tables, tables.accelerators[targets.front()])}
                               : std::nullopt;
}

std::vector<std::string_view> Tables::accelerators_with_words(std::span<const std::string> words) const {
    const View tables = view();
    std::vector<std::string_view> ids;
    if (words.empty()) {
        return ids;
    }
    std::vector<std::uint32_t> common = targets_of(tables, tables.accelerator_words, words.front());
    for (const std::string& word : words.subspan(1)) {
        const auto with = targets_of(tables, tables.accelerator_words, word);
        std::erase_if(common,
                      [&](std::uint32_t one) { return !std::binary_search(with.begin(), with.end(), one); });
    }
    ids.reserve(common.size());
    for (const std::uint32_t one : common) {
        ids.push_back(tables.text(tables.accelerators[one].id));
    }
    return ids;
}

Result<Accelerator> Tables::find_accelerator(std::string_view name) const {
    if (auto known = accelerator_named(name)) {
        return *known;
    }
    const View tables = view();
    Error error{Code::kNotFound, "no device is called '" + std::string(name) + "'", ""};
    const std::vector<std::string> near = near_accelerators(tables, name);
    error.hint = near.empty() ? "`gramme devices` lists all; --power-w takes the watts of any other"
                              : "did you mean " + listed(near) + "?";
    return error;
}

Result<Instance> Tables::find_instance(std::string_view name) const {
    const View tables = view();
    const auto targets = targets_of(tables, tables.instance_names, folded(name));
    if (targets.size() == 1) {
        return instance_of(tables, tables.instances[targets.front()]);
    }
    if (targets.size() > 1) {
        std::vector<std::string> ids;
        for (const std::uint32_t target : targets) {
            ids.emplace_back(tables.text(tables.instances[target].id));
        }
        return Error{Code::kMalformed, "several providers have an instance '" + std::string(name) + "'",
                     "say which: " + listed(ids)};
    }
    const std::vector<std::string_view> keys = keys_of(tables, tables.instance_names);
    std::vector<std::string> near = nearest(name, keys, 3);
    const std::string wanted = folded(name);
    if (near.empty() && wanted.size() > 1) {  // "p4d": those that hold it
        for (const std::string_view key : keys) {
            if (near.size() < kMostOffered && key.find(wanted) != std::string_view::npos) {
                near.emplace_back(key);
            }
        }
    }
    return Error{Code::kNotFound, "no instance is called '" + std::string(name) + "'",
                 near.empty() ? "`gramme instances` lists all" : "did you mean " + listed(near) + "?"};
}

Result<EnergySource> Tables::find_energy_source(std::string_view key) const {
    const View tables = view();
    const std::string wanted = folded(key);
    std::vector<std::string> keys;
    for (const EnergySourceRow& row : tables.energy_sources) {
        if (tables.text(row.key) == wanted) {
            return energy_source_of(tables, row);
        }
        keys.emplace_back(tables.text(row.key));
    }
    const std::vector<std::string> near = nearest(wanted, keys, 2);
    return Error{Code::kNotFound, "no energy source is called '" + std::string(key) + "'",
                 near.empty() ? "known are " + listed(keys) : "did you mean " + listed(near) + "?"};
}

TypicalHost Tables::typical_host(std::string_view kind) const {
    const View tables = view();
    const HostRow* r = find_row(tables, tables.hosts, &HostRow::kind, kind);
    if (r == nullptr) {
        return {};  // check_records: all six are there
    }
    return {tables.text(r->kind),
            tables.text(r->label),
            tables.text(r->source),
            tables.text(r->note),
            r->devices,
            r->threads,
            r->cpu_load,
            r->memory_gib,
            r->packages,
            r->sigma_ln};
}

std::vector<Accelerator> Tables::accelerators() const {
    const View tables = view();
    std::vector<Accelerator> rows;
    rows.reserve(tables.accelerators.size());
    for (const AcceleratorRow& row : tables.accelerators) {
        rows.push_back(accelerator_of(tables, row));
    }
    return rows;
}

std::vector<Instance> Tables::instances() const {
    const View tables = view();
    std::vector<Instance> rows;
    rows.reserve(tables.instances.size());
    for (const InstanceRow& row : tables.instances) {
        rows.push_back(instance_of(tables, row));
    }
    return rows;
}

std::vector<Embodied> Tables::embodied() const {
    const View tables = view();
    std::vector<Embodied> rows;
    rows.reserve(tables.embodied.size());
    for (const EmbodiedRow& r : tables.embodied) {
        rows.push_back(embodied_of_row(tables, r));
    }
    return rows;
}

std::optional<Embodied> Tables::embodied_row(std::string_view id) const {
    const View tables = view();
    const EmbodiedRow* const row = find_row(tables, tables.embodied, &EmbodiedRow::id, id);
    return row != nullptr ? std::optional{embodied_of_row(tables, *row)} : std::nullopt;
}

std::vector<Embodied> Tables::embodied_of(std::string_view accelerator) const {
    const View tables = view();
    const AcceleratorRow* const of = find_row(tables, tables.accelerators, &AcceleratorRow::id, accelerator);
    std::vector<Embodied> rows;
    for (const EmbodiedRow& r : tables.embodied) {
        if (of != nullptr && r.accelerator == static_cast<std::uint32_t>(of - tables.accelerators.data())) {
            rows.push_back(embodied_of_row(tables, r));
        }
    }
    return rows;
}

std::vector<Utilisation> Tables::utilisations() const {
    const View tables = view();
    std::vector<Utilisation> rows;
    rows.reserve(tables.mfus.size());
    for (const MfuRow& r : tables.mfus) {
        rows.push_back({tables.text(r.id), tables.text(r.model), accelerator_id(tables, r.accelerator),
                        tables.text(r.precision), tables.text(r.workload), tables.text(r.basis),
                        tables.text(r.source), tables.text(r.note), plain(r.params_b), r.n_devices, r.seq_len,
                        plain(r.mfu), plain(r.hfu), plain(r.tflops_per_device), plain(r.peak_tflops)});
    }
    return rows;
}

std::vector<EnergySource> Tables::energy_sources() const {
    const View tables = view();
    std::vector<EnergySource> rows;
    for (const EnergySourceRow& row : tables.energy_sources) {
        rows.push_back(energy_source_of(tables, row));
    }
    return rows;
}

}  // namespace gramme::refdata
