// Sensors that show power only, read from files: each device is a sum, or a part, of what some of them show.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "probe/open_source.hpp"

namespace gramme::probe {

/// Watts of one uW, as most files of the kernel count.
inline constexpr double kMicrowatt = Watts{Microwatts{1.0}}.value();

/// One sensor: a file with a whole number, times that of a second one where the kernel shows volts and
/// amperes.
struct PowerFile {
    std::string path;
    std::string times{};       ///< empty: the first alone
    double watts_per_one = 0;  ///< of the number, or of the product
    bool either_sign = false;  ///< some drivers show what leaves a battery as a negative number
};

/// A device of some sensors, by their places in the list.
struct PowerDevice {
    /// kSum: what they show together. kInside: the same, but never more than `whole` shows; kRest: what
    /// `whole` shows beyond that. The last two of one socket so add up to `whole`, whatever its sensors do.
    enum class Form : std::uint8_t { kSum, kInside, kRest };
    ProbedDevice device;
    Form form = Form::kSum;
    std::vector<std::size_t> parts;
    std::size_t whole = 0;
};

/// Opens and reads every sensor once; the error of the first that cannot be read. `host` outlives the probe.
[[nodiscard]] Result<std::unique_ptr<Probe>> open_power_probe(const Host& host,
                                                              const std::vector<PowerFile>& files,
                                                              std::vector<PowerDevice> devices,
                                                              SourceReport report);

/// All files that they are read from.
[[nodiscard]] std::vector<std::string> paths_of(const std::vector<PowerFile>& files);

/// How readings of a sensor that averages over `window` are integrated in a run that reads it each
/// `interval`. A sensor whose window is shorter than the interval is taken as one of the instant: between two
/// looks nothing is known, and a straight line is the better guess.
[[nodiscard]] meter::PowerSpec power_spec(Seconds window, Seconds interval, Watts max_power);

/// What a reader should know of a sensor that is read more seldom than `wanted`; empty where it is not.
[[nodiscard]] std::string seldom_warning(const std::string& what, Seconds interval, Seconds wanted);

}  // namespace gramme::probe
