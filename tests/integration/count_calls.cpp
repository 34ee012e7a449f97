// A library for LD_PRELOAD that counts allocations and opened files of the program it is loaded into. The
// counts lie in a file that is mapped, so that a test can look at them while the program runs.
//
// COUNT_CALLS_DIR names the folder; the file is called COMMAND.PID and holds two 64-bit numbers in the
// machine's order: allocations, opens.
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cstdarg>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace {

struct Counts {
    std::atomic<std::uint64_t> allocations;
    std::atomic<std::uint64_t> opens;
};

Counts own_counts{};  // until the file is mapped, and where it cannot be
Counts* counts = &own_counts;

__attribute__((constructor)) void map_counts() {
    const char* dir = std::getenv("COUNT_CALLS_DIR");
    if (dir == nullptr) {
        return;
    }
    char path[512];
    std::snprintf(path, sizeof path, "%s/%s.%d", dir, program_invocation_short_name,
                  static_cast<int>(::getpid()));
    const auto fd =
        static_cast<int>(::syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CREAT | O_CLOEXEC, 0644));
    if (fd < 0 || ::ftruncate(fd, sizeof(Counts)) != 0) {
        return;
    }
    void* mapped = ::mmap(nullptr, sizeof(Counts), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    ::syscall(SYS_close, fd);
    if (mapped != MAP_FAILED) {
        counts = static_cast<Counts*>(mapped);
    }
}

void count_allocation() {
    counts->allocations.fetch_add(1, std::memory_order_relaxed);
}
void count_open() {
    counts->opens.fetch_add(1, std::memory_order_relaxed);
}

int open_at(int dir, const char* path, int flags, mode_t mode) {
    count_open();
    return static_cast<int>(::syscall(SYS_openat, dir, path, flags, mode));
}

mode_t mode_of(int flags, va_list arguments) {
    return (flags & (O_CREAT | O_TMPFILE)) != 0 ? static_cast<mode_t>(va_arg(arguments, unsigned)) : 0;
}

}  // namespace

extern "C" {

// glibc's own allocator under its other names: nothing has to be looked up, so nothing can recurse.
void* __libc_malloc(std::size_t);
void* __libc_calloc(std::size_t, std::size_t);
void* __libc_realloc(void*, std::size_t);
void* __libc_memalign(std::size_t, std::size_t);

void* malloc(std::size_t size) {
    count_allocation();
    return __libc_malloc(size);
}
void* calloc(std::size_t count, std::size_t size) {
    count_allocation();
    return __libc_calloc(count, size);
}
void* realloc(void* old, std::size_t size) {
    count_allocation();
    return __libc_realloc(old, size);
}
void* memalign(std::size_t alignment, std::size_t size) {
    count_allocation();
    return __libc_memalign(alignment, size);
}
void* aligned_alloc(std::size_t alignment, std::size_t size) {
    count_allocation();
    return __libc_memalign(alignment, size);
}
int posix_memalign(void** out, std::size_t alignment, std::size_t size) {
    count_allocation();
    *out = __libc_memalign(alignment, size);
    return *out == nullptr ? 12 : 0;  // ENOMEM
}

int open(const char* path, int flags, ...) {
    va_list arguments;
    va_start(arguments, flags);
    const mode_t mode = mode_of(flags, arguments);
    va_end(arguments);
    return open_at(AT_FDCWD, path, flags, mode);
}
int open64(const char* path, int flags, ...) {
    va_list arguments;
    va_start(arguments, flags);
    const mode_t mode = mode_of(flags, arguments);
    va_end(arguments);
    return open_at(AT_FDCWD, path, flags, mode);
}
int openat(int dir, const char* path, int flags, ...) {
    va_list arguments;
    va_start(arguments, flags);
    const mode_t mode = mode_of(flags, arguments);
    va_end(arguments);
    return open_at(dir, path, flags, mode);
}
int openat64(int dir, const char* path, int flags, ...) {
    va_list arguments;
    va_start(arguments, flags);
    const mode_t mode = mode_of(flags, arguments);
    va_end(arguments);
    return open_at(dir, path, flags, mode);
}
FILE* fopen(const char* path, const char* mode) {
    static const auto real =
        reinterpret_cast<FILE* (*)(const char*, const char*)>(::dlsym(RTLD_NEXT, "fopen"));
    count_open();
    return real(path, mode);
}
FILE* fopen64(const char* path, const char* mode) {
    static const auto real =
        reinterpret_cast<FILE* (*)(const char*, const char*)>(::dlsym(RTLD_NEXT, "fopen64"));
    count_open();
    return real(path, mode);
}

}  // extern "C"
