// The calibration of a machine: what `gramme calibrate` measured, and the file it is kept in.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/host.hpp"
#include "base/result.hpp"
#include "meter/idle_power.hpp"
#include "meter/wall_curve.hpp"
#include "model/run.hpp"

namespace gramme::config {

/// Which machine, when, what. The machine is known by what a new boot or another name does not change.
struct Calibration {
    std::string cpu_model;  ///< printable ASCII
    int cpu_sockets = 0;
    std::int64_t wall_ns = 0;  ///< UTC; of the idle powers
    meter::IdlePowers idle;
    std::optional<meter::WallCurve> wall;  ///< by a meter at the wall
    std::optional<meter::WallRest> rest;   ///< by the same, beside counters

    /// Version 2 added the two of the meter; a file without a version is of version 1.
    static constexpr int kVersion = 2;
};

/// Of this machine, without any power yet.
[[nodiscard]] Calibration calibration_of(const HostFacts& facts, std::int64_t wall_ns);
/// The file's text.
[[nodiscard]] std::string calibration_file_text(const Calibration& calibration);
/// The inverse. `file` names the text in messages. kMalformed names file, line and column.
[[nodiscard]] Result<Calibration> parse_calibration(std::string_view text, std::string_view file);
/// Whether it is one of the machine that `facts` describe.
[[nodiscard]] bool is_of(const Calibration& calibration, const HostFacts& facts);

/// $XDG_CONFIG_HOME/gramme/calibration.toml, else ~/.config/gramme/calibration.toml; nullopt where neither
/// variable is set.
[[nodiscard]] std::optional<std::string> calibration_path(const Host& host);
/// The one for this machine, if there is one. Another machine's, and a file that cannot be read or is
/// malformed, are a warning: no command waits for a calibration.
[[nodiscard]] std::optional<Calibration> load_calibration(const Host& host, const HostFacts& facts,
                                                          std::vector<std::string>& warnings);

}  // namespace gramme::config
