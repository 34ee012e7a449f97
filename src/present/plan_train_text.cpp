#include <cmath>

#include "present/estimate.hpp"
#include "present/layout.hpp"
#include "present/numbers.hpp"
#include "present/plan_numbers.hpp"
#include "present/plan_train.hpp"
#include "present/summary_lines.hpp"

namespace gramme::present {
namespace {

using plan::Method;
using plan::Shape;
using plan::TrainPlan;
using plan::TrainRequest;

constexpr std::size_t kLabelWidth = 8;
constexpr double kPercent = 100.0;

std::string model_text(const TrainRequest& asked) {
    const double active = asked.shape.parameters;
    std::string text =
        amount_text(asked.all_parameters > 0.0 ? asked.all_parameters : active) + " parameters";
    if (asked.all_parameters > active) {
        text += ", " + amount_text(active) + " of them active";
    }
    text += " on " + amount_text(asked.shape.tokens) + " tokens";
    switch (asked.method) {
        case Method::kFull: return text;
        case Method::kLora: return text + ", LoRA";
        case Method::kFrozen: return text + ", frozen backbone";
        case Method::kUse: return text + ", use only";
    }
    return text;
}

std::string times_text(const plan::Range& range) {
    const std::string low = significant(range.low, 4);
    return range.low == range.high ? low : low + " to " + significant(range.high, 4);
}

std::string hardware_text(const TrainRequest& asked) {
    const std::string name = printable(asked.device.empty() ? asked.instance : asked.device);
    return asked.count ? significant(*asked.count, 6) + " x " + name : name;
}

std::string where_text(const TrainRequest& asked, const TrainPlan& plan) {
    const IntensityFactor& grid = plan.footprint.factors.intensity;
    const std::string where = !grid.region.empty() ? grid.region : grid.zone_name;
    const std::string text = hardware_text(asked);
    return where.empty() || !grid.region_known ? text : text + ", " + printable(where);
}

/// "6 x 7B + 12 x 32 x 4096 x 2048 operations a token": how many passes, as the method makes them.
std::string operations_text(const TrainRequest& asked, const TrainPlan& plan) {
    const Shape& shape = asked.shape;
    const double of_weights = asked.method == Method::kFull ? 6.0 : asked.method == Method::kLora ? 4.0 : 2.0;
    std::string text = power_text(plan.compute.model) + " = (" + significant(of_weights, 2) + " x " +
                       amount_text(shape.parameters);
    if (asked.method == Method::kFrozen && shape.head_parameters > 0.0) {
        text += " + 6 x " + amount_text(shape.head_parameters);
    }
    if (shape.has_attention()) {
        const double of_attention =
            plan.compute.attention_per_token / (*shape.layers * *shape.width * *shape.sequence_length);
        text += " + " + significant(of_attention, 2) + " x " + significant(*shape.layers, 6) + " layers x " +
                significant(*shape.width, 6) + " x " + significant(*shape.sequence_length, 8);
    }
    text += ") x " + amount_text(shape.tokens) + " tokens";
    if (plan.compute.attention_per_token > 0.0) {
        text += "; attention is " +
                significant(kPercent * plan.compute.attention_per_token / plan.compute.weights_per_token, 2) +
                " % of the first term";
    }
    if (plan.compute.hardware > plan.compute.model) {
        text += "; with what is computed again " + power_text(plan.compute.hardware) + " are executed";
    }
    return text;
}

std::string hours_how(const TrainRequest& asked, const TrainPlan& plan) {
    if (asked.speed.tokens_per_second) {
        std::string text = "= tokens / " + plain_text(asked.speed.tokens_per_second->estimate(), "tokens/s") +
                           (asked.speed.of_one_device ? " of one device" : " of all devices");
        return plan.utilisation > 0.0 ? text + ": MFU " + significant(plan.utilisation, 2) : text;
    }
    const bool hfu = asked.speed.hfu.has_value();
    const double share = hfu ? asked.speed.hfu->centre() : plan.utilisation;
    return "= operations" + std::string{hfu ? " executed" : ""} + " / (" +
           significant(plan.peak->flops_per_s / 1e12, 4) + "e12 a second x " + (hfu ? "HFU " : "MFU ") +
           significant(share, 2) + " x 3600 s)";
}

void add_answer(const TrainRequest& asked, const TrainPlan& plan, Lines& lines) {
    const Footprint& footprint = plan.footprint;
    lines.add("carbon", total_text(*footprint.operational_kgco2e, Dimension::kCarbon, ""), Ink::kStrong);
    lines.add("energy",
              total_text(*footprint.energy_kwh, Dimension::kEnergy, "") + ", at the plug of the site " +
                  total_text(*footprint.facility_energy_kwh, Dimension::kEnergy, ""),
              Ink::kStrong);
    lines.add("hours", plain_text(plan.device_hours, "device-hours"), Ink::kStrong);
    if (plan.wall_hours) {
        lines.add("", wait_text(*plan.wall_hours) + " on " + significant(plan.devices, 6) +
                          (plan.devices == 1.0 ? " device" : " devices"));
    }
    lines.add("", hours_how(asked, plan));
    lines.add(
        "", "carbon = energy x PUE " + significant(footprint.factors.pue.value, 4) + " x " +
                significant(footprint.factors.intensity.value.value(), 4) +
                " g/kWh; in brackets the range that holds 19 times in 20. All of it is modelled, nothing is "
                "measured");
    add_beside(footprint, lines);
    if (plan.project_kgco2e) {
        lines.add("project", total_text(*plan.project_kgco2e, Dimension::kCarbon, "") + ", " +
                                 times_text(*asked.times) +
                                 " times this training: with all that came before it");
    } else {
        lines.add("project",
                  "what comes before the final run is not in it: published projects took 1.5 times "
                  "(OLMo), 2 (OPT), 2.7 (BLOOM) as much; --times");
    }
    for (const std::string& note : footprint.factors.notes) {
        lines.add("note", printable(note), Ink::kWarning);
    }
    for (const std::string& note : plan.notes) {
        lines.add("note", printable(note));
    }
}

}  // namespace

std::string plan_train_text(const TrainRequest& asked, const TrainPlan& plan, const TextStyle& style) {
    Lines lines{style, kLabelWidth};
    lines.head("plan train: " + model_text(asked), Ink::kStrong);
    lines.add("on", where_text(asked, plan));
    add_answer(asked, plan, lines);
    lines.add("compute", operations_text(asked, plan));
    add_parts(plan.footprint, lines);
    add_factors(plan.footprint.factors, lines);
    add_assumptions(plan.assumptions, lines);
    add_meaning(plan.footprint, lines);
    return std::move(lines).text();
}

std::string plan_train_csv(const TrainPlan& plan) {
    CsvRow header{"flops", "mfu", "device_hours", "device_hours_low", "device_hours_high"};
    CsvRow row{shortest(plan.compute.model), plan.utilisation > 0.0 ? shortest(plan.utilisation) : "",
               shortest(plan.device_hours.value), shortest(plan.device_hours.low),
               shortest(plan.device_hours.high)};
    const CsvRow names = figures_header();
    const CsvRow figures = figures_row(plan.footprint);
    header.insert(header.end(), names.begin(), names.end());
    row.insert(row.end(), figures.begin(), figures.end());
    return csv_line(header) + "\n" + csv_line(row) + "\n";
}

}  // namespace gramme::present
