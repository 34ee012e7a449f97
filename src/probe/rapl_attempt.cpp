#include "probe/rapl_attempt.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/parse.hpp"
#include "probe/rapl_perf.hpp"

namespace gramme::probe {
namespace {

std::string energy_file(const RaplZone& zone) {
    return zone.path + "/energy_uj";
}

/// Opened, and a number in it.
void try_file(Tried& tried, Result<std::unique_ptr<OpenFile>> file) {
    if (!file) {
        tried.code = file.error().code;
        return;
    }
    std::array<char, 32> text{};
    const Result<std::size_t> count = (*file)->read(text);
    if (!count) {
        tried.code = count.error().code;
        return;
    }
    if (!read_u64({text.data(), *count})) {
        tried.code = Code::kMalformed;
        return;
    }
    tried.file = *std::move(file);
}

RaplShape shape_of(const RaplZone& zone, const RaplCounter& counter) {
    return {counter.kind,    counter.package,  counter.die,         zone.name,
            kPowercapMethod, zone.long_term_w, zone.largest_limit_w};
}

/// Limits stand in powercap only; they are readable by all.
RaplShape shape_of(const PerfCounter& counter, const RaplTree& tree) {
    RaplShape shape;
    shape.kind = counter.kind;
    shape.package = counter.package;
    shape.die = counter.die;
    shape.method = kPerfMethod;
    shape.name = "package-" + std::to_string(counter.package) +
                 (counter.die < 0 ? "" : "-die-" + std::to_string(counter.die));
    const auto zone = std::find_if(tree.zones.begin(), tree.zones.end(), [&](const RaplZone& one) {
        return one.kind == counter.kind && one.package == counter.package && one.die == counter.die;
    });
    if (zone != tree.zones.end()) {
        shape.long_term_w = zone->long_term_w;
        shape.largest_limit_w = zone->largest_limit_w;
    }
    return shape;
}

}  // namespace

RaplShape powercap_shape(const RaplCounter& counter) {
    return shape_of(counter.zones.front(), counter);
}

Tried try_powercap(const Host& host, const RaplCounter& counter) {
    Tried preferred;
    for (const RaplZone& zone : counter.zones) {
        Tried tried;
        tried.shape = shape_of(zone, counter);
        tried.energy_file = energy_file(zone);
        tried.spec.per_count = Microjoules{1.0};
        tried.spec.range = zone.range;
        tried.spec.modulus_step = one_count_of(zone.range);
        try_file(tried, host.open(tried.energy_file));
        if (tried.file != nullptr) {
            return tried;
        }
        if (&zone == counter.zones.data()) {
            preferred = std::move(tried);
        }
    }
    return preferred;
}

PerfAttempt try_perf(const Host& host, std::string_view cpu_vendor, const RaplTree& tree) {
    PerfAttempt out;
    for (const PerfCounter& counter : read_power_pmu(host, cpu_vendor)) {
        Tried tried;
        tried.shape = shape_of(counter, tree);
        tried.spec.per_count = Joules{counter.joules_per_count};  // 64 bits: it never wraps
        try_file(tried, host.open_perf(counter.event));
        out.ids.push_back(rapl_device_id(tried.shape));
        const Silicon silicon{counter.kind, counter.package};
        if (tried.file == nullptr) {
            out.code = out.lost.empty() ? tried.code : out.code;
            out.lost.insert(silicon);
            continue;
        }
        out.counted.insert(silicon);
        out.counters.push_back(std::move(tried));
    }
    std::erase_if(out.counters, [&](const Tried& tried) {
        return out.lost.contains({tried.shape.kind, tried.shape.package});
    });
    std::erase_if(out.counted, [&](const Silicon& silicon) { return out.lost.contains(silicon); });
    return out;
}

}  // namespace gramme::probe
