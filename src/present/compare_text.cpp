#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "present/compare.hpp"
#include "present/layout.hpp"
#include "present/numbers.hpp"
#include "present/summary_lines.hpp"

namespace gramme::present {
namespace {

constexpr std::size_t kLabelWidth = 8;
constexpr std::size_t kLeastBar = 8;
constexpr std::size_t kMostBar = 30;

using estimate::Axis;
using estimate::ComparedRow;
using estimate::Comparison;

double carbon_of(const ComparedRow& row) {
    return row.footprint.operational_kgco2e->value;
}

std::string carbon_text(const ComparedRow& row) {
    return total_text(*row.footprint.operational_kgco2e, Dimension::kCarbon, "");
}

/// The same without the CO2e that the head of the column says: the room is for the bars.
std::string carbon_cell(const ComparedRow& row) {
    std::string text = carbon_text(row);
    if (const std::size_t at = text.find(" CO2e"); at != std::string::npos) {
        text.erase(at, text.compare(at, 7, " CO2e  ") == 0 ? 6 : 5);
    }
    return text;
}

std::string times(double ratio) {
    return significant(ratio, 3) + " times";
}

/// What the ratio is made of; why there is none.
std::string ratio_text(const Comparison& all) {
    if (!all.ratio) {
        return "none: the best emits nothing";
    }
    std::string why;
    const auto part = [&](double ratio, const char* of) {
        if (std::abs(std::log(ratio)) > 1e-9) {
            why += (why.empty() ? "" : " x ") + significant(ratio, 3) + " by " + of;
        }
    };
    part(*all.grid_ratio, "the grid");
    part(*all.pue_ratio, "the PUE");
    part(*all.energy_ratio, "the energy");
    return times(*all.ratio) + (why.empty() ? "" : " = " + why);
}

/// Which figures stand for years that have none: "that of 2013 for 2014, 2015".
void add_old_figures(const Comparison& all, Lines& lines) {
    std::map<int, std::set<std::string>> years;
    for (const ComparedRow& row : all.rows) {
        if (row.older_figure) {
            years[row.footprint.factors.intensity.year].insert(row.label);
        }
    }
    std::string text;
    for (const auto& [figure, rows] : years) {
        std::string of;
        for (const std::string& year : rows) {
            of += (of.empty() ? "" : ", ") + year;
        }
        text += (text.empty() ? "that of " : "; that of ") + std::to_string(figure) + " for " + of;
    }
    if (!text.empty()) {
        lines.add("note", "some years have no figure of their own and repeat the one before: " + text,
                  Ink::kWarning);
    }
}

void add_answer(const CompareView& view, Lines& lines) {
    const Comparison& all = view.comparison;
    const ComparedRow& best = all.rows.front();
    const ComparedRow& worst = all.rows.back();
    if (all.rows.size() > 1 && !(carbon_of(worst) > 0.0)) {
        lines.add("result", "no row emits anything: there is no best and no ratio", Ink::kStrong);
        return;
    }
    lines.add("best", printable(best.label) + ": " + carbon_text(best), Ink::kStrong);
    if (all.rows.size() == 1) {
        return;
    }
    lines.add("worst", printable(worst.label) + ": " + carbon_text(worst));
    lines.add("ratio", ratio_text(all));
    if (const auto saving = saving_of(view)) {
        lines.add("saving", shown_alone(saving->kgco2e, Dimension::kCarbon, 3) + " CO2e (" +
                                significant(saving->percent, 3) + " %) from " + printable(saving->from) +
                                " to " + printable(saving->to));
    }
    add_old_figures(all, lines);
    if (all.axis == Axis::kDevice || all.axis == Axis::kInstance) {
        lines.add("note", "the same hours in every row: a faster device needs fewer");
    }
    const auto alike =
        std::count_if(all.rows.begin(), all.rows.end(), [](const ComparedRow& row) { return row.like_best; });
    if (alike > 0) {
        lines.add("note", std::to_string(alike) + (alike == 1 ? " row differs" : " rows differ") +
                              " from the best by less than their intervals (marked ~): between these the "
                              "figures decide nothing");
    }
}

std::string mark_of(const ComparedRow& row) {
    if (row.older_figure) {
        return " (of " + std::to_string(row.footprint.factors.intensity.year) + ")";
    }
    return row.from_country ? " (country)" : "";
}

std::string bar(double share, std::size_t width) {
    const auto length = static_cast<std::size_t>(std::lround(share * static_cast<double>(width)));
    return std::string(std::clamp<std::size_t>(length, 1, width), '#');
}

/// Which rows are shown: all, or the first and the last of them.
std::vector<std::size_t> shown_rows(std::size_t count, std::size_t most) {
    std::vector<std::size_t> rows;
    for (std::size_t i = 0; i < count; ++i) {
        if (most == 0 || count <= most || i < most - most / 4 || i >= count - most / 4) {
            rows.push_back(i);
        }
    }
    return rows;
}

std::string table_of(const CompareView& view, const TextStyle& style) {
    struct Line {
        std::string label, grid, pue, energy, carbon, times, mark;
        double share = 0.0;
    };
    const Comparison& all = view.comparison;
    const double most = carbon_of(all.rows.back());
    std::vector<Line> lines;
    Line head{std::string{name_of(all.axis)}, "g/kWh", "PUE", "energy", "CO2e (95 %)", "x best", " ", -1.0};
    lines.push_back(head);
    std::size_t previous = 0;
    const auto indices = shown_rows(all.rows.size(), view.most);
    for (const std::size_t i : indices) {
        if (i > previous + 1) {
            lines.push_back(
                {"... " + std::to_string(i - previous - 1) + " more", "", "", "", "", "", " ", -1.0});
        }
        previous = i;
        const ComparedRow& row = all.rows[i];
        const Factors& factors = row.footprint.factors;
        const Shown energy = shown(*row.footprint.energy_kwh, Dimension::kEnergy);
        lines.push_back({printable(row.label) + mark_of(row), significant(factors.intensity.value.value(), 4),
                         significant(factors.pue.value, 3), energy.value + " " + energy.unit,
                         carbon_cell(row), row.times_best ? significant(*row.times_best, 3) : "-",
                         row.like_best ? "~" : " ", most > 0.0 ? carbon_of(row) / most : 0.0});
    }
    const bool with_energy = all.axis == Axis::kDevice || all.axis == Axis::kInstance;
    const auto width_of = [&](std::string Line::*field) {
        std::size_t width = 0;
        for (const Line& line : lines) {
            width = std::max(width, display_width(line.*field));
        }
        return width;
    };
    // Between many places the PUE gives way to the bars where both do not fit; --json has it.
    constexpr std::size_t kGaps = 12;  // five of two columns, the mark and the blank before it
    const std::size_t wide = width_of(&Line::label) + width_of(&Line::grid) + width_of(&Line::pue) +
                             width_of(&Line::carbon) + width_of(&Line::times) + kGaps;
    const bool with_pue = wide + kLeastBar <= style.width;
    std::string out;
    for (const Line& line : lines) {
        std::string text = padded(line.label, width_of(&Line::label));
        if (with_energy) {
            text += "  " + padded(line.energy, width_of(&Line::energy), true);
        } else {
            text += "  " + padded(line.grid, width_of(&Line::grid), true);
            text += with_pue ? "  " + padded(line.pue, width_of(&Line::pue), true) : "";
        }
        text += "  " + padded(line.carbon, width_of(&Line::carbon)) + "  " +
                padded(line.times, width_of(&Line::times), true) + " " + line.mark;
        const std::size_t used = display_width(text) + 1;
        const std::size_t room = style.width > used ? style.width - used : 0;
        if (line.share > 0.0 && room >= kLeastBar) {
            text += " " + bar(line.share, std::min(room, kMostBar));
        }
        text.erase(text.find_last_not_of(' ') + 1);
        out += (line.share < 0.0 && &line == &lines.front() ? inked(text, Ink::kStrong, style) : text) + "\n";
    }
    return out;
}

}  // namespace

std::string compare_text(const CompareView& view, const TextStyle& style) {
    const Comparison& all = view.comparison;
    Lines lines{style, kLabelWidth};
    std::string head = "compare: " + view.job + " in " + std::to_string(all.rows.size()) +
                       (all.rows.size() == 1 ? " row" : " rows");
    head += all.basis.empty() ? "" : ", all on " + all.basis + " basis";
    lines.head(head, Ink::kStrong);
    add_answer(view, lines);
    for (std::size_t i = 0; i < all.unranked.size() && i < 5; ++i) {
        lines.add(i == 0 ? "left out" : "",
                  printable(all.unranked[i].label) + ": " + printable(all.unranked[i].why), Ink::kWarning);
    }
    if (all.unranked.size() > 5) {
        lines.add("", "and " + std::to_string(all.unranked.size() - 5) + " more");
    }
    return std::move(lines).text() + "\n" + table_of(view, style);
}

}  // namespace gramme::present
