#include "probe/rapl_zones.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <tuple>

#include "base/parse.hpp"
#include "units/quantity.hpp"

namespace gramme::probe {
namespace {

constexpr std::string_view kClass = "/sys/class/powercap";
constexpr int kMostConstraints = 8;
constexpr std::uint64_t kCounts = 0xffff'ffff;  // the register has 32 bits

std::optional<std::uint64_t> number_in(const Host& host, const std::string& path) {
    const Result<std::string> text = host.read(path);
    return text ? read_u64(*text) : std::nullopt;
}

double watts_in(const Host& host, const std::string& path) {
    return Watts{Microwatts{static_cast<double>(number_in(host, path).value_or(0))}}.value();
}

void read_limits(const Host& host, RaplZone& zone) {
    for (int n = 0; n < kMostConstraints; ++n) {
        const std::string constraint = zone.path + "/constraint_" + std::to_string(n);
        if (!host.exists(constraint + "_power_limit_uw")) {
            return;
        }
        const double limit = watts_in(host, constraint + "_power_limit_uw");
        const double most = watts_in(host, constraint + "_max_power_uw");
        zone.largest_limit_w = std::max({zone.largest_limit_w, limit, most});
        if (n == 0) {
            zone.long_term_w = limit > 0.0 ? limit : most;
        }
    }
}

std::string name_in(const Host& host, const std::string& folder) {
    const Result<std::string> text = host.read(folder + "/name");
    return text ? std::string{trimmed(*text)} : std::string{};
}

}  // namespace

RaplTree read_rapl_tree(const Host& host) {
    RaplTree tree;
    const Result<std::vector<std::string>> folders = host.list(kClass);
    if (!folders) {
        return tree;
    }
    for (const std::string& folder : *folders) {
        const std::optional<ZoneFolder> parsed = parse_zone_folder(folder);
        if (!parsed) {
            continue;
        }
        const std::string link = std::string{kClass} + "/" + folder;
        const Result<std::string> real = host.real_path(link);
        if (!real) {
            ++tree.dangling;
            continue;
        }
        const bool seen = std::any_of(tree.zones.begin(), tree.zones.end(),
                                      [&](const RaplZone& zone) { return zone.path == *real; });
        if (seen) {
            continue;
        }
        RaplZone zone;
        zone.path = *real;
        zone.control = std::string{parsed->control};
        zone.name = name_in(host, zone.path);
        const std::optional<ZoneName> name = parse_zone_name(zone.name);
        if (!name) {
            ++tree.unnamed;
            continue;
        }
        zone.kind = name->kind;
        zone.package = name->package;
        zone.die = name->die;
        if (!parsed->parent.empty() && zone.package < 0) {
            const std::string parent = std::string{kClass} + "/" + std::string{parsed->parent};
            if (const std::optional<ZoneName> above = parse_zone_name(name_in(host, parent))) {
                zone.package = above->package;
                zone.die = above->die;
            }
        }
        zone.range = number_in(host, zone.path + "/max_energy_range_uj").value_or(0);
        read_limits(host, zone);
        tree.zones.push_back(std::move(zone));
    }
    return tree;
}

std::vector<RaplCounter> choose_counters(const std::vector<RaplZone>& zones, std::string_view cpu_vendor) {
    // Older kernels show the socket's counter of these once per die.
    const bool dies_are_mirrors = cpu_vendor == "AuthenticAMD" || cpu_vendor == "HygonGenuine";
    using Key = std::tuple<ZoneKind, int, int>;
    std::map<Key, RaplCounter> counters;
    for (const RaplZone& zone : zones) {
        // A dram zone that hangs under no package cannot be told from a second view of another one.
        if ((zone.kind != ZoneKind::kPackage && zone.kind != ZoneKind::kDram) || zone.package < 0) {
            continue;
        }
        const int die = dies_are_mirrors ? -1 : zone.die;
        RaplCounter& counter = counters[{zone.kind, zone.package, die}];
        counter.kind = zone.kind;
        counter.package = zone.package;
        counter.die = die;
        counter.zones.push_back(zone);
    }
    std::vector<RaplCounter> chosen;
    for (auto& [key, counter] : counters) {
        // A whole-package zone beside its dies (drivers disagree on the name) is their sum seen again.
        const bool has_whole = counter.die >= 0 && counters.contains({counter.kind, counter.package, -1});
        if (has_whole) {
            continue;
        }
        std::stable_sort(counter.zones.begin(), counter.zones.end(),
                         [](const RaplZone& a, const RaplZone& b) {
                             return (a.control == "intel-rapl") > (b.control == "intel-rapl");
                         });
        chosen.push_back(std::move(counter));
    }
    return chosen;
}

std::uint64_t one_count_of(std::uint64_t range) noexcept {
    return range == 0 ? 1 : (range - 1) / kCounts + 1;
}

}  // namespace gramme::probe
