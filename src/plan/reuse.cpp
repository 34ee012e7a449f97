#include "plan/reuse.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "estimate/number_text.hpp"
#include "units/root_of_squares.hpp"

namespace gramme::plan {
namespace {

using estimate::number_text;

constexpr double kWhPerKwh = WattHours{KilowattHours{1.0}}.value();

Estimate scaled(const Estimate& of, double by) {
    return {of.value * by, of.low * by, of.high * by};
}

/// 1 / x: bounds change places.
Estimate inverse(const Estimate& of) {
    return {1.0 / of.value, 1.0 / of.high, 1.0 / of.low};
}

class Planner {
public:
    Planner(const ReuseRequest& asked, const refdata::Tables& tables) : asked_(asked), tables_(tables) {}

    Result<ReusePlan> plan() {
        GRAMME_CHECK(pre_train());
        GRAMME_TRY(const Range continued,
                   tokens_of(asked_.continued_tokens, "continued", "--continued-tokens",
                             "tokens of continued pre-training"));
        GRAMME_TRY(const Range tune, tokens_of(asked_.fine_tune_tokens, "fine-tune", "--fine-tune-tokens",
                                               "tokens of one fine-tuning"));
        GRAMME_CHECK(take_uses());
        const Range once{plan_.tokens, plan_.tokens};
        add("from scratch", Method::kFull, once, 0.0);
        const double share = asked_.shared_by ? 1.0 / *asked_.shared_by : 0.0;
        add("continued", Method::kFull, continued, share);
        add("fine-tune", Method::kFull, tune, share);
        GRAMME_TRY(const double lora_time, factor("lora-time"));
        add_lora(tune, lora_time, share);
        add("frozen", Method::kFrozen, tune, share);
        return std::move(plan_);
    }

private:
    Result<double> factor(std::string_view name) {
        for (const refdata::ProfileFactor& row : tables_.profile_factors("published", "reuse")) {
            if (row.name == name) {
                source_ = std::string{row.source};
                return row.value;
            }
        }
        return Error{Code::kNotFound, "the tables have no " + std::string{name} + " for reuse", ""};
    }

    void assume(std::string what, std::string value, std::string source, std::string change) {
        plan_.assumptions.push_back(
            {std::move(what), std::move(value), std::move(source), std::move(change)});
    }

    Result<void> pre_train() {
        TrainRequest scratch = asked_.scratch;
        scratch.method = Method::kFull;
        if (asked_.shared_by && !(*asked_.shared_by >= 1.0)) {
            return Error{Code::kUsage, "--shared-by is below 1",
                         "give how many models stand on the same one"};
        }
        if (scratch.shape.parameters > 0.0 && !(scratch.shape.tokens > 0.0)) {
            GRAMME_TRY(const double each, factor("tokens-per-parameter"));
            scratch.shape.tokens = each * scratch.shape.parameters;
            assume("tokens of the pre-training",
                   number_text(scratch.shape.tokens, 3) + ", " + number_text(each) + " for each parameter",
                   source_, "--tokens");
        }
        plan_.tokens = scratch.shape.tokens;
        GRAMME_TRY(plan_.scratch, plan_train(scratch, tables_));
        return {};
    }

    Result<Range> tokens_of(const std::optional<Range>& said, const std::string& name,
                            const std::string& flag, const std::string& what) {
        if (said && said->low < 1.0) {
            return Error{Code::kUsage, flag + " is less than one token",
                         "give how many tokens there are, such as 20M"};
        }
        if (said) {
            return *said;
        }
        GRAMME_TRY(const double low, factor(name + "-share-low"));
        std::string sources = source_;
        GRAMME_TRY(const double high, factor(name + "-share-high"));
        sources += source_ == sources ? "" : ", " + source_;
        assume(what, number_text(low, 3) + " to " + number_text(high, 3) + " of those of the pre-training",
               sources, flag);
        return Range{low * plan_.tokens, high * plan_.tokens};
    }

    Result<void> take_uses() {
        if (asked_.hosted_wh) {
            plan_.hosted_wh = *asked_.hosted_wh;
        } else {
            GRAMME_TRY(plan_.hosted_wh.low, factor("hosted-wh-low"));
            std::string sources = source_;
            GRAMME_TRY(plan_.hosted_wh.high, factor("hosted-wh-high"));
            assume("one use of a hosted model",
                   number_text(plan_.hosted_wh.low) + " to " + number_text(plan_.hosted_wh.high) + " Wh",
                   sources + ", " + source_, "--hosted-wh");
        }
        if (asked_.own_wh) {
            plan_.own_wh = *asked_.own_wh;
        } else {
            GRAMME_TRY(const double share, factor("own-over-hosted"));
            plan_.own_wh = {plan_.hosted_wh.low * share, plan_.hosted_wh.high * share};
            assume("one use of a model of one's own", number_text(share) + " of a hosted one", source_,
                   "--own-wh");
        }
        plan_.hosted_use_kgco2e = to_carbon(scaled(plan_.hosted_wh.estimate(), 1.0 / kWhPerKwh));
        if (asked_.uses) {
            plan_.hosted_kgco2e = scaled(plan_.hosted_use_kgco2e, *asked_.uses);
        }
        return {};
    }

