#include "cli/batch_output.hpp"

#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <filesystem>
#include <utility>

#include "host/errno_error.hpp"

namespace gramme::cli {
namespace {

constexpr unsigned kMode = 0666;

Error cannot_write(const std::string& what, int error_number) {
    Error error = host::errno_error("cannot write " + what, error_number);
    error.code = error.code == Code::kPermission ? error.code : Code::kIo;
    return error;
}

/// Where a path leads over links at its end, also over one that leads nowhere yet. Empty: in a circle.
std::string followed(const std::string& path) {
    constexpr int kMostLinks = 40;  // Linux: path_resolution(7)
    std::filesystem::path at = path;
    for (int i = 0; i < kMostLinks; ++i) {
        std::error_code trouble;
        const std::filesystem::path next = std::filesystem::read_symlink(at, trouble);
        if (trouble) {
            return at.string();
        }
        at = at.parent_path() / next;  // an absolute one replaces it
    }
    return {};
}

/// Without links and dots, whether something is there or not.
std::filesystem::path whole_path(const std::string& path) {
    std::error_code trouble;
    const std::filesystem::path absolute = std::filesystem::absolute(followed(path), trouble);
    return std::filesystem::weakly_canonical(absolute, trouble);
}

/// Tries names behind `target` that nobody can know before, until `make` made one: `part`. Its errno else.
template <class Make>
int make_part(const std::string& target, std::string& part, const Make& make) {
    constexpr int kTries = 100;
    for (int i = 0; i < kTries; ++i) {
        std::uint32_t random = 0;  // std::random_device would ask for glibc 2.36 (arc4random)
        if (::getrandom(&random, sizeof random, 0) != static_cast<ssize_t>(sizeof random)) {
            return errno;
        }
        std::string name = target + "." + std::to_string(random) + ".part";
        if (make(name)) {
            part = std::move(name);
            return 0;
        }
        if (errno != EEXIST) {
            return errno;
        }
    }
    return EEXIST;
}

/// Both lead to one regular file, there already or not yet.
bool same_file(const std::string& a, const std::string& b) {
    if (a.empty() || b.empty()) {
        return false;
    }
    struct stat of_a {};
    struct stat of_b {};
    const bool has_a = ::stat(a.c_str(), &of_a) == 0;
    const bool has_b = ::stat(b.c_str(), &of_b) == 0;
    if (has_a && has_b) {
        return S_ISREG(of_a.st_mode) && of_a.st_dev == of_b.st_dev && of_a.st_ino == of_b.st_ino;
    }
    return !has_a && !has_b && whole_path(a) == whole_path(b);
}

}  // namespace

Result<void> check_apart(const BatchPaths& paths) {
    const std::string in = paths.in == "-" ? "/dev/stdin" : paths.in;
    const auto refuse = [](const std::string& what) {
        return Error{Code::kUsage, what, "give each a file of its own"};
    };
    if (same_file(paths.out, paths.rejects) || same_file(paths.out, paths.summary) ||
        same_file(paths.rejects, paths.summary)) {
        return refuse("two of --out, --rejects and --summary are one file");
    }
    if (paths.in_is_parquet && same_file(in, paths.out)) {
        return refuse("--out would replace the Parquet table by CSV");
    }
    if (same_file(in, paths.rejects) || same_file(in, paths.summary)) {
        return refuse("--rejects or --summary would replace the table");
    }
    if (paths.out.empty() &&
        (same_file(paths.rejects, "/dev/stdout") || same_file(paths.summary, "/dev/stdout"))) {
        return refuse("--rejects or --summary would replace the file that standard output goes to");
    }
    if (paths.out.empty() && same_file(in, "/dev/stdout")) {
        return refuse("standard output is the table that is read");
    }
    return {};
}

Result<BatchOutput> BatchOutput::open(const std::string& path, std::FILE* stream) {
    BatchOutput out;
    out.path_ = path;
    out.stream_ = stream;
    if (path.empty()) {
        return out;
    }
    struct stat status {};
    const bool exists = ::stat(path.c_str(), &status) == 0;
    if (exists && !S_ISREG(status.st_mode)) {
        out.as_it_is_ = true;
        out.fd_.reset(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
        return out.fd_ ? Result<BatchOutput>{std::move(out)} : cannot_write(path, errno);
    }
    out.target_ = followed(path);
    if (out.target_.empty()) {
        return cannot_write(path, ELOOP);
    }
    const std::string folder = std::filesystem::path{out.target_}.parent_path().string();
    out.fd_.reset(::open(folder.empty() ? "." : folder.c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, kMode));
    if (!out.fd_) {  // not every file system has files without a name
        const int trouble = make_part(out.target_, out.part_, [&](const std::string& name) {
            out.fd_.reset(::open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, kMode));
            return static_cast<bool>(out.fd_);
        });
        if (trouble != 0) {
            return cannot_write(path, trouble);
        }
    }
    // Whoever could not read the old one shall not read the new one, not even its first bytes.
    constexpr unsigned kPermissions = 0777;
    if (exists && ::fchmod(out.fd_.get(), status.st_mode & kPermissions) != 0) {
        return cannot_write(path, errno);
    }
    return out;
}

BatchOutput::BatchOutput(BatchOutput&& other) noexcept {
    *this = std::move(other);
}

BatchOutput& BatchOutput::operator=(BatchOutput&& other) noexcept {
    std::swap(path_, other.path_);
    std::swap(target_, other.target_);
    std::swap(part_, other.part_);
    std::swap(as_it_is_, other.as_it_is_);
    std::swap(stream_, other.stream_);
    std::swap(fd_, other.fd_);
    return *this;
}

BatchOutput::~BatchOutput() {
    if (!part_.empty()) {
        ::unlink(part_.c_str());
    }
}

Result<void> BatchOutput::write(std::string_view text) {
    if (path_.empty()) {
        errno = 0;
        if (std::fwrite(text.data(), 1, text.size(), stream_) != text.size()) {
            return cannot_write("standard output", errno);
        }
        return {};
    }
    while (!text.empty()) {
        const ssize_t written = ::write(fd_.get(), text.data(), text.size());
        if (written < 0 && errno != EINTR) {
            return cannot_write(path_, errno);
        }
        text.remove_prefix(written > 0 ? static_cast<std::size_t>(written) : 0);
    }
    return {};
}

Result<void> BatchOutput::commit() {
    if (path_.empty() || as_it_is_) {
        if (path_.empty() && std::fflush(stream_) != 0) {
            return cannot_write("standard output", errno);
        }
        return {};
    }
    if (part_.empty()) {
        const std::string unnamed = "/proc/self/fd/" + std::to_string(fd_.get());
        const int trouble = make_part(target_, part_, [&](const std::string& name) {
            return ::linkat(AT_FDCWD, unnamed.c_str(), AT_FDCWD, name.c_str(), AT_SYMLINK_FOLLOW) == 0;
        });
        if (trouble != 0) {
            return cannot_write(path_, trouble);
        }
    }
    if (std::rename(part_.c_str(), target_.c_str()) != 0) {
        return cannot_write(path_, errno);
    }
    part_.clear();
    return {};
}

}  // namespace gramme::cli
