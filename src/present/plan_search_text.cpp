#include <cmath>

#include "present/layout.hpp"
#include "present/numbers.hpp"
#include "present/plan_numbers.hpp"
#include "present/plan_search.hpp"

namespace gramme::present {
namespace {

using plan::Rung;
using plan::SearchPlan;
using Way = plan::SearchWay;

constexpr std::size_t kLabel = 12;
constexpr int kDigits = 3;

std::string percent(double share) {
    return significant(share * 100.0, kDigits) + " %";
}

std::string whole(double value) {
    return plan::number_word(value);
}

constexpr double kTenMillion = 1e7;

/// Of a column: a large grid in few digits.
std::string short_count(double value) {
    return value >= kTenMillion ? power_text(value) : whole(value);
}

std::string amount(const std::optional<Estimate>& one, Dimension dimension, bool with_interval) {
    if (!one) {
        return "-";
    }
    const Shown number = shown(*one, dimension);
    return number.value + " " + number.unit +
           (with_interval && !number.exact ? " (" + number.low + " to " + number.high + ")" : "");
}

std::string label_of(const Way& way) {
    if (way.name == "halving") {
        return "halving, each rung anew";
    }
    if (way.name == "halving_resuming") {
        return "halving from checkpoints";
    }
    return way.name;
}

std::string carbon_words(const SearchPlan& plan, const Way& way) {
    return plan.asked.trial.operational_kgco2e
               ? ", " + amount(way.operational_kgco2e, Dimension::kCarbon, true) + " CO2e"
               : "";
}

std::string headline(const SearchPlan& plan) {
    const Way& grid = plan.ways[0];
    const Way& random = plan.ways[1];
    const double saved = *random.saved;
    std::string out =
        whole(random.configs) + " random trials instead of " + whole(grid.configs) + " of the grid: ";
    if (saved > 0.0) {
        return out + saved_text(saved) + " less" + carbon_words(plan, random);
    }
    return "The grid has " + whole(grid.configs) + " points, fewer than the " + whole(random.configs) +
           " random trials: try it whole" + carbon_words(plan, grid);
}

void add_table(std::string& out, const SearchPlan& plan) {
    constexpr std::size_t kName = 25;
    constexpr std::size_t kNumber = 8;
    constexpr std::size_t kAmount = 11;
    const auto line = [&](const std::string& name, const std::string& points, const std::string& trainings,
                          const std::string& full, const std::string& energy, const std::string& carbon) {
        // However long a cell is, a blank stands before it.
        out += "  " + padded(name, kName) + padded(" " + points, kNumber, true) +
               padded(" " + trainings, kNumber + 3, true) + padded(" " + full, kNumber, true) +
               padded(" " + energy, kAmount, true) + padded(" " + carbon, kAmount, true) + "\n";
    };
    line("", "points", "trainings", "in full", "energy", "CO2e");
    for (const Way& way : plan.ways) {
        line(label_of(way), short_count(way.configs), short_count(way.trainings),
             way.full_trainings >= kTenMillion ? power_text(way.full_trainings)
                                               : significant(way.full_trainings, kDigits),
             amount(way.energy_kwh, Dimension::kEnergy, false),
             amount(way.operational_kgco2e, Dimension::kCarbon, false));
    }
}

std::string grid_text(const SearchPlan& plan) {
    std::string out;
    bool conditions = false;
    for (const plan::Parameter& parameter : plan.asked.space.parameters) {
        out +=
            (out.empty() ? "" : " x ") + parameter.name + " " + std::to_string(plan::grid_count(parameter));
        conditions = conditions || !parameter.when.empty();
    }
    out += " = " + whole(plan.ways[0].configs) + " points";
    if (conditions) {
        out += ", those with a condition only where it holds";
    }
    if (plan.repeats > 1.0) {
        out += "; each trained " + whole(plan.repeats) + " times (seeds " +
               std::to_string(plan.asked.space.seeds) + ", folds " + std::to_string(plan.asked.space.folds) +
               ")";
    }
    for (std::size_t i = 0; i < plan.assumed_points.size(); ++i) {
        out += (i == 0 ? "; assumed, for want of points or step: " + std::to_string(plan::kUsualPoints) +
                             " points of "
                       : ", ") +
               plan.assumed_points[i];
    }
    return out;
}

std::string rungs_text(const SearchPlan& plan) {
    std::string out;
    for (const Rung& rung : plan.rungs) {
        out += (out.empty() ? "" : ", ") + std::to_string(rung.configs) + " at 1/" +
               significant(1.0 / rung.budget, kDigits);
    }
    return out + " of a training (eta " + significant(plan.asked.eta, kDigits) + ", --eta)";
}

std::string narrowed_text(const plan::Narrowed& narrowed, const SearchPlan& plan) {
    return "the grid from " + whole(plan.ways[0].configs) + " to " + whole(narrowed.grid) +
           " points, random from " + whole(plan.ways[1].configs) + " to " + std::to_string(narrowed.random) +
           " draws";
}

}  // namespace

std::string plan_search_text(const SearchPlan& plan, const TextStyle& style) {
    const plan::SearchRequest& asked = plan.asked;
    std::string out = inked(headline(plan), Ink::kStrong, style) + "\n\n";
    add_table(out, plan);
    out += "\n";
    Lines lines{style, kLabel};
    if (asked.trial.from.empty()) {
        lines.add("a training",
                  "unknown: --pilot RUN, or --device and --hours, or --energy-kwh say what one takes");
    } else {
        std::string text = amount(asked.trial.energy_kwh, Dimension::kEnergy, true);
        if (asked.trial.operational_kgco2e) {
            text += ", " + amount(asked.trial.operational_kgco2e, Dimension::kCarbon, true) + " CO2e";
        }
        if (asked.trial.hours) {
            constexpr double kSecondsPerHour = 3600.0;
            text += ", " + duration_text(*asked.trial.hours * kSecondsPerHour);
        }
        lines.add("a training",
                  text + "; " + asked.trial.from + ". All others are taken to cost the same: " + "modelled");
    }
    lines.add("grid", grid_text(plan));
    lines.add("random", "n = ln(1 - " + significant(asked.confidence, kDigits) + ") / ln(1 - " +
                            significant(asked.best, kDigits) + "), rounded up: with " +
                            percent(asked.confidence) + " one of " + whole(plan.ways[1].configs) +
                            " draws is in the best " + percent(asked.best) +
                            " of the space, whatever the number of parameters (--best, --confidence)");
    lines.add("halving", rungs_text(plan));
    lines.add("hyperband", std::to_string(plan.brackets.size()) + " brackets, a full training is " +
                               significant(asked.resource, kDigits) + " of the smallest budget (--resource)");
    if (plan.narrowed) {
        lines.add("narrowed", "to " + percent(plan.narrowed->kept) + " of the space: " +
                                  narrowed_text(*plan.narrowed, plan) + ", where the good part stays inside");
    }
    lines.add("half a range", narrowed_text(plan.half, plan) + ", where the good part stays inside");
    lines.add("promised",
              "a rank among the points of this space. Not that it is near the best there could be: a "
              "space without a good point has none at rank 1 either. Not a better rank than the noise "
              "between seeds allows");
    lines.add("",
              "halving and Hyperband promise less: that who is ahead early is ahead at the end is assumed");
    return out + std::move(lines).text();
}

}  // namespace gramme::present
