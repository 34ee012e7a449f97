#include "config/request_words.hpp"

#include <algorithm>
#include <string_view>

#include "config/request_keys.hpp"

namespace gramme::config {
namespace {

bool is_of_name(char c) {
    return (c >= 'a' && c <= 'z') || c == '-';
}

bool is_key(std::string_view flag) {
    return std::any_of(kRequestKeys.begin(), kRequestKeys.end(), [&](const RequestKey& key) {
        return key.name == flag && key.type != RequestType::kOnlyProgram;
    });
}

}  // namespace

std::string in_request_words(std::string text) {
    constexpr std::string_view kDashes = "--";
    for (std::size_t at = text.find(kDashes); at != std::string::npos; at = text.find(kDashes, at + 1)) {
        const auto here = text.begin() + static_cast<std::ptrdiff_t>(at);
        if (std::count(text.begin(), here, '`') % 2 != 0) {
            continue;
        }
        const auto end = std::find_if_not(here + kDashes.size(), text.end(), is_of_name);
        std::string key(here + kDashes.size(), end);
        if (is_key(key)) {
            std::replace(key.begin(), key.end(), '-', '_');
            text.replace(here, end, key);
        }
    }
    return text;
}

}  // namespace gramme::config
