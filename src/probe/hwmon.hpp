// Power sensors below /sys/class/hwmon: which chips there are, and what their attributes say. Opens no
// sensor.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/host.hpp"
#include "units/quantity.hpp"

namespace gramme::probe {

/// One folder of the class with sensors of power.
struct HwmonChip {
    std::string driver;  ///< its `name`: "power_meter", "ina3221"
    /// Where the attributes stand: the folder of the class, or "device" below it for drivers that were
    /// registered in the old way, as power_meter is (Linux drivers/hwmon/acpi_power_meter.c).
    std::string folder;
};

/// In the order of their numbers.
[[nodiscard]] std::vector<HwmonChip> list_hwmon(const Host& host);

/// One channel of a chip: power in one file, or volts and amperes in two.
struct HwmonPower {
    std::string label;    ///< empty: none
    std::string path;     ///< power_input or power_average in uW; else in_input in mV
    std::string times{};  ///< curr_input in mA
};
/// Channels that show power, or voltage with current.
[[nodiscard]] std::vector<HwmonPower> power_channels(const Host& host, const HwmonChip& chip);

/// What an ACPI power meter says of itself. Source: ACPI 6.5, 10.4 (_PMC, _PMD), Linux
/// Documentation/hwmon/acpi_power_meter.rst.
struct AcpiMeter {
    std::string path;      ///< of power1_average, in uW
    std::string oem_info;  ///< trimmed
    Seconds window{1.0};   ///< power1_average_interval
    double sigma = 0.0;    ///< relative standard uncertainty, from power1_accuracy; 0: not told
    bool is_battery = false;
    bool whole_machine = true;  ///< it names no device that it measures, or the root of them all
};
[[nodiscard]] std::optional<AcpiMeter> read_acpi_meter(const Host& host, const HwmonChip& chip);

/// "95.0%" -> 0.0289: the error is equally likely within what is missing to 100 % (JCGM 100, 4.3.7: a /
/// sqrt(3)). 0 for what is no share between 0 and 100. Pure.
[[nodiscard]] double sigma_of_accuracy(std::string_view text);

/// Trimmed content without control characters: it may become a name that is printed. Empty where there is
/// none.
[[nodiscard]] std::string word_in(const Host& host, const std::string& path);

}  // namespace gramme::probe
