#include "store/mapped_region.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <utility>

#include "host/errno_error.hpp"

namespace gramme::store {

Result<void> MappedRegion::reserve(int fd, std::uint64_t offset, std::size_t size) {
    int error = 0;
    do {
        error = ::posix_fallocate(fd, static_cast<off_t>(offset), static_cast<off_t>(size));
    } while (error == EINTR);
    if (error != 0) {
        return host::errno_error("cannot reserve " + std::to_string(size) + " bytes", error);
    }
    return {};
}

Result<MappedRegion> MappedRegion::create(int fd, std::uint64_t offset, std::size_t size, bool may_map) {
    MappedRegion region;
    void* data = MAP_FAILED;
    if (may_map) {
        data = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, static_cast<off_t>(offset));
    }
    if (data == MAP_FAILED) {
        data = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        region.fd_ = fd;
    }
    if (data == MAP_FAILED) {
        return host::errno_error("cannot map " + std::to_string(size) + " bytes", errno);
    }
    ::madvise(data, size, MADV_DONTFORK);  // a forked child has no business in it
    region.data_ = static_cast<std::byte*>(data);
    region.size_ = size;
    region.offset_ = offset;
    return region;
}

MappedRegion::MappedRegion(MappedRegion&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)),
      size_(other.size_),
      offset_(other.offset_),
      fd_(other.fd_),
      probe_(other.probe_) {}

MappedRegion& MappedRegion::operator=(MappedRegion&& other) noexcept {
    if (this != &other) {
        std::swap(data_, other.data_);
        std::swap(size_, other.size_);
        std::swap(offset_, other.offset_);
        std::swap(fd_, other.fd_);
        std::swap(probe_, other.probe_);
    }
    return *this;
}

MappedRegion::~MappedRegion() {
    if (data_ != nullptr) {
        ::munmap(data_, size_);
    }
}

void MappedRegion::store(std::size_t at, const Record& record) noexcept {
    Record sealed = record;
    sealed.crc = checksum(record);
    std::array<std::byte, kRecordBytes> bytes{};
    std::memcpy(bytes.data(), &sealed, sizeof sealed);
    store_sealed(at, bytes.data(), bytes.size());
}

void MappedRegion::store_sealed(std::size_t at, const std::byte* bytes, std::size_t size) noexcept {
    // Against kill -9 the order of the stores is enough (the page cache outlives the process), so the fences
    // only hold the compiler; against a power cut the checksum tells.
    std::uint32_t crc = 0;
    std::memcpy(&crc, bytes, sizeof crc);
    std::byte* target = data_ + at;
    const std::atomic_ref<std::uint32_t> seal{*reinterpret_cast<std::uint32_t*>(target)};
    seal.store(0, std::memory_order_relaxed);
    std::atomic_thread_fence(std::memory_order_release);
    probe();
    const std::size_t half = size / 2;
    std::memcpy(target + sizeof crc, bytes + sizeof crc, half - sizeof crc);
    if (probe_.step != nullptr) {
        std::atomic_thread_fence(std::memory_order_release);
        probe();
    }
    std::memcpy(target + half, bytes + half, size - half);
    std::atomic_thread_fence(std::memory_order_release);
    probe();
    seal.store(crc, std::memory_order_relaxed);
    std::atomic_thread_fence(std::memory_order_release);
    write_through(at, size);
    probe();
}

Record MappedRegion::record_at(std::size_t at) const noexcept {
    Record record;
    std::memcpy(&record, data_ + at, sizeof record);
    return record;
}

void MappedRegion::write_through(std::size_t at, std::size_t size) const noexcept {
    if (fd_ < 0) {
        return;
    }
    // A failed write is not reported: the record stays in memory and the next one carries the same total.
    while (::pwrite(fd_, data_ + at, size, static_cast<off_t>(offset_ + at)) < 0 && errno == EINTR) {
    }
}

}  // namespace gramme::store
