// The reference tables, the description of the interface, health and metrics.
#include <cmath>
#include <set>

#include "base/parse.hpp"
#include "base/text.hpp"
#include "base/utc.hpp"
#include "calculate/reference_tables.hpp"
#include "calculate/source_table.hpp"
#include "config/version.hpp"
#include "estimate/equivalences.hpp"
#include "present/json.hpp"
#include "serve/asset_table.hpp"
#include "serve/handlers.hpp"

namespace gramme::serve {
namespace {

using present::Json;
using present::number;
using What = ReferenceAnswers::What;

constexpr std::size_t kMostRows = 1000;

struct Search {
    std::string text;
    std::vector<std::string> words;
    std::size_t limit = kMostRows;
};

Result<Search> search_of(const Call& call) {
    GRAMME_CHECK(only_keys(call.request, {"q", "limit"}));
    Search search;
    search.text = call.request.value("q").value_or("");
    constexpr std::size_t kLongest = 200;
    if (search.text.size() > kLongest) {
        return Error{Code::kUsage, "q is longer than 200 bytes", "shorten it"};
    }
    for (const std::string_view word : split(search.text, ' ')) {
        if (!word.empty()) {
            search.words.emplace_back(word);
        }
    }
    if (search.words.empty()) {
        search.text.clear();  // blanks are nothing to search for
    }
    GRAMME_TRY(search.limit, number_of(call.request, "limit", kMostRows, 1, kMostRows));
    return search;
}

/// The table as `gramme ... --json` prints it, cut to the limit, with how many rows there were.
Result<std::string> rows_text(present::Table table, std::size_t limit) {
    const std::size_t total = table.rows.size();
    table.rows.resize(std::min(total, limit));
    GRAMME_TRY(const std::string text, present::table_text(table, "json", {}));
    Json json = Json::parse(text, nullptr, false);
    json["total"] = total;
    return json.dump() + "\n";
}

/// What `table` finds; kept where nothing is searched for.
template <class Find>
Result<Response> rows_response(const Call& call, ReferenceAnswers::What what, Find table) {
    GRAMME_TRY(const Search search, search_of(call));
    const auto make = [&] { return rows_text(table(search), search.limit); };
    if (search.words.empty()) {
        return call.service.reference().get(what, search.limit, call.request.accepts_gzip, make);
    }
    GRAMME_TRY(std::string text, make());
    return json_response(std::move(text));
}

bool holds_all(const std::vector<std::string>& cells, const std::vector<std::string>& words) {
    std::string all;
    for (const std::string& cell : cells) {
        all += cell + " ";
    }
    const std::string in = folded(all);
    return std::all_of(words.begin(), words.end(),
                       [&](const std::string& word) { return in.find(folded(word)) != std::string::npos; });
}

}  // namespace

Result<Response> devices(const Call& call) {
    return rows_response(call, What::kDevices, [&](const Search& search) {
        return calculate::devices_table(calculate::search_devices(call.service.tables(), search.words));
    });
}

Result<Response> instances(const Call& call) {
    return rows_response(call, What::kInstances, [&](const Search& search) {
        return calculate::instances_table(calculate::search_instances(call.service.tables(), search.words));
    });
}

Result<Response> regions(const Call& call) {
    return rows_response(call, What::kRegions, [&](const Search& search) {
        return calculate::regions_table(calculate::search_regions(call.service.tables(), search.text));
    });
}

Result<Response> sources(const Call& call) {
    return rows_response(call, What::kSources, [&](const Search& search) {
        std::set<std::string> ids;
        for (const refdata::Source& source : call.service.tables().sources()) {
            ids.emplace(source.id);
        }
        present::Table table = calculate::source_table(call.service.tables(), ids);
        std::erase_if(table.rows, [&](const auto& row) { return !holds_all(row, search.words); });
        return table;
    });
}

Result<Response> equivalences(const Call& call) {
    GRAMME_CHECK(only_keys(call.request, {"kgco2e"}));
    const auto text = call.request.value("kgco2e");
    const auto kg = parse_double(text.value_or(""));
    if (!kg || !std::isfinite(*kg) || *kg < 0.0) {
        return Error{Code::kUsage, "kgco2e is no amount of 0 or more",
                     "give kilograms of CO2e: ?kgco2e=87.03"};
    }
    std::set<std::string> shown;
    for (const Equivalence& one : estimate::equivalences_of(*kg, call.service.tables())) {
        shown.insert(one.key);
    }
    Json rows = Json::array();
    for (const refdata::EquivalenceRow& row : call.service.tables().equivalences()) {
        Json one = Json::object();
        one["key"] = row.key;
        one["label"] = row.label;
        one["unit"] = row.unit;
        one["scope"] = row.scope;
        one["value"] = row.kgco2e_per_unit > 0.0 ? number(*kg / row.kgco2e_per_unit) : Json(nullptr);
        one["one_kgco2e"] = number(row.kgco2e_per_unit);
        one["source"] = row.source;
        one["per_default"] = shown.contains(std::string{row.key});
        rows.push_back(one);
    }
    Json json = Json::object();
    json["schema"] = "gramme/equivalences/1";
    json["rows"] = rows;
    return json_response(json.dump() + "\n");
}

Result<Response> health(const Call& call) {
    GRAMME_CHECK(only_keys(call.request, {}));
    Service& service = call.service;
    const auto runs = service.stores().with([](store::Store& store) { return store.count(); });
    Json json = Json::object();
    json["schema"] = "gramme/health/1";
    json["status"] = runs ? "ok" : "store_unreadable";
    json["version"] = config::kVersion;
    json["store"] = service.options().store_url;
    json["store_error"] = runs ? Json(nullptr) : Json(runs.error().what);
    json["writable"] = service.options().access.allow_write;
    json["runs"] = runs ? Json(*runs) : Json(nullptr);
    json["live"] = service.live().count();
    json["default_region"] = present::text_or_null(service.options().default_region);
    json["time"] = utc_text(service.host().now().wall_ns);
    Response response = json_response(present::dumped(json));
    response.cache_control = "no-store";
    return response;
}

Result<Response> openapi(const Call& call) {
    GRAMME_CHECK(only_keys(call.request, {}));
    return call.service.reference().get(What::kOpenapi, 0, call.request.accepts_gzip,
                                        [] { return Result<std::string>{std::string{openapi_text()}}; });
}

}  // namespace gramme::serve
