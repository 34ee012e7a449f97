// A stretch of the journal file in memory. Stores into it reach the file without a system call.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/result.hpp"
#include "store/journal_format.hpp"

namespace gramme::store {

/// One thread. Where a file system cannot map (some FUSE and 9p mounts) the memory is private and every
/// stored record is written with pwrite().
class MappedRegion {
public:
    MappedRegion() = default;
    /// Reserves bytes on the disk, without which a full disk would become SIGBUS later. kIo (ENOSPC, EDQUOT).
    static Result<void> reserve(int fd, std::uint64_t offset, std::size_t size);
    /// Maps what was reserved. `may_map` = false asks for the private form. kIo.
    static Result<MappedRegion> create(int fd, std::uint64_t offset, std::size_t size, bool may_map);
    MappedRegion(MappedRegion&& other) noexcept;
    MappedRegion& operator=(MappedRegion&& other) noexcept;
    MappedRegion(const MappedRegion&) = delete;
    MappedRegion& operator=(const MappedRegion&) = delete;
    ~MappedRegion();

    explicit operator bool() const noexcept { return data_ != nullptr; }
    /// Stores a record so that a reader finds it whole or not at all: first its checksum becomes 0, then the
    /// body is written, then the checksum.
    void store(std::size_t at, const Record& record) noexcept;
    /// Stores bytes that begin with their own 32-bit checksum, in the same order.
    void store_sealed(std::size_t at, const std::byte* bytes, std::size_t size) noexcept;
    [[nodiscard]] Record record_at(std::size_t at) const noexcept;

    /// For tests: called at each step of each store (checksum cleared, half the body, the body, done).
    struct Probe {
        void (*step)(void* context) = nullptr;
        void* context = nullptr;
    };
    void watch(const Probe& probe) noexcept { probe_ = probe; }

private:
    void write_through(std::size_t at, std::size_t size) const noexcept;
    void probe() const noexcept {
        if (probe_.step != nullptr) {
            probe_.step(probe_.context);
        }
    }

    std::byte* data_ = nullptr;
    std::size_t size_ = 0;
    std::uint64_t offset_ = 0;
    int fd_ = -1;  ///< only where stores must be written through
    Probe probe_;
};

}  // namespace gramme::store
