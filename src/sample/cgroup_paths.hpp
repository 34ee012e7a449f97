// Where gramme's own cgroup is, in the v2 hierarchy and in those of v1.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/host.hpp"

namespace gramme::sample {

/// Folder of the caller's own cgroup in the v2 hierarchy, as on the machine. kUnsupported where there is
/// none.
[[nodiscard]] Result<std::string> own_group_v2(const Host& host);

/// The caller's cgroup of a controller ("cpu", "cpuset"), v2 or v1, and those above it up to the mount, own
/// first. Empty where there is none.
struct GroupChain {
    bool v2 = false;
    std::vector<std::string> folders;
};
[[nodiscard]] GroupChain groups_of(const Host& host, std::string_view controller);

/// CPUs that the caller's cgroup may use, as a list such as "0-7"; empty where no cpuset is known.
[[nodiscard]] std::string own_cpuset(const Host& host);

}  // namespace gramme::sample
