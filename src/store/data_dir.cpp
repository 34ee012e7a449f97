#include "store/data_dir.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <optional>
#include <utility>
#include <vector>

#include "host/errno_error.hpp"
#include "store/store.hpp"

namespace gramme::store {
namespace {

constexpr mode_t kPrivate = S_IRWXU;

/// The folder exists now and this user may write in it.
Result<void> usable_folder(const std::string& path) {
    GRAMME_CHECK(make_private_folder(path));
    if (::faccessat(AT_FDCWD, path.c_str(), W_OK | X_OK, AT_EACCESS) != 0) {
        return host::errno_error("cannot write in " + path, errno);
    }
    return {};
}

/// Everybody may make folders in a temporary directory, so one that is there must be ours alone.
Result<void> own_folder(const std::string& path) {
    struct stat status {};
    if (::lstat(path.c_str(), &status) != 0) {
        return host::errno_error("cannot use " + path, errno);
    }
    if (!S_ISDIR(status.st_mode) || status.st_uid != ::geteuid() ||
        (status.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
        return Error{Code::kPermission, path + " does not belong to this user alone",
                     "remove it, or set XDG_DATA_HOME to a folder of yours"};
    }
    return {};
}

bool is_absolute(const std::optional<std::string>& path) {
    return path && path->starts_with('/');
}

}  // namespace

Result<void> make_private_folder(const std::string& path) {
    for (std::size_t end = path.find('/', 1);; end = path.find('/', end + 1)) {
        const std::string part = path.substr(0, end);
        struct stat status {};
        if (::stat(part.c_str(), &status) == 0) {
            if (!S_ISDIR(status.st_mode)) {
                return host::errno_error("cannot create " + path + ": " + part, ENOTDIR);
            }
        } else if (::mkdir(part.c_str(), kPrivate) != 0 && errno != EEXIST) {
            return host::errno_error("cannot create " + part, errno);
        }
        if (end == std::string::npos) {
            return {};
        }
    }
}

std::vector<std::string> data_dir_candidates(const std::optional<std::string>& xdg_data_home,
                                             const std::optional<std::string>& home,
                                             const std::optional<std::string>& tmpdir) {
    // A relative XDG_DATA_HOME is to be ignored (XDG Base Directory Specification 0.8).
    std::vector<std::string> folders;
    if (is_absolute(xdg_data_home)) {
        folders.push_back(*xdg_data_home + "/gramme");
    }
    if (is_absolute(home)) {
        folders.push_back(*home + "/.local/share/gramme");
    }
    folders.push_back((is_absolute(tmpdir) ? *tmpdir : "/tmp") + "/gramme-" + std::to_string(::geteuid()));
    return folders;
}

Result<DataDir> open_data_dir(const std::optional<std::string>& xdg_data_home,
                              const std::optional<std::string>& home,
                              const std::optional<std::string>& tmpdir) {
    std::vector<std::string> usual = data_dir_candidates(xdg_data_home, home, tmpdir);
    const std::string path = std::move(usual.back());  // the last resort, which everybody could have made
    usual.pop_back();
    std::string why = "neither XDG_DATA_HOME nor HOME is set";
    for (std::size_t i = 0; i < usual.size(); ++i) {
        auto usable = usable_folder(usual[i]);
        if (usable) {
            return DataDir{usual[i], i == 0 ? "" : why + ": runs are kept in " + usual[i]};
        }
        if (i == 0) {
            why = usable.error().what;
        }
    }
    auto usable = usable_folder(path);
    if (usable) {
        usable = own_folder(path);
    }
    if (!usable) {
        return Error{Code::kIo, "no folder for the store: " + why + "; " + usable.error().what,
                     "set XDG_DATA_HOME to a folder that can be written"};
    }
    return DataDir{
        path, why + ": runs are kept in " + path + ", which may be emptied; set XDG_DATA_HOME to keep them"};
}

}  // namespace gramme::store
