#include "count_allocations.hpp"

#include <atomic>
#include <cstddef>

namespace {
std::atomic<std::uint64_t> count{0};
}

std::uint64_t gramme::bench::allocations() noexcept {
    return count.load(std::memory_order_relaxed);
}

// glibc's allocator under its other names.
extern "C" {
void* __libc_malloc(std::size_t);
void* __libc_calloc(std::size_t, std::size_t);
void* __libc_realloc(void*, std::size_t);

void* malloc(std::size_t size) {
    count.fetch_add(1, std::memory_order_relaxed);
    return __libc_malloc(size);
}
void* calloc(std::size_t number, std::size_t size) {
    count.fetch_add(1, std::memory_order_relaxed);
    return __libc_calloc(number, size);
}
void* realloc(void* old, std::size_t size) {
    count.fetch_add(1, std::memory_order_relaxed);
    return __libc_realloc(old, size);
}
}
