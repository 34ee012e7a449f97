#include "refdata/gpu_name.hpp"

#include <array>

#include "base/parse.hpp"
#include "base/text.hpp"

namespace gramme::refdata {

std::string gpu_match_key(std::string_view name) {
    std::string key;
    for (const std::string_view word : split(trimmed(name), ' ')) {
        if (!word.empty()) {
            key += key.empty() ? "" : " ";
            key += folded(word);
        }
    }
    constexpr std::array<std::string_view, 3> kMakers{"nvidia ", "tesla ", "geforce "};
    for (const std::string_view maker : kMakers) {
        if (key.starts_with(maker)) {
            key.erase(0, maker.size());
        }
    }
    return key;
}

std::vector<std::string> gpu_match_keys(std::string_view name, std::string_view aliases) {
    std::vector<std::string> keys{gpu_match_key(name)};
    for (const std::string_view alias : split(aliases, ';')) {
        if (std::string key = gpu_match_key(alias); !key.empty()) {
            keys.push_back(std::move(key));
        }
    }
    return keys;
}

}  // namespace gramme::refdata
