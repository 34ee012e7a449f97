#include "plan/train.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "estimate/estimate.hpp"
#include "estimate/job.hpp"
#include "estimate/lognormal.hpp"
#include "estimate/number_text.hpp"
#include "plan/train_power.hpp"

namespace gramme::plan {
namespace {

using estimate::number_text;

constexpr double kSecondsPerHour = Seconds{std::chrono::hours{1}}.count();
constexpr double kMostHours = 1e9;
constexpr double kLeastHours = 1e-6;

Error usage(std::string what, std::string hint) {
    return Error{Code::kUsage, std::move(what), std::move(hint)};
}

Result<void> check(const TrainRequest& asked) {
    const Shape& shape = asked.shape;
    if (!(shape.parameters > 0.0)) {
        return usage("how large the model is was not said", "give --parameters, such as --parameters 7B");
    }
    if (!(shape.tokens > 0.0)) {
        return usage("how much it is trained on was not said", "give --tokens, such as --tokens 2T");
    }
    if (asked.all_parameters > 0.0 && shape.parameters > asked.all_parameters) {
        return usage("more parameters work on a token than there are",
                     "--parameters is all of them, --active-parameters those that a token meets");
    }
    if (!shape.has_attention() && (shape.layers || shape.width)) {
        return usage("attention needs --layers, --hidden and --sequence-length",
                     "give all three, or none of --layers and --hidden");
    }
    if (shape.head_parameters > 0.0 && asked.method != Method::kFrozen) {
        return usage("--head-parameters are what learns where all else is frozen", "add --method frozen");
    }
    if (shape.head_parameters > std::max(asked.all_parameters, shape.parameters)) {
        return usage("the head has more parameters than the whole model",
                     "--parameters is all of them, --head-parameters those of them that learn");
    }
    if (shape.head_parameters > shape.parameters) {
        return usage("the head has more parameters than work on one token",
                     "--active-parameters holds the head, which every token meets");
    }
    if (asked.times && !(asked.times->low >= 1.0)) {
        return usage("--times is below 1: all trainings of the project hold this one",
                     "give how many times this training they take together, such as 1.5 or 1.5..3");
    }
    const Speed& speed = asked.speed;
    const int said = static_cast<int>(speed.mfu.has_value()) + static_cast<int>(speed.hfu.has_value()) +
                     static_cast<int>(speed.tokens_per_second.has_value());
    if (said > 1) {
        return usage("two options say how fast the training is",
                     "give one of --mfu, --hfu, --tokens-per-second and --device-tokens-per-second");
    }
    if (speed.tokens_per_second && !speed.of_one_device && !asked.count) {
        return usage("--tokens-per-second is of all devices together, and how many was not said",
                     "add --count, or give --device-tokens-per-second");
    }
    return {};
}

/// Device-hours with how they came about.
struct Hours {
    double value = 0.0;
    Uncertainty from;
};

class Planner {
public:
    Planner(const TrainRequest& asked, const refdata::Tables& tables) : asked_(asked), tables_(tables) {}

    Result<TrainPlan> plan() {
        GRAMME_CHECK(check(asked_));
        GRAMME_TRY(hardware_, hardware_of(asked_, tables_));
        plan_.device = std::string{hardware_.device.id};
        plan_.devices = hardware_.devices;
        plan_.compute = compute_of(asked_.method, asked_.shape);
        say_shape();
        GRAMME_TRY(const Hours hours, hours_of());
        const double wall = hours.value / hardware_.devices;
        if (!(wall >= kLeastHours && wall <= kMostHours)) {
            return Error{Code::kOutOfRange,
                         wall > kMostHours ? "the training would take more than 1,000 million hours"
                                           : "the training would take less than a millionth of an hour",
                         "look at --parameters, --tokens, --count and how fast it is said to go"};
        }
        uncertain_.push_back(hours.from);
        if (asked_.tokens_sigma_ln > 0.0) {
            uncertain_.push_back({"tokens", asked_.tokens_sigma_ln, "say how many tokens there are"});
        }
        const double sigma = sigma_of_all();
        const Estimate exact{hours.value, hours.value, hours.value};
        plan_.device_hours = widened(exact, sigma);
        if (asked_.count || !asked_.instance.empty()) {
            const Estimate& h = plan_.device_hours;
            plan_.wall_hours =
                Estimate{h.value / hardware_.devices, h.low / hardware_.devices, h.high / hardware_.devices};
        }
        GRAMME_CHECK(cost(wall, sigma));
        if (asked_.times) {
            plan_.project_energy_kwh = times(plan_.footprint.energy_kwh, *asked_.times);
            plan_.project_kgco2e = times(plan_.footprint.operational_kgco2e, *asked_.times);
        }
        return std::move(plan_);
    }

private:
    void assume(std::string what, std::string value, std::string source, std::string change) {
        plan_.assumptions.push_back(
            {std::move(what), std::move(value), std::move(source), std::move(change)});
    }

