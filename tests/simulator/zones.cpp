#include "zones.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <system_error>

namespace gramme::simulator {
namespace {

namespace fs = std::filesystem;

std::string word_of(const fs::path& file) {
    std::ifstream in(file);
    std::string word;
    in >> word;
    return word;
}

std::uint64_t number_of(const fs::path& file) {
    std::ifstream in(file);
    std::uint64_t value = 0;
    in >> value;
    return value;
}

/// "package-1" is pkg1; "dram" and "core" take the number of the package above them.
std::string our_name(const fs::path& zone) {
    constexpr std::string_view kPackage = "package-";
    const std::string name = word_of(zone / "name");
    if (name.rfind(kPackage, 0) == 0) {
        return "pkg" + name.substr(kPackage.size());
    }
    const std::string parent = word_of(fs::weakly_canonical(zone).parent_path() / "name");
    return parent.rfind(kPackage, 0) == 0 ? name + parent.substr(kPackage.size()) : name;
}

}  // namespace

std::vector<Zone> open_zones(const Options& options, std::string& error) {
    std::vector<Zone> zones;
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(fs::path(options.root) / "sys/class/powercap", ignored)) {
        const fs::path energy = entry.path() / "energy_uj";
        if (!fs::exists(energy, ignored)) {
            continue;  // the control type itself, or a masked zone
        }
        Zone zone;
        zone.name = our_name(entry.path());
        zone.counter = EnergyCounter(number_of(energy), number_of(entry.path() / "max_energy_range_uj"));
        if (const auto watts = options.watts.find(zone.name); watts != options.watts.end()) {
            zone.picowatts = static_cast<std::uint64_t>(watts->second * 1e12);
        }
        zone.fd = ::open(energy.c_str(), O_WRONLY | O_CLOEXEC);
        if (zone.fd < 0) {
            error = "cannot write " + energy.string();
            return {};
        }
        zones.push_back(zone);
    }
    std::sort(zones.begin(), zones.end(), [](const Zone& a, const Zone& b) { return a.name < b.name; });
    for (const auto& [name, watts] : options.watts) {
        if (std::none_of(zones.begin(), zones.end(),
                         [&wanted = name](const Zone& z) { return z.name == wanted; })) {
            error = "no zone " + name + " below " + options.root;
            return {};
        }
    }
    return zones;
}

void show(const Zone& zone) {
    char text[32];
    const int length = std::snprintf(text, sizeof text, "%-20llu\n",
                                     static_cast<unsigned long long>(zone.counter.shown_uj()));
    if (::pwrite(zone.fd, text, static_cast<std::size_t>(length), 0) != length) {
        std::fprintf(stderr, "simulated_host: cannot write zone %s\n", zone.name.c_str());
    }
}

void fail(const Zone& zone, bool garbled) {
    constexpr std::string_view kNoNumber = "n/a                 \n";
    const bool done = garbled ? ::pwrite(zone.fd, kNoNumber.data(), kNoNumber.size(), 0) ==
                                    static_cast<ssize_t>(kNoNumber.size())
                              : ::ftruncate(zone.fd, 0) == 0;
    if (!done) {
        std::fprintf(stderr, "simulated_host: cannot spoil zone %s\n", zone.name.c_str());
    }
}

}  // namespace gramme::simulator
