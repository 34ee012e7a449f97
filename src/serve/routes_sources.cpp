// One source, and the figures of the tables that name it.
#include <algorithm>
#include <set>

#include "base/parse.hpp"
#include "base/text.hpp"
#include "calculate/source_table.hpp"
#include "present/json.hpp"
#include "serve/handlers.hpp"

namespace gramme::serve {
namespace {

using present::Json;
using present::number_or_null;
using present::text_or_null;

constexpr std::size_t kUsualFigures = 1000;
constexpr std::size_t kMostFigures = 5000;
constexpr std::size_t kLongestSearch = 200;

Json figure_json(const refdata::CitedFigure& figure) {
    Json json = Json::object();
    json["table"] = figure.table;
    json["name"] = figure.name;
    json["value"] = number_or_null(figure.value);
    json["unit"] = text_or_null(figure.unit);
    json["year"] = figure.year > 0 ? Json(figure.year) : Json(nullptr);
    return json;
}

Error no_such_source(const refdata::Tables& tables, std::string_view id) {
    std::vector<std::string> ids;
    for (const refdata::Source& source : tables.sources()) {
        ids.emplace_back(source.id);
    }
    const std::vector<std::string> near = nearest(id, ids, 1);
    return Error{Code::kNotFound, "no source is known as '" + std::string{id} + "'",
                 near.empty() ? "/api/v1/sources lists all" : "did you mean " + near.front() + "?"};
}

}  // namespace

Result<Response> source_figures(const Call& call) {
    GRAMME_CHECK(only_keys(call.request, {"q", "limit"}));
    GRAMME_TRY(const std::size_t limit, number_of(call.request, "limit", kUsualFigures, 1, kMostFigures));
    const std::string wanted = folded(call.request.value("q").value_or(""));
    if (wanted.size() > kLongestSearch) {
        return Error{Code::kUsage, "q is longer than 200 bytes", "shorten it"};
    }
    const refdata::Tables& tables = call.service.tables();
    const std::string id{call.id};
    if (!tables.source(id)) {
        return no_such_source(tables, id);
    }
    const auto words = split(wanted, ' ');
    std::vector<refdata::CitedFigure> figures = tables.figures_of(id);
    std::erase_if(figures, [&](const refdata::CitedFigure& figure) {
        const std::string in = folded(std::string{figure.table} + " " + figure.name);
        return !std::all_of(words.begin(), words.end(),
                            [&](std::string_view word) { return in.find(word) != std::string::npos; });
    });
    GRAMME_TRY(const std::string about,
               present::table_text(calculate::source_table(tables, {id}), "json", {}));
    Json json = Json::object();
    json["schema"] = "gramme/source/1";
    json["source"] = Json::parse(about, nullptr, false).at("rows").at(0);
    json["total"] = figures.size();
    figures.resize(std::min(figures.size(), limit));
    json["rows"] = present::list_json(figures, figure_json);
    return json_response(present::dumped(json));
}

}  // namespace gramme::serve
