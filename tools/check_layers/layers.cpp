#include "check_layers/layers.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <regex>
#include <sstream>

namespace gramme::tools {
namespace {

// A module includes only modules before it in its own row; the IO row may also include every pure one.
constexpr std::array<std::string_view, 9> kPure{"units", "base",     "model", "foreign", "refdata",
                                                "meter", "estimate", "plan",  "present"};
constexpr std::array<std::string_view, 14> kIo{"host",  "probe",  "store", "sample",    "live",
                                               "net",   "config", "batch", "calculate", "track",
                                               "sweep", "serve",  "capi",  "cli"};

/// Headers that open something, and calls that ask the world: a pure module has none of them.
const std::regex& impure_header() {
    static const std::regex kPattern{
        R"(<(fstream|filesystem|iostream|thread|mutex|shared_mutex|condition_variable|future|random|)"
        R"(ctime|time\.h|clocale|locale|csignal|signal\.h|unistd\.h|fcntl\.h|dlfcn\.h|spawn\.h|pthread\.h|)"
        R"(poll\.h|(sys|linux|netinet|arpa)/.*|sqlite3\.h|SQLiteCpp/.*|CLI/.*|toml.*)>)"};
    return kPattern;
}
constexpr std::array<std::string_view, 18> kImpureCalls{
    "_clock::now", "Clock::now", ".now",      "->now",     "getenv", "setlocale",
    "localtime",   "fopen",      "::open",    "popen",     "system", "sleep_for",
    "printf",      "fprintf",    "std::cout", "std::cerr", "puts",   "std::thread"};
/// Ways to write the joules of a kilowatt hour.
constexpr std::array<std::string_view, 4> kEnergyFactors{"3.6e6", "3.6e+6", "3'600'000", "3600000"};

bool is_word(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

/// Whether `token` stands in `code` as a word of its own. A plain search: std::regex takes seconds here.
std::size_t find_word(std::string_view code, std::string_view token) {
    std::size_t at = code.find(token);
    for (; at != std::string_view::npos; at = code.find(token, at + 1)) {
        const std::size_t end = at + token.size();
        const bool begins =
            !is_word(token.front()) || token.front() == '_' || at == 0 || !is_word(code[at - 1]);
        if (begins && (end == code.size() || !is_word(code[end]))) {
            return at;
        }
    }
    return at;
}

bool is_called(std::string_view code, std::string_view token) {
    const std::size_t at = find_word(code, token);
    if (at == std::string_view::npos) {
        return false;
    }
    const std::size_t next = code.find_first_not_of(' ', at + token.size());
    return next != std::string_view::npos &&
           (code[next] == '(' || code[next] == '{' || code.substr(next, 2) == "<<");
}

template <std::size_t N>
std::optional<std::size_t> place_in(const std::array<std::string_view, N>& row, std::string_view module) {
    const auto* found = std::find(row.begin(), row.end(), module);
    if (found == row.end()) {
        return std::nullopt;
    }
    return static_cast<std::size_t>(found - row.begin());
}

bool is_pure(std::string_view module) {
    return place_in(kPure, module).has_value();
}
bool is_module(std::string_view module) {
    return is_pure(module) || place_in(kIo, module).has_value();
}

bool may_include(std::string_view from, std::string_view to) {
    if (from == to) {
        return true;
    }
    if (is_pure(from)) {
        return is_pure(to) && *place_in(kPure, to) < *place_in(kPure, from);
    }
    return is_pure(to) || *place_in(kIo, to) < *place_in(kIo, from);
}

std::string_view module_of(std::string_view file) {
    return file.substr(0, file.find('/'));
}

std::string without_comment(const std::string& line) {
    return line.substr(0, line.find("//"));
}

}  // namespace

std::vector<Violation> check_source(std::string_view file, std::string_view text) {
    static const std::regex kInclude{R"(^\s*#\s*include\s*(<[^>]*>|"[^"]*"))"};
    std::vector<Violation> found;
    const std::string_view module = module_of(file);
    std::size_t number = 0;
    const auto report = [&](const std::string& what) { found.push_back({std::string{file}, number, what}); };
    if (!is_module(module)) {
        report("src/" + std::string{module} +
               " has no place among the modules (tools/check_layers/layers.cpp)");
        return found;
    }
    std::istringstream lines{std::string{text}};
    std::string line;
    while (std::getline(lines, line)) {
        ++number;
        std::smatch match;
        if (line.find("include") != std::string::npos && std::regex_search(line, match, kInclude)) {
            const std::string header = match[1];
            if (header.front() == '<') {
                if (is_pure(module) && std::regex_match(header, impure_header())) {
                    report("a pure module includes " + header);
                }
                continue;
            }
            const std::string target{module_of(std::string_view{header}.substr(1, header.size() - 2))};
            if (!is_module(target)) {
                report("include " + header + " does not start with a module of src/");
            } else if (!may_include(module, target)) {
                report(std::string{module} + " may not include " + target);
            }
            continue;
        }
        const std::string code = without_comment(line);
        for (const std::string_view call : kImpureCalls) {
            if (is_pure(module) && is_called(code, call)) {
                report("a pure module calls " + std::string{call});
            }
        }
        for (const std::string_view factor : kEnergyFactors) {
            if (module != "units" && find_word(code, factor) != std::string_view::npos) {
                report("the factor " + std::string{factor} + " belongs into units/quantity.hpp");
            }
        }
    }
    return found;
}

std::vector<Violation> check_cmake(std::string_view file, std::string_view text) {
    static const std::regex kModule{R"(gramme_module\s*\(\s*(\w+)([^)]*)\))"};
    std::vector<Violation> found;
    const std::string all{text};
    for (std::sregex_iterator at{all.begin(), all.end(), kModule}, end; at != end; ++at) {
        const std::string module = (*at)[1];
        if (module != module_of(file)) {
            found.push_back({std::string{file}, 0, "module " + module + " is made in another's folder"});
            continue;
        }
        std::istringstream words{(*at)[2].str()};
        std::string word;
        bool depends = false;
        while (words >> word) {
            if (word == "DEPENDS" || word == "SOURCES") {
                depends = word == "DEPENDS";
            } else if (depends && is_module(word) && !(is_module(module) && may_include(module, word))) {
                found.push_back({std::string{file}, 0, module + " may not depend on " + word});
            }
        }
    }
    return found;
}

}  // namespace gramme::tools
