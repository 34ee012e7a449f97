// An advisory lock on a whole file that dies with its owner, and who the owner is where there are no locks.
#pragma once

#include <cstdint>
#include <string>

#include "store/patience.hpp"

namespace gramme::store {

enum class LockOutcome : std::uint8_t {
    kLocked,
    kHeld,         ///< somebody else has it
    kUnsupported,  ///< this file system has no locks (some network and FUSE mounts)
};

/// Takes an exclusive lock without waiting. It belongs to the open file: closing `fd` gives it back.
[[nodiscard]] LockOutcome try_lock(int fd) noexcept;
/// The same, trying again as long as `patience` lasts; `path` is the name of the file.
[[nodiscard]] LockOutcome lock_patiently(int fd, const std::string& path, const Patience& patience);

/// Whether somebody has locked the file that `fd` is open on. Asking does not disturb others who ask.
[[nodiscard]] LockOutcome ask_lock(int fd) noexcept;

/// One process in one boot of one machine: a pid alone is reused.
struct ProcessIdentity {
    std::int32_t pid = 0;
    std::uint64_t start_ticks = 0;  ///< field 22 of /proc/PID/stat, 0 if it could not be read
    std::string boot_id;
};
/// These read the process's own /proc, never that of a recorded machine: they are about this run of gramme.
[[nodiscard]] ProcessIdentity own_identity();
[[nodiscard]] bool is_alive(const ProcessIdentity& identity);

}  // namespace gramme::store
