#include "host/real_host.hpp"

#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <linux/perf_event.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <climits>
#include <cstdlib>
#include <ctime>

#include "host/errno_error.hpp"
#include "host/unique_fd.hpp"

namespace gramme::host {
namespace {

constexpr std::size_t kMaxFileBytes = 16U << 20U;  // no file of /proc or /sys that we read is larger

std::int64_t clock_ns(clockid_t clock) {
    timespec time{};
    ::clock_gettime(clock, &time);
    return static_cast<std::int64_t>(time.tv_sec) * 1'000'000'000 + time.tv_nsec;
}

class RealOpenFile final : public OpenFile {
public:
    RealOpenFile(UniqueFd fd, std::string path) : fd_(std::move(fd)), path_(std::move(path)) {}

    Result<std::size_t> read(std::span<char> buffer) override {
        while (true) {
            const ssize_t count = ::pread(fd_.get(), buffer.data(), buffer.size(), 0);
            if (count >= 0) {
                return static_cast<std::size_t>(count);
            }
            if (errno != EINTR) {
                return errno_error("cannot read " + path_, errno);
            }
        }
    }

private:
    UniqueFd fd_;
    std::string path_;
};

/// A counter of a PMU. The kernel gives eight bytes; readers expect text, as everywhere in /sys.
class PerfFile final : public OpenFile {
public:
    PerfFile(UniqueFd fd, std::string name) : fd_(std::move(fd)), name_(std::move(name)) {}

    Result<std::size_t> read(std::span<char> buffer) override {
        while (true) {
            std::uint64_t count = 0;
            const ssize_t bytes = ::read(fd_.get(), &count, sizeof count);
            if (bytes == static_cast<ssize_t>(sizeof count)) {
                const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), count);
                if (error != std::errc{}) {
                    return Error{Code::kOutOfRange, "no room for the count of " + name_, ""};
                }
                return static_cast<std::size_t>(end - buffer.data());
            }
            if (bytes >= 0) {  // the event is in error state: its CPU went offline
                return errno_error("cannot read " + name_, ENODEV);
            }
            if (errno != EINTR) {
                return errno_error("cannot read " + name_, errno);
            }
        }
    }

private:
    UniqueFd fd_;
    std::string name_;
};

class RealLibrary final : public Library {
public:
    explicit RealLibrary(void* handle) : handle_(handle) {}
    [[nodiscard]] void* symbol(const char* name) const override { return ::dlsym(handle_, name); }

private:
    void* handle_;  // never closed: vendor libraries leave threads behind
};

/// Variables that name a file to load: not for a process that runs with more rights than its caller.
bool names_a_file_to_load(std::string_view name) {
    constexpr std::array<std::string_view, 7> kNames{
        "GRAMME_SYSROOT", "GRAMME_NVML_LIB", "GRAMME_HLML_LIB", "GRAMME_DUCKDB_LIB",
        "GRAMME_CONFIG",  "GRAMME_DATA",     "GRAMME_STORE"};
    return std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}

std::optional<std::string> environment(const char* name) {
    if (::getauxval(AT_SECURE) != 0 && names_a_file_to_load(name)) {
        return std::nullopt;
    }
    // Nothing in this process changes the environment once threads run.
    const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe)
    if (value == nullptr) {
        return std::nullopt;
    }
    return std::string{value};
}

