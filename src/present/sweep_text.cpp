#include <algorithm>
#include <array>
#include <cmath>

#include "present/layout.hpp"
#include "present/numbers.hpp"
#include "present/plan_numbers.hpp"
#include "present/sweep.hpp"

namespace gramme::present {
namespace {

using plan::Outcome;
using plan::Spent;
using plan::SweepResult;
using plan::Trial;

constexpr std::size_t kLabel = 10;
constexpr int kDigits = 3;
constexpr int kObjectiveDigits = 5;
constexpr int kFew = 2;

std::string energy_text(const std::optional<double>& kwh) {
    return kwh ? shown_alone(*kwh, Dimension::kEnergy, kDigits) : "unknown";
}

std::string carbon_text(const Estimate& carbon) {
    const Shown number = shown(carbon, Dimension::kCarbon);
    return number.value + " " + number.unit + " CO2e" +
           (number.exact ? "" : " (" + number.low + " to " + number.high + ")");
}

std::string result_of(const Trial& trial) {
    return trial.objective ? readable(significant(*trial.objective, kObjectiveDigits))
                           : std::string{name_of(trial.outcome)};
}

std::string trials_text(std::size_t count) {
    return std::to_string(count) + (count == 1 ? " trial" : " trials");
}

std::string spent_text(const Spent& spent) {
    std::string out = trials_text(spent.trials) + ": ";
    if (spent.not_known == spent.trials) {
        return out + "nothing is known of their energy";
    }
    out += carbon_text(spent.operational_kgco2e) + ", " + energy_text(spent.energy_kwh) + ", " +
           duration_text(spent.duration_s) + " of trials";
    if (spent.not_known > 0) {
        out += "; not in it: " + trials_text(spent.not_known) + " of which nothing is known";
    }
    return out;
}

/// "40 finished, 2 failed, 1 timed_out".
std::string outcomes_text(const SweepResult& sweep) {
    std::string out;
    for (const Outcome outcome : plan::kOutcomes) {
        const auto count = std::count_if(sweep.trials.begin(), sweep.trials.end(),
                                         [&](const Trial& one) { return one.outcome == outcome; });
        if (count > 0) {
            std::string name{name_of(outcome)};
            std::replace(name.begin(), name.end(), '_', ' ');
            out += (out.empty() ? "" : ", ") + std::to_string(count) + " " + name;
        }
    }
    return out;
}

std::string grid_text(const SweepResult& sweep, const plan::GridCost& grid, const Spent& spent) {
    constexpr double kSecondsPerHour = 3600.0;
    std::string out = plan::number_word(sweep.grid_points) + " trainings: about " +
                      carbon_text(grid.operational_kgco2e) + ", " + energy_text(grid.energy_kwh) + ", " +
                      duration_text(grid.hours * kSecondsPerHour) + "; modelled, from the mean training here";
    const double saved = 1.0 - spent.energy_kwh / grid.energy_kwh;
    if (sweep.method != plan::SearchMethod::kGrid && grid.energy_kwh > 0.0) {
        out += ". This search took " +
               (saved > 0.0 ? saved_text(saved) + " less" : significant(-saved * 100.0, kDigits) + " % more");
    }
    return out;
}

/// Points of the plot: grams spent until then, the objective, and whether it was the best so far.
struct Dot {
    double spent_kg = 0.0;
    double objective = 0.0;
    bool best = false;
};
std::vector<Dot> dots_of(const SweepResult& sweep) {
    std::vector<Dot> out;
    double spent = 0.0;
    std::optional<double> best;
    for (const Trial& trial : sweep.trials) {
        spent += trial.operational_kgco2e ? trial.operational_kgco2e->value : 0.0;
        if (trial.objective) {
            const bool better =
                !best || (sweep.minimize ? *trial.objective < *best : *trial.objective > *best);
            best = better ? trial.objective : best;
            out.push_back({spent, *trial.objective, better});
        }
    }
    return out;
}

std::string plot_of(const SweepResult& sweep, std::size_t width) {
    constexpr std::size_t kRows = 10;
    constexpr std::size_t kAxis = 12;
    const std::vector<Dot> dots = dots_of(sweep);
    if (dots.size() < 3 || width < 2 * kAxis) {
        return "";
    }
    const auto [low, high] = std::minmax_element(
        dots.begin(), dots.end(), [](const Dot& a, const Dot& b) { return a.objective < b.objective; });
    const double bottom = low->objective;
    const double room = high->objective - bottom;
    const double most = dots.back().spent_kg;
    if (!(room > 0.0) || !(most > 0.0)) {
        return "";
    }
    const std::size_t columns = std::min<std::size_t>(width - kAxis - 3, 64);
    std::vector<std::string> rows(kRows, std::string(columns, ' '));
    const auto place = [](double share, std::size_t count) {
        return std::min(static_cast<std::size_t>(share * static_cast<double>(count - 1) + 0.5), count - 1);
    };
    for (const bool best : {false, true}) {  // the best are never covered
        for (const Dot& dot : dots) {
            if (dot.best == best) {
                rows[kRows - 1 - place((dot.objective - bottom) / room, kRows)]
                    [place(dot.spent_kg / most, columns)] = best ? '*' : '.';
            }
        }
    }
    std::string out;
    for (std::size_t i = 0; i < kRows; ++i) {
        const std::string label = i == 0           ? significant(high->objective, kObjectiveDigits)
                                  : i + 1 == kRows ? significant(bottom, kObjectiveDigits)
                                                   : "";
        out += "  " + padded(label, kAxis - 2, true) + " |" + rows[i] + "\n";
    }
    const std::string end = shown_alone(most, Dimension::kCarbon, kDigits) + " CO2e";
    out += std::string(kAxis + 1, ' ') + "+" + std::string(columns, '-') + "\n";
    out += std::string(kAxis + 2, ' ') + "0" + padded(end, columns - 1, true) + "\n";
    return out + std::string(kAxis + 2, ' ') + "objective against CO2e spent; * the best so far\n";
}

void add_trials(std::string& out, const SweepResult& sweep, std::size_t most, const TextStyle& style) {
    std::vector<const Trial*> order;
    for (const Trial& trial : sweep.trials) {
        order.push_back(&trial);
    }
    std::stable_sort(order.begin(), order.end(), [&](const Trial* a, const Trial* b) {
        if (a->objective.has_value() != b->objective.has_value()) {
            return a->objective.has_value();
        }
        if (!a->objective || a->task.budget != b->task.budget) {
            return a->task.budget > b->task.budget;
        }
        return sweep.minimize ? *a->objective < *b->objective : *a->objective > *b->objective;
    });
    const bool rungs = sweep.method == plan::SearchMethod::kHalving;
    out +=
        "  trial" + std::string(rungs ? "  budget" : "") + "    objective   energy      CO2e  parameters\n";
    for (std::size_t i = 0; i < order.size() && (most == 0 || i < most); ++i) {
        const Trial& one = *order[i];
        std::string line = padded(std::to_string(one.task.config + 1), 5, true);
        if (rungs) {
            line += padded("1/" + significant(1.0 / one.task.budget, kDigits), 8, true);
        }
        const auto& carbon = one.operational_kgco2e;
        line += padded(result_of(one), 13, true) + " " + padded(energy_text(one.energy_kwh), 8, true) + "  " +
                padded(carbon ? shown_alone(carbon->value, Dimension::kCarbon, kFew) : "unknown", 8, true) +
                "  " + printable(plan::point_text(one.point)) +
                (one.objective ? "" : "  " + printable(one.note));
        out += "  " + cut(line, style.width - 2) + "\n";
    }
    if (most > 0 && order.size() > most) {
        out += "  ... and " + std::to_string(order.size() - most) +
               " more; --all-trials shows them, --json too\n";
    }
}

}  // namespace

std::string trial_line(const Trial& trial, std::size_t trials, std::size_t planned, std::size_t width) {
    std::string out = "trial " + std::to_string(trials) + " of " + std::to_string(planned) + "  " +
                      result_of(trial) + "  " + energy_text(trial.energy_kwh) + "  " +
                      printable(plan::point_text(trial.point));
    if (!trial.objective) {
        out += "  " + printable(trial.note);
    }
    return cut(out, width);
}

std::string sweep_text(const SweepResult& sweep, std::size_t most, const TextStyle& style) {
    std::string out;
    const auto best = plan::best_trial(sweep);
    if (best) {
        const Trial& one = sweep.trials[*best];
        out += inked("best " + result_of(one) + "  " + printable(plan::point_text(one.point)), Ink::kStrong,
                     style) +
               "\n";
    } else {
        out += inked("no trial told an objective", Ink::kWarning, style) + "\n";
    }
    Lines lines{style, kLabel};
    std::vector<Trial> all = sweep.trials;
    all.insert(all.end(), sweep.lost.begin(), sweep.lost.end());
    const Spent spent = plan::spent_of(all);
    lines.add("took", spent_text(spent));
    if (!sweep.lost.empty()) {
        lines.add("", "of these, " + std::to_string(sweep.lost.size()) +
                          (sweep.lost.size() == 1 ? " was" : " were") +
                          " cut short together with the sweep and began anew");
    }
    lines.add("trials", outcomes_text(sweep) + " of " + std::to_string(sweep.planned) + " planned" +
                            (sweep.stopped.empty() ? "" : "; stopped: " + sweep.stopped));
    if (const auto grid = plan::grid_cost(sweep)) {
        lines.add("the grid", grid_text(sweep, *grid, spent));
    }
    if (best) {
        lines.add("run", sweep.trials[*best].run_id + " (gramme runs show)");
    }
    lines.add("sweep", sweep.id + " (gramme runs tree), in " + sweep.folder);
    out += std::move(lines).text() + "\n";
    if (const std::string plot = plot_of(sweep, style.width); !plot.empty()) {
        out += plot + "\n";
    }
    add_trials(out, sweep, most, style);
    return out;
}

}  // namespace gramme::present
