#include "store/journal_file.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <system_error>
#include <vector>

#include "host/errno_error.hpp"
#include "host/unique_fd.hpp"
#include "store/file_lock.hpp"
#include "store/journal.hpp"

namespace gramme::store {
namespace {

/// A month of 256 devices stays below; more is no journal of ours.
constexpr std::size_t kMostBytes = std::size_t{1} << 30U;

Result<std::vector<std::byte>> read_all(int fd, const std::string& path) {
    struct stat status {};
    if (::fstat(fd, &status) != 0) {
        return host::errno_error("cannot read " + path, errno);
    }
    if (!S_ISREG(status.st_mode) || status.st_size < 0 ||
        static_cast<std::size_t>(status.st_size) > kMostBytes) {
        return Error{Code::kMalformed, path + " is no journal of gramme", ""};
    }
    // In one direction, from the front: the open window lies before the ring of closed ones, and so a window
    // that is closed meanwhile is seen at least once. docs/adr/0003-journal.md.
    std::vector<std::byte> bytes(static_cast<std::size_t>(status.st_size));
    std::size_t done = 0;
    while (done < bytes.size()) {
        const ssize_t count = ::pread(fd, bytes.data() + done, bytes.size() - done, static_cast<off_t>(done));
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count < 0) {
            return host::errno_error("cannot read " + path, errno);
        }
        if (count == 0) {
            break;
        }
        done += static_cast<std::size_t>(count);
    }
    bytes.resize(done);
    return bytes;
}

/// Asked before the file is read: a writer that ends afterwards has written all of it by then.
bool is_writer_alive(int fd) {
    switch (ask_lock(fd)) {
        case LockOutcome::kHeld: return true;
        case LockOutcome::kLocked: return false;
        case LockOutcome::kUnsupported: break;
    }
    Record record;
    if (::pread(fd, &record, sizeof record, 0) != static_cast<ssize_t>(sizeof record)) {
        return false;
    }
    const auto head = payload_of<HeadPayload>(record);
    const auto* end = std::find(head.boot_id.begin(), head.boot_id.end(), '\0');
    return is_alive({head.pid, head.process_start_ticks, std::string(head.boot_id.begin(), end)});
}

}  // namespace

Result<ParsedJournal> parse_file(int fd, const std::string& path, bool alive) {
    constexpr int kTries = 4;
    for (int turn = 1;; ++turn) {
        GRAMME_TRY(const std::vector<std::byte> bytes, read_all(fd, path));
        auto parsed = parse_journal(bytes);
        if (!alive || turn == kTries || (parsed && parsed->damage.empty())) {
            if (!parsed) {
                return Error{parsed.error().code, path + ": " + parsed.error().what, parsed.error().hint};
            }
            return parsed;
        }
    }
}

Result<ParsedJournal> parse_own_file(int fd, const std::string& path, std::uint64_t size) {
    void* const mapped = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, fd, 0);
    if (mapped == MAP_FAILED) {  // NOLINT(performance-no-int-to-ptr): the system's own constant
        return parse_file(fd, path, true);
    }
    auto parsed = parse_journal({static_cast<const std::byte*>(mapped), size});
    ::munmap(mapped, size);
    if (!parsed) {
        return Error{parsed.error().code, path + ": " + parsed.error().what, parsed.error().hint};
    }
    return parsed;
}

bool journal_in_use(const std::string& path) {
    const host::UniqueFd fd{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
    return fd && is_writer_alive(fd.get());
}

Result<JournalContents> read_journal(const std::string& path) {
    const host::UniqueFd fd{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
    if (!fd) {
        return host::errno_error("cannot read " + path, errno);
    }
    JournalContents out;
    out.alive = is_writer_alive(fd.get());
    GRAMME_TRY(ParsedJournal parsed, parse_file(fd.get(), path, out.alive));
    out.run = std::move(parsed.run);
    if (!out.alive && out.run.state == RunState::kRunning) {
        out.run.state = RunState::kInterrupted;
    }
    out.ledger = std::move(parsed.ledger);
    out.damage = std::move(parsed.damage);
    return out;
}

std::vector<std::string> list_journals(const std::string& dir) {
    std::vector<std::string> paths;
    std::error_code error;
    for (std::filesystem::directory_iterator it{dir, error}, end; !error && it != end; it.increment(error)) {
        const std::string name = it->path().filename().string();
        if (name.ends_with(".gramme") && !name.starts_with('.')) {
            paths.push_back(it->path().string());
        }
    }
    std::sort(paths.begin(), paths.end());
    return paths;
}

void remove_half_made_journals(const std::string& dir, std::int64_t now_wall_ns) {
    constexpr std::int64_t kNsPerSecond = 1'000'000'000;
    const std::int64_t hour_ns = std::chrono::nanoseconds{std::chrono::hours{1}}.count();
    std::error_code error;
    for (std::filesystem::directory_iterator it{dir, error}, end; !error && it != end; it.increment(error)) {
        const std::string name = it->path().filename().string();
        struct stat status {};
        if (name.starts_with('.') && name.ends_with(".new") && ::lstat(it->path().c_str(), &status) == 0 &&
            S_ISREG(status.st_mode) && now_wall_ns - status.st_mtim.tv_sec * kNsPerSecond > hour_ns &&
            !journal_in_use(it->path().string())) {
            ::unlink(it->path().c_str());
        }
    }
}

}  // namespace gramme::store
