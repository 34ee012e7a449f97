#include "present/waiting_view.hpp"

#include <charconv>
#include <cmath>

#include "estimate/efficiency.hpp"
#include "present/numbers.hpp"

namespace gramme::present {
namespace {

constexpr double kPercent = 100.0;
/// With less of the energy known the sentence says which part it speaks of.
constexpr double kNearlyAll = 0.9;
constexpr int kStepDigits = 6;

struct Words {
    std::string_view where;   ///< "mostly ...": why it waited
    std::string_view remedy;  ///< what would lower it
};

Words words_of(WaitingCause cause) {
    switch (cause) {
        case WaitingCause::kStartUp:
            return {
                "during start-up, before the GPU was first busy",
                "prepare data, caches and compilation before a GPU is taken, or keep them from run to run"};
        case WaitingCause::kDataLoading:
            return {"for data: short stops that come again while the CPUs work",
                    "more data-loader workers, prefetching, or data that is decoded once and kept"};
        case WaitingCause::kEvaluation:
            return {"during evaluation", "evaluate on the GPU, less often, or in a job without one"};
        case WaitingCause::kCpusIdle:
            return {"while the CPUs of the job were idle too",
                    "look at storage, network and locks: nothing computed"};
        case WaitingCause::kEnd:
            return {"at the end, after the GPU was last busy",
                    "end the job when the training does; saving and evaluation on CPUs need no GPU"};
        case WaitingCause::kNeverBusy:
            return {"by GPUs that were never busy",
                    "does the program use them? CUDA_VISIBLE_DEVICES and the batch job can ask for fewer"};
        case WaitingCause::kUnclear: break;
    }
    return {"", ""};
}

double kwh(Joules energy) {
    return KilowattHours{energy}.value();
}

/// What no run can have drawn, but a file may hold, is said in words.
Printed printed(double value) {
    Printed out{value, "beyond all numbers"};
    if (std::isfinite(value)) {
        out.text = significant(value, kStepDigits);
        std::from_chars(out.text.data(), out.text.data() + out.text.size(), out.value);
    }
    return out;
}

/// Of the energy whose utilisation is known.
Step share_step(const Waiting& waiting) {
    const Printed idle = printed(waiting.idle.value());
    const Printed known = printed(waiting.known.value());
    Step step;
    step.expression = "100 x " + idle.text + " J / " + known.text + " J";
    step.result = printed(kPercent * idle.value / known.value);
    step.unit = "%";
    return step;
}

}  // namespace

double utilization_percent(double utilization) {
    constexpr double kThousandths = 1000.0;
    return std::round(utilization * kPercent * kThousandths) / kThousandths;
}

std::string busy_text(const Part& part) {
    return part.utilization ? rounded(utilization_percent(*part.utilization), 0) + " % busy" : std::string{};
}

void add_waiting(const Footprint& footprint, Lines& lines) {
    if (!footprint.waiting || footprint.waiting->share() < estimate::kWorthSaying) {
        return;
    }
    const Waiting& waiting = *footprint.waiting;
    std::string text = rounded(waiting.share() * kPercent, 0) + " % of the GPU energy";
    text += waiting.known < waiting.accelerators * kNearlyAll ? " whose utilisation is known" : "";
    text += " (" + shown_alone(kwh(waiting.idle), Dimension::kEnergy, 3) + ") was spent waiting";
    if (waiting.mostly) {
        const Words words = words_of(*waiting.mostly);
        lines.add("waiting", text + ", mostly " + std::string{words.where});
        lines.add("", "try: " + std::string{words.remedy});
    } else {
        lines.add("waiting", text);
    }
}

Json waiting_json(const Waiting& waiting) {
    Json json = Json::object();
    json["share_pct"] = number(kPercent * waiting.share());
    json["energy_kwh"] = number(kwh(waiting.idle));
    json["known_energy_kwh"] = number(kwh(waiting.known));
    json["accelerator_energy_kwh"] = number(kwh(waiting.accelerators));
    json["threshold_pct"] = number(kPercent * kIdleBelow);
    json["mostly"] = waiting.mostly ? Json(name_of(*waiting.mostly)) : Json(nullptr);
    json["hint"] = waiting.mostly ? Json(words_of(*waiting.mostly).remedy) : Json(nullptr);
    Json& causes = json["causes"] = Json::array();
    for (const WaitingPart& part : waiting.causes) {
        Json one = Json::object();
        one["cause"] = name_of(part.cause);
        one["energy_kwh"] = number(kwh(part.energy));
        one["share_pct"] = number(kPercent * (part.energy / waiting.idle));
        causes.push_back(one);
    }
    return json;
}

void explain_waiting(const Footprint& footprint, Lines& lines) {
    if (!footprint.waiting) {
        return;
    }
    const Waiting& waiting = *footprint.waiting;
    const Step step = share_step(waiting);
    lines.add("waiting", step.expression + " = " + step.result.text +
                             " % of the GPU energy, drawn while less than " +
                             rounded(kPercent * kIdleBelow, 0) + " % busy (docs/method/efficiency.md)");
    std::string causes;
    for (const WaitingPart& part : waiting.causes) {
        causes += (causes.empty() ? "" : ", ") + std::string{name_of(part.cause)} + " " +
                  printed(part.energy.value()).text + " J";
    }
    if (!causes.empty()) {
        lines.add("", "of these " + causes);
    }
}

Json explain_waiting_json(const Waiting& waiting) {
    const Step step = share_step(waiting);
    Json json = Json::object();
    Json& share = json["share"] = Json::object();
    share["expression"] = step.expression;
    share["result"] = number(step.result.value);
    share["unit"] = step.unit;
    json["threshold_pct"] = number(kPercent * kIdleBelow);
    Json& causes = json["causes_j"] = Json::object();
    for (const WaitingPart& part : waiting.causes) {
        causes[std::string{name_of(part.cause)}] = number(part.energy.value());
    }
    return json;
}

}  // namespace gramme::present
