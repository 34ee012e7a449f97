#include "sample/job_cpu.hpp"

#include <sys/resource.h>
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

double seconds_of(const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * kSecondsPerMicrosecond;
}

/// Of all threads of this process, also of those that have ended.
double own_process_seconds() {
    rusage own{};
    ::getrusage(RUSAGE_SELF, &own);
    return seconds_of(own.ru_utime) + seconds_of(own.ru_stime);
}

}  // namespace

JobCpu::JobCpu(const Host& host, const JobCgroup* cgroup, Scope scope, bool with_self)
    : cgroup_(cgroup), with_self_(with_self) {
    // A recorded machine knows nothing of our processes: what it says of the cgroup stands for the job.
    if (scope == Scope::kAllocation || host.is_sysroot()) {
        const auto folder = own_group_v2(host);
        auto stat = folder ? host.open(*folder + "/cpu.stat") : folder.error();
        if (stat) {
            surrounding_ = *std::move(stat);
            surrounding_path_ = *folder;
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

std::optional<double> JobCpu::read() noexcept {
    std::array<char, 512> buffer{};
    double seconds = 0.0;
    if (surrounding_ != nullptr) {
        const auto size = surrounding_->read(buffer);
        return size && parse_usage({buffer.data(), *size}, seconds) ? std::optional{seconds} : std::nullopt;
    }
    if (cgroup_ != nullptr) {
        const ssize_t size = ::pread(cgroup_->cpu_stat_fd(), buffer.data(), buffer.size(), 0);
        const bool known = size > 0 && parse_usage({buffer.data(), static_cast<std::size_t>(size)}, seconds);
        return known ? std::optional{seconds} : std::nullopt;
    }
    if (!tree_) {
        return std::nullopt;
    }
    seconds = tree_->cpu_seconds();
    was_incomplete_ = was_incomplete_ || !tree_->complete();
    if (with_self_) {
        seconds += own_process_seconds();
    }
    return tree_->complete() ? std::optional{seconds} : std::nullopt;
}

std::string JobCpu::method() const {
    if (surrounding_ != nullptr) {
        return "surrounding cgroup";
    }
    if (cgroup_ != nullptr) {
        return "cgroup";
    }
    return tree_ ? "process tree" : "unknown";
}

}  // namespace gramme::sample
