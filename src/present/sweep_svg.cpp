#include <algorithm>

#include "present/layout.hpp"
#include "present/numbers.hpp"
#include "present/report_escape.hpp"
#include "present/sweep.hpp"

namespace gramme::present {
namespace {

constexpr double kWidth = 640.0;
constexpr double kHeight = 360.0;
constexpr double kLeft = 70.0;
constexpr double kRight = 20.0;
constexpr double kTop = 30.0;
constexpr double kBottom = 50.0;

std::string px(double value) {
    return rounded(value, -1);
}

std::string text_at(double x, double y, const char* anchor, const std::string& text) {
    return "<text x=\"" + px(x) + "\" y=\"" + px(y) + "\" text-anchor=\"" + anchor + "\">" + html_text(text) +
           "</text>\n";
}

}  // namespace

std::string sweep_svg(const plan::SweepResult& sweep) {
    const std::string title = (sweep.name.empty() ? "sweep" : sweep.name) + ": objective against CO2e spent";
    std::string out = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " + px(kWidth) + " " +
                      px(kHeight) + "\" role=\"img\" aria-label=\"" + html_text(title) +
                      "\" font-family=\"sans-serif\" font-size=\"12\" fill=\"currentColor\">\n<title>" +
                      html_text(title) + "</title>\n";
    double most = 0.0;
    std::optional<double> low;
    std::optional<double> high;
    for (const plan::Trial& trial : sweep.trials) {
        most += trial.operational_kgco2e ? trial.operational_kgco2e->value : 0.0;
        if (trial.objective) {
            low = std::min(low.value_or(*trial.objective), *trial.objective);
            high = std::max(high.value_or(*trial.objective), *trial.objective);
        }
    }
    if (!low || !(most > 0.0)) {
        return out + text_at(kWidth / 2, kHeight / 2, "middle", "no trial told an objective and its carbon") +
               "</svg>\n";
    }
    const double room = *high > *low ? *high - *low : 1.0;
    const auto x_of = [&](double kg) { return kLeft + kg / most * (kWidth - kLeft - kRight); };
    const auto y_of = [&](double value) {
        return kHeight - kBottom - (value - *low) / room * (kHeight - kTop - kBottom);
    };
    constexpr int kDigits = 4;
    out += text_at(kLeft, kTop - 12, "start", title);
    out += "<path d=\"M" + px(kLeft) + " " + px(kTop) + "V" + px(kHeight - kBottom) + "H" +
           px(kWidth - kRight) + "\" fill=\"none\" stroke=\"currentColor\"/>\n";
    out += text_at(kLeft - 6, y_of(*high) + 4, "end", significant(*high, kDigits));
    out += text_at(kLeft - 6, y_of(*low) + 4, "end", significant(*low, kDigits));
    out += text_at(kLeft, kHeight - kBottom + 18, "middle", "0");
    out += text_at(kWidth - kRight, kHeight - kBottom + 18, "end",
                   shown_alone(most, Dimension::kCarbon, 3) + " CO2e");
    std::string best_line;
    std::string dots;
    double spent = 0.0;
    std::optional<double> best;
    for (const plan::Trial& trial : sweep.trials) {
        spent += trial.operational_kgco2e ? trial.operational_kgco2e->value : 0.0;
        if (!trial.objective) {
            continue;
        }
        const bool better = !best || (sweep.minimize ? *trial.objective < *best : *trial.objective > *best);
        if (better) {
            best_line += best_line.empty() ? "M" + px(x_of(spent)) + " " + px(y_of(*trial.objective))
                                           : "H" + px(x_of(spent)) + "V" + px(y_of(*trial.objective));
            best = trial.objective;
        }
        dots += "<circle cx=\"" + px(x_of(spent)) + "\" cy=\"" + px(y_of(*trial.objective)) + "\" r=\"" +
                (better ? "5" : "3") + "\" fill-opacity=\"" + (better ? "1" : "0.4") + "\"><title>" +
                html_text(significant(*trial.objective, kDigits) + "  " + plan::point_text(trial.point)) +
                "</title></circle>\n";
    }
    best_line += "H" + px(x_of(most));
    out +=
        "<path d=\"" + best_line + "\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"1.5\"/>\n" + dots;
    std::string caption = "line: the best so far";
    if (const auto grid = plan::grid_cost(sweep)) {
        caption += "; the grid of " + plan::number_word(sweep.grid_points) +
                   " points would have taken about " +
                   shown_alone(grid->operational_kgco2e.value, Dimension::kCarbon, 3) + " CO2e";
    }
    return out + text_at(kLeft, kHeight - 10, "start", caption) + "</svg>\n";
}

}  // namespace gramme::present
