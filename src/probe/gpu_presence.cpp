#include "probe/gpu_presence.hpp"

#include <algorithm>
#include <array>

#include "base/parse.hpp"

namespace gramme::probe {
namespace {

bool starts_with(const Host& host, const std::string& path, std::string_view beginning) {
    const auto text = host.read(path);
    return text && trimmed(*text).starts_with(beginning);
}

}  // namespace

bool has_nvidia_driver(const Host& host) {
    constexpr std::array kSigns{"/proc/driver/nvidia/version", "/dev/nvidiactl",
                                "/usr/lib/wsl/lib/libnvidia-ml.so.1"};
    return std::any_of(kSigns.begin(), kSigns.end(), [&](const char* path) { return host.exists(path); });
}

bool sees_host_processes(const Host& host) {
    const auto stat = host.read("/proc/2/stat");  // "2 (kthreadd) S 0 ...": its parent is no process
    constexpr std::string_view kName = "2 (kthreadd) ";
    return stat && stat->starts_with(kName) &&
           std::string_view{*stat}.substr(kName.size() + 1).starts_with(" 0 ");
}

std::vector<std::string> nvidia_gpu_paths(const Host& host) {
    const std::string folder = "/sys/bus/pci/devices";
    std::vector<std::string> found;
    const auto names = host.list(folder);
    if (!names) {
        return found;
    }
    for (const auto& name : *names) {
        const std::string path = folder + "/" + name;
        if (starts_with(host, path + "/vendor", "0x10de") && starts_with(host, path + "/class", "0x03")) {
            found.push_back(path);
        }
    }
    return found;
}

bool all_suspended(const Host& host, const std::vector<std::string>& gpu_paths) {
    return !gpu_paths.empty() &&
           std::all_of(gpu_paths.begin(), gpu_paths.end(), [&](const std::string& path) {
               return starts_with(host, path + "/power/runtime_status", "suspended");
           });
}

}  // namespace gramme::probe
