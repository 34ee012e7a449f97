#include "present/report_svg.hpp"

#include <algorithm>
#include <cmath>

#include "present/layout.hpp"
#include "present/numbers.hpp"
#include "present/report_escape.hpp"

namespace gramme::present {
namespace {

constexpr double kWidth = 640.0;
constexpr double kNsPerSecond = 1e9;
constexpr double kSeenShare = 0.5;

std::string px(double value) {
    return rounded(value, -1);
}

std::string text_at(double x, double y, const char* anchor, const std::string& text) {
    return "<text x=\"" + px(x) + "\" y=\"" + px(y) + "\" text-anchor=\"" + anchor + "\">" + html_text(text) +
           "</text>\n";
}

std::string open_svg(double height, const std::string& label) {
    return "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " + px(kWidth) + " " + px(height) +
           "\" role=\"img\" aria-label=\"" + html_text(label) + "\">\n";
}

/// 1, 2 or 5 times a power of ten, at least `value`.
double round_up(double value) {
    const double power = std::pow(10.0, std::floor(std::log10(value)));
    for (const double step : {1.0, 2.0, 5.0}) {
        if (value <= step * power) {
            return step * power;
        }
    }
    return 10.0 * power;
}

struct Seen {
    double joules = 0.0;
    double seconds = 0.0;
};

/// Adds a window to each stretch that it reaches into, by time.
void spread(const Window& window, double joules, double stretch_s, std::vector<Seen>& seen) {
    const double from = static_cast<double>(window.from_ns) / kNsPerSecond;
    const double to = static_cast<double>(window.to_ns) / kNsPerSecond;
    if (!(to > from) || from < 0.0) {
        return;
    }
    const auto first = static_cast<std::size_t>(from / stretch_s);
    for (std::size_t i = first; i < seen.size(); ++i) {
        const double begin = std::max(from, static_cast<double>(i) * stretch_s);
        const double end = std::min(to, static_cast<double>(i + 1) * stretch_s);
        if (end <= begin) {
            break;
        }
        seen[i].joules += joules * (end - begin) / (to - from);
        seen[i].seconds += end - begin;
    }
}

}  // namespace

std::string parts_svg(const Footprint& footprint) {
    constexpr double kRow = 26.0;
    constexpr double kLeft = 150.0;
    constexpr double kRight = 110.0;
    constexpr std::size_t kMostColumns = 20;
    double most = 0.0;
    std::size_t rows = 0;
    for (const Part& part : footprint.parts) {
        most = std::max(most, part.energy_kwh ? part.energy_kwh->value : 0.0);
        rows += part.energy_kwh ? 1 : 0;
    }
    if (!(most > 0.0)) {
        return "";
    }
    std::string out = open_svg(kRow * static_cast<double>(rows), "energy of each part");
    double y = 0.0;
    for (const Part& part : footprint.parts) {
        if (!part.energy_kwh) {
            continue;
        }
        const double width = (kWidth - kLeft - kRight) * std::max(part.energy_kwh->value, 0.0) / most;
        const Shown number = shown(*part.energy_kwh, Dimension::kEnergy);
        out += text_at(kLeft - 8.0, y + 17.0, "end", cut(part.device.id, kMostColumns));
        out += "<rect class=\"" + std::string{name_of(part.device.quality)} + "\" x=\"" + px(kLeft) +
               "\" y=\"" + px(y + 4.0) + "\" width=\"" + px(std::max(width, 1.0)) + "\" height=\"18\"/>\n";
        out += text_at(kLeft + width + 8.0, y + 17.0, "start", number.value + " " + number.unit);
        y += kRow;
    }
    return out + "</svg>\n";
}

std::vector<std::optional<double>> power_over_time(const RunRecord& run, const Footprint& footprint,
                                                   const Ledger& ledger, std::size_t stretches) {
    std::vector<std::optional<double>> watts(stretches);
    if (!(run.duration_s > 0.0) || stretches == 0) {
        return watts;
    }
    const double stretch_s = run.duration_s / static_cast<double>(stretches);
    std::vector<double> sums(stretches, 0.0);
    std::vector<bool> known(stretches, !footprint.parts.empty());
    for (const Part& part : footprint.parts) {
        std::vector<Seen> seen(stretches);
        for (const Window& window : ledger.windows) {
            if (window.device < ledger.devices.size() && ledger.devices[window.device].id == part.device.id) {
                spread(window, run.scope == Scope::kMachine ? window.energy.value() : window.job.value(),
                       stretch_s, seen);
            }
        }
        for (std::size_t i = 0; i < stretches; ++i) {
            const bool enough = seen[i].seconds >= kSeenShare * stretch_s;
            known[i] = known[i] && enough;
            sums[i] += enough ? seen[i].joules / seen[i].seconds : 0.0;
        }
    }
    for (std::size_t i = 0; i < stretches; ++i) {
        if (known[i]) {
            watts[i] = sums[i];
        }
    }
    return watts;
}

std::string power_svg(const RunRecord& run, const Footprint& footprint, const Ledger& ledger) {
    constexpr double kHeight = 200.0;
    constexpr double kLeft = 60.0;
    constexpr double kTop = 12.0;
    constexpr double kBottom = 170.0;
    constexpr std::size_t kMostStretches = 160;
    const std::size_t per_device = ledger.windows.size() / std::max<std::size_t>(ledger.devices.size(), 1);
    const std::size_t stretches = std::clamp<std::size_t>(per_device, 1, kMostStretches);
    const auto watts = power_over_time(run, footprint, ledger, stretches);
    double most = 0.0;
    std::size_t known = 0;
    for (const auto& one : watts) {
        most = std::max(most, one.value_or(0.0));
        known += one ? 1 : 0;
    }
    if (known < 2 || !(most > 0.0)) {
        return "";
    }
    const double top = round_up(most);
    std::string out = open_svg(kHeight, "power over time");
    for (const double share : {0.0, 0.5, 1.0}) {
        const double y = kBottom - share * (kBottom - kTop);
        out += "<line class=\"axis\" x1=\"" + px(kLeft) + "\" y1=\"" + px(y) + "\" x2=\"" + px(kWidth) +
               "\" y2=\"" + px(y) + "\"/>\n";
        out += text_at(kLeft - 6.0, y + 4.0, "end", significant(share * top, 3) + " W");
    }
    out += text_at(kLeft, kHeight - 8.0, "start", "0 s");
    out += text_at(kWidth, kHeight - 8.0, "end", duration_text(run.duration_s));
    std::string path;
    bool pen_down = false;
    for (std::size_t i = 0; i < stretches; ++i) {
        if (!watts[i]) {
            pen_down = false;
            continue;
        }
        const double step = (kWidth - kLeft) / static_cast<double>(stretches);
        const std::string y = px(kBottom - *watts[i] / top * (kBottom - kTop));
        path += (pen_down ? "L" : "M") + px(kLeft + static_cast<double>(i) * step) + " " + y + "H" +
                px(kLeft + static_cast<double>(i + 1) * step);
        pen_down = true;
    }
    return out + "<path class=\"power\" d=\"" + path + "\"/>\n</svg>\n";
}

}  // namespace gramme::present
