#include "sweep/words.hpp"

#include <algorithm>
#include <functional>

#include "base/text.hpp"

namespace gramme::sweep {
namespace {

bool is_plain(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           c == '-' || c == '.';
}

/// Calls `take` with each {name} of the word and what stands before it, and returns the rest.
std::string_view each_name(std::string_view word,
                           const std::function<void(std::string_view before, std::string_view name)>& take) {
    std::size_t from = 0;
    for (std::size_t open = word.find('{'); open != std::string_view::npos; open = word.find('{', open + 1)) {
        std::size_t end = open + 1;
        while (end < word.size() && is_plain(word[end])) {
            ++end;
        }
        if (end > open + 1 && end < word.size() && word[end] == '}') {
            take(word.substr(from, open - from), word.substr(open + 1, end - open - 1));
            from = end + 1;
            open = end;
        }
    }
    return word.substr(from);
}

bool is_parameter(const plan::Space& space, std::string_view name) {
    return std::any_of(space.parameters.begin(), space.parameters.end(),
                       [&](const plan::Parameter& one) { return one.name == name; });
}

}  // namespace

std::string filled(const std::string& word, const Filling& filling) {
    std::string out;
    const std::string_view rest = each_name(word, [&](std::string_view before, std::string_view name) {
        out += before;
        const auto found = filling.find(name);
        out += found == filling.end() ? "{" + std::string{name} + "}" : found->second;
    });
    return out + std::string{rest};
}

std::vector<std::string> filled_command(const std::vector<std::string>& command, const plan::Space& space,
                                        const Filling& filling) {
    std::vector<std::string> out;
    for (const std::string& word : command) {
        bool missing = false;
        bool alone = false;
        (void)each_name(word, [&](std::string_view, std::string_view name) {
            if (is_parameter(space, name) && !filling.contains(name)) {
                missing = true;
                alone = word.size() == name.size() + 2;
            }
        });
        if (!missing) {
            out.push_back(filled(word, filling));
        } else if (alone && !out.empty() && out.back().starts_with('-')) {
            out.pop_back();
        }
    }
    return out;
}

std::vector<std::string> doubts_about(const std::vector<std::string>& command, const plan::Space& space) {
    std::vector<std::string> named;
    for (const std::string& word : command) {
        (void)each_name(word, [&](std::string_view, std::string_view name) { named.emplace_back(name); });
    }
    std::vector<std::string> known(std::begin(plan::kReservedNames), std::end(plan::kReservedNames));
    std::vector<std::string> out;
    for (const plan::Parameter& parameter : space.parameters) {
        known.push_back(parameter.name);
        if (std::find(named.begin(), named.end(), parameter.name) == named.end()) {
            out.push_back("the command does not hold {" + parameter.name +
                          "}: it finds the parameter in GRAMME_TRIAL_PARAMETERS only");
        }
    }
    for (const std::string& name : named) {
        if (std::find(known.begin(), known.end(), name) == known.end()) {
            const std::string near = did_you_mean(name, known);
            if (!near.empty()) {
                out.push_back("{" + name + "} is no parameter and stays as it is; " + near);
            }
        }
    }
    return out;
}

}  // namespace gramme::sweep
