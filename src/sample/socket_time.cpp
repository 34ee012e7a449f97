#include "sample/socket_time.hpp"

#include <sched.h>

#include <algorithm>
#include <charconv>
#include <string_view>
#include <utility>

#include "base/parse.hpp"
#include "probe/proc_stat.hpp"
#include "sample/cgroup_paths.hpp"
#include "sample/reservation.hpp"

namespace gramme::sample {
namespace {

constexpr std::size_t kLineBytes = 256;  // "cpuN" and ten numbers of at most 20 digits

/// CPUs that this process may run on; all of them where the machine's files are recorded ones.
std::vector<bool> allowed_cpus(const Host& host, std::size_t count, bool by_affinity) {
    std::vector<bool> allowed(count, true);
    cpu_set_t mask;
    CPU_ZERO(&mask);
    if (by_affinity && !host.is_sysroot() && ::sched_getaffinity(0, sizeof mask, &mask) == 0) {
        for (std::size_t cpu = 0; cpu < std::min<std::size_t>(count, CPU_SETSIZE); ++cpu) {
            allowed[cpu] = CPU_ISSET(cpu, &mask);
        }
    }
    const std::vector<int> set = parse_cpu_list(own_cpuset(host));
    for (std::size_t cpu = 0; !set.empty() && cpu < count; ++cpu) {
        allowed[cpu] = allowed[cpu] && std::binary_search(set.begin(), set.end(), static_cast<int>(cpu));
    }
    return allowed;
}

}  // namespace

std::unique_ptr<SocketTime> SocketTime::make(const Host& host, const HostFacts& facts, bool by_affinity) {
    if (facts.cpu_sockets < 2) {
        return nullptr;
    }
    const std::vector<bool> allowed =
        allowed_cpus(host, static_cast<std::size_t>(facts.cpu_count), by_affinity);
    const bool all = std::find(allowed.begin(), allowed.end(), false) == allowed.end();
    const bool none = std::find(allowed.begin(), allowed.end(), true) == allowed.end();
    if (all || none) {
        return nullptr;
    }
    std::vector<int> sockets = sockets_of_cpus(host, facts);
    const bool known = std::all_of(sockets.begin(), sockets.end(), [](int socket) {
        return socket >= 0 && static_cast<std::size_t>(socket) < ActivityReading::kMostSockets;
    });
    auto file = host.open("/proc/stat");
    if (!known || !file) {
        return nullptr;
    }
    return std::unique_ptr<SocketTime>{new SocketTime{*std::move(file), std::move(sockets), allowed}};
}

SocketTime::SocketTime(std::unique_ptr<OpenFile> file, std::vector<int> sockets, std::vector<bool> allowed)
    : file_(std::move(file)),
      socket_of_cpu_(std::move(sockets)),
      allowed_(std::move(allowed)),
      buffer_((socket_of_cpu_.size() + 1) * kLineBytes) {
    for (const int socket : socket_of_cpu_) {
        sockets_ = std::max(sockets_, static_cast<std::size_t>(socket) + 1);
    }
}

void SocketTime::read(ActivityReading& reading) noexcept {
    const Result<std::size_t> count = file_->read(buffer_);
    if (!count) {
        return;
    }
    std::string_view text{buffer_.data(), *count};
    if (const auto sum = probe::parse_proc_stat(text)) {
        reading.machine_busy_s = sum->busy;
        reading.machine_known = true;
    }
    while (text.starts_with("cpu")) {
        const std::size_t end = text.find('\n');
        if (end == std::string_view::npos) {
            break;
        }
        const std::string_view line = text.substr(3, end - 3);
        text.remove_prefix(end + 1);
        std::size_t cpu = 0;
        const auto [after, status] = std::from_chars(line.data(), line.data() + line.size(), cpu);
        if (status != std::errc{} || cpu >= socket_of_cpu_.size()) {
            continue;  // the sum of all, or a CPU that came later
        }
        const auto times = probe::parse_cpu_times(line.substr(static_cast<std::size_t>(after - line.data())));
        if (times) {
            const auto socket = static_cast<std::size_t>(socket_of_cpu_[cpu]);
            reading.socket_busy_s[socket] += times->busy;
            reading.allowed_busy_s[socket] += allowed_[cpu] ? times->busy : 0.0;
        }
    }
    reading.sockets = sockets_;
}

}  // namespace gramme::sample
