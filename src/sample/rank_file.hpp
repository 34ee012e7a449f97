// The file of a RankTable: opened with suspicion, locked by its leader, mapped by all.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "host/unique_fd.hpp"
#include "sample/rank_layout.hpp"

namespace gramme::sample {

/// One thread, but for the mapped bytes and layout(). Closing gives the lock back.
class RankFile {
public:
    /// Opens or makes the file and tries to lock it. kPermission: it is a link, belongs to somebody else or
    /// others may write it. kUnsupported: no locks there. kIo.
    static Result<RankFile> open(const std::string& path);
    RankFile(RankFile&& other) noexcept;
    RankFile& operator=(RankFile&&) = delete;
    RankFile(const RankFile&) = delete;
    RankFile& operator=(const RankFile&) = delete;
    ~RankFile();

    [[nodiscard]] bool is_locked_by_us() const noexcept { return locked_; }
    /// Somebody has made it before.
    [[nodiscard]] bool is_used() const;
    /// Its path leads to this very file and not to a newer one.
    [[nodiscard]] bool is_at_its_path() const;
    /// Gives the file its size, with room on the disk, and maps it. kIo.
    [[nodiscard]] Result<void> make();
    /// Maps what another has made; false where that is not done yet.
    [[nodiscard]] bool map();
    void remove() noexcept;

    /// False once moved from.
    explicit operator bool() const noexcept { return layout_ != nullptr; }
    /// The mapped bytes. Ask anew before each look at them (one system call): where another program cut the
    /// file, a touch of what is gone would be SIGBUS, and from the first question after that on they are an
    /// empty table of this process alone. Thread-safe.
    [[nodiscard]] RankTableLayout* layout() const noexcept;
    /// Another program made the file shorter or overwrote it; once true it stays so.
    [[nodiscard]] bool was_cut() const noexcept { return cut_.load(); }

private:
    RankFile(std::string path, host::UniqueFd fd, bool locked)
        : path_(std::move(path)), fd_(std::move(fd)), locked_(locked) {}

    std::string path_;
    host::UniqueFd fd_;
    bool locked_ = false;
    RankTableLayout* layout_ = nullptr;
    mutable std::atomic<bool> cut_ = false;
};

/// The file name of a key: its harmless characters, and a hash of all of it.
[[nodiscard]] std::string rank_table_name(const std::string& key);
/// FNV-1a, never 0. For telling texts apart, not against a forger.
[[nodiscard]] std::uint64_t hash_of(std::string_view text) noexcept;

/// Field 22 of /proc/PID/stat; 0 where the process is gone or a zombie.
[[nodiscard]] std::uint64_t start_ticks_of(int pid);
/// Field 4; 0 where the process is gone.
[[nodiscard]] int parent_of(int pid);
[[nodiscard]] bool lives(const RankProcess& process);
/// Inode of this process's PID namespace; 0 where it cannot be read.
[[nodiscard]] std::uint64_t own_pid_namespace();

/// Removes tables of killed grammes: those of this user that nobody has locked, older than a minute.
void sweep_rank_tables(const std::string& folder, std::int64_t now_wall_ns);

}  // namespace gramme::sample
