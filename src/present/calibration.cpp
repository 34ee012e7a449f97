// `gramme calibrate`: idle power device by device, and where it is kept.
#include <string>

#include "present/json.hpp"
#include "present/layout.hpp"
#include "present/numbers.hpp"
#include "present/present.hpp"

namespace gramme::present {
namespace {

constexpr std::size_t kDeviceWidth = 12;
constexpr std::size_t kNumberWidth = 10;

std::string row_text(std::string_view device, std::string_view idle, std::string_view spread,
                     std::string_view source) {
    return padded(device, kDeviceWidth) + padded(idle, kNumberWidth, true) +
           padded(spread, kNumberWidth, true) + "  " + std::string{source} + "\n";
}

std::string watts_text(double watts) {
    return rounded(watts, -2);
}

}  // namespace

std::string calibration_text(const CalibrationReport& report, const TextStyle& style) {
    std::string out = inked(row_text("device", "idle W", "spread W", "source"), Ink::kQuiet, style);
    for (const CalibrationReport::Row& row : report.rows) {
        out += row_text(printable(row.device), watts_text(row.idle_w), watts_text(row.spread_w),
                        printable(row.source));
    }
    out += "\nmedian of the " + std::to_string(report.quiet_windows) + " of " +
           std::to_string(report.windows) + " seconds in which the machine was less than 2 % busy\n";
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
    Json rows = Json::array();
    for (const CalibrationReport::Row& row : report.rows) {
        Json one = Json::object();
        one["device"] = row.device;
        one["idle_w"] = number(row.idle_w);
        one["spread_w"] = number(row.spread_w);
        one["windows"] = row.windows;
        one["source"] = row.source;
        rows.push_back(one);
    }
    json["devices"] = rows;
    json["warnings"] = report.warnings;
    return dumped(json);
}

}  // namespace gramme::present