    [[nodiscard]] double kg_per_kwh() const {
        const Footprint& all = plan_.scratch.footprint;
        return all.operational_kgco2e->value / all.energy_kwh->value;
    }

    /// At the PUE and the intensity of the training: where a hosted model runs is not known.
    [[nodiscard]] Estimate to_carbon(const Estimate& kwh) const {
        const Factors& factors = plan_.scratch.footprint.factors;
        return widened(scaled(kwh, kg_per_kwh()),
                       root_of_squares(factors.pue.sigma_ln, factors.intensity.sigma_ln));
    }

    [[nodiscard]] Compute compute(Method method, double tokens) const {
        Shape shape = asked_.scratch.shape;
        shape.tokens = tokens;
        return compute_of(method, shape);
    }

    void add_lora(const Range& tokens, double measured, double share) {
        // By operations a LoRA takes 4N of 6N; as measured, more. The truth lies between, so both bound it.
        const double by_operations = compute(Method::kLora, 1.0).model / compute(Method::kFull, 1.0).model;
        const Range time{std::min(by_operations, measured), std::max(by_operations, measured)};
        const double sigma = root_of_squares(tokens.sigma_ln(), time.sigma_ln());
        add_way("LoRA", Method::kLora, tokens, time.centre() * tokens.centre() / plan_.tokens, sigma, share);
    }

    void add(const char* name, Method method, const Range& tokens, double share) {
        const double ratio = compute(method, tokens.centre()).model / plan_.scratch.compute.model;
        add_way(name, method, tokens, ratio, tokens.sigma_ln(), share);
    }

    void add_way(const char* name, Method method, const Range& tokens, double ratio, double sigma,
                 double share) {
        ReuseWay way;
        way.name = name;
        way.flops = compute(method, tokens.centre()).model;
        way.what =
            number_text(compute(method, 1.0).weights_per_token / asked_.scratch.shape.parameters, 2) + "N";
        // The part of the pre-training that the way bears is exact beside its own: both scale with one run.
        const double whole = share + ratio;
        const double sigma_whole = sigma * ratio / whole;
        way.ratio = widened({whole, whole, whole}, sigma_whole);
        way.of_one_first = inverse(way.ratio);
        const Footprint& all = plan_.scratch.footprint;
        way.device_hours = widened(scaled(plan_.scratch.device_hours, whole), sigma_whole);
        way.energy_kwh = widened(scaled(*all.energy_kwh, whole), sigma_whole);
        way.kgco2e = widened(scaled(*all.operational_kgco2e, whole), sigma_whole);
        way.tokens = tokens;
        add_break_even(way);
        plan_.ways.push_back(std::move(way));
    }

    void add_break_even(ReuseWay& way) const {
        const double hosted = plan_.hosted_wh.centre();
        const double own = plan_.own_wh.centre();
        if (hosted > own) {
            const double saved = hosted - own;
            const double sigma =
                root_of_squares(hosted * plan_.hosted_wh.sigma_ln(), own * plan_.own_wh.sigma_ln()) / saved;
            way.even_uses = widened(scaled(way.energy_kwh, kWhPerKwh / saved), sigma);
        }
        if (asked_.uses) {
            // Energies first: both stand on one grid and one PUE, whose errors do not cancel.
            const Estimate used = scaled(plan_.own_wh.estimate(), *asked_.uses / kWhPerKwh);
            const Estimate& way_kwh = way.energy_kwh;
            const double below = root_of_squares(way_kwh.value - way_kwh.low, used.value - used.low);
            const double above = root_of_squares(way_kwh.high - way_kwh.value, used.high - used.value);
            const double sum = way_kwh.value + used.value;
            way.with_uses_kgco2e = to_carbon({sum, std::max(sum - below, 0.0), sum + above});
        }
    }

    const ReuseRequest& asked_;
    const refdata::Tables& tables_;
    ReusePlan plan_;
    std::string source_;  ///< of the factor asked for last
};

}  // namespace

Result<ReusePlan> plan_reuse(const ReuseRequest& asked, const refdata::Tables& tables) {
    return Planner{asked, tables}.plan();
}

}  // namespace gramme::plan
