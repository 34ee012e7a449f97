#include "serve/run_filter.hpp"

#include <algorithm>
#include <array>

#include "base/utc.hpp"
#include "present/footprint_json.hpp"
#include "present/json.hpp"
#include "serve/handlers.hpp"

namespace gramme::serve {
namespace {

using present::Json;
using present::number;
using Sort = store::RunQuery::Sort;

constexpr std::size_t kMostPage = 1'000'000;
constexpr std::size_t kMostRows = 200;
constexpr std::size_t kUsualRows = 50;
constexpr std::size_t kLongestText = 1000;

struct NamedSort {
    std::string_view name;
    Sort sort;
};
constexpr std::array kSorts{NamedSort{"started", Sort::kStarted}, NamedSort{"duration", Sort::kDuration},
                            NamedSort{"energy", Sort::kEnergy},   NamedSort{"carbon", Sort::kCarbon},
                            NamedSort{"name", Sort::kName},       NamedSort{"project", Sort::kProject}};

Result<std::optional<std::int64_t>> time_of(const Request& request, std::string_view key) {
    const auto text = request.value(key);
    if (!text || text->empty()) {
        return std::optional<std::int64_t>{};
    }
    const auto wall_ns = parse_utc(*text);
    if (!wall_ns) {
        return Error{Code::kUsage, std::string{key} + ": '" + std::string{*text} + "' is no date",
                     "write 2026-11-23 or 2026-11-23T09:00:00Z"};
    }
    return std::optional{*wall_ns};
}

Json row_json(const store::RunSummary& one) {
    const RunRecord& run = one.run;
    Json json = Json::object();
    json["id"] = run.id;
    json["project"] = run.project;
    json["name"] = run.name;
    json["state"] = name_of(run.state);
    json["started_at"] = utc_text(run.started_wall_ns);
    json["duration_s"] = number(run.duration_s);
    json["exit_status"] = present::number_or_null(run.exit_status);
    json["signal"] = present::number_or_null(run.signal);
    json["scope"] = name_of(run.scope);
    Json tags = Json::object();
    for (const auto& [key, value] : run.tags) {
        tags[key] = value;
    }
    json["tags"] = tags;
    json["host"] = run.host.hostname;
    json["cpu_model"] = present::text_or_null(run.host.cpu_model);
    json["gpu_models"] = run.host.gpu_models.empty() ? one.gpus : run.host.gpu_models;
    json["region"] = present::text_or_null(run.asked.region);
    json["energy_kwh"] = present::number_or_null(one.energy_kwh);
    std::optional<Estimate> carbon;
    if (one.operational_kgco2e && one.low_kgco2e && one.high_kgco2e) {
        carbon = Estimate{*one.operational_kgco2e, *one.low_kgco2e, *one.high_kgco2e};
    }
    json["operational_kgco2e"] = present::estimate_json(carbon);
    json["quality"] = present::text_or_null(one.quality);
    json["has_gaps"] = one.has_gaps;
    json["part_of"] = present::text_or_null(run.part_of);
    json["imported_from"] = run.imported ? Json(run.imported->program) : Json(nullptr);
    return json;
}

Json sum_json(const store::RunSum& sum, const char* key = nullptr, const std::string& name = "") {
    Json json = Json::object();
    if (key != nullptr) {
        json[key] = name;
    }
    json["runs"] = sum.runs;
    json["duration_s"] = number(sum.duration_s);
    json["energy_kwh"] = present::number_or_null(sum.energy_kwh);
    json["operational_kgco2e"] = present::estimate_json(sum.operational_kgco2e);
    json["with_gaps"] = sum.with_gaps;
    json["not_known"] = sum.not_known;
    return json;
}

std::string dumped(const Json& json) {
    return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace

Result<store::RunQuery> run_query(const Request& request) {
    store::RunQuery query;
    query.text = request.value("q").value_or("");
    query.project = request.value("project").value_or("");
    query.tag = request.value("tag").value_or("");
    query.part_of = request.value("part_of").value_or("");
    for (const std::string* text : {&query.text, &query.project, &query.tag, &query.part_of}) {
        if (text->size() > kLongestText) {
            return Error{Code::kUsage, "a filter is longer than 1000 bytes", "shorten it"};
        }
    }
    GRAMME_TRY(query.since_wall_ns, time_of(request, "from"));
    GRAMME_TRY(query.until_wall_ns, time_of(request, "until"));
    if (auto sort = request.value("sort"); sort && !sort->empty()) {
        query.descending = sort->front() == '-';
        sort->remove_prefix(query.descending ? 1 : 0);
        const auto* const found = std::find_if(kSorts.begin(), kSorts.end(),
                                               [&](const NamedSort& one) { return one.name == *sort; });
        if (found == kSorts.end()) {
            return Error{
                Code::kUsage, "sort: '" + std::string{*sort} + "' is no column",
                "give started, duration, energy, carbon, name or project, with a - for the largest first"};
        }
        query.sort = found->sort;
    }
    GRAMME_TRY(query.limit, number_of(request, "limit", kUsualRows, 1, kMostRows));
    GRAMME_TRY(const std::size_t page, number_of(request, "page", 1, 1, kMostPage));
    query.offset = (page - 1) * query.limit;
    return query;
}

std::string run_page_json(const store::RunPage& page, const store::RunQuery& query) {
    Json json = Json::object();
    json["schema"] = "gramme/run-page/1";
    json["rows"] = present::list_json(page.rows, row_json);
    json["total"] = page.total;
    json["page"] = query.offset / query.limit + 1;
    json["limit"] = query.limit;
    return dumped(json);
}

std::string totals_json(const store::RunTotals& totals) {
    Json json = Json::object();
    json["schema"] = "gramme/totals/1";
    json["all"] = sum_json(totals.all);
    json["months"] = Json::array();
    for (const auto& [month, sum] : totals.months) {
        json["months"].push_back(sum_json(sum, "month", month));
    }
    json["projects"] = Json::array();
    constexpr std::size_t kMostProjects = 200;
    for (const auto& [project, sum] : totals.projects) {
        if (json["projects"].size() < kMostProjects) {
            json["projects"].push_back(sum_json(sum, "project", project));
        }
    }
    json["projects_total"] = totals.projects.size();  // more than are listed where the list is cut
    return dumped(json);
}

}  // namespace gramme::serve
