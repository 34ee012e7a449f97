#include "calculate/plan_reuse.hpp"

#include <utility>

#include "calculate/estimate.hpp"
#include "calculate/plan_train.hpp"
#include "present/plan_reuse.hpp"

namespace gramme::calculate {
namespace {

using config::OptionList;

Result<void> read(const OptionList& options, std::string_view name, std::optional<plan::Range>& out) {
    if (const auto text = config::value_of(options, name)) {
        GRAMME_TRY(out, plan::parse_range(*text, "--" + std::string{name}));
    }
    return {};
}

Result<void> read(const OptionList& options, std::string_view name, std::optional<double>& out) {
    if (const auto text = config::value_of(options, name)) {
        GRAMME_TRY(out, plan::parse_amount(*text, "--" + std::string{name}));
    }
    return {};
}

}  // namespace

Result<PlannedReuse> plan_reuse(const OptionList& options, const FactorRequest& factors,
                                const refdata::Tables& tables) {
    PlannedReuse out;
    GRAMME_TRY(out.asked.scratch, plan_train_request(options, factors));
    GRAMME_CHECK(read(options, "continued-tokens", out.asked.continued_tokens));
    GRAMME_CHECK(read(options, "fine-tune-tokens", out.asked.fine_tune_tokens));
    GRAMME_CHECK(read(options, "hosted-wh", out.asked.hosted_wh));
    GRAMME_CHECK(read(options, "own-wh", out.asked.own_wh));
    GRAMME_CHECK(read(options, "uses", out.asked.uses));
    GRAMME_CHECK(read(options, "shared-by", out.asked.shared_by));
    GRAMME_CHECK(check_region(out.asked.scratch.job.factors, tables));
    auto planned = plan::plan_reuse(out.asked, tables);
    if (!planned) {
        return about_plan(planned.error());
    }
    out.plan = *std::move(planned);
    return out;
}

Result<std::string> plan_reuse_answer(const config::EstimateRequest& request,
                                      const config::RunOptions& options, const refdata::Tables& tables) {
    GRAMME_TRY(const PlannedReuse done, plan_reuse(request.options, options.factors, tables));
    return present::plan_reuse_json(done.asked, done.plan);
}

}  // namespace gramme::calculate
