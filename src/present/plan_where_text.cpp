#include <algorithm>
#include <array>
#include <cmath>

#include "present/estimate.hpp"
#include "present/layout.hpp"
#include "present/numbers.hpp"
#include "present/plan_where.hpp"
#include "present/summary_lines.hpp"

namespace gramme::present {
namespace {

using plan::Way;
using plan::Where;

constexpr std::size_t kLabelWidth = 8;
constexpr std::size_t kMostLeftOut = 5;

/// Hours on other hardware carry two digits, and what follows from them no more.
std::string money_number(const Way& way) {
    return readable(significant(*way.money, way.convert_sigma > 0.0 ? 2 : 4));
}

std::string money_text(const Where& plan, const Way& way) {
    return way.money ? money_number(way) + " " + printable(plan.currency) : "";
}

std::string hours_text(const Way& way) {
    const double hours = way.hours.value;
    return way.convert_sigma > 0.0 ? significant(hours, 2) : significant(hours, 3);
}

/// A job of kWh alone says no hours, and 0 h would not be true.
bool has_hours(const Where& plan) {
    return plan.ways.front().hours.value > 0.0;
}

std::string way_text(const Where& plan, const Way& way) {
    if (!has_hours(plan)) {
        return printable(way.label) + ": " + total_text(way.kgco2e, Dimension::kCarbon, "");
    }
    std::string hours = hours_text(way) + " h";
    if (way.convert_sigma > 0.0) {
        hours += " (" + significant(way.hours.low, 2) + " to " + significant(way.hours.high, 2) + ")";
    }
    return printable(way.label) + ": " + total_text(way.kgco2e, Dimension::kCarbon, "") + ", " + hours +
           (way.money ? ", " + money_text(plan, way) : "");
}

std::string change_text(double from, double to, const std::string& what) {
    constexpr double kPercent = 100.0;
    const double percent = from > 0.0 ? kPercent * (from - to) / from : 0.0;
    if (std::abs(percent) < 1e-9) {
        return "the same " + what;
    }
    return significant(std::abs(percent), 2) + (percent > 0.0 ? " % less " : " % more ") + what;
}

void add_answer(const Where& plan, Lines& lines) {
    const Way& least = plan.ways.front();
    lines.add("least", way_text(plan, least), Ink::kStrong);
    if (plan.fastest != 0) {
        lines.add("fastest", way_text(plan, plan.ways[plan.fastest]));
    }
    if (plan.cheapest && *plan.cheapest != 0 && *plan.cheapest != plan.fastest) {
        lines.add("cheapest", way_text(plan, plan.ways[*plan.cheapest]));
    }
    if (plan.now && *plan.now != 0) {
        const Way& now = plan.ways[*plan.now];
        lines.add("now", way_text(plan, now));
        lines.add(
            "saving",
            change_text(now.kgco2e.value, least.kgco2e.value, "CO2e") +
                (has_hours(plan) ? ", " + change_text(now.hours.value, least.hours.value, "time") : "") +
                (now.money ? ", " + change_text(*now.money, *least.money, "money") : "") +
                " from now to the least");
    }
    const auto front =
        std::count_if(plan.ways.begin(), plan.ways.end(), [](const Way& way) { return way.on_front; });
    const auto alike =
        std::count_if(plan.ways.begin(), plan.ways.end(), [](const Way& way) { return way.like_least; });
    const bool with_hours = has_hours(plan);
    const bool with_money = !plan.currency.empty();
    const std::string what = std::string{"CO2e"} + (with_hours ? with_money ? ", hours" : " and hours" : "") +
                             (with_money ? " and money" : "") + (with_hours || with_money ? " together" : "");
    const auto all = static_cast<std::ptrdiff_t>(plan.ways.size());
    lines.add("front",
              std::to_string(front) + " of " + std::to_string(all) + (all == 1 ? " way" : " ways") +
                  (front == 1 ? " is" : " are") + " beaten by none in " + what + " (marked *)" +
                  (front == all ? ""
                                : "; of each other one the last column names a way that is no worse in "
                                  "any and has less CO2e (c)" +
                                      std::string{with_hours ? ", fewer hours (h)" : ""} +
                                      (with_money ? ", a lower price (m)" : "")));
    if (alike > 0) {
        lines.add("note",
                  std::to_string(alike) + (alike == 1 ? " way differs" : " ways differ") +
                      " from the least by less than the intervals of what differs (marked ~): between "
                      "these the figures decide nothing");
    }
}

std::string letters(const Way& better, const Way& way) {
    std::string out;
    for (const std::string_view what : better_in(better, way)) {
        out += what.front();
    }
    return out;
}

/// All of the front, then those with the least carbon, as many as fit, in the order of the ways.
std::vector<std::size_t> shown_rows(const Where& plan, std::size_t most) {
    std::vector<std::size_t> rows;
    for (const bool front : {true, false}) {
        for (std::size_t i = 0; i < plan.ways.size(); ++i) {
            if (plan.ways[i].on_front == front && (most == 0 || rows.size() < most)) {
                rows.push_back(i);
            }
        }
    }
    std::sort(rows.begin(), rows.end());
    return rows;
}

constexpr std::size_t kColumns = 8;
using Row = std::array<std::string, kColumns>;
constexpr std::array<bool, kColumns> kRight{true, false, false, false, true, true, true, false};

std::string table_of(const WhereView& view, const TextStyle& style) {
    const Where& plan = view.plan;
    const bool with_money = !plan.currency.empty();
    const bool with_hardware = std::any_of(plan.ways.begin(), plan.ways.end(), [&](const Way& way) {
        return way.hardware != plan.ways.front().hardware || way.count != plan.ways.front().count;
    });
    std::vector<Row> rows{{"#", "", "place", with_hardware ? "with" : "", has_hours(plan) ? "hours" : "",
                           "CO2e", with_money ? printable(plan.currency) : "", "beaten by"}};
    const std::vector<std::size_t> indices = shown_rows(plan, view.most);
    for (const std::size_t i : indices) {
        const Way& way = plan.ways[i];
        const Shown carbon = shown(way.kgco2e, Dimension::kCarbon);
        const std::string place =
            (way.place.empty() ? "no region" : printable(way.place)) + (way.from_country ? " (country)" : "");
        rows.push_back(
            {std::to_string(i + 1), std::string{way.on_front ? "*" : " "} + (way.like_least ? "~" : ""),
             place,
             with_hardware ? readable(significant(way.count, 6)) + " x " + printable(way.hardware) : "",
             has_hours(plan) ? hours_text(way) : "", carbon.value + " " + carbon.unit,
             with_money ? money_number(way) : "",
             way.on_front
                 ? ""
                 : std::to_string(way.beaten_by + 1) + " " + letters(plan.ways[way.beaten_by], way)});
    }
    std::array<std::size_t, kColumns> width{};
    for (const Row& row : rows) {
        for (std::size_t column = 0; column < kColumns; ++column) {
            width.at(column) = std::max(width.at(column), display_width(row.at(column)));
        }
    }
    // Long names give way: place first, then hardware.
    std::size_t all = 0;
    for (const std::size_t one : width) {
        all += one + (one > 0 ? 1 : 0);
    }
    for (const std::size_t column : {std::size_t{2}, std::size_t{3}}) {
        constexpr std::size_t kLeast = 12;
        if (all > style.width && width.at(column) > kLeast) {
            const std::size_t less = std::min(all - style.width, width.at(column) - kLeast);
            width.at(column) -= less;
            all -= less;
        }
    }
    std::string out;
    for (const Row& row : rows) {
        std::string line;
        for (std::size_t column = 0; column < kColumns; ++column) {
            if (width.at(column) > 0) {
                line += (line.empty() ? "" : " ") +
                        padded(cut(row.at(column), width.at(column)), width.at(column), kRight.at(column));
            }
        }
        line.erase(line.find_last_not_of(' ') + 1);
        out += (&row == &rows.front() ? inked(line, Ink::kStrong, style) : line) + "\n";
    }
    if (indices.size() < plan.ways.size()) {
        out += "and " + std::to_string(plan.ways.size() - indices.size()) + " more; --all-rows shows them\n";
    }
    return out;
}

}  // namespace

std::string where_text(const WhereView& view, const TextStyle& style) {
    const Where& plan = view.plan;
    Lines lines{style, kLabelWidth};
    lines.head("plan where: " + groups_text(view.job) + ", " + std::to_string(plan.ways.size()) +
                   (plan.ways.size() == 1 ? " way" : " ways") +
                   (plan.basis.empty() ? "" : ", all on " + plan.basis + " basis"),
               Ink::kStrong);
    add_answer(plan, lines);
    for (std::size_t i = 0; i < plan.left_out.size() && i < kMostLeftOut; ++i) {
        lines.add(i == 0 ? "left out" : "",
                  printable(plan.left_out[i].label) + ": " + printable(plan.left_out[i].why), Ink::kWarning);
    }
    if (plan.left_out.size() > kMostLeftOut) {
        lines.add("", "and " + std::to_string(plan.left_out.size() - kMostLeftOut) + " more");
    }
    add_factors(plan.ways.front().footprint.factors, lines);
    lines.add("", "grid and PUE of the least; --json has those of every way");
    add_assumptions(plan.assumptions, lines);
    return std::move(lines).text() + "\n" + table_of(view, style);
}

}  // namespace gramme::present
