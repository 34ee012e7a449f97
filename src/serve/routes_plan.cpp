// What a job will cost and what would cost less: what `gramme plan ...` says, over HTTP.
#include "calculate/plan_answer.hpp"
#include "config/run_options.hpp"
#include "serve/handlers.hpp"

namespace gramme::serve {
namespace {

using config::RequestKind;
using Answer = Result<std::string> (*)(const config::EstimateRequest&, const config::RunOptions&,
                                       const refdata::Tables&, std::int64_t now_s);

Result<Response> answered(const Call& call, RequestKind kind, Answer answer) {
    constexpr std::int64_t kNsPerSecond = 1'000'000'000;
    GRAMME_CHECK(only_keys(call.request, {}));
    GRAMME_TRY(const config::EstimateRequest request, request_of(call, kind));
    GRAMME_TRY(std::string json, answer(request, config::run_options(request.flags), call.service.tables(),
                                        call.service.host().now().wall_ns / kNsPerSecond));
    return json_response(std::move(json));
}

}  // namespace

Result<Response> plan_when(const Call& call) {
    return answered(call, RequestKind::kPlanWhen, &calculate::when_answer);
}

Result<Response> plan_where(const Call& call) {
    return answered(call, RequestKind::kPlanWhere, &calculate::where_answer);
}

}  // namespace gramme::serve
