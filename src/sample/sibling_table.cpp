#include "sample/sibling_table.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "host/errno_error.hpp"
#include "sample/rank_file.hpp"

namespace gramme::sample {
namespace {

constexpr double kNsPerSecond = 1e9;
constexpr std::uint32_t kTurnsBetweenLooks = 16;  // how often it is asked whether the others live

bool same_file(int fd, const std::string& path) {
    struct stat here {};
    struct stat there {};
    return ::fstat(fd, &here) == 0 && ::lstat(path.c_str(), &there) == 0 && here.st_dev == there.st_dev &&
           here.st_ino == there.st_ino;
}

}  // namespace

std::string sibling_table_name(const std::string& key) {
    return "siblings-" + rank_table_name(key);
}

Result<SiblingTable> SiblingTable::join(const std::string& path, const std::string& gpus) {
    constexpr int kAttempts = 100;
    for (int attempt = 0; attempt < kAttempts; ++attempt) {
        host::UniqueFd fd{::open(path.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0600)};
        if (!fd) {
            Error error = host::errno_error("cannot open the table of ranks " + path, errno);
            error.code = errno == ELOOP ? Code::kPermission : error.code;
            return error;
        }
        struct stat status {};
        if (::fstat(fd.get(), &status) != 0 || !S_ISREG(status.st_mode) || status.st_uid != ::geteuid() ||
            (status.st_mode & 0077) != 0) {
            return Error{Code::kPermission, path + " is not a file of this user alone",
                         "remove it: gramme makes it anew"};
        }
        if (::flock(fd.get(), LOCK_SH | LOCK_NB) != 0) {
            if (errno != EWOULDBLOCK) {
                return Error{Code::kUnsupported, "the file system of " + path + " has no locks",
                             "set XDG_RUNTIME_DIR to a folder on a local disk"};
            }
            ::usleep(1000);
            continue;  // its last tracker is about to remove it
        }
        if (!same_file(fd.get(), path)) {
            continue;
        }
        // Room is taken now: on a full disk a store into the mapping would be SIGBUS. Zeros are an empty
        // table, so that it does not matter who comes first.
        if (const int trouble = ::posix_fallocate(fd.get(), 0, sizeof(Layout)); trouble != 0) {
            return host::errno_error("no room for the table of ranks " + path, trouble);
        }
        void* mapped = ::mmap(nullptr, sizeof(Layout), PROT_READ | PROT_WRITE, MAP_SHARED, fd.get(), 0);
        if (mapped == MAP_FAILED) {  // NOLINT(performance-no-int-to-ptr): the system's own constant
            return host::errno_error("cannot map the table of ranks " + path, errno);
        }
        SiblingTable table{path, std::move(fd), static_cast<Layout*>(mapped)};
        table.slot_ = table.layout_->used.fetch_add(1);
        if (table.slot_ >= Layout::kSlots) {
            table.slot_ = Layout::kSlots;
            return Error{Code::kUnavailable, "the job has had its most trackers on this node, 4096", ""};
        }
        Slot& own = table.layout_->slots[table.slot_];
        own.process.start_ticks.store(start_ticks_of(::getpid()));
        own.process.pid.store(::getpid());
        own.pid_namespace.store(own_pid_namespace());
        own.gpus.store(gpus.empty() ? 0 : hash_of(gpus));
        own.alive.store(1);
        return table;
    }
    return Error{Code::kUnavailable, "the table of ranks " + path + " is not there to stay", ""};
}

SiblingTable::SiblingTable(SiblingTable&& other) noexcept
    : path_(std::move(other.path_)),
      fd_(std::move(other.fd_)),
      layout_(std::exchange(other.layout_, nullptr)),
      slot_(other.slot_) {}

SiblingTable::~SiblingTable() {
    if (layout_ == nullptr) {
        return;
    }
    leave();
    ::munmap(layout_, sizeof(Layout));
    // Whoever gets it for itself is the last one.
    if (::flock(fd_.get(), LOCK_EX | LOCK_NB) == 0 && same_file(fd_.get(), path_)) {
        ::unlink(path_.c_str());
    }
}

/// Another program may have cut it: a touch of what is gone would be SIGBUS.
bool SiblingTable::is_whole() const noexcept {
    struct stat status {};
    return ::fstat(fd_.get(), &status) == 0 && status.st_size >= static_cast<off_t>(sizeof(Layout));
}

void SiblingTable::leave() noexcept {
    if (slot_ < Layout::kSlots && is_whole()) {
        layout_->slots[slot_].alive.store(0);
    }
}

SiblingShares SiblingTable::exchange(double own_cpu_s) noexcept {
    SiblingShares shares;
    if (!is_whole()) {  // alone from here on; the sum must not fall
        most_s_ = std::max(most_s_, own_cpu_s);
        shares.all_cpu_s = most_s_;
        return shares;
    }
    Slot& own = layout_->slots[slot_];
    own.cpu_ns.store(static_cast<std::uint64_t>(std::max(own_cpu_s, 0.0) * kNsPerSecond));
    const std::uint64_t own_gpus = own.gpus.load();
    const bool look = turns_++ % kTurnsBetweenLooks == 0;
    const std::uint32_t used = std::min(layout_->used.load(), Layout::kSlots);
    std::uint64_t sum_ns = 0;
    shares.alive = shares.same_gpus = 0;
    for (std::uint32_t i = 0; i < used; ++i) {
        Slot& slot = layout_->slots[i];
        sum_ns += slot.cpu_ns.load(std::memory_order_relaxed);
        if (slot.alive.load(std::memory_order_relaxed) == 0) {
            continue;
        }
        // Of a process in another namespace it cannot be asked: it is there until it says otherwise.
        const bool can_be_asked = slot.pid_namespace.load() == own.pid_namespace.load();
        if (look && i != slot_ && can_be_asked && !lives(slot.process)) {
            slot.alive.store(0);
            continue;
        }
        ++shares.alive;
        shares.same_gpus += slot.gpus.load(std::memory_order_relaxed) == own_gpus ? 1 : 0;
    }
    shares.alive = std::max(shares.alive, 1);
    shares.same_gpus = own_gpus == 0 ? 1 : std::max(shares.same_gpus, 1);
    most_s_ = std::max(most_s_, static_cast<double>(sum_ns) / kNsPerSecond);
    shares.all_cpu_s = most_s_;
    return shares;
}

}  // namespace gramme::sample