class RealHost final : public Host {
public:
    explicit RealHost(std::string sysroot) : sysroot_(std::move(sysroot)) {
        if (!sysroot_.empty()) {
            root_.reset(::open(sysroot_.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
        }
    }

    [[nodiscard]] Result<std::string> read(std::string_view path) const override {
        GRAMME_TRY(const UniqueFd fd, open_regular(path));
        std::string text;
        std::array<char, 4096> chunk{};
        while (true) {
            const ssize_t count = ::read(fd.get(), chunk.data(), chunk.size());
            if (count < 0 && errno == EINTR) {
                continue;
            }
            if (count < 0) {
                return errno_error("cannot read " + std::string{path}, errno);
            }
            if (count == 0) {
                return text;
            }
            text.append(chunk.data(), static_cast<std::size_t>(count));
            if (text.size() > kMaxFileBytes) {
                return Error{Code::kOutOfRange, std::string{path} + " is larger than 16 MiB", ""};
            }
        }
    }

    [[nodiscard]] Result<std::unique_ptr<OpenFile>> open(std::string_view path) const override {
        GRAMME_TRY(UniqueFd fd, open_regular(path));
        return std::unique_ptr<OpenFile>{std::make_unique<RealOpenFile>(std::move(fd), std::string{path})};
    }

    [[nodiscard]] Result<std::unique_ptr<OpenFile>> open_perf(const PerfEvent& event) const override {
        if (!sysroot_.empty()) {
            return Host::open_perf(event);
        }
        perf_event_attr attributes{};
        attributes.type = event.type;
        attributes.size = sizeof attributes;
        attributes.config = event.config;
        const std::string name = "perf event " + std::to_string(event.config) + " of PMU " +
                                 std::to_string(event.type) + " on CPU " + std::to_string(event.cpu);
        const long fd = ::syscall(SYS_perf_event_open, &attributes, -1, event.cpu, -1, PERF_FLAG_FD_CLOEXEC);
        if (fd < 0) {
            return errno_error("cannot open " + name, errno);
        }
        return std::unique_ptr<OpenFile>{std::make_unique<PerfFile>(UniqueFd{static_cast<int>(fd)}, name)};
    }

    [[nodiscard]] Result<std::vector<std::string>> list(std::string_view path) const override {
        GRAMME_TRY(UniqueFd fd, open_fd(path, O_RDONLY | O_DIRECTORY));
        DIR* directory = ::fdopendir(fd.get());
        if (directory == nullptr) {
            return errno_error("cannot list " + std::string{path}, errno);
        }
        (void)fd.release();  // closedir closes it
        std::vector<std::string> names;
        while (const dirent* entry = ::readdir(directory)) {
            const std::string_view name = entry->d_name;
            if (name != "." && name != "..") {
                names.emplace_back(name);
            }
        }
        ::closedir(directory);
        std::sort(names.begin(), names.end());
        return names;
    }

    [[nodiscard]] Result<std::string> real_path(std::string_view path) const override {
        GRAMME_TRY(const UniqueFd fd, open_fd(path, O_PATH));
        std::array<char, PATH_MAX> target{};
        const std::string link = "/proc/self/fd/" + std::to_string(fd.get());
        const ssize_t count = ::readlink(link.c_str(), target.data(), target.size());
        if (count < 0) {
            return errno_error("cannot resolve " + std::string{path}, errno);
        }
        std::string resolved{target.data(), static_cast<std::size_t>(count)};
        if (!sysroot_.empty()) {
            std::array<char, PATH_MAX> root{};
            const std::string root_link = "/proc/self/fd/" + std::to_string(root_.get());
            const ssize_t root_count = ::readlink(root_link.c_str(), root.data(), root.size());
            const std::string prefix{root.data(), static_cast<std::size_t>(std::max<ssize_t>(root_count, 0))};
            if (resolved.starts_with(prefix)) {
                resolved.erase(0, prefix.size());
            }
        }
        return resolved;
    }

    [[nodiscard]] bool exists(std::string_view path) const override {
        return static_cast<bool>(open_fd(path, O_PATH));
    }

    [[nodiscard]] Instant now() const override {
        return {clock_ns(CLOCK_MONOTONIC), clock_ns(CLOCK_BOOTTIME), clock_ns(CLOCK_REALTIME)};
    }

    [[nodiscard]] std::optional<std::string> env(const char* name) const override {
        return environment(name);
    }

    [[nodiscard]] Result<std::unique_ptr<Library>> load(const std::string& name) const override {
        void* handle = ::dlopen(name.c_str(), RTLD_LAZY | RTLD_LOCAL);
        if (handle == nullptr) {
            const char* words = ::dlerror();  // NOLINT(concurrency-mt-unsafe): per thread in glibc
            return Error{Code::kUnavailable, words != nullptr ? words : "cannot load " + name, ""};
        }
        return std::unique_ptr<Library>{std::make_unique<RealLibrary>(handle)};
    }

    [[nodiscard]] bool is_sysroot() const override { return !sysroot_.empty(); }

private:
    /// Files of /proc, /sys and /etc are regular ones. A FIFO or device in a recorded tree would hold gramme
    /// up before the command has started.
    [[nodiscard]] Result<UniqueFd> open_regular(std::string_view path) const {
        GRAMME_TRY(UniqueFd fd, open_fd(path, O_RDONLY | O_NONBLOCK | O_NOCTTY));
        struct stat status {};
        if (::fstat(fd.get(), &status) != 0) {
            return errno_error("cannot open " + std::string{path}, errno);
        }
        if (S_ISDIR(status.st_mode)) {
            return errno_error("cannot read " + std::string{path}, EISDIR);
        }
        if (!S_ISREG(status.st_mode)) {
            return Error{Code::kUnsupported, std::string{path} + " is no regular file", ""};
        }
        return fd;
    }

    [[nodiscard]] Result<UniqueFd> open_fd(std::string_view path, int flags) const {
        const std::string name{path};
        int fd = -1;
        if (sysroot_.empty()) {
            fd = ::open(name.c_str(), flags | O_CLOEXEC);
        } else {
            // RESOLVE_IN_ROOT: an absolute link in a recorded tree stays in the tree.
            open_how how{};
            how.flags = static_cast<std::uint64_t>(flags | O_CLOEXEC);
            how.resolve = RESOLVE_IN_ROOT;
            const std::string relative = name.substr(std::min(name.find_first_not_of('/'), name.size()));
            // A rename anywhere on the machine while the kernel walks over ".." makes it give up: openat2(2).
            constexpr int kMostTries = 100;
            for (int i = 0; i < kMostTries && (i == 0 || (fd < 0 && errno == EAGAIN)); ++i) {
                fd = static_cast<int>(::syscall(SYS_openat2, root_.get(),
                                                relative.empty() ? "." : relative.c_str(), &how, sizeof how));
            }
            if (fd < 0 &&
                (errno == ENOSYS || errno == EPERM)) {  // an old kernel, or a container that forbids it
                fd = ::open((sysroot_ + "/" + relative).c_str(), flags | O_CLOEXEC);
            }
        }
        if (fd < 0) {
            return errno_error("cannot open " + name, errno);
        }
        return UniqueFd{fd};
    }

    std::string sysroot_;
    UniqueFd root_;
};

}  // namespace

std::unique_ptr<Host> make_real_host() {
    return make_real_host(environment("GRAMME_SYSROOT").value_or(""));
}

std::unique_ptr<Host> make_real_host(const std::string& sysroot) {
    return std::make_unique<RealHost>(sysroot);
}

}  // namespace gramme::host
