#include "zones.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
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

/// A file below the root that shows what a zone used or uses, with the name and form of the zone.
void add_file(const Options& options, const std::string& file, const std::string& name, Form form,
              std::vector<Zone>& zones) {
    const fs::path path = fs::path(options.root) / file;
    std::error_code ignored;
    if (!fs::exists(path, ignored)) {
        return;
    }
    constexpr std::uint64_t kNeverWraps = std::uint64_t{1} << 62U;
    Zone zone;
    zone.name = name;
    zone.form = form;
    constexpr std::uint64_t kMicro = 1'000'000;
    const std::uint64_t start = form == Form::kCrayJoules ? number_of(path) * kMicro : 0;
    zone.counter = EnergyCounter(start, kNeverWraps);
    zone.fd = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
    zones.push_back(zone);
}

void add_other_sources(const Options& options, std::vector<Zone>& zones) {
    add_file(options, "perf/24-2-0", "perf-pkg0", Form::kPerfCount, zones);
    add_file(options, "perf/24-2-2", "perf-pkg1", Form::kPerfCount, zones);
    add_file(options, "perf/24-3-0", "perf-dram0", Form::kPerfCount, zones);
    add_file(options, "perf/24-3-2", "perf-dram1", Form::kPerfCount, zones);
    const std::string cray = "sys/cray/pm_counters/";
    add_file(options, cray + "energy", "node", Form::kCrayJoules, zones);
    add_file(options, cray + "cpu_energy", "cpu", Form::kCrayJoules, zones);
    add_file(options, cray + "memory_energy", "memory", Form::kCrayJoules, zones);
    constexpr int kMostMeters = 8;
    for (int i = 0; i < kMostMeters; ++i) {
        const std::string number = std::to_string(i);
        add_file(options, "sys/class/hwmon/hwmon" + number + "/device/power1_average", "meter" + number,
                 Form::kMicrowatts, zones);
    }
    add_file(options, "sys/class/power_supply/BAT0/power_now", "battery", Form::kMicrowatts, zones);
}

/// What the file of the zone says now, and its length.
int text_of(const Zone& zone, char* text, std::size_t size) {
    const auto shown = static_cast<unsigned long long>(zone.counter.shown_uj());
    switch (zone.form) {
        case Form::kMicrojoules: return std::snprintf(text, size, "%-20llu\n", shown);
        case Form::kPerfCount: {
            constexpr double kCountsPerMicrojoule = 4294967296.0 / 1e6;
            const double count = std::floor(static_cast<double>(shown) * kCountsPerMicrojoule);
            return std::snprintf(text, size, "%-20.0f\n", count);
        }
        case Form::kCrayJoules: {
            constexpr unsigned long long kStamp_us = 1'404'223'150'000'000ULL;
            constexpr double kRenewals = 10.0;  // in a second
            const auto renewals = static_cast<unsigned long long>(zone.at_s * kRenewals);
            // Nothing may stand behind the unit: the number keeps its length by leading zeros.
            return std::snprintf(text, size, "%012llu J %llu us\n", shown / 1'000'000ULL,
                                 kStamp_us + renewals * 100'000ULL);
        }
        case Form::kMicrowatts: return std::snprintf(text, size, "%-20.0f\n", zone.now_w * 1e6);
    }
    return 0;
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
        zone.fd = ::open(energy.c_str(), O_WRONLY | O_CLOEXEC);
        if (zone.fd < 0) {
            error = "cannot write " + energy.string();
            return {};
        }
        zones.push_back(zone);
    }
    add_gpus(options, zones);
    add_other_sources(options, zones);
    for (Zone& zone : zones) {
        if (const auto watts = options.watts.find(zone.name); watts != options.watts.end()) {
            zone.picowatts = static_cast<std::uint64_t>(watts->second * 1e12);
        }
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
    char text[64];
    const int length = text_of(zone, text, sizeof text);
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
