#include "cli/read_lines.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "base/parse.hpp"
#include "base/text.hpp"
#include "config/load_settings.hpp"
#include "host/errno_error.hpp"
#include "host/unique_fd.hpp"

namespace gramme::cli {
namespace {

constexpr std::size_t kMostBytes = std::size_t{64} << 20U;

}  // namespace

Result<std::vector<std::string>> read_lines(const std::string& path) {
    GRAMME_TRY(const auto text, config::read_config_file(path));
    if (!text) {
        return Error{Code::kNotFound, "cannot read " + path + ": there is no such file", ""};
    }
    std::vector<std::string> lines;
    constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
    std::string_view body_of_file = *text;
    body_of_file.remove_prefix(body_of_file.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0);
    for (const std::string_view line : split(body_of_file, '\n')) {
        const std::string_view body = trimmed(line);
        if (!body.empty() && body.front() != '#') {
            lines.emplace_back(body);
        }
    }
    return lines;
}

Result<std::string> read_whole(const std::string& path, const std::string& hint) {
    const host::UniqueFd fd{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
    struct stat status {};
    if (!fd || ::fstat(fd.get(), &status) != 0) {
        Error error = host::errno_error("cannot read " + path, errno);
        error.hint = error.code == Code::kNotFound ? hint : "";
        return error;
    }
    if (S_ISDIR(status.st_mode)) {
        return Error{Code::kNotFound, path + " is a folder, not a file", hint};
    }
    std::string text;
    std::array<char, 65536> block{};
    for (;;) {
        const ssize_t count = ::read(fd.get(), block.data(), block.size());
        if (count < 0 && errno != EINTR) {
            return host::errno_error("cannot read " + path, errno);
        }
        if (count == 0) {
            return text;
        }
        text.append(block.data(), count > 0 ? static_cast<std::size_t>(count) : 0);
        if (text.size() > kMostBytes) {
            return Error{Code::kOutOfRange, path + " is larger than 64 MiB", hint};
        }
    }
}

Result<std::vector<std::string>> names_of(std::string_view option, const std::string& text) {
    std::vector<std::string> names;
    if (text.find('/') != std::string::npos || text.ends_with(".txt") || text.ends_with(".csv")) {
        auto lines = read_lines(text);
        if (!lines && lines.error().code == Code::kUnsupported) {
            return Error{Code::kNotFound, "--" + std::string{option} + ": " + text + " is no regular file",
                         "give a file with one name per line, or names with commas between them"};
        }
        if (lines && lines->empty()) {
            return Error{Code::kMalformed, "--" + std::string{option} + ": " + text + " holds no name",
                         "write one on each line"};
        }
        return lines;
    }
    for (const std::string_view name : split(text, ',')) {
        if (trimmed(name).empty()) {
            return Error{Code::kUsage,
                         "--" + std::string{option} + ": '" + text + "' has an empty name in it",
                         "write names with one comma between each two"};
        }
        names.emplace_back(trimmed(name));
    }
    return names;
}

}  // namespace gramme::cli
