#include "zones.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
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

constexpr std::uint64_t kNeverWraps = 1ULL << 62U;

/// Little-endian, `bytes` long.
std::uint64_t field(const std::string& table, std::size_t at, std::size_t bytes) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < bytes && at + i < table.size(); ++i) {
        value |= static_cast<std::uint64_t>(static_cast<unsigned char>(table[at + i])) << (8 * i);
    }
    return value;
}

/// The counter in gpu_metrics 1.1 to 1.4; the power beside it follows the watts that are asked for.
void add_amd(const fs::path& device, const std::string& number, const Options& options,
             std::vector<Zone>& zones) {
    const fs::path path = device / "gpu_metrics";
    std::ifstream in(path, std::ios::binary);
    const std::string table{std::istreambuf_iterator<char>{in}, {}};
    const bool known = table.size() > 32 && table[2] == 1 && table[3] >= 1 && table[3] <= 4;
    if (!known || field(table, 24, 8) == ~0ULL) {
        return;
    }
    Zone zone;
    zone.name = "amd" + number;
    zone.energy_at = 24;
    zone.fd = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
    zone.counter = EnergyCounter(field(table, 24, 8) * 1'000'000 / 65'536, kNeverWraps);
    if (const auto watts = options.watts.find(zone.name); watts != options.watts.end()) {
        zone.picowatts = static_cast<std::uint64_t>(watts->second * 1e12);
        const auto whole = static_cast<unsigned>(watts->second);
        const char bytes[2]{static_cast<char>(whole % 256), static_cast<char>(whole / 256)};
        (void)!::pwrite(zone.fd, bytes, 2, table[3] == 4 ? 10 : 22);
    }
    zones.push_back(zone);
}

/// energy1_input of the monitoring chip, microjoules in text.
void add_intel(const fs::path& device, const std::string& number, const Options& options,
               std::vector<Zone>& zones) {
    std::error_code ignored;
    for (const auto& chip : fs::directory_iterator(device / "hwmon", ignored)) {
        const fs::path path = chip.path() / "energy1_input";
        if (!fs::exists(path, ignored)) {
            continue;
        }
        Zone zone;
        zone.name = "intel" + number;
        zone.fd = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
        zone.counter = EnergyCounter(number_of(path), kNeverWraps);
        if (const auto watts = options.watts.find(zone.name); watts != options.watts.end()) {
            zone.picowatts = static_cast<std::uint64_t>(watts->second * 1e12);
        }
        zones.push_back(zone);
    }
}

void add_gpus(const Options& options, std::vector<Zone>& zones) {
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(fs::path(options.root) / "sys/class/drm", ignored)) {
        const std::string name = entry.path().filename();
        if (name.rfind("card", 0) == 0) {
            add_amd(entry.path() / "device", name.substr(4), options, zones);
            add_intel(entry.path() / "device", name.substr(4), options, zones);
        }
    }
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
    add_gpus(options, zones);
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
    if (zone.energy_at >= 0) {
        const std::uint64_t counts = zone.counter.shown_uj() * 65'536 / 1'000'000;
        char bytes[8];
        for (std::size_t i = 0; i < sizeof bytes; ++i) {
            bytes[i] = static_cast<char>(counts >> (8 * i) & 0xffU);
        }
        if (::pwrite(zone.fd, bytes, sizeof bytes, zone.energy_at) != static_cast<ssize_t>(sizeof bytes)) {
            std::fprintf(stderr, "simulated_host: cannot write zone %s\n", zone.name.c_str());
        }
        return;
    }
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
