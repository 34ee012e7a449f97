#include "sample/rank_file.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>

#include "base/parse.hpp"
#include "base/text.hpp"
#include "host/errno_error.hpp"
#include "store/file_lock.hpp"

namespace gramme::sample {
namespace {

constexpr std::string_view kEnding = ".ranks";
constexpr off_t kBytes = sizeof(RankTableLayout);

bool is_ours(const struct stat& status) {
    return S_ISREG(status.st_mode) && status.st_uid == ::geteuid() && (status.st_mode & 0077) == 0;
}

}  // namespace

Result<RankFile> RankFile::open(const std::string& path) {
    host::UniqueFd fd{::open(path.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0600)};
    if (!fd) {
        Error error = host::errno_error("cannot open the table of ranks " + path, errno);
        error.code = errno == ELOOP ? Code::kPermission : error.code;
        return error;
    }
    struct stat status {};
    if (::fstat(fd.get(), &status) != 0 || !is_ours(status)) {
        return Error{Code::kPermission, path + " is not a file of this user alone",
                     "remove it: gramme makes it anew"};
    }
    const store::LockOutcome outcome = store::try_lock(fd.get());
    if (outcome == store::LockOutcome::kUnsupported) {
        return Error{Code::kUnsupported, "the file system of " + path + " has no locks",
                     "set XDG_RUNTIME_DIR to a folder on a local disk"};
    }
    return RankFile{path, std::move(fd), outcome == store::LockOutcome::kLocked};
}

RankFile::RankFile(RankFile&& other) noexcept
    : path_(std::move(other.path_)),
      fd_(std::move(other.fd_)),
      locked_(std::exchange(other.locked_, false)),
      layout_(std::exchange(other.layout_, nullptr)),
      cut_(other.cut_.load()) {}

RankFile::~RankFile() {
    if (layout_ != nullptr) {
        ::munmap(layout_, sizeof(RankTableLayout));
    }
}

bool RankFile::is_used() const {
    struct stat status {};
    return ::fstat(fd_.get(), &status) == 0 && status.st_size > 0;
}

bool RankFile::is_at_its_path() const {
    struct stat here {};
    struct stat there {};
    return ::fstat(fd_.get(), &here) == 0 && ::lstat(path_.c_str(), &there) == 0 &&
           here.st_dev == there.st_dev && here.st_ino == there.st_ino;
}

Result<void> RankFile::make() {
    // Room is taken now: on a full disk a store into the mapping would be SIGBUS.
    if (const int trouble = ::posix_fallocate(fd_.get(), 0, kBytes); trouble != 0) {
        remove();
        return host::errno_error("no room for the table of ranks " + path_, trouble);
    }
    if (!map()) {
        remove();
        return host::errno_error("cannot map the table of ranks " + path_, errno);
    }
    layout_->version.store(RankTableLayout::kVersion);
    return {};
}

RankTableLayout* RankFile::layout() const noexcept {
    struct stat status {};
    if (layout_ == nullptr || cut_.load()) {
        return layout_;
    }
    const bool is_short = ::fstat(fd_.get(), &status) == 0 && status.st_size < kBytes;
    if (!is_short && layout_->version.load() == RankTableLayout::kVersion) {
        return layout_;
    }
    // In one step at the same place: whoever holds a pointer into it goes on. Two threads that do it both do
    // the same.
    if (::mmap(layout_, sizeof(RankTableLayout), PROT_READ | PROT_WRITE,
               MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) != MAP_FAILED) {  // NOLINT: as above
        cut_.store(true);
    }
    return layout_;
}

bool RankFile::map() {
    struct stat status {};
    if (::fstat(fd_.get(), &status) != 0 || status.st_size < kBytes) {
        return false;
    }
    void* mapped = ::mmap(nullptr, sizeof(RankTableLayout), PROT_READ | PROT_WRITE, MAP_SHARED, fd_.get(), 0);
    if (mapped == MAP_FAILED) {  // NOLINT(performance-no-int-to-ptr): the system's own constant
        return false;
    }
    layout_ = static_cast<RankTableLayout*>(mapped);
    return locked_ || layout_->version.load() == RankTableLayout::kVersion;
}

void RankFile::remove() noexcept {
    if (is_at_its_path()) {
        ::unlink(path_.c_str());
    }
}

std::uint64_t hash_of(std::string_view text) noexcept {
    std::uint64_t hash = 0xcbf2'9ce4'8422'2325;  // FNV-1a, 64 bits: offset basis and prime
    for (const char letter : text) {
        hash = (hash ^ static_cast<unsigned char>(letter)) * 0x100'0000'01b3;
    }
    return hash == 0 ? 1 : hash;
}

std::string rank_table_name(const std::string& key) {
    constexpr std::size_t kMostShown = 80;
    constexpr std::string_view kHarmless = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-";
    constexpr std::string_view kHex = "0123456789abcdef";
    std::string name = "ranks-";
    for (const char letter : std::string_view{key}.substr(0, kMostShown)) {
        name += kHarmless.find(letter) == std::string_view::npos ? '_' : letter;
    }
    name += '-';
    const std::uint64_t hash = hash_of(key);
    for (int shift = 60; shift >= 0; shift -= 4) {
        name += kHex[(hash >> static_cast<unsigned>(shift)) & 0xFU];
    }
    return name + std::string{kEnding};
}

namespace {

constexpr std::size_t kFirstField =
    3;  // proc(5): field 3 follows the name, which may hold blanks and brackets

/// A field of /proc/PID/stat from the third on; nothing where the process is gone.
std::optional<std::string> stat_field(int pid, std::size_t field) {
    const host::UniqueFd fd{::open(("/proc/" + std::to_string(pid) + "/stat").c_str(), O_RDONLY | O_CLOEXEC)};
    std::array<char, 1024> buffer{};
    const ssize_t count = fd ? ::read(fd.get(), buffer.data(), buffer.size()) : 0;
    const std::string_view text{buffer.data(), static_cast<std::size_t>(count > 0 ? count : 0)};
    const std::size_t bracket = text.rfind(')');
    if (bracket == std::string_view::npos || bracket + 2 >= text.size()) {
        return std::nullopt;
    }
    const auto fields = split(text.substr(bracket + 2), ' ');
    return fields.size() > field - kFirstField ? std::optional{std::string{fields[field - kFirstField]}}
                                               : std::nullopt;
}

}  // namespace

std::uint64_t start_ticks_of(int pid) {
    const auto state = stat_field(pid, 3);
    const auto start = stat_field(pid, 22);
    return state && start && *state != "Z" && *state != "X" ? read_u64(*start).value_or(0) : 0;
}

int parent_of(int pid) {
    const auto parent = stat_field(pid, 4);
    return parent ? static_cast<int>(read_u64(*parent).value_or(0)) : 0;
}

bool lives(const RankProcess& process) {
    const std::uint64_t wanted = process.start_ticks.load();
    return wanted != 0 && start_ticks_of(process.pid.load()) == wanted;
}

std::uint64_t own_pid_namespace() {
    struct stat status {};
    return ::stat("/proc/self/ns/pid", &status) == 0 ? status.st_ino : 0;
}

void sweep_rank_tables(const std::string& folder, std::int64_t now_wall_ns) {
    constexpr std::int64_t kYoungNs = 60'000'000'000;
    constexpr std::int64_t kNsPerSecond = 1'000'000'000;
    std::error_code error;
    for (std::filesystem::directory_iterator it{folder, error}, end; !error && it != end;
         it.increment(error)) {
        const std::string path = it->path().string();
        struct stat status {};
        if (!path.ends_with(kEnding) || ::lstat(path.c_str(), &status) != 0 || !is_ours(status) ||
            now_wall_ns - status.st_mtim.tv_sec * kNsPerSecond < kYoungNs) {
            continue;
        }
        if (auto file = RankFile::open(path); file && file->is_locked_by_us()) {
            file->remove();
        }
    }
}

}  // namespace gramme::sample
