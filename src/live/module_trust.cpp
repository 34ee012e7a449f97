#include "live/module_trust.hpp"

#include <cerrno>
#include <cstdlib>
#include <memory>

#include "host/errno_error.hpp"

namespace gramme::live {
namespace {

std::string folder_of(const std::string& file) {
    const std::size_t slash = file.rfind('/');
    return slash == std::string::npos ? "." : slash == 0 ? "/" : file.substr(0, slash);
}

}  // namespace

bool is_trusted(const struct stat& status, Identity who) {
    const bool own = status.st_uid == 0 || status.st_uid == who.user;
    const bool shared = (status.st_mode & S_IWGRP) != 0 && status.st_gid != who.group;
    return own && !shared && (status.st_mode & S_IWOTH) == 0;
}

Result<void> check_trusted(const std::string& file, Identity who) {
    const std::unique_ptr<char, decltype(&std::free)> real{::realpath(file.c_str(), nullptr), &std::free};
    if (!real) {
        return host::errno_error("cannot look at " + file, errno);
    }
    for (const std::string& path : {folder_of(file), folder_of(real.get()), std::string{real.get()}}) {
        struct stat status {};
        if (::stat(path.c_str(), &status) != 0) {
            return host::errno_error("cannot look at " + path, errno);
        }
        if (!is_trusted(status, who)) {
            return Error{Code::kPermission,
                         "the network module is not loaded: " + path +
                             " belongs to somebody else or can be written by others",
                         "install gramme where only you or root can write, or chmod go-w " + path};
        }
    }
    return {};
}

}  // namespace gramme::live
