#include "probe/hwmon.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

#include "base/parse.hpp"

namespace gramme::probe {
namespace {

const std::string kHwmon = "/sys/class/hwmon/";
constexpr int kAcpiRoots = 3;
constexpr std::uint64_t kLongestWindow_ms = 1'000'000;

std::optional<std::uint64_t> index_of(std::string_view folder) {
    constexpr std::string_view kPrefix = "hwmon";
    return folder.starts_with(kPrefix) ? read_u64(folder.substr(kPrefix.size())) : std::nullopt;
}

/// The meter names the devices that it measures by links; the system bus stands for all.
bool measures_all(const Host& host, const std::string& folder) {
    constexpr std::array<std::string_view, kAcpiRoots> kRoots{"\\", "\\_SB", "\\_SB_"};
    const auto links = host.list(folder + "/measures");
    return !links || links->empty() ||
           std::any_of(links->begin(), links->end(), [&](const std::string& link) {
               const std::string path = word_in(host, folder + "/measures/" + link + "/path");
               return std::find(kRoots.begin(), kRoots.end(), path) != kRoots.end();
           });
}

}  // namespace

std::string word_in(const Host& host, const std::string& path) {
    const Result<std::string> text = host.read(path);
    std::string word{text ? trimmed(*text) : std::string_view{}};
    std::erase_if(word, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
    return word;
}

std::vector<HwmonChip> list_hwmon(const Host& host) {
    std::vector<std::pair<std::uint64_t, HwmonChip>> chips;
    const auto folders = host.list("/sys/class/hwmon");
    for (const std::string& name : folders ? *folders : std::vector<std::string>{}) {
        const auto index = index_of(name);
        if (!index) {
            continue;
        }
        HwmonChip chip;
        chip.folder = kHwmon + name;
        chip.driver = word_in(host, chip.folder + "/name");
        if (chip.driver.empty() || chip.driver == "power_meter") {
            chip.driver = chip.driver.empty() ? word_in(host, chip.folder + "/device/name") : chip.driver;
            chip.folder += host.exists(chip.folder + "/power1_average") ? "" : "/device";
        }
        if (!chip.driver.empty()) {
            chips.emplace_back(*index, std::move(chip));
        }
    }
    std::sort(chips.begin(), chips.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    std::vector<HwmonChip> sorted;
    sorted.reserve(chips.size());
    for (auto& [index, chip] : chips) {
        sorted.push_back(std::move(chip));
    }
    return sorted;
}

std::vector<HwmonPower> power_channels(const Host& host, const HwmonChip& chip) {
    std::vector<HwmonPower> channels;
    std::set<std::uint64_t> numbers;  // a chip may have hundreds, and gaps between them
    const auto files = host.list(chip.folder);
    for (const std::string& file : files ? *files : std::vector<std::string>{}) {
        for (const std::string_view kind : {"power", "in"}) {
            const std::string_view rest = std::string_view{file}.substr(std::min(kind.size(), file.size()));
            const auto number = read_u64(rest.substr(0, rest.find('_')));
            if (file.starts_with(kind) && number) {
                numbers.insert(*number);
            }
        }
    }
    for (const std::uint64_t n : numbers) {
        const std::string number = std::to_string(n);
        const std::string power = chip.folder + "/power" + number;
        const std::string volts = chip.folder + "/in" + number;
        const std::string amperes = chip.folder + "/curr" + number + "_input";
        for (const char* what : {"_input", "_average"}) {
            if (host.exists(power + what)) {
                channels.push_back({word_in(host, power + "_label"), power + what});
                break;
            }
        }
        const bool by_power = host.exists(power + "_input") || host.exists(power + "_average");
        if (!by_power && host.exists(volts + "_input") && host.exists(amperes)) {
            channels.push_back({word_in(host, volts + "_label"), volts + "_input", amperes});
        }
    }
    return channels;
}

double sigma_of_accuracy(std::string_view text) {
    text = trimmed(text);
    if (text.ends_with('%')) {
        text.remove_suffix(1);
    }
    const Result<double> percent = parse_double(text);
    if (!percent || *percent <= 0.0 || *percent >= 100.0) {
        return 0.0;
    }
    return (1.0 - *percent / 100.0) / std::sqrt(3.0);
}

std::optional<AcpiMeter> read_acpi_meter(const Host& host, const HwmonChip& chip) {
    AcpiMeter meter;
    meter.path = chip.folder + "/power1_average";
    if (chip.driver != "power_meter" || !host.exists(meter.path)) {
        return std::nullopt;
    }
    meter.oem_info = word_in(host, chip.folder + "/power1_oem_info");
    if (const auto milliseconds = read_u64(word_in(host, chip.folder + "/power1_average_interval"))) {
        meter.window = std::chrono::milliseconds{std::min<std::uint64_t>(*milliseconds, kLongestWindow_ms)};
    }
    meter.sigma = sigma_of_accuracy(word_in(host, chip.folder + "/power1_accuracy"));
    meter.is_battery = word_in(host, chip.folder + "/power1_is_battery") == "1";
    meter.whole_machine = measures_all(host, chip.folder);
    return meter;
}

}  // namespace gramme::probe
