#include "probe/drm_clients.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/parse.hpp"
#include "base/text.hpp"

namespace gramme::probe {
namespace {

constexpr std::size_t kMostJobProcesses = 512;
constexpr std::size_t kMostOpenFiles = 1024;

/// Children of all threads of a process ("self" or a number), as numbers in text.
std::vector<std::string> children_of(const Host& host, const std::string& process) {
    std::vector<std::string> children;
    const std::string tasks = "/proc/" + process + "/task";
    const auto threads = host.list(tasks);
    for (std::size_t i = 0; threads && i < threads->size(); ++i) {
        const auto text = host.read(tasks + "/" + (*threads)[i] + "/children");
        if (!text) {
            continue;
        }
        for (const std::string_view pid : split(trimmed(*text), ' ')) {
            if (read_u64(pid)) {
                children.emplace_back(pid);
            }
        }
    }
    return children;
}

std::vector<std::string> processes_below(const Host& host) {
    std::vector<std::string> all{"self"};
    for (std::size_t i = 0; i < all.size() && all.size() < kMostJobProcesses; ++i) {
        for (std::string& child : children_of(host, std::string{all[i]})) {
            all.push_back(std::move(child));
        }
    }
    return all;
}

/// Processes of the job at and below this one.
std::vector<std::string> job_processes(const Host& host, const JobMembers& members) {
    std::vector<std::string> own = processes_below(host);
    std::erase_if(own, [&](const std::string& process) {
        std::optional<std::uint64_t> pid = read_u64(process);
        if (!pid) {  // this process, which is the job's where it is measured from within; its number is in
                     // its stat
            const auto stat = host.read("/proc/self/stat");
            pid = stat ? read_u64(std::string_view{*stat}.substr(0, stat->find(' '))) : std::nullopt;
        }
        constexpr std::uint64_t kMostPid = 1U << 30U;
        return !pid || *pid > kMostPid || !members.contains(static_cast<int>(*pid));
    });
    return own;
}

}  // namespace

std::string_view used_gpu(std::string_view fdinfo) {
    std::string_view address;
    bool used = false;
    for (const std::string_view line : split(fdinfo, '\n')) {
        const std::size_t colon = line.find(':');
        if (colon == std::string_view::npos) {
            continue;
        }
        const std::string_view key = line.substr(0, colon);
        const std::string_view value = trimmed(line.substr(colon + 1));
        if (key == "drm-pdev") {
            address = value;
        } else if ((key.starts_with("drm-engine-") && !key.starts_with("drm-engine-capacity-")) ||
                   key.starts_with("drm-cycles-")) {
            used = used || read_u64(value.substr(0, value.find(' '))).value_or(0) > 0;
        }
    }
    return used ? address : std::string_view{};
}

std::vector<bool> job_on_drm(const Host& host, const JobMembers& members,
                             const std::vector<std::string>& addresses) {
    std::vector<bool> on(addresses.size(), false);
    for (const std::string& process : job_processes(host, members)) {
        const std::string folder = "/proc/" + process + "/fdinfo";
        auto files = host.list(folder);
        if (!files) {
            continue;
        }
        files->resize(std::min(files->size(), kMostOpenFiles));
        for (const std::string& file : *files) {
            const auto text = host.read(folder + "/" + file);
            const std::string_view address = text ? used_gpu(*text) : std::string_view{};
            for (std::size_t i = 0; i < addresses.size(); ++i) {
                on[i] = on[i] || (!address.empty() && addresses[i] == address);
            }
        }
    }
    return on;
}

std::vector<bool> job_has_open(const Host& host, const JobMembers& members,
                               const std::vector<std::string>& paths) {
    std::vector<bool> open(paths.size(), false);
    for (const std::string& process : job_processes(host, members)) {
        const std::string folder = "/proc/" + process + "/fd";
        auto files = host.list(folder);
        if (!files) {
            continue;
        }
        files->resize(std::min(files->size(), kMostOpenFiles));
        for (const std::string& file : *files) {
            const auto target = host.real_path(folder + "/" + file);
            for (std::size_t i = 0; target && i < paths.size(); ++i) {
                const bool below = paths[i].ends_with('/') && target->starts_with(paths[i]);
                open[i] = open[i] || below || *target == paths[i];
            }
        }
    }
    return open;
}

}  // namespace gramme::probe
