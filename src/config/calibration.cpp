#include "config/calibration.hpp"

#include <fmt/format.h>

#include "base/utc.hpp"
#include "config/load_settings.hpp"

namespace gramme::config {
namespace {

/// A CPU's name can be written between quotes and read back as it was.
std::string plain(std::string_view text) {
    std::string out{text};
    for (char& c : out) {
        const bool kept = c >= ' ' && c <= '~' && c != '"' && c != '\\';
        c = kept ? c : '?';
    }
    return out;
}

}  // namespace

Calibration calibration_of(const HostFacts& facts, std::int64_t wall_ns) {
    Calibration out;
    out.cpu_model = plain(facts.cpu_model);
    out.cpu_sockets = facts.cpu_sockets;
    out.wall_ns = wall_ns;
    return out;
}

std::string calibration_file_text(const Calibration& calibration) {
    std::string out = fmt::format(
        "# What `gramme calibrate` measured on this machine. Without this file it is assumed.\n"
        "version = {}\ncpu_model = \"{}\"\ncpu_sockets = {}\ndate = \"{}\"\n\n[idle_w]\n",
        Calibration::kVersion, calibration.cpu_model, calibration.cpu_sockets, utc_text(calibration.wall_ns));
    for (const auto& [device, watts] : calibration.idle) {
        out += fmt::format("{} = {:.3f}\n", device, watts.value());
    }
    if (const auto& wall = calibration.wall) {
        out += fmt::format(
            "\n# Watts at the wall by load u of the CPUs, less GPUs with a sensor:\n"
            "# idle_w + (full_w - idle_w) * ln(1 + bend * u) / ln(1 + bend)\n"
            "[wall]\ndate = \"{}\"\nmeter = \"{}\"\nidle_w = {:.3f}\nfull_w = {:.3f}\nbend = {:.4f}\n"
            "residual_w = {:.3f}\nr_squared = {:.5f}\npoints = {}\nlowest_load = {:.3f}\nhighest_load = "
            "{:.3f}\nsigma = {:.4f}\n",
            utc_text(wall->wall_ns), wall->meter, wall->idle.value(), wall->full.value(), wall->bend,
            wall->residual.value(), wall->r_squared, wall->points, wall->lowest_load, wall->highest_load,
            wall->sigma);
    }
    if (const auto& rest = calibration.rest) {
        out += fmt::format(
            "\n# Beside what is counted: wall = (counted + base_w) / efficiency\n"
            "[remainder]\ndate = \"{}\"\nbase_w = {:.3f}\nefficiency = {:.5f}\nresidual_w = {:.3f}\n"
            "points = {}\nsigma = {:.4f}\n",
            utc_text(rest->wall_ns), rest->base.value(), rest->efficiency, rest->residual.value(),
            rest->points, rest->sigma);
    }
    return out;
}

bool is_of(const Calibration& calibration, const HostFacts& facts) {
    return calibration.cpu_model == plain(facts.cpu_model) && calibration.cpu_sockets == facts.cpu_sockets;
}

std::optional<std::string> calibration_path(const Host& host) {
    const auto folder = own_config_folder(host);
    return folder ? std::optional{*folder + "/calibration.toml"} : std::nullopt;
}

std::optional<Calibration> load_calibration(const Host& host, const HostFacts& facts,
                                            std::vector<std::string>& warnings) {
    const auto path = calibration_path(host);
    if (!path) {
        return std::nullopt;
    }
    const auto text = read_config_file(*path);
    if (!text) {
        warnings.push_back("the calibration is not used: " + text.error().what);
        return std::nullopt;
    }
    if (!*text) {
        return std::nullopt;
    }
    auto parsed = parse_calibration(**text, *path);
    if (!parsed) {  // a damaged file, or one of a newer gramme in a shared home
        warnings.push_back("the calibration is not used: " + parsed.error().what);
        return std::nullopt;
    }
    Calibration& calibration = *parsed;
    if (!is_of(calibration, facts)) {
        warnings.push_back(fmt::format(
            "{} is the calibration of another machine ({}, {} {}) and is not used; `gramme calibrate` makes "
            "one of this machine",
            *path, calibration.cpu_model, calibration.cpu_sockets,
            calibration.cpu_sockets == 1 ? "socket" : "sockets"));
        return std::nullopt;
    }
    return std::move(calibration);
}

}  // namespace gramme::config
