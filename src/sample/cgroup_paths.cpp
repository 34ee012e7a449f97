#include "sample/cgroup_paths.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/parse.hpp"
#include "base/text.hpp"

namespace gramme::sample {
namespace {

struct Mount {
    std::string root;   ///< the part of the hierarchy that the mount shows
    std::string point;  ///< where
};

bool lists(std::string_view words, std::string_view word) {
    const auto all = split(words, ',');
    return std::find(all.begin(), all.end(), word) != all.end();
}

/// proc_pid_mountinfo(5): id parent major:minor root mount-point options ... - type source super-options
std::optional<Mount> find_mount(std::string_view mounts, std::string_view type, std::string_view controller) {
    for (const std::string_view line : split(mounts, '\n')) {
        const std::size_t dash = line.find(" - ");
        if (dash == std::string_view::npos) {
            continue;
        }
        const auto fields = split(line.substr(0, dash), ' ');
        const auto rest = split(line.substr(dash + 3), ' ');
        if (fields.size() >= 5 && rest.size() >= 3 && rest[0] == type &&
            (controller.empty() || lists(rest[2], controller))) {
            return Mount{std::string{fields[3]}, std::string{fields[4]}};
        }
    }
    return std::nullopt;
}

std::string folder_below(const Mount& mount, std::string_view group) {
    if (mount.root != "/" && group.starts_with(mount.root)) {  // the mount shows only a part of the tree
        group.remove_prefix(mount.root.size());
    }
    return mount.point + (group == "/" ? std::string{} : std::string{group});
}

/// cgroups(7) /proc/PID/cgroup: hierarchy-id:controllers:path; v2 is hierarchy 0 and names no controllers.
std::optional<std::string> group_path(std::string_view memberships, std::string_view controller) {
    for (const std::string_view line : split(memberships, '\n')) {
        const std::size_t first = line.find(':');
        const std::size_t second = first == std::string_view::npos ? first : line.find(':', first + 1);
        if (second == std::string_view::npos) {
            continue;
        }
        const std::string_view controllers = line.substr(first + 1, second - first - 1);
        if (controller.empty() ? line.starts_with("0::") : lists(controllers, controller)) {
            return std::string{line.substr(second + 1)};
        }
    }
    return std::nullopt;
}

std::vector<std::string> upwards(std::string folder, const std::string& top) {
    std::vector<std::string> folders{folder};
    while (folder.size() > top.size()) {
        folder.resize(folder.rfind('/'));
        folders.push_back(folder);
    }
    return folders;
}

}  // namespace

Result<std::string> own_group_v2(const Host& host) {
    GRAMME_TRY(const std::string memberships, host.read("/proc/self/cgroup"));
    const auto group = group_path(memberships, "");
    if (!group || group->empty()) {
        return Error{Code::kUnsupported, "no cgroup v2 on this machine", ""};
    }
    GRAMME_TRY(const std::string mounts, host.read("/proc/self/mountinfo"));
    const auto mount = find_mount(mounts, "cgroup2", "");
    if (!mount) {
        return Error{Code::kUnsupported, "the cgroup v2 hierarchy is not mounted", ""};
    }
    return folder_below(*mount, *group);
}

GroupChain groups_of(const Host& host, std::string_view controller) {
    const auto memberships = host.read("/proc/self/cgroup");
    const auto mounts = host.read("/proc/self/mountinfo");
    if (!memberships || !mounts) {
        return {};
    }
    // A controller is in one hierarchy at a time: where v1 has it, v2 does not.
    if (const auto group = group_path(*memberships, controller)) {
        if (const auto mount = find_mount(*mounts, "cgroup", controller)) {
            return {false, upwards(folder_below(*mount, *group), mount->point)};
        }
    }
    const auto group = group_path(*memberships, "");
    const auto mount = find_mount(*mounts, "cgroup2", "");
    if (!group || !mount) {
        return {};
    }
    return {true, upwards(folder_below(*mount, *group), mount->point)};
}

std::string own_cpuset(const Host& host) {
    for (const std::string& folder : groups_of(host, "cpuset").folders) {
        for (const char* const name : {"/cpuset.cpus.effective", "/cpuset.effective_cpus", "/cpuset.cpus"}) {
            const auto text = host.read(folder + name);
            if (text && !trimmed(*text).empty()) {
                return std::string{trimmed(*text)};  // the own group's is effective: those above are in it
            }
        }
    }
    return {};
}

}  // namespace gramme::sample
