// `gramme calibrate`: idle power device by device, what a meter at the wall told, and where it is kept.
#include <cmath>
#include <string>

#include "base/utc.hpp"
#include "estimate/lognormal.hpp"
#include "present/calibration_words.hpp"
#include "present/json.hpp"
#include "present/layout.hpp"
#include "present/numbers.hpp"
#include "present/present.hpp"

namespace gramme::present {
namespace {

constexpr std::size_t kDeviceWidth = 12;
constexpr std::size_t kNumberWidth = 10;
constexpr std::size_t kLabelWidth = 17;

std::string row_text(std::string_view device, std::string_view idle, std::string_view spread,
                     std::string_view source) {
    return padded(device, kDeviceWidth) + padded(idle, kNumberWidth, true) +
           padded(spread, kNumberWidth, true) + "  " + std::string{source} + "\n";
}

std::string watts_text(double watts, int place) {
    return rounded(watts, place);
}

std::string percent(double share) {
    return rounded(100.0 * share, 0);
}

/// Of a lognormal factor.
std::string interval_words(double sigma) {
    return "95 % within a factor of " + rounded(std::exp(estimate::kZ95 * sigma), -2);
}

}  // namespace

std::string words_of(const meter::WallCurve& curve) {
    return watts_text(curve.idle.value(), -1) + " W idle to " + watts_text(curve.full.value(), -1) +
           " W with all CPUs busy";
}

std::string fit_words(const meter::WallCurve& curve) {
    return "R2 " + rounded(curve.r_squared, -3) + ", residual " + watts_text(curve.residual.value(), -1) +
           " W, " + std::to_string(curve.points) + " readings at " + percent(curve.lowest_load) + " to " +
           percent(curve.highest_load) + " % load; " + interval_words(curve.sigma);
}

std::string words_of(const meter::WallRest& rest) {
    return watts_text(rest.base.value(), -1) + " W behind a supply of " + rounded(rest.efficiency, -3) +
           ", residual " + watts_text(rest.residual.value(), -1) + " W, " + std::to_string(rest.points) +
           " readings; " + interval_words(rest.sigma);
}

namespace {

Json wall_json(const meter::WallCurve& curve) {
    Json json = Json::object();
    json["date"] = utc_text(curve.wall_ns);
    json["meter"] = curve.meter;
    json["idle_w"] = number(curve.idle.value());
    json["full_w"] = number(curve.full.value());
    json["bend"] = number(curve.bend);
    json["residual_w"] = number(curve.residual.value());
    json["r_squared"] = number(curve.r_squared);
    json["points"] = curve.points;
    json["lowest_load"] = number(curve.lowest_load);
    json["highest_load"] = number(curve.highest_load);
    json["sigma"] = number(curve.sigma);
    return json;
}

Json rest_json(const meter::WallRest& rest) {
    Json json = Json::object();
    json["date"] = utc_text(rest.wall_ns);
    json["base_w"] = number(rest.base.value());
    json["efficiency"] = number(rest.efficiency);
    json["residual_w"] = number(rest.residual.value());
    json["points"] = rest.points;
    json["sigma"] = number(rest.sigma);
    return json;
}

Json row_json(const CalibrationReport::Row& row) {
    Json json = Json::object();
    json["device"] = row.device;
    json["idle_w"] = number(row.idle_w);
    json["spread_w"] = number(row.spread_w);
    json["windows"] = row.windows;
    json["source"] = row.source;
    return json;
}

}  // namespace

void set_meter(Json& json, const std::optional<meter::WallCurve>& wall,
               const std::optional<meter::WallRest>& rest) {
    if (wall) {
        json["wall"] = wall_json(*wall);
    }
    if (rest) {
        json["remainder"] = rest_json(*rest);
    }
}

std::string calibration_text(const CalibrationReport& report, const TextStyle& style) {
    std::string out;
    if (!report.rows.empty()) {
        out = inked(row_text("device", "idle W", "spread W", "source"), Ink::kQuiet, style);
        for (const CalibrationReport::Row& row : report.rows) {
            out += row_text(printable(row.device), watts_text(row.idle_w, -2), watts_text(row.spread_w, -2),
                            printable(row.source));
        }
        out += "\nmedian of the " + std::to_string(report.quiet_windows) + " of " +
               std::to_string(report.windows) + " stretches in which the machine was less than 2 % busy\n";
    }
    if (report.wall) {
        Lines lines{style, kLabelWidth};
        lines.add("at the wall", words_of(*report.wall));
        lines.add("fit", fit_words(*report.wall));
        if (report.rest) {
            lines.add("beside counters", words_of(*report.rest) + ": for `gramme run --remainder`");
        } else {
            lines.add("used",
                      "for runs here as one part that stands for the whole machine, while neither CPU nor "
                      "memory has a counter");
        }
        out += (out.empty() ? "" : "\n") + std::move(lines).text();
    }
    return out + "written to " + printable(report.file) + "; later runs use it\n";
}

std::string calibration_json(const CalibrationReport& report) {
    Json json = Json::object();
    json["schema"] = "gramme/calibration/1";
    json["cpu_model"] = text_or_null(report.cpu_model);
    json["cpu_sockets"] = report.cpu_sockets;
    json["date"] = report.date;
    json["file"] = report.file;
    json["windows"] = report.windows;
    json["quiet_windows"] = report.quiet_windows;
    json["mean_busy"] = number(report.mean_busy);
    json["devices"] = list_json(report.rows, row_json);
    set_meter(json, report.wall, report.rest);
    json["warnings"] = report.warnings;
    return dumped(json);
}

}  // namespace gramme::present
