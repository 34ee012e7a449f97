#include <algorithm>

#include "base/parse.hpp"
#include "serve/handlers.hpp"

namespace gramme::serve {

Result<std::size_t> number_of(const Request& request, std::string_view key, std::size_t otherwise,
                              std::size_t least, std::size_t most) {
    const auto text = request.value(key);
    if (!text || text->empty()) {
        return otherwise;
    }
    const auto number = parse_u64(*text);
    if (!number || *number < least || *number > most) {
        return Error{Code::kUsage, std::string{key} + ": '" + std::string{*text} + "' is not possible",
                     "give a whole number from " + std::to_string(least) + " to " + std::to_string(most)};
    }
    return static_cast<std::size_t>(*number);
}

Result<void> only_keys(const Request& request, std::initializer_list<std::string_view> known) {
    for (const auto& [key, value] : request.query) {
        const auto same = [&key = key](const auto& one) { return one.first == key; };
        if (std::count_if(request.query.begin(), request.query.end(), same) > 1) {
            return Error{Code::kUsage, "'" + key + "' is there twice", "give it once"};
        }
        if (std::find(known.begin(), known.end(), key) == known.end()) {
            std::string all;
            for (const std::string_view one : known) {
                all += (all.empty() ? "" : ", ") + std::string{one};
            }
            return Error{Code::kUsage, "'" + key + "' is not known here",
                         all.empty() ? "this address takes no query" : "known are " + all};
        }
    }
    return {};
}

Result<std::vector<std::string>> list_of(std::string_view text) {
    std::vector<std::string> out;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(','), text.size());
        const std::string_view one = trimmed(text.substr(0, end));
        if (!one.empty()) {
            out.emplace_back(one);
        }
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    if (out.size() > kMostNames) {
        return Error{Code::kUsage, "more than " + std::to_string(kMostNames) + " names", "ask in parts"};
    }
    return out;
}

Result<std::vector<std::string>> regions_of(const Request& request) {
    GRAMME_TRY(auto names, list_of(request.value("regions").value_or("all")));
    if (names.empty()) {
        return Error{Code::kUsage, "regions names none",
                     "give all, countries, a provider or places: FRA,SWE"};
    }
    return names;
}

Response json_response(std::string body) {
    Response response;
    response.body = std::move(body);
    return response;
}

Response report_response(std::string_view format, std::string text) {
    const bool is_json = format == "json" || format == "boamps" || format == "sci";
    Response response;
    response.body = std::move(text);
    response.type = is_json            ? "application/json; charset=utf-8"
                    : format == "html" ? "text/html; charset=utf-8"
                    : format == "csv"  ? "text/csv; charset=utf-8"
                                       : "text/plain; charset=utf-8";
    if (format == "html") {
        // A page of its own: it holds styles and drawings, loads nothing and runs nothing.
        response.headers.emplace_back(
            "Content-Security-Policy",
            "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox");
    }
    return response;
}

}  // namespace gramme::serve