    void say_shape() {
        if (!asked_.shape.has_attention() && !asked_.speed.tokens_per_second) {
            plan_.notes.emplace_back(
                "attention between tokens is left out: it adds 1 % to 30 % and more for long texts; give "
                "--layers, "
                "--hidden and --sequence-length");
        }
        if (asked_.shape.recompute && asked_.speed.mfu) {
            plan_.notes.emplace_back(
                "--mfu counts no operation twice: --recompute changes the operations that are "
                "executed, not the hours; give --hfu for those");
        }
    }

    Result<Hours> hours_of() {
        const Speed& speed = asked_.speed;
        if (speed.tokens_per_second) {
            return from_tokens(*speed.tokens_per_second);
        }
        GRAMME_TRY(plan_.peak, peak_of(hardware_.device, asked_.precision));
        const double peak_hours = 1.0 / (plan_.peak->flops_per_s * kSecondsPerHour);
        assume("peak of one " + std::string{hardware_.device.name}, plan_.peak->how, plan_.peak->source,
               "--precision, or --device-tokens-per-second");
        const std::string remedy =
            "measure the tokens per second of some minutes: --device-tokens-per-second, or --pilot RUN";
        if (speed.hfu) {
            plan_.utilisation = speed.hfu->centre() * plan_.compute.model / plan_.compute.hardware;
            return Hours{plan_.compute.hardware * peak_hours / speed.hfu->centre(),
                         {"utilisation", speed.hfu->sigma_ln(), remedy}};
        }
        if (speed.mfu) {
            plan_.utilisation = speed.mfu->centre();
            return Hours{plan_.compute.model * peak_hours / speed.mfu->centre(),
                         {"utilisation", speed.mfu->sigma_ln(), remedy}};
        }
        GRAMME_TRY(plan_.band, utilisation_band(tables_, hardware_.device));
        const UtilisationBand& band = *plan_.band;
        if (asked_.precision != Precision::k16Bit) {
            plan_.notes.emplace_back(
                "the published trainings that the MFU is of computed in 16 bit: what share of the peak in " +
                std::string{name_of(asked_.precision)} +
                " bit a training reaches they do not say, and the interval does not hold it; give --mfu, or "
                "measure --device-tokens-per-second");
        }
        plan_.utilisation = band.centre;
        assume("share of the peak (MFU)",
               number_text(band.centre, 2) + " (" +
                   number_text(band.centre * std::exp(-1.96 * band.sigma_ln), 2) + " to " +
                   number_text(std::min(band.centre * std::exp(1.96 * band.sigma_ln), 1.0), 2) + "), of " +
                   std::to_string(band.runs) + " published trainings of " + std::to_string(band.projects) +
                   " projects" +
                   (band.family.empty()    ? " on all hardware"
                    : band.family == "tpu" ? " on TPUs"
                                           : " on " + band.family + " GPUs") +
                   ", lost time included where it was published",
               "docs/method/plan-train.md", "--mfu, or --device-tokens-per-second");
        return Hours{plan_.compute.model * peak_hours / band.centre, {"utilisation", band.sigma_ln, remedy}};
    }

