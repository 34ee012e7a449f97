// Host: the world as an argument. Files under /sys, /proc, /dev and /etc, clocks, environment, shared
// libraries. src/host/ has the real one; tests give a fake one. Nothing below the command line asks the world
// in another way.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace gramme {

/// One moment on three clocks, in ns. Durations come from `boot_ns` (counts through suspend) or `mono_ns`
/// (does not); `wall_ns` (UTC, since 1970) is for labels only, because it may step.
struct Instant {
    std::int64_t mono_ns = 0;
    std::int64_t boot_ns = 0;
    std::int64_t wall_ns = 0;
};

/// A file kept open and read again and again from its start. Reading allocates nothing when it succeeds.
class OpenFile {
public:
    virtual ~OpenFile() = default;
    /// Reads from offset 0 into `buffer`; the number of bytes read. kPermission, kNotFound (device gone) or
    /// kIo.
    virtual Result<std::size_t> read(std::span<char> buffer) = 0;
};

/// One counter of a kernel PMU on one CPU, as perf_event_open(2) names it.
struct PerfEvent {
    std::uint32_t type = 0;    ///< perf_event_attr::type: /sys/bus/event_source/devices/PMU/type
    std::uint64_t config = 0;  ///< perf_event_attr::config: the PMU's events/NAME
    int cpu = 0;               ///< one that the PMU's cpumask lists
};

/// A shared library; the handle lives as long as the process (vendor libraries do not survive dlclose).
class Library {
public:
    virtual ~Library() = default;
    /// nullptr where the library has no such symbol.
    [[nodiscard]] virtual void* symbol(const char* name) const = 0;
};

/// Thread-safe: no call changes the host.
class Host {
public:
    virtual ~Host() = default;
    /// All paths are absolute as on the machine ("/sys/class/powercap"); GRAMME_SYSROOT is applied inside.
    [[nodiscard]] virtual Result<std::string> read(std::string_view path) const = 0;
    [[nodiscard]] virtual Result<std::unique_ptr<OpenFile>> open(std::string_view path) const = 0;
    /// A counter of the whole CPU, kept open; its read() gives the count since it was opened, in decimal, as
    /// files of /sys do. kPermission where kernel.perf_event_paranoid and the process's capabilities forbid
    /// it. Below GRAMME_SYSROOT the file /perf/TYPE-CONFIG-CPU (decimal numbers) stands for it.
    [[nodiscard]] virtual Result<std::unique_ptr<OpenFile>> open_perf(const PerfEvent& event) const;
    /// Names in a directory, sorted, without "." and "..".
    [[nodiscard]] virtual Result<std::vector<std::string>> list(std::string_view path) const = 0;
    /// The path with links resolved, as on the machine; kNotFound for a dangling link.
    [[nodiscard]] virtual Result<std::string> real_path(std::string_view path) const = 0;
    [[nodiscard]] virtual bool exists(std::string_view path) const = 0;
    [[nodiscard]] virtual Instant now() const = 0;
    [[nodiscard]] virtual std::optional<std::string> env(const char* name) const = 0;
    /// Loads a shared library by soname or path. kUnavailable with the loader's own words.
    [[nodiscard]] virtual Result<std::unique_ptr<Library>> load(const std::string& name) const = 0;
    /// True when GRAMME_SYSROOT replaces the machine's own files.
    [[nodiscard]] virtual bool is_sysroot() const = 0;
};

/// Where the file of a counter lies in a recorded machine.
[[nodiscard]] inline std::string recorded_perf_file(const PerfEvent& event) {
    return "/perf/" + std::to_string(event.type) + "-" + std::to_string(event.config) + "-" +
           std::to_string(event.cpu);
}

inline Result<std::unique_ptr<OpenFile>> Host::open_perf(const PerfEvent& event) const {
    return open(recorded_perf_file(event));
}

}  // namespace gramme
