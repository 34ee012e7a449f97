#include "cli/read_lines.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "base/parse.hpp"
#include "base/text.hpp"
#include "cli/load_settings.hpp"
#include "host/errno_error.hpp"
#include "host/unique_fd.hpp"

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

Result<std::string> read_whole(const std::string& path, std::size_t most, std::string hint) {
    const host::UniqueFd fd{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
    if (!fd) {
        return host::errno_error("cannot read " + path, errno);
    }
    std::string text;
    std::array<char, 65'536> buffer{};
    for (ssize_t count = 1; count != 0;) {
        count = ::read(fd.get(), buffer.data(), buffer.size());
        if (count < 0 && errno != EINTR) {
            return host::errno_error("cannot read " + path, errno);
        }
        text.append(buffer.data(), static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
        if (text.size() > most) {
            return Error{Code::kOutOfRange, path + " has more than " + std::to_string(most >> 20U) + " MiB",
                         std::move(hint)};
        }
    }
    return text;
}

}  // namespace gramme::cli