    Result<Hours> from_tokens(const Range& rate) {
        const double of_one = rate.centre() / (asked_.speed.of_one_device ? 1.0 : hardware_.devices);
        const double hours = asked_.shape.tokens / (of_one * kSecondsPerHour);
        if (const auto peak = peak_of(hardware_.device, asked_.precision)) {
            plan_.peak = *peak;
            plan_.utilisation = plan_.compute.model / (hours * kSecondsPerHour * peak->flops_per_s);
            if (plan_.utilisation > 1.0) {
                plan_.notes.emplace_back(
                    "these tokens per second are " + number_text(plan_.utilisation, 3) +
                    " times what the device can compute at its peak: look at --parameters, "
                    "--tokens-per-second and what it counts");
            }
        }
        plan_.notes.emplace_back(
            "time between steps, evaluations and restarts is in the hours only as far as the "
            "tokens per second hold it");
        return Hours{hours, {"tokens per second", rate.sigma_ln(), "measure a longer stretch"}};
    }

    [[nodiscard]] double sigma_of_all() const {
        double variance = 0.0;
        for (const Uncertainty& one : uncertain_) {
            variance += one.sigma_ln * one.sigma_ln;
        }
        return std::sqrt(variance);
    }

    Result<void> cost(double wall_hours, double sigma) {
        GRAMME_TRY(Costed costed, costed_of(asked_, hardware_, wall_hours, tables_));
        Footprint& footprint = costed.footprint;
        if (footprint.embodied) {
            footprint.embodied->value = widened(footprint.embodied->value, sigma);
        }
        // Of the carbon before the hours are uncertain.
        const Estimate before = footprint.operational_kgco2e.value_or(Estimate{});
        const double known = before.value > 0.0 && before.low > 0.0
                                 ? std::log(before.high / before.low) / (2.0 * estimate::kZ95)
                                 : 0.0;
        if (costed.power.sigma_ln > 0.0) {
            uncertain_.push_back(costed.power);
        }
        const double all = sigma_of_all();
        for (auto* one :
             {&footprint.energy_kwh, &footprint.facility_energy_kwh, &footprint.operational_kgco2e}) {
            if (*one) {
                **one = widened(**one, all);
            }
        }
        for (Part& part : footprint.parts) {
            if (part.energy_kwh) {
                part.energy_kwh = widened(*part.energy_kwh, all);
            }
        }
        say_dominant(footprint, known * known, all * all);
        plan_.footprint = std::move(footprint);
        std::move(costed.assumptions.begin(), costed.assumptions.end(),
                  std::back_inserter(plan_.assumptions));
        return {};
    }

    /// What was the widest input may be so no longer.
    void say_dominant(Footprint& footprint, double before, double added) {
        const double whole = before + added;
        if (!(whole > 0.0)) {
            return;
        }
        constexpr double kPercent = 100.0;
        if (footprint.dominant) {
            footprint.dominant->share_pct *= before / whole;
        }
        for (const Uncertainty& one : uncertain_) {
            const double share = kPercent * one.sigma_ln * one.sigma_ln / whole;
            if (share > 0.0 && (!footprint.dominant || share > footprint.dominant->share_pct)) {
                footprint.dominant = DominantUncertainty{one.what, share, one.remedy};
            }
        }
    }

    static std::optional<Estimate> times(const std::optional<Estimate>& of, const Range& range) {
        if (!of) {
            return std::nullopt;
        }
        const double by = range.centre();
        return widened({of->value * by, of->low * by, of->high * by}, range.sigma_ln());
    }

    const TrainRequest& asked_;
    const refdata::Tables& tables_;
    Hardware hardware_;
    TrainPlan plan_;
    std::vector<Uncertainty> uncertain_;
};

}  // namespace

Result<TrainPlan> plan_train(const TrainRequest& asked, const refdata::Tables& tables) {
    return Planner{asked, tables}.plan();
}

}  // namespace gramme::plan
