// The handlers of all routes. Internal to serve.
#pragma once

#include "config/estimate_request.hpp"
#include "serve/service.hpp"

namespace gramme::serve {

[[nodiscard]] Result<Response> health(const Call& call);
[[nodiscard]] Result<Response> openapi(const Call& call);
[[nodiscard]] Result<Response> metrics(const Call& call);

[[nodiscard]] Result<Response> list_runs(const Call& call);
[[nodiscard]] Result<Response> totals(const Call& call);
[[nodiscard]] Result<Response> live(const Call& call);
[[nodiscard]] Result<Response> live_stream(const Call& call);
[[nodiscard]] Result<Response> get_run(const Call& call);
[[nodiscard]] Result<Response> rename_run(const Call& call);
[[nodiscard]] Result<Response> delete_run(const Call& call);
[[nodiscard]] Result<Response> run_windows(const Call& call);
[[nodiscard]] Result<Response> explain_run(const Call& call);
[[nodiscard]] Result<Response> run_elsewhere(const Call& call);
[[nodiscard]] Result<Response> run_tree(const Call& call);
[[nodiscard]] Result<Response> report_run(const Call& call);
[[nodiscard]] Result<Response> recost_run(const Call& call);

[[nodiscard]] Result<Response> estimate_job(const Call& call);
[[nodiscard]] Result<Response> report_estimate(const Call& call);
[[nodiscard]] Result<Response> estimate_elsewhere(const Call& call);
[[nodiscard]] Result<Response> compare_jobs(const Call& call);

/// POST /api/v1/plan/...: one for each plan.
[[nodiscard]] Result<Response> plan_train(const Call& call);
[[nodiscard]] Result<Response> plan_reuse(const Call& call);
[[nodiscard]] Result<Response> plan_when(const Call& call);
[[nodiscard]] Result<Response> plan_where(const Call& call);

[[nodiscard]] Result<Response> devices(const Call& call);
[[nodiscard]] Result<Response> instances(const Call& call);
[[nodiscard]] Result<Response> regions(const Call& call);
[[nodiscard]] Result<Response> sources(const Call& call);
[[nodiscard]] Result<Response> source_figures(const Call& call);
[[nodiscard]] Result<Response> equivalences(const Call& call);

/// The request in the body. It says everything itself: neither files nor variables of the machine that serves
/// are asked, so that the same request has the same answer everywhere. kUsage, kMalformed, kUnsupported.
[[nodiscard]] Result<config::EstimateRequest> request_of(const Call& call, config::RequestKind kind);

/// The question was in order, so a malformed answer is the store's.
template <class T>
Result<T> unreadable(Result<T> result) {
    if (!result && result.error().code == Code::kMalformed) {
        return Error{Code::kUnavailable, "The store could not be read: " + result.error().what,
                     result.error().hint.empty() ? "`gramme doctor` checks it." : result.error().hint};
    }
    return result;
}

/// A whole number of the query; kUsage names the key.
[[nodiscard]] Result<std::size_t> number_of(const Request& request, std::string_view key,
                                            std::size_t otherwise, std::size_t least, std::size_t most);
/// kUsage where the query has a key that the route does not know, or one twice: a misspelt filter must not
/// show everything.
[[nodiscard]] Result<void> only_keys(const Request& request, std::initializer_list<std::string_view> known);
/// Names that a person separated by commas. kUsage: more than kMostNames.
[[nodiscard]] Result<std::vector<std::string>> list_of(std::string_view text);
/// ?regions=; all cloud regions where it is left out. kUsage: empty, or as list_of.
[[nodiscard]] Result<std::vector<std::string>> regions_of(const Request& request);
/// Each name that is not known is searched for near ones, which takes its time.
inline constexpr std::size_t kMostNames = 500;
[[nodiscard]] Response json_response(std::string body);
/// `text` of a report: its type and a name for a file of it.
[[nodiscard]] Response report_response(std::string_view format, std::string text);

}  // namespace gramme::serve
