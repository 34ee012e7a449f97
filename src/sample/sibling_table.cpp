#include "sample/sibling_table.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <utility>

#include "host/errno_error.hpp"
#include "sample/rank_file.hpp"

namespace gramme::sample {
namespace {

constexpr double kNsPerSecond = 1e9;
constexpr std::uint64_t kRankIsThere = std::uint64_t{1} << SiblingTable::kMostDevices;
constexpr int kMostAncestors = 64;
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

Result<SiblingTable> SiblingTable::join(const std::string& path, int rank) {
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
        if (!table.take_slot(rank)) {
            return Error{Code::kUnavailable, "the job has its most trackers on this node, 4096", ""};
        }
        return table;
    }
    return Error{Code::kUnavailable, "the table of ranks " + path + " is not there to stay", ""};
}

SiblingTable::SiblingTable(std::string path, host::UniqueFd fd, Layout* layout)
    : path_(std::move(path)),
      fd_(std::move(fd)),
      layout_(layout),
      own_namespace_(own_pid_namespace()),
      seen_(kMostRanks) {
    for (int pid = ::getppid(), steps = 0; pid > 1 && steps < kMostAncestors; pid = parent_of(pid), ++steps) {
        ancestors_.push_back(pid);
    }
}

SiblingTable::SiblingTable(SiblingTable&& other) noexcept
    : path_(std::move(other.path_)),
      fd_(std::move(other.fd_)),
      layout_(std::exchange(other.layout_, nullptr)),
      slot_(other.slot_),
      taken_(other.taken_),
      own_namespace_(other.own_namespace_),
      ancestors_(std::move(other.ancestors_)),
      seen_(std::move(other.seen_)),
      ranks_of_(other.ranks_of_),
      counted_s_(other.counted_s_),
      most_s_(other.most_s_),
      ranks_(other.ranks_),
      turns_(other.turns_) {}

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

/// The first free slot, else one whose process is gone.
bool SiblingTable::take_slot(int rank) noexcept {
    for (const bool look : {false, true}) {
        for (std::uint32_t i = 0; i < kSlots; ++i) {
            Slot& slot = layout_->slots[i];
            std::uint64_t state = slot.state.load();
            if (look && (state & kStateBits) == kThere) {
                free_if_gone(slot, state);
                state = slot.state.load();
            }
            const std::uint64_t taken = state + kStateBits + 1 + kTaken;  // the next generation
            if ((state & kStateBits) != kFree || !slot.state.compare_exchange_strong(state, taken)) {
                continue;
            }
            std::uint32_t used = layout_->used.load();
            while (used <= i && !layout_->used.compare_exchange_weak(used, i + 1)) {
            }
            slot.number.store(layout_->joined.fetch_add(1));
            slot.rank.store(std::min(static_cast<std::uint32_t>(std::max(rank, 0)), kMostRanks - 1));
            slot.process.start_ticks.store(start_ticks_of(::getpid()));
            slot.process.pid.store(::getpid());
            slot.pid_namespace.store(own_pid_namespace());
            slot.devices.store(0);
            slot_ = i;
            taken_ = taken - kTaken + kThere;
            slot.state.store(taken_);
            return true;
        }
    }
    return false;
}

void SiblingTable::free_if_gone(Slot& slot, std::uint64_t seen) const noexcept {
    // Of a process in another namespace it cannot be asked: it is there until it says otherwise.
    if (slot.pid_namespace.load() == own_namespace_ && !lives(slot.process)) {
        slot.state.compare_exchange_strong(seen, seen & ~std::uint64_t{kStateBits});
    }
}

void SiblingTable::leave() noexcept {
    if (slot_ < kSlots && is_whole()) {
        std::uint64_t own = taken_;
        layout_->slots[slot_].state.compare_exchange_strong(own, taken_ & ~std::uint64_t{kStateBits});
    }
    slot_ = kSlots;
}

/// Whether another tracker of this rank sees the CPU time that this one sees.
bool SiblingTable::covers_own(const Slot& other) const noexcept {
    const Slot& own = layout_->slots[slot_];
    if (other.rank.load() != own.rank.load() || other.pid_namespace.load() != own_namespace_) {
        return false;
    }
    const int pid = other.process.pid.load();
    if (pid == own.process.pid.load()) {
        return other.number.load() < own.number.load();
    }
    return std::find(ancestors_.begin(), ancestors_.end(), pid) != ancestors_.end();
}

void SiblingTable::count_own(double own_cpu_s, std::uint32_t used) noexcept {
    bool covered = false;
    for (std::uint32_t i = 0; i < used && !covered; ++i) {
        const Slot& slot = layout_->slots[i];
        covered = i != slot_ && (slot.state.load() & kStateBits) == kThere && covers_own(slot);
    }
    const double more_s = own_cpu_s - counted_s_;
    if (more_s > 0.0) {
        counted_s_ = own_cpu_s;
        if (!covered) {
            layout_->cpu_ns.fetch_add(static_cast<std::uint64_t>(more_s * kNsPerSecond));
        }
    }
}

SiblingShares SiblingTable::exchange(double own_cpu_s) noexcept {
    if (slot_ >= kSlots || !is_whole()) {  // alone from here on; the sum must not fall
        ranks_of_.fill(1);
        ranks_ = 1;
        most_s_ = std::max(most_s_, own_cpu_s);
        return {most_s_, 1};
    }
    const bool look = turns_++ % kTurnsBetweenLooks == 0;
    const std::uint32_t used = std::min(layout_->used.load(), kSlots);
    std::fill(seen_.begin(), seen_.end(), 0);
    for (std::uint32_t i = 0; i < used; ++i) {
        Slot& slot = layout_->slots[i];
        const std::uint64_t state = slot.state.load();
        if (look && i != slot_ && (state & kStateBits) == kThere) {
            free_if_gone(slot, state);
        }
        if ((slot.state.load() & kStateBits) == kThere) {
            seen_[std::min(slot.rank.load(), kMostRanks - 1)] |= slot.devices.load() | kRankIsThere;
        }
    }
    count_own(own_cpu_s, used);
    ranks_ = 0;
    ranks_of_.fill(0);
    for (const std::uint64_t rank : seen_) {
        ranks_ += rank != 0 ? 1 : 0;
        for (std::uint64_t left = rank & ~kRankIsThere; left != 0; left &= left - 1) {
            ++ranks_of_[static_cast<std::size_t>(std::countr_zero(left))];
        }
    }
    ranks_ = std::max(ranks_, 1);
    most_s_ = std::max(most_s_, static_cast<double>(layout_->cpu_ns.load()) / kNsPerSecond);
    return {most_s_, ranks_};
}

std::size_t SiblingTable::claim(std::string_view identity, bool counts) noexcept {
    if (slot_ >= kSlots || !is_whole()) {
        return kMostDevices;
    }
    const std::uint64_t name = hash_of(identity);
    for (std::size_t place = 0; place < kMostDevices; ++place) {
        std::uint64_t there = 0;
        if (layout_->names[place].compare_exchange_strong(there, name) || there == name) {
            const std::uint64_t bit = std::uint64_t{1} << place;
            std::atomic<std::uint64_t>& own = layout_->slots[slot_].devices;
            counts ? own.fetch_or(bit) : own.fetch_and(~bit);
            return place;
        }
    }
    return kMostDevices;
}

int SiblingTable::ranks_of(std::size_t place) const noexcept {
    return place < kMostDevices ? std::max(ranks_of_[place], 1) : ranks_;
}

}  // namespace gramme::sample
