#include "refdata/cpu_name.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "base/text.hpp"

namespace gramme::refdata {
namespace {

constexpr std::array<std::string_view, 6> kMarks = {"(r)",      "(tm)",         "(c)",
                                                    "\xC2\xAE", "\xE2\x84\xA2", "\xC2\xA9"};
constexpr std::array<std::string_view, 7> kNoise = {"processor", "coprocessor", "cpu",    "apu",
                                                    "soc",       "mobile",      "genuine"};

void drop_all(std::string& text, std::string_view part) {
    for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at)) {
        text.erase(at, part.size());
    }
}

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/// "64-core", "8-cores", "six-core", "quad-core": what stands from there on is no part of the model.
bool is_core_count(std::string_view word) {
    return word.ends_with("-core") || word.ends_with("-cores");
}

/// "13th", "1st": the ordinal before "gen".
bool is_ordinal(std::string_view word) {
    if (word.size() < 3 || !is_digit(word.front())) {
        return false;
    }
    const std::string_view end = word.substr(word.size() - 2);
    return end == "th" || end == "st" || end == "nd" || end == "rd";
}

}  // namespace

std::string cpu_match_key(std::string_view model_name) {
    std::string text = folded(model_name);
    for (const std::string_view mark : kMarks) {
        drop_all(text, mark);
    }
    if (const std::size_t clock = text.find(" @ "); clock != std::string::npos) {
        text.erase(clock);
    }
    std::replace_if(
        text.begin(), text.end(), [](char c) { return c == '\t' || c == '\n' || c == '\r'; }, ' ');
    std::vector<std::string_view> kept;
    for (const std::string_view word : split(text, ' ')) {
        if (word.empty() || std::find(kNoise.begin(), kNoise.end(), word) != kNoise.end()) {
            continue;
        }
        if (word == "with" || word == "w/" || is_core_count(word)) {
            break;
        }
        if (word == "gen" && !kept.empty() && is_ordinal(kept.back())) {
            kept.pop_back();
            continue;
        }
        kept.push_back(word);
    }
    if (kept.size() > 2 &&
        kept.back() == "0") {  // "Xeon(R) CPU E5-2670 0": first generation, not part of the model
        kept.pop_back();
    }
    std::string key;
    for (const std::string_view word : kept) {
        if (!key.empty() && !word.starts_with('-')) {  // a dropped mark leaves "core -i7": one word again
            key += ' ';
        }
        key += word;
    }
    return key;
}

}  // namespace gramme::refdata
