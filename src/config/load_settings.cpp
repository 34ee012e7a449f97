#include "config/load_settings.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <utility>

#include "config/config.hpp"
#include "host/errno_error.hpp"
#include "host/unique_fd.hpp"

namespace gramme::config {
namespace {

constexpr std::size_t kMostBytes = 1U << 20U;

struct Variable {
    const char* name;
    std::string_view setting;
};
constexpr std::array kVariables{Variable{"GRAMME_PROJECT", "project"},
                                Variable{"GRAMME_REGION", "region"},
                                Variable{"GRAMME_INTERVAL", "interval"},
                                Variable{"GRAMME_STORE", "store"},
                                Variable{"GRAMME_DATA", "data"},
                                Variable{"GRAMME_RESUME_OF", "resume-of"},
                                Variable{"GRAMME_FINE_TUNE_OF", "fine-tune-of"},
                                Variable{"GRAMME_TRIAL_OF", "trial-of"}};

/// An unset and an empty variable say the same (XDG Base Directory Specification 0.8).
std::optional<std::string> set_variable(const Host& host, const char* name) {
    auto value = host.env(name);
    if (value && value->empty()) {
        return std::nullopt;
    }
    return value;
}

/// A file that nobody named and that cannot be read (HOME of another user in a container) stops no training
/// job.
Settings unread(const Error& error) {
    Settings settings;
    settings.warnings.push_back(error.what + "; its settings are not used");
    return settings;
}

Result<Settings> own_settings(const Host& host) {
    const auto named = set_variable(host, "GRAMME_CONFIG");
    const auto folder = own_config_folder(host);
    if (!named && !folder) {
        return Settings{};
    }
    const std::optional<std::string> path = named ? *named : *folder + "/config.toml";
    auto read = read_config_file(*path);
    if (!read && !named) {
        return unread(read.error());
    }
    GRAMME_TRY(const auto text, std::move(read));
    if (!text && named) {
        return Error{Code::kNotFound, "GRAMME_CONFIG: " + *path + " does not exist",
                     "correct the path or unset GRAMME_CONFIG"};
    }
    return text ? parse_config(*text, *path, ConfigKind::kUser) : Result<Settings>{Settings{}};
}

/// A link inside a foreign folder must not lead an output out of it.
Result<void> check_stays_inside(const std::string& folder, const std::optional<std::string>& output,
                                const std::string& file, std::string_view key) {
    if (!output || *output == "none") {
        return {};
    }
    std::error_code failed;
    bool dangling = false;  // weakly_canonical() takes a link to nowhere for a plain name
    for (std::filesystem::path prefix = folder; const auto& part : std::filesystem::path{*output}) {
        prefix /= part;
        dangling = dangling ||
                   (std::filesystem::is_symlink(prefix, failed) && !std::filesystem::exists(prefix, failed));
    }
    const auto root = std::filesystem::weakly_canonical(folder, failed);
    const auto target = std::filesystem::weakly_canonical(std::filesystem::path{folder} / *output, failed);
    const auto relative = target.lexically_relative(root);
    if (failed || dangling || relative.empty() || *relative.begin() == "..") {
        return Error{Code::kMalformed,
                     file + ": " + std::string{key} + " '" + *output + "' leads out of the working folder",
                     "give a path below the folder, or --" + std::string{key} + " on the command line"};
    }
    return {};
}

Result<Settings> folder_settings(const std::string& folder) {
    const std::string file = folder == "." ? "./gramme.toml" : folder + "/gramme.toml";
    const auto text = read_config_file(file);
    if (!text) {
        return unread(text.error());
    }
    if (!*text) {
        return Settings{};
    }
    GRAMME_TRY(Settings settings, parse_config(**text, file, ConfigKind::kFolder));
    GRAMME_CHECK(check_stays_inside(folder, settings.csv, file, "csv"));
    GRAMME_CHECK(check_stays_inside(folder, settings.json, file, "json"));
    return settings;
}

}  // namespace

std::optional<std::string> own_config_folder(const Host& host) {
    if (const auto base = set_variable(host, "XDG_CONFIG_HOME"); base && base->starts_with('/')) {
        return *base + "/gramme";
    }
    if (const auto home = set_variable(host, "HOME")) {
        return *home + "/.config/gramme";
    }
    return std::nullopt;
}

Result<std::optional<std::string>> read_config_file(const std::string& path) {
    // open() uses the rights of a privileged gramme, access() those of the person who started it.
    if (::access(path.c_str(), R_OK) != 0) {
        if (errno == ENOENT || errno == ENOTDIR) {
            return std::optional<std::string>{};
        }
        return host::errno_error("cannot read " + path, errno);
    }
    // Non-blocking: a FIFO of that name must not stop a training job.
    const host::UniqueFd fd{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
    struct stat status {};
    if (fd.get() < 0 || ::fstat(fd.get(), &status) != 0) {
        return host::errno_error("cannot read " + path, errno);
    }
    if (!S_ISREG(status.st_mode)) {
        return Error{Code::kUnsupported, path + " is no regular file", "move it away"};
    }
    std::string text(kMostBytes + 1, '\0');
    std::size_t size = 0;
    while (size < text.size()) {
        const ssize_t count = ::read(fd.get(), text.data() + size, text.size() - size);
        if (count < 0 && errno != EINTR) {
            return host::errno_error("cannot read " + path, errno);
        }
        if (count == 0) {
            break;
        }
        size += count > 0 ? static_cast<std::size_t>(count) : 0;
    }
    if (size > kMostBytes) {
        return Error{Code::kOutOfRange, path + " is larger than 1 MiB", "is this the right file?"};
    }
    text.resize(size);
    return std::optional<std::string>{std::move(text)};
}

Result<Settings> environment_settings(const Host& host) {
    Settings settings;
    for (const Variable& variable : kVariables) {
        if (const auto value = set_variable(host, variable.name)) {
            GRAMME_CHECK(assign(settings, variable.setting, *value, variable.name));
        }
    }
    return settings;
}

Result<Settings> load_settings(const Host& host, const std::string& folder, const Settings& flags) {
    GRAMME_TRY(const Settings own, own_settings(host));
    GRAMME_TRY(const Settings local, folder_settings(folder));
    GRAMME_TRY(const Settings environment, environment_settings(host));
    return merged(merged(merged(own, local), environment), flags);
}

}  // namespace gramme::config
