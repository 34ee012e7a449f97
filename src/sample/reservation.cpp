#include "sample/reservation.hpp"

#include <algorithm>
#include <cmath>
#include <string_view>

#include "base/parse.hpp"
#include "base/text.hpp"
#include "sample/cgroup_paths.hpp"

namespace gramme::sample {
namespace {

/// A quota that leaves more than this of the machine reserves nothing worth telling apart.
constexpr double kWhole = 0.999;

/// CPUs' worth of time that cpu.max ("MAX PERIOD", both in us) or cpu.cfs_quota_us and cpu.cfs_period_us
/// allow.
std::optional<double> quota_of(const Host& host, const std::string& folder, bool v2) {
    std::string quota;
    std::string period;
    if (v2) {
        const auto text = host.read(folder + "/cpu.max");
        const auto words = text ? split(trimmed(*text), ' ') : std::vector<std::string_view>{};
        if (words.size() != 2) {
            return std::nullopt;
        }
        quota = words[0];
        period = words[1];
    } else {
        const auto quota_text = host.read(folder + "/cpu.cfs_quota_us");
        const auto period_text = host.read(folder + "/cpu.cfs_period_us");
        if (!quota_text || !period_text) {
            return std::nullopt;
        }
        quota = trimmed(*quota_text);
        period = trimmed(*period_text);
    }
    const auto allowed = read_u64(quota);  // "max" and "-1" are no limit
    const auto every = read_u64(period);
    if (!allowed || !every || *every == 0) {
        return std::nullopt;
    }
    return static_cast<double>(*allowed) / static_cast<double>(*every);
}

/// Reserved CPUs over all, by socket.
std::vector<double> shares_by_socket(const std::vector<int>& reserved, const std::vector<int>& sockets) {
    std::vector<double> all;
    std::vector<double> ours;
    for (std::size_t cpu = 0; cpu < sockets.size(); ++cpu) {
        if (sockets[cpu] < 0) {
            return {};
        }
        const auto socket = static_cast<std::size_t>(sockets[cpu]);
        all.resize(std::max(all.size(), socket + 1));
        ours.resize(all.size());
        all[socket] += 1.0;
        ours[socket] +=
            std::binary_search(reserved.begin(), reserved.end(), static_cast<int>(cpu)) ? 1.0 : 0.0;
    }
    for (std::size_t socket = 0; socket < all.size(); ++socket) {
        ours[socket] = all[socket] > 0.0 ? ours[socket] / all[socket] : 0.0;
    }
    return ours;
}

}  // namespace

double Reservation::share_of(int socket) const {
    const auto index = static_cast<std::size_t>(socket);
    if (socket >= 0 && index < socket_shares.size()) {
        return socket_shares[index];
    }
    return of_cpus > 0.0 ? std::clamp(cpus / of_cpus, 0.0, 1.0) : 1.0;
}

std::vector<int> sockets_of_cpus(const Host& host, const HostFacts& facts) {
    constexpr int kMostCpus = 4096;
    std::vector<int> sockets;
    for (int cpu = 0; cpu < std::min(facts.cpu_count, kMostCpus); ++cpu) {
        const auto text =
            host.read("/sys/devices/system/cpu/cpu" + std::to_string(cpu) + "/topology/physical_package_id");
        const auto number = text ? read_u64(*text) : std::nullopt;
        sockets.push_back(number && *number < 64 ? static_cast<int>(*number) : -1);
    }
    return sockets;
}

std::optional<Reservation> read_reservation(const Host& host, const HostFacts& facts) {
    Reservation found;
    found.of_cpus = facts.cpu_count;
    if (facts.cpu_count <= 0) {
        return std::nullopt;
    }
    found.cpus = found.of_cpus;
    const auto tighten = [&found](double cpus, std::string source) {
        if (cpus > 0.0 && cpus < found.cpus * kWhole) {
            found.cpus = cpus;
            found.source = std::move(source);
            return true;
        }
        return false;
    };

    const std::string set = own_cpuset(host);
    const std::vector<int> reserved = parse_cpu_list(set);
    if (!reserved.empty() && tighten(static_cast<double>(reserved.size()), "cpuset " + set)) {
        if (facts.cpu_sockets > 1) {
            found.socket_shares = shares_by_socket(reserved, sockets_of_cpus(host, facts));
        }
    }
    const double of_set = found.cpus;
    const GroupChain chain = groups_of(host, "cpu");
    for (const std::string& folder : chain.folders) {
        if (const auto quota = quota_of(host, folder, chain.v2)) {
            tighten(*quota, chain.v2 ? "cpu.max" : "cpu.cfs_quota_us");
        }
    }
    if (const auto slurm = host.env("SLURM_CPUS_ON_NODE")) {
        if (const auto cpus = read_u64(*slurm)) {
            tighten(static_cast<double>(*cpus), "SLURM_CPUS_ON_NODE");
        }
    }
    if (found.source.empty()) {
        return std::nullopt;
    }
    for (double& share : found.socket_shares) {  // a quota within a set of CPUs is taken as spread over it
        share *= found.cpus / of_set;
    }
    return found;
}

}  // namespace gramme::sample
