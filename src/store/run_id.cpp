#include "store/run_id.hpp"

#include <algorithm>

namespace gramme::store {

bool may_mean(std::string_view typed, std::string_view id) {
    return typed == id || (typed.size() >= kShortestBeginning && id.starts_with(typed));
}

Result<std::string> meant_id(std::string_view typed, std::vector<std::string> ids, std::string_view where) {
    std::erase_if(ids, [&](const std::string& id) { return !may_mean(typed, id); });
    std::sort(ids.begin(), ids.end());
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
    if (ids.empty()) {
        return Error{Code::kNotFound, "no run \"" + std::string{typed} + "\" in " + std::string{where},
                     typed.size() < kShortestBeginning ? "give at least 4 characters of its id"
                                                       : "`gramme runs list` shows the ids"};
    }
    if (ids.size() > 1 && ids.front() != typed) {  // the whole id sorts first
        constexpr std::size_t kMostNamed = kEnoughIds - 1;
        std::string names;
        for (std::size_t i = 0; i < std::min(ids.size(), kMostNamed); ++i) {
            names += (i == 0 ? "" : ", ") + ids[i];
        }
        names += ids.size() > kMostNamed ? ", ..." : "";
        return Error{Code::kMalformed, "\"" + std::string{typed} + "\" fits several runs: " + names,
                     "give more characters of the id"};
    }
    return ids.front();
}

}  // namespace gramme::store
