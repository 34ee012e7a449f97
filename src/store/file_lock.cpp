#include "store/file_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>

#include "base/parse.hpp"
#include "base/text.hpp"
#include "host/unique_fd.hpp"

namespace gramme::store {
namespace {

/// A small file as text; empty if it cannot be read.
std::string read_small(const std::string& path) {
    const host::UniqueFd fd{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
    std::array<char, 1'024> buffer{};
    const ssize_t count = fd ? ::read(fd.get(), buffer.data(), buffer.size()) : 0;
    return count > 0 ? std::string(buffer.data(), static_cast<std::size_t>(count)) : std::string{};
}

std::uint64_t start_ticks_of(std::int32_t pid) {
    const std::string stat = read_small("/proc/" + std::to_string(pid) + "/stat");
    const std::size_t end_of_name = stat.rfind(')');  // the name may hold blanks and brackets
    if (end_of_name == std::string::npos) {
        return 0;
    }
    const auto fields = split(std::string_view{stat}.substr(std::min(end_of_name + 2, stat.size())), ' ');
    constexpr std::size_t kStartTime = 22 - 3;  // proc(5): field 3 follows the name
    return fields.size() > kStartTime ? read_u64(fields[kStartTime]).value_or(0) : 0;
}

std::string boot_id() {
    return std::string{trimmed(read_small("/proc/sys/kernel/random/boot_id"))};
}

LockOutcome flock_now(int fd, int operation) noexcept {
    int result = 0;
    do {
        result = ::flock(fd, operation | LOCK_NB);
    } while (result != 0 && errno == EINTR);
    if (result == 0) {
        return LockOutcome::kLocked;
    }
    return errno == EWOULDBLOCK ? LockOutcome::kHeld : LockOutcome::kUnsupported;
}

}  // namespace

LockOutcome try_lock(int fd) noexcept {
    return flock_now(fd, LOCK_EX);
}

LockOutcome ask_lock(int fd) noexcept {
    return flock_now(fd, LOCK_SH);
}

LockOutcome lock_patiently(int fd, const std::string& path, const Patience& patience) {
    LockOutcome outcome = try_lock(fd);
    if (outcome != LockOutcome::kHeld) {
        return outcome;
    }
    for (Wait wait{patience, {path}}; outcome == LockOutcome::kHeld && wait.go_on();) {
        outcome = try_lock(fd);
    }
    return outcome;
}

ProcessIdentity own_identity() {
    const auto pid = static_cast<std::int32_t>(::getpid());
    return {pid, start_ticks_of(pid), boot_id()};
}

bool is_alive(const ProcessIdentity& identity) {
    return identity.start_ticks != 0 && identity.boot_id == boot_id() &&
           start_ticks_of(identity.pid) == identity.start_ticks;
}

}  // namespace gramme::store
