#include "calculate/plan_train.hpp"

#include <utility>

#include "base/parse.hpp"
#include "calculate/estimate.hpp"
#include "config/job_request.hpp"
#include "estimate/equivalences.hpp"
#include "present/plan_train.hpp"

namespace gramme::calculate {
namespace {

using config::OptionList;
using config::value_of;

/// Heads x head size may be written as such: "48x256".
Result<double> width_of(std::string_view text) {
    const auto times = text.find('x');
    if (times == std::string_view::npos) {
        return plan::parse_amount(text, "--hidden");
    }
    GRAMME_TRY(const double heads, plan::parse_amount(text.substr(0, times), "--hidden"));
    GRAMME_TRY(const double size, plan::parse_amount(text.substr(times + 1), "--hidden"));
    return heads * size;
}

Result<std::optional<double>> amount(const OptionList& options, std::string_view name) {
    const auto text = value_of(options, name);
    if (!text) {
        return std::optional<double>{};
    }
    GRAMME_TRY(const double value, plan::parse_amount(*text, "--" + std::string{name}));
    return std::optional{value};
}

Result<plan::Shape> shape_of(const OptionList& options) {
    plan::Shape shape;
    GRAMME_TRY(const auto all, amount(options, "parameters"));
    GRAMME_TRY(const auto active, amount(options, "active-parameters"));
    GRAMME_TRY(const auto tokens, amount(options, "tokens"));
    shape.parameters = active.value_or(all.value_or(0.0));
    shape.tokens = tokens.value_or(0.0);
    GRAMME_TRY(shape.layers, amount(options, "layers"));
    GRAMME_TRY(shape.sequence_length, amount(options, "sequence-length"));
    GRAMME_TRY(const auto head, amount(options, "head-parameters"));
    shape.head_parameters = head.value_or(0.0);
    if (const auto text = value_of(options, "hidden")) {
        GRAMME_TRY(shape.width, width_of(*text));
    }
    const auto recompute = value_of(options, "recompute");
    shape.recompute = recompute && *recompute != "off";
    return shape;
}

Result<plan::Speed> speed_of(const OptionList& options) {
    plan::Speed speed;
    if (const auto text = value_of(options, "mfu")) {
        GRAMME_TRY(speed.mfu, plan::parse_share_range(*text, "--mfu"));
    }
    if (const auto text = value_of(options, "hfu")) {
        GRAMME_TRY(speed.hfu, plan::parse_share_range(*text, "--hfu"));
    }
    const auto all = value_of(options, "tokens-per-second");
    const auto one = value_of(options, "device-tokens-per-second");
    if (all && one) {
        return Error{Code::kUsage,
                     "--tokens-per-second and --device-tokens-per-second say the same thing twice",
                     "give one of them"};
    }
    if (all || one) {
        speed.of_one_device = one.has_value();
        GRAMME_TRY(
            speed.tokens_per_second,
            plan::parse_range(one ? *one : *all, one ? "--device-tokens-per-second" : "--tokens-per-second"));
    }
    return speed;
}

/// Those that say something of the job beside its hardware and hours.
OptionList job_options(const OptionList& options) {
    OptionList out;
    for (const auto& option : options) {
        for (const std::string_view name : {"host", "power-model", "embodied", "lifetime", "year", "basis"}) {
            if (option.first == name) {
                out.push_back(option);
            }
        }
    }
    return out;
}

}  // namespace

Result<plan::TrainRequest> plan_train_request(const OptionList& options, const FactorRequest& factors) {
    plan::TrainRequest asked;
    GRAMME_TRY(asked.shape, shape_of(options));
    GRAMME_TRY(const auto all, amount(options, "parameters"));
    asked.all_parameters = all.value_or(0.0);
    if (const auto text = value_of(options, "method")) {
        GRAMME_TRY(asked.method, plan::method_named(*text, "--method"));
    }
    if (const auto text = value_of(options, "precision")) {
        GRAMME_TRY(asked.precision, plan::precision_named(*text, "--precision"));
    }
    GRAMME_TRY(asked.speed, speed_of(options));
    if (const auto text = value_of(options, "times")) {
        GRAMME_TRY(asked.times, plan::parse_range(*text, "--times"));
    }
    asked.device = value_of(options, "device").value_or("");
    asked.instance = value_of(options, "instance").value_or("");
    GRAMME_TRY(asked.count, amount(options, "count"));
    GRAMME_TRY(asked.power_w, amount(options, "power-w"));
    GRAMME_TRY(asked.job, config::job_request(job_options(options), factors));
    return asked;
}

Error about_plan(Error error) {
    const bool words =
        error.code == Code::kMalformed || error.code == Code::kNotFound || error.code == Code::kOutOfRange;
    error.code = words ? Code::kUsage : error.code;
    return error;
}

Result<PlannedTraining> plan_train(const OptionList& options, const FactorRequest& factors,
                                   const refdata::Tables& tables) {
    PlannedTraining out;
    GRAMME_TRY(out.asked, plan_train_request(options, factors));
    GRAMME_CHECK(check_region(out.asked.job.factors, tables));
    auto planned = plan::plan_train(out.asked, tables);
    if (!planned) {
        return about_plan(planned.error());
    }
    out.plan = *std::move(planned);
    if (const auto keys = value_of(options, "equivalences")) {
        Footprint& footprint = out.plan.footprint;
        const double kg = footprint.operational_kgco2e ? footprint.operational_kgco2e->value : 0.0;
        GRAMME_TRY(footprint.equivalences, estimate::equivalences_named(*keys, kg, tables));
    }
    return out;
}

Result<std::string> plan_train_answer(const config::EstimateRequest& request,
                                      const config::RunOptions& options, const refdata::Tables& tables) {
    GRAMME_TRY(const PlannedTraining done, plan_train(request.options, options.factors, tables));
    return present::plan_train_json(done.asked, done.plan);
}

}  // namespace gramme::calculate
