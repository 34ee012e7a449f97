#include <algorithm>
#include <array>
#include <vector>

#include "present/layout.hpp"
#include "present/numbers.hpp"
#include "present/plan_numbers.hpp"
#include "present/plan_reuse.hpp"
#include "present/summary_lines.hpp"

namespace gramme::present {
namespace {

using plan::ReusePlan;
using plan::ReuseRequest;
using plan::ReuseWay;

constexpr std::size_t kLabelWidth = 8;

std::string head_text(const ReuseRequest& asked, const ReusePlan& plan) {
    const plan::TrainRequest& scratch = asked.scratch;
    const double all = scratch.all_parameters > 0.0 ? scratch.all_parameters : scratch.shape.parameters;
    return "plan reuse: " + amount_text(all) + " parameters, " + amount_text(plan.tokens) +
           " tokens from scratch";
}

std::string where_text(const ReuseRequest& asked, const ReusePlan& plan) {
    const plan::TrainRequest& scratch = asked.scratch;
    const std::string text = printable(scratch.device.empty() ? scratch.instance : scratch.device);
    const IntensityFactor& grid = plan.scratch.footprint.factors.intensity;
    const std::string where = !grid.region.empty() ? grid.region : grid.zone_name;
    return where.empty() || !grid.region_known ? text : text + ", " + printable(where);
}

std::string carbon_text(const Estimate& kg) {
    return total_text(kg, Dimension::kCarbon, "");
}

/// "23 g (2 to 260)": the head of the column says of what.
std::string carbon_cell(const Estimate& kg) {
    const Shown text = shown(kg, Dimension::kCarbon);
    return text.value + " " + text.unit + (text.exact ? "" : " (" + text.low + " to " + text.high + ")");
}

std::string whole(const Estimate& count) {
    return count.value >= 1e6 ? power_text(count.value, 2) : readable(significant(count.value, 2));
}

std::string count_text(const Estimate& count) {
    const auto side = [](double value) {
        return value >= 1e6 ? power_text(value, 1) : readable(significant(value, value >= 10.0 ? 1 : 2));
    };
    return whole(count) + " (" + side(count.low) + " to " + side(count.high) + ")";
}

/// The share of from scratch, where a small one is easier to read the other way round.
std::string ratio_cell(const ReuseWay& way) {
    return way.ratio.value >= 0.1 ? power_text(way.ratio.value, 2) : "1 / " + whole(way.of_one_first);
}

std::string table_of(const ReusePlan& plan, const TextStyle& style) {
    constexpr std::size_t kColumns = 6;
    std::vector<std::array<std::string, kColumns>> rows;
    rows.push_back({"way", "a token", "tokens", "device-h", "CO2e (95 %)", "of scratch"});
    for (const ReuseWay& way : plan.ways) {
        rows.push_back({way.name, way.what, power_text(way.tokens.centre(), 2), whole(way.device_hours),
                        carbon_cell(way.kgco2e), ratio_cell(way)});
    }
    rows.push_back({"hosted", "", "", "", carbon_cell(plan.hosted_use_kgco2e) + " a use", ""});
    std::array<std::size_t, kColumns> width{};
    for (const auto& row : rows) {
        for (std::size_t i = 0; i < kColumns; ++i) {
            width.at(i) = std::max(width.at(i), display_width(row.at(i)));
        }
    }
    std::string out;
    for (const auto& row : rows) {
        std::string line;
        for (std::size_t i = 0; i < kColumns; ++i) {
            const bool right = i == 2 || i == 3 || i == 5;
            line += (i == 0 ? "" : "  ") + padded(row.at(i), width.at(i), right);
        }
        line.erase(line.find_last_not_of(' ') + 1);
        out += (&row == &rows.front() ? inked(line, Ink::kStrong, style) : line) + "\n";
    }
    return out;
}

void add_answer(const ReuseRequest& asked, const ReusePlan& plan, Lines& lines) {
    const ReuseWay& scratch = plan.ways.front();
    const auto by_carbon = [](const ReuseWay& a, const ReuseWay& b) {
        return a.kgco2e.value < b.kgco2e.value;
    };
    const ReuseWay& least = *std::min_element(plan.ways.begin(), plan.ways.end(), by_carbon);
    lines.add("scratch", carbon_text(scratch.kgco2e), Ink::kStrong);
    if (&least != &scratch) {
        lines.add("least", least.name + ": " + carbon_text(least.kgco2e), Ink::kStrong);
    }
    std::string pays;
    for (const ReuseWay& way : plan.ways) {
        pays +=
            &way == &scratch ? "" : (pays.empty() ? "" : ", ") + whole(way.of_one_first) + " x " + way.name;
    }
    lines.add("", "one training from scratch takes as much as " + pays);
    const ReuseWay& tune = plan.ways.at(2);
    if (tune.even_uses) {
        lines.add("hosted", "a fine-tuned model of one's own takes less than a hosted one from " +
                                count_text(*tune.even_uses) + " uses on; from scratch from " +
                                whole(*scratch.even_uses));
    } else {
        lines.add("hosted",
                  "a model of one's own takes no less a use than a hosted one: training never pays back");
    }
    if (asked.uses) {
        std::string text = "hosted " + carbon_text(*plan.hosted_kgco2e);
        for (const ReuseWay& way : plan.ways) {
            text += "; " + way.name + " " + carbon_cell(*way.with_uses_kgco2e);
        }
        lines.add("uses", "with " + amount_text(*asked.uses) + " uses: " + text);
    }
    lines.add("note",
              asked.shared_by
                  ? "each way but the first bears 1 / " + readable(significant(*asked.shared_by, 6)) +
                        " of the pre-training that it stands on"
                  : "the pre-training that the others stand on is not in them: others did it; --shared-by");
    lines.add("note", "what each way can do is not the same, and is not compared. All of it is modelled");
    for (const auto* notes : {&plan.scratch.footprint.factors.notes, &plan.scratch.notes}) {
        for (const std::string& note : *notes) {
            lines.add("note", printable(note), Ink::kWarning);
        }
    }
}

}  // namespace

std::string plan_reuse_text(const ReuseRequest& asked, const ReusePlan& plan, const TextStyle& style) {
    Lines lines{style, kLabelWidth};
    lines.head(head_text(asked, plan), Ink::kStrong);
    lines.add("on", where_text(asked, plan));
    add_answer(asked, plan, lines);
    Lines below{style, kLabelWidth};
    add_factors(plan.scratch.footprint.factors, below);
    std::vector<Assumption> all = plan.assumptions;
    all.insert(all.end(), plan.scratch.assumptions.begin(), plan.scratch.assumptions.end());
    add_assumptions(all, below);
    return std::move(lines).text() + "\n" + table_of(plan, style) + "\n" + std::move(below).text();
}

}  // namespace gramme::present
