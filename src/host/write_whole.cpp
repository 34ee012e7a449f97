#include "host/write_whole.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <string_view>
#include <system_error>

#include "host/errno_error.hpp"
#include "host/unique_fd.hpp"

namespace gramme::host {
namespace {

/// 0, or the errno of the write that failed.
int write_all(int fd, std::string_view text) {
    while (!text.empty()) {
        const ssize_t count = ::write(fd, text.data(), text.size());
        if (count == 0 || (count < 0 && errno != EINTR)) {
            return count == 0 ? ENOSPC : errno;
        }
        text.remove_prefix(count > 0 ? static_cast<std::size_t>(count) : 0);
    }
    return 0;
}

/// /dev/stdout, /proc/self/fd/2 and links to such: somebody's stream, also where it goes to a regular file. A
/// link to an ordinary file is none; it is written through and never replaced.
bool leads_to_a_stream(std::string path) {
    for (int links = 0; links < 40; ++links) {
        if (path.starts_with("/dev/") || path.starts_with("/proc/")) {
            return true;
        }
        std::error_code no_link;
        const std::filesystem::path next = std::filesystem::read_symlink(path, no_link);
        if (no_link) {
            return false;
        }
        path = (std::filesystem::path{path}.parent_path() / next).string();
    }
    return false;
}

}  // namespace

Result<void> write_whole(const std::string& path, const std::string& text) {
    struct stat status {};
    const bool exists = ::stat(path.c_str(), &status) == 0;
    if (exists && (!S_ISREG(status.st_mode) || leads_to_a_stream(path))) {
        // No rename there. What is there already stays, and a pipe that nobody reads does not hold the exit.
        // Where it is our own standard stream that descriptor is written to: a second one would have its own
        // place in the file, and what comes later on the first would overwrite it.
        UniqueFd fd;
        for (const int own : {STDOUT_FILENO, STDERR_FILENO}) {
            struct stat stream {};
            if (!fd && ::fstat(own, &stream) == 0 && stream.st_dev == status.st_dev &&
                stream.st_ino == status.st_ino) {
                fd.reset(::fcntl(own, F_DUPFD_CLOEXEC, 3));
            }
        }
        if (!fd) {
            fd.reset(::open(path.c_str(), O_WRONLY | O_APPEND | O_NONBLOCK | O_CLOEXEC));
        }
        if (!fd || ::write(fd.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size())) {
            return errno_error("cannot write " + path, errno);
        }
        return {};
    }
    std::error_code trouble;
    std::string target = exists ? std::filesystem::canonical(path, trouble).string() : path;
    if (trouble) {
        target = path;
    }
    const std::string temporary = target + "." + std::to_string(::getpid()) + ".part";
    UniqueFd fd{::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666)};
    if (!fd) {
        return errno_error("cannot write " + path, errno);
    }
    if (exists) {
        (void)::fchmod(fd.get(),
                       status.st_mode & 07777);  // whoever may not read the old one may not the new one
    }
    const int write_error = write_all(fd.get(), text);
    const bool written = write_error == 0;
    int error_number = write_error;
    fd.reset();
    if (written && std::rename(temporary.c_str(), target.c_str()) != 0) {
        error_number = errno;
    }
    if (error_number != 0) {
        ::unlink(temporary.c_str());
        return errno_error("cannot write " + path, error_number);
    }
    return {};
}

}  // namespace gramme::host
