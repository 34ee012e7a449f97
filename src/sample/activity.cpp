#include "sample/activity.hpp"

#include <unistd.h>

#include <array>
#include <string_view>

#include "base/parse.hpp"
#include "sample/cgroup_paths.hpp"

namespace gramme::sample {
namespace {

constexpr double kSecondsPerMicrosecond = 1e-6;  // cgroup-v2.rst: cpu.stat counts in microseconds

/// usage_usec of cpu.stat (Linux Documentation/admin-guide/cgroup-v2.rst), in CPU seconds; false if it is not
/// there.
bool parse_usage(std::string_view text, double& seconds) {
    constexpr std::string_view kKey = "usage_usec ";
    const std::size_t at = text.find(kKey);
    if (at == std::string_view::npos) {
        return false;
    }
    text.remove_prefix(at + kKey.size());
    const auto value = read_u64(text.substr(0, text.find('\n')));
    if (!value) {
        return false;
    }
    seconds = static_cast<double>(*value) * kSecondsPerMicrosecond;
    return true;
}

}  // namespace

JobActivity::JobActivity(const Host& host, const JobCgroup* cgroup, const HostFacts& facts, Scope scope)
    : cgroup_(cgroup), sockets_(SocketTime::make(host, facts)) {
    if (auto stat = probe::ProcStat::open(host)) {
        machine_ = *std::move(stat);
    }
    // A recorded machine knows nothing of our processes: what it says of the cgroup stands for the job.
    if (scope == Scope::kAllocation || host.is_sysroot()) {
        const auto folder = own_group_v2(host);
        auto stat = folder ? host.open(*folder + "/cpu.stat") : folder.error();
        if (stat) {
            surrounding_ = *std::move(stat);
        }
    }
    if (cgroup_ == nullptr && surrounding_ == nullptr) {
        const std::string root = host.is_sysroot() ? host.env("GRAMME_SYSROOT").value_or("") : "";
        tree_ = std::make_unique<ProcessTree>(root + "/proc");
        if (!tree_->available()) {
            tree_.reset();
        }
    }
}

ActivityReading JobActivity::read(std::int64_t at_ns, std::optional<double> machine_busy_s) noexcept {
    ActivityReading reading;
    reading.at_ns = at_ns;
    std::array<char, 512> buffer{};
    if (surrounding_ != nullptr) {
        const auto size = surrounding_->read(buffer);
        reading.job_known = size && parse_usage({buffer.data(), *size}, reading.job_cpu_s);
    } else if (cgroup_ != nullptr) {
        const ssize_t size = ::pread(cgroup_->cpu_stat_fd(), buffer.data(), buffer.size(), 0);
        reading.job_known =
            size > 0 && parse_usage({buffer.data(), static_cast<std::size_t>(size)}, reading.job_cpu_s);
    } else if (tree_) {
        reading.job_cpu_s = tree_->cpu_seconds();
        reading.job_known = tree_->complete();
        was_incomplete_ = was_incomplete_ || !tree_->complete();
    }
    if (sockets_) {
        sockets_->read(reading);  // the machine's sum as well: it stands in the same file
    }
    if (!reading.machine_known && machine_busy_s) {
        reading.machine_busy_s = *machine_busy_s;
        reading.machine_known = true;
    } else if (!reading.machine_known && machine_) {
        if (const auto seconds = machine_->read()) {
            reading.machine_busy_s = seconds->busy;
            reading.machine_known = true;
        }
    }
    return reading;
}

std::string JobActivity::method() const {
    if (!machine_) {
        return "unknown";  // a share of what?
    }
    if (surrounding_ != nullptr) {
        return "surrounding cgroup";
    }
    if (cgroup_ != nullptr) {
        return "cgroup";
    }
    return tree_ ? "process tree" : "unknown";
}

}  // namespace gramme::sample
