// The numbers of a worked example, read from its page of docs/method.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <string>
#include <vector>

namespace gramme {

namespace fs = std::filesystem;

inline std::string text_of(const fs::path& path) {
    std::ifstream file{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
}

inline const fs::path kRoot{GRAMME_SOURCE_DIR};

/// A page as one line, so that a sentence may be wrapped anywhere, in a quotation too.
inline std::string page(const std::string& name) {
    std::string text = text_of(kRoot / "docs/method" / (name + ".md"));
    return std::regex_replace(text, std::regex{"\\s+(> )?"}, " ");
}

/// The numbers in the groups of `pattern`, where it stands on the page; blanks and commas group thousands. A
/// pattern that is not found is a page that was changed without this test.
inline std::vector<double> numbers(const std::string& name, const std::string& pattern) {
    std::smatch match;
    const std::string text = page(name);
    if (!std::regex_search(text, match, std::regex{pattern})) {
        ADD_FAILURE() << "docs/method/" << name << ".md has no such example any more: " << pattern;
        return std::vector<double>(64, 0.0);
    }
    std::vector<double> out;
    for (std::size_t i = 1; i < match.size(); ++i) {
        std::string digits = match[i].str();
        std::erase_if(digits, [](char c) { return c == ' ' || c == ','; });
        out.push_back(std::stod(digits));
    }
    return out;
}

}  // namespace gramme
