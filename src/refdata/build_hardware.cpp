#include "refdata/build_hardware.hpp"

#include <array>
#include <set>

#include "base/text.hpp"
#include "refdata/plain.hpp"

namespace gramme::refdata {
namespace {

/// Makers and lines that people leave out. "Apple" stays: its M4 is not NVIDIA's.
constexpr std::array<std::string_view, 10> kLeftOut = {"nvidia", "tesla",  "amd", "geforce",  "google",
                                                       "intel",  "huawei", "aws", "graphics", "gpu"};

bool is_word_byte(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || static_cast<unsigned char>(c) >= 0x80;
}

float small(double value) {
    return static_cast<float>(value);
}

class HardwareBuilder {
public:
    HardwareBuilder(const Records& records, Pool& pool, Image& image)
        : records_(records), pool_(pool), image_(image) {}

    void build() {
        add_accelerators();
        add_instances();
        add_embodied();
        add_mfus();
        add_energy_sources();
        add_hosts();
    }

private:
    using Names = std::set<std::pair<std::string, std::uint32_t>>;

    static void add_name(Names& names, std::string_view name, std::uint32_t target) {
        if (std::string key = hardware_key(name); !key.empty()) {
            names.emplace(std::move(key), target);
        }
    }

    void put_names(const Names& names, std::vector<HardwareNameRow>& out) {
        for (const auto& [key, target] : names) {
            out.push_back({pool_.add(key), target});
        }
    }

    [[nodiscard]] std::uint32_t index_of(const std::string& id) const {
        const auto found = index_.find(id);
        return found == index_.end() ? kNone : found->second;
    }

    void add_accelerators() {
        const auto order = sorted(records_.accelerators, [](auto& a, auto& b) { return a.id < b.id; });
        for (std::size_t i = 0; i < order.size(); ++i) {
            index_.emplace(order[i]->id, static_cast<std::uint32_t>(i));
        }
        Names names;
        Names words;
        for (const AcceleratorRecord* r : order) {
            const std::uint32_t at = count(image_.accelerators);
            AcceleratorRow& row = image_.accelerators.emplace_back();
            row.id = pool_.add(r->id);
            row.vendor = pool_.add(r->vendor);
            row.name = pool_.add(r->name);
            row.aliases = pool_.add(r->aliases);
            row.kind = pool_.add(r->kind);
            row.segment = pool_.add(r->segment);
            row.form_factor = pool_.add(r->form_factor);
            row.architecture = pool_.add(r->architecture);
            row.limit_basis = pool_.add(r->limit_basis);
            row.power_source = pool_.add(r->power_source);
            row.fp16_basis = pool_.add(r->fp16_basis);
            row.mlco2_label = pool_.add(r->mlco2_label);
            row.source = pool_.add(r->source);
            row.note = pool_.add(r->note);
            row.proxy = index_of(r->proxy_id);
            row.board_limit_w = small(r->board_limit_w);
            row.typical_w = small(r->typical_w);
            row.idle_w = small(r->idle_w);
            row.memory_gib = small(r->memory_gib);
            row.tflops_fp32 = small(r->tflops_fp32);
            row.tflops_fp16 = small(r->tflops_fp16);
            row.tflops_fp8 = small(r->tflops_fp8);
            row.die_mm2 = small(r->die_mm2);
            row.mlco2_w = small(r->mlco2_w);
            row.devices_per_board = static_cast<std::int16_t>(r->devices_per_board);
            row.release_year = static_cast<std::int16_t>(r->release_year);
            row.process_nm = static_cast<std::int16_t>(r->process_nm);
            add_name(names, r->id, at);
            add_name(names, r->name, at);
            add_name(names, r->mlco2_label, at);
            for (const std::string_view alias : split(r->aliases, ';')) {
                add_name(names, alias, at);
            }
            for (std::string& word : words_of(r->id + ' ' + r->name)) {
                words.emplace(std::move(word), at);
            }
        }
        put_names(names, image_.accelerator_names);
        put_names(words, image_.accelerator_words);
    }

    void add_instances() {
        Names names;
        for (const InstanceRecord* r :
             sorted(records_.instances, [](auto&a, auto&b) { return a.id < b.id; })) {
            const std::uint32_t at = count(image_.instances);
            image_.instances.push_back(
                {pool_.add(r->id), pool_.add(r->aliases), pool_.add(r->cpu_model),
                 pool_.add(r->microarchitectures), pool_.add(r->power_source), pool_.add(r->source),
                 index_of(r->accelerator_id), small(r->vcpus), small(r->memory_gib), small(r->host_vcpus),
                 small(r->accelerator_count), small(r->cpu_idle_w), small(r->cpu_full_w),
                 small(r->memory_idle_w), small(r->memory_full_w), small(r->other_w)});
            // Instance types are told apart by their dots and dashes: no hardware_key() for them.
            names.emplace(folded(r->id), at);
            names.emplace(folded(r->id.substr(r->id.find(':') + 1)), at);
            for (const std::string_view alias : split(r->aliases, ';')) {
                if (!alias.empty()) {
                    names.emplace(folded(alias), at);
                }
            }
        }
        put_names(names, image_.instance_names);
    }

    void add_embodied() {
        for (const EmbodiedRecord* r :
             sorted(records_.embodied, [](auto&a, auto&b) { return a.id < b.id; })) {
            image_.embodied.push_back({pool_.add(r->id), pool_.add(r->item), pool_.add(r->category),
                                       pool_.add(r->unit), pool_.add(r->scope), pool_.add(r->source),
                                       pool_.add(r->note), index_of(r->accelerator_id), small(r->value),
                                       small(r->lifetime_years)});
        }
    }

