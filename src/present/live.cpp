// The one line of --live.
#include <algorithm>
#include <cmath>
#include <cstdint>

#include "present/layout.hpp"
#include "present/numbers.hpp"

namespace gramme::present {
namespace {

std::string clock_text(double seconds) {
    const auto whole = static_cast<std::int64_t>(std::clamp(seconds, 0.0, 9e15));
    const auto two = [](std::int64_t n) { return (n < 10 ? "0" : "") + std::to_string(n); };
    return two(whole / 3600) + ":" + two(whole % 3600 / 60) + ":" + two(whole % 60);
}

std::string known(double value, const std::string& text) {
    return std::isfinite(value) ? text : "not known";
}

}  // namespace

std::string live_line(double watts_now, double energy_kwh, double grams, double elapsed_s, std::size_t width,
                      std::string_view forecast) {
    const std::string line = known(watts_now, significant(watts_now, 3) + " W") + "  " +
                             known(energy_kwh, shown_alone(energy_kwh, Dimension::kEnergy, 3)) + "  " +
                             known(grams, shown_alone(grams / 1000.0, Dimension::kCarbon, 2) + " CO2e") +
                             "  " + clock_text(std::isfinite(elapsed_s) ? elapsed_s : 0.0);
    return cut(forecast.empty() ? line : line + "  " + std::string{forecast}, width);
}

}  // namespace gramme::present
