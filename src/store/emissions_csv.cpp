#include "store/emissions_csv.hpp"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <ctime>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "base/records.hpp"
#include "host/errno_error.hpp"
#include "host/unique_fd.hpp"
#include "host/write_whole.hpp"
#include "store/file_lock.hpp"

namespace gramme::store {
namespace {

constexpr std::size_t kLongestHeader = 65'536;
constexpr int kMostNames = 100;

Error cannot_append(const std::string& path, int error_number) {
    Error error = host::errno_error("cannot append to " + path, error_number);
    switch (error_number) {
        case EROFS: error.code = Code::kPermission; [[fallthrough]];
        case EACCES:
        case EPERM: error.hint = "give another file with --csv FILE, or none with --csv none"; break;
        case ENOENT:
            error.code = Code::kIo;
            error.hint = "create the folder first";
            break;
        case ENOSPC:
        case EDQUOT: error.hint = "free some space on the disk"; break;
        case EFBIG:
            error.hint =
                "the limit of file sizes is reached (ulimit -f): raise it, or give another file with --csv "
                "FILE";
            break;
        default: break;
    }
    return error;
}

/// A pipe whose reader is gone must be an error of ours, not the death of the process.
class NoSigpipe {
public:
    NoSigpipe() noexcept {
        sigemptyset(&pipe_);
        sigaddset(&pipe_, SIGPIPE);
        sigset_t pending;
        sigpending(&pending);
        was_pending_ = sigismember(&pending, SIGPIPE) == 1;
        pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
    }
    ~NoSigpipe() {
        if (!was_pending_) {
            const timespec now{};
            while (sigtimedwait(&pipe_, nullptr, &now) < 0 && errno == EINTR) {
            }
        }
        pthread_sigmask(SIG_SETMASK, &before_, nullptr);
    }
    NoSigpipe(const NoSigpipe&) = delete;
    NoSigpipe& operator=(const NoSigpipe&) = delete;

private:
    sigset_t pipe_{};
    sigset_t before_{};
    bool was_pending_ = false;
};

/// A pipe, terminal or device has no header to compare: the row is all it gets.
Result<void> write_to_stream(const std::string& path, std::string_view line, const Patience& patience) {
    const NoSigpipe guard;
    const host::UniqueFd fd{::open(path.c_str(), O_WRONLY | O_APPEND | O_NONBLOCK | O_CLOEXEC | O_NOCTTY)};
    if (!fd) {
        if (errno == ENXIO) {
            return Error{Code::kUnavailable, "cannot append to " + path + ": nobody reads the pipe", ""};
        }
        return cannot_append(path, errno);
    }
    while (!line.empty()) {
        const ssize_t count = ::write(fd.get(), line.data(), line.size());
        if (count >= 0) {
            line.remove_prefix(static_cast<std::size_t>(count));
        } else if (errno == EAGAIN) {
            constexpr int kReaderPatienceMs = 5'000;
            constexpr int kStepMs = 50;
            pollfd poll{fd.get(), POLLOUT, 0};
            int waited = 0;
            int ready = 0;
            for (; ready == 0 && waited < kReaderPatienceMs && !(patience.is_over && patience.is_over());
                 waited += kStepMs) {
                ready = ::poll(&poll, 1, kStepMs);
            }
            if (ready == 0) {
                return Error{Code::kUnavailable, "cannot append to " + path + ": its reader does not read",
                             ""};
            }
        } else if (errno != EINTR) {
            return cannot_append(path, errno);
        }
    }
    return {};
}

struct HeaderFound {
    bool is_ours = false;
    bool has_crlf = false;
};

/// Compares the first row of the file with `header`, in order. A text that is no CSV is another header.
Result<HeaderFound> compare_header(int fd, const std::string& path, const CsvRow& header, std::size_t size) {
    std::string text(std::min(size, kLongestHeader), '\0');
    std::size_t done = 0;
    while (done < text.size()) {
        const ssize_t count = ::pread(fd, text.data() + done, text.size() - done, static_cast<off_t>(done));
        if (count < 0 && errno != EINTR) {
            return cannot_append(path, errno);
        }
        if (count == 0) {
            break;
        }
        done += count > 0 ? static_cast<std::size_t>(count) : 0;
    }
    text.resize(done);
    bool quoted = false;
    const auto end = std::find_if(text.begin(), text.end(), [&quoted](char c) {
        quoted = (c == '"') != quoted;
        return c == '\n' && !quoted;
    });
    text.erase(end, text.end());
    const auto rows = parse_csv(text);  // accepts a byte order mark and a CR at the end
    return HeaderFound{rows && rows->size() == 1 && rows->front() == header, text.ends_with('\r')};
}

/// All of it or nothing: a row that was written in part (full disk) is taken away again.
Result<void> write_whole(int fd, const std::string& path, std::string_view text, off_t size_before) {
    off_t count = 0;
    int error = 0;
    while (error == 0 && count < static_cast<off_t>(text.size())) {
        // After a short write only the next one says why: a full disk, a quota, a limit of file sizes.
        const ssize_t more = ::write(fd, text.data() + count, text.size() - static_cast<std::size_t>(count));
        if (more > 0) {
            count += more;
        } else if (more == 0) {
            error = ENOSPC;
        } else if (errno != EINTR) {
            error = errno;
        }
    }
    if (error == 0) {
        return {};
    }
    struct stat status {};
    // Somebody who does not lock may have written behind us: then our half row stays, theirs is not cut.
    if (count > 0 && ::fstat(fd, &status) == 0 && status.st_size == size_before + count &&
        ::ftruncate(fd, size_before) != 0) {
        return cannot_append(path, errno);
    }
    return cannot_append(path, error);
}

/// What the file holds without the rows that have `value` in their field `key`.
Result<std::string> text_without(int fd, const std::string& path, std::size_t size, std::size_t key,
                                 const std::string& value) {
    std::string text(size, '\0');
    std::size_t done = 0;
    while (done < size) {
        const ssize_t count = ::pread(fd, text.data() + done, size - done, static_cast<off_t>(done));
        if (count < 0 && errno != EINTR) {
            return cannot_append(path, errno);
        }
        if (count == 0) {
            break;
        }
        done += count > 0 ? static_cast<std::size_t>(count) : 0;
    }
    text.resize(done);
    std::string kept;
    std::vector<RawField> fields;
    std::string scratch;
    for (std::string_view left = text; !left.empty();) {
        const std::string_view record = left.substr(0, record_length(left, {}));  // npos: what is left
        const std::string_view body = record.substr(0, record.size() - line_end_length(record));
        const bool is_it = split_record(body, {}, fields) == SplitTrouble::kNone && key < fields.size() &&
                           value_of(fields[key], scratch) == value;
        kept += is_it ? std::string_view{} : record;
        left.remove_prefix(record.size());
    }
    return kept;
}

enum class Appended : std::uint8_t { kDone, kOtherHeader, kLocked, kReplaced };

/// One try on one regular file. kReplaced: the name means another file now, try again. `key`: of the rows
/// whose place the new one takes.
Result<Appended> append_to_file(const std::string& path, const CsvRow& header, const CsvRow& row,
                                const std::optional<std::size_t>& key, const Patience& patience) {
    constexpr mode_t kReadable = S_IRUSR | S_IWUSR | S_IRGRP | S_IWGRP | S_IROTH | S_IWOTH;  // less the umask
    const host::UniqueFd fd{::open(path.c_str(), O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, kReadable)};
    if (!fd) {
        return cannot_append(path, errno);
    }
    // Where there are no locks, O_APPEND and a single write() must do.
    if (lock_patiently(fd.get(), path, patience) == LockOutcome::kHeld) {
        return Appended::kLocked;
    }
    struct stat status {};
    struct stat named {};
    if (::fstat(fd.get(), &status) != 0) {
        return cannot_append(path, errno);
    }
    if (::stat(path.c_str(), &named) != 0 || named.st_ino != status.st_ino || named.st_dev != status.st_dev) {
        return Appended::kReplaced;
    }
    if (!S_ISREG(status.st_mode)) {
        return Appended::kOtherHeader;  // one of the other names is a pipe or a device, where the row would
                                        // be lost
    }
    const std::string line = csv_line(row);
    std::string text;
    if (status.st_size == 0) {
        text = csv_line(header) + '\n' + line + '\n';
    } else {
        GRAMME_TRY(const HeaderFound found,
                   compare_header(fd.get(), path, header, static_cast<std::size_t>(status.st_size)));
        if (!found.is_ours) {
            return Appended::kOtherHeader;
        }
        const std::string_view line_end = found.has_crlf ? "\r\n" : "\n";
        char last = '\n';
        if (::pread(fd.get(), &last, 1, status.st_size - 1) < 0) {
            return cannot_append(path, errno);
        }
        text = (last == '\n' ? "" : std::string{line_end}) + line + std::string{line_end};
        if (key) {
            GRAMME_TRY(
                const std::string kept,
                text_without(fd.get(), path, static_cast<std::size_t>(status.st_size), *key, row[*key]));
            GRAMME_CHECK(host::write_whole(path, kept + text));
            return Appended::kDone;
        }
    }
    auto written = write_whole(fd.get(), path, text, status.st_size);
    if (!written) {
        return std::move(written).error();
    }
    return Appended::kDone;
}

/// "a/emissions.csv" -> "a/emissions-gramme.csv", then "a/emissions-gramme-2.csv".
std::string other_name(const std::string& path, int number) {
    const std::size_t slash = path.rfind('/');
    const std::size_t dot = path.rfind('.');
    const bool has_extension =
        dot != std::string::npos && dot > 0 && (slash == std::string::npos || dot > slash + 1);
    const std::size_t at = has_extension ? dot : path.size();
    const std::string suffix = number == 1 ? "-gramme" : "-gramme-" + std::to_string(number);
    return path.substr(0, at) + suffix + path.substr(at);
}

bool is_stream(const std::string& path) {
    // /dev/stdout may lead to a regular file, but that file is somebody's output and no table.
    struct stat status {};
    return path.starts_with("/dev/") || path.starts_with("/proc/") ||
           (::stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode));
}

Result<CsvOutcome> put_row(const std::string& path, const CsvRow& header, const CsvRow& row,
                           const std::optional<std::size_t>& key, const Patience& patience) {
    if (row.size() != header.size()) {
        return Error{Code::kBug,
                     "a row of " + std::to_string(row.size()) + " fields under a header of " +
                         std::to_string(header.size()),
                     ""};
    }
    struct stat status {};
    if (::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode)) {
        return Error{Code::kIo, "cannot append to " + path + ": it is a folder",
                     "give a file, for instance --csv " + path + "/emissions.csv"};
    }
    if (is_stream(path)) {
        GRAMME_CHECK(write_to_stream(path, csv_line(row) + '\n', patience));
        return CsvOutcome{path, ""};
    }
    std::string name = path;
    std::string why;
    int replaced = 0;
    constexpr std::chrono::milliseconds kPatienceForOtherNames{500};
    Patience left = patience;
    for (int number = 0; number < kMostNames;) {
        GRAMME_TRY(const Appended appended, append_to_file(name, header, row, key, left));
        if (appended == Appended::kDone) {
            return CsvOutcome{name, name == path ? "" : path + why + "; the row is in " + name};
        }
        if (appended == Appended::kReplaced) {
            if (++replaced == kMostNames) {
                return Error{Code::kIo, "cannot append to " + name + ": it is replaced all the time", ""};
            }
            continue;
        }
        if (name == path) {
            why = appended == Appended::kLocked ? " is kept locked by another process"
                                                : " has another header and was left whole";
        }
        if (appended == Appended::kLocked) {
            left.stuck = std::min(left.stuck, kPatienceForOtherNames);
        }
        name = other_name(path, ++number);
    }
    return Error{
        Code::kIo,
        "cannot append to " + path + ": it and all its other names have another header or are locked",
        "give another file with --csv FILE"};
}

}  // namespace

Result<CsvOutcome> append_row(const std::string& path, const CsvRow& header, const CsvRow& row,
                              const Patience& patience) {
    return put_row(path, header, row, std::nullopt, patience);
}

Result<CsvOutcome> replace_row(const std::string& path, const CsvRow& header, const CsvRow& row,
                               const std::string& key, const Patience& patience) {
    const auto found = std::find(header.begin(), header.end(), key);
    if (found == header.end()) {
        return Error{Code::kBug, "there is no column " + key, ""};
    }
    return put_row(path, header, row, static_cast<std::size_t>(found - header.begin()), patience);
}

}  // namespace gramme::store