    void add_mfus() {
        for (const MfuRecord* r : sorted(records_.mfus, [](auto&a, auto&b) { return a.id < b.id; })) {
            image_.mfus.push_back({pool_.add(r->id), pool_.add(r->model), pool_.add(r->precision),
                                   pool_.add(r->workload), pool_.add(r->basis), pool_.add(r->source),
                                   pool_.add(r->note), index_of(r->accelerator_id), r->n_devices, r->seq_len,
                                   small(r->params_b), small(r->mfu), small(r->hfu),
                                   small(r->tflops_per_device), small(r->peak_tflops)});
        }
    }

    void add_energy_sources() {
        for (const EnergySourceRecord* r :
             sorted(records_.energy_sources, [](auto&a, auto&b) { return a.key < b.key; })) {
            image_.energy_sources.push_back({r->lifecycle_gco2e_per_kwh, r->lifecycle_low, r->lifecycle_high,
                                             r->direct_gco2e_per_kwh, pool_.add(r->key), pool_.add(r->label),
                                             pool_.add(r->technology), pool_.add(r->direct_source),
                                             pool_.add(r->source), pool_.add(r->note),
                                             static_cast<std::int16_t>(r->year)});
        }
    }

    void add_hosts() {
        for (const HostRecord* r : sorted(records_.hosts, [](auto&a, auto&b) { return a.kind < b.kind; })) {
            image_.hosts.push_back({r->cpu_load, r->memory_gib, r->sigma_ln, pool_.add(r->kind),
                                    pool_.add(r->label), pool_.add(r->source), pool_.add(r->note), r->devices,
                                    r->threads, r->packages});
        }
    }

    const Records& records_;
    Pool& pool_;
    Image& image_;
    std::unordered_map<std::string, std::uint32_t> index_;
};

}  // namespace

std::string hardware_key(std::string_view name) {
    std::string key;
    std::string word;
    const auto end_word = [&] {
        bool left_out = false;
        for (const std::string_view maker : kLeftOut) {
            left_out = left_out || word == maker;
        }
        key += left_out ? "" : word;
        word.clear();
    };
    for (const char c : folded(name)) {
        if (is_word_byte(c)) {
            word += c;
        } else {
            end_word();
        }
    }
    end_word();
    return key;
}

void add_hardware(const Records& records, Pool& pool, Image& image) {
    HardwareBuilder(records, pool, image).build();
}

void add_hardware_records(const View& view, Records& out) {
    const auto text = [&view](Text offset) { return std::string(view.text(offset)); };
    const auto accelerator = [&](std::uint32_t index) {
        return index == kNone ? std::string{} : text(view.accelerators[index].id);
    };
    for (const AcceleratorRow& r : view.accelerators) {
        out.accelerators.push_back({0,
                                    text(r.id),
                                    text(r.vendor),
                                    text(r.name),
                                    text(r.aliases),
                                    text(r.kind),
                                    text(r.segment),
                                    text(r.form_factor),
                                    text(r.architecture),
                                    plain(r.board_limit_w),
                                    text(r.limit_basis),
                                    plain(r.typical_w),
                                    plain(r.idle_w),
                                    text(r.power_source),
                                    r.devices_per_board,
                                    plain(r.memory_gib),
                                    plain(r.tflops_fp32),
                                    plain(r.tflops_fp16),
                                    text(r.fp16_basis),
                                    plain(r.tflops_fp8),
                                    r.release_year,
                                    r.process_nm,
                                    plain(r.die_mm2),
                                    accelerator(r.proxy),
                                    text(r.mlco2_label),
                                    plain(r.mlco2_w),
                                    text(r.source),
                                    text(r.note)});
    }
    for (const InstanceRow& r : view.instances) {
        out.instances.push_back({0, text(r.id), text(r.aliases), plain(r.vcpus), plain(r.memory_gib),
                                 text(r.cpu_model), text(r.microarchitectures), plain(r.host_vcpus),
                                 accelerator(r.accelerator), plain(r.accelerator_count), plain(r.cpu_idle_w),
                                 plain(r.cpu_full_w), plain(r.memory_idle_w), plain(r.memory_full_w),
                                 plain(r.other_w), text(r.power_source), text(r.source)});
    }
    for (const EmbodiedRow& r : view.embodied) {
        out.embodied.push_back({0, text(r.id), text(r.item), text(r.category), plain(r.value), text(r.unit),
                                plain(r.lifetime_years), text(r.scope), accelerator(r.accelerator),
                                text(r.source), text(r.note)});
    }
    for (const MfuRow& r : view.mfus) {
        out.mfus.push_back({0, text(r.id), text(r.model), plain(r.params_b), accelerator(r.accelerator),
                            r.n_devices, text(r.precision), r.seq_len, plain(r.mfu), plain(r.hfu),
                            plain(r.tflops_per_device), plain(r.peak_tflops), text(r.workload), text(r.basis),
                            text(r.source), text(r.note)});
    }
    for (const EnergySourceRow& r : view.energy_sources) {
        out.energy_sources.push_back({0, text(r.key), text(r.label), text(r.technology), r.lifecycle, r.low,
                                      r.high, r.direct, text(r.direct_source), r.year, text(r.source),
                                      text(r.note)});
    }
    for (const HostRow& r : view.hosts) {
        out.hosts.push_back({0, text(r.kind), text(r.label), r.devices, r.threads, r.cpu_load, r.memory_gib,
                             r.packages, r.sigma_ln, text(r.source), text(r.note)});
    }
}

}  // namespace gramme::refdata
