#include "cli/read_lines.hpp"

#include "base/parse.hpp"
#include "base/text.hpp"
#include "cli/load_settings.hpp"

namespace gramme::cli {

Result<std::vector<std::string>> read_lines(const std::string& path) {
    GRAMME_TRY(const auto text, read_config_file(path));
    if (!text) {
        return Error{Code::kNotFound, "cannot read " + path + ": there is no such file", ""};
    }
    std::vector<std::string> lines;
    for (const std::string_view line : split(*text, '\n')) {
        const std::string_view body = trimmed(line);
        if (!body.empty() && body.front() != '#') {
            lines.emplace_back(body);
        }
    }
    return lines;
}

}  // namespace gramme::cli
