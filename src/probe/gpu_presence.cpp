#include "probe/gpu_presence.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/parse.hpp"
#include "base/text.hpp"

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

PresentGpu parse_gpu_information(std::string_view text) {
    PresentGpu gpu;
    for (const std::string_view line : split(text, '\n')) {
        const std::size_t colon = line.find(':');
        if (colon == std::string_view::npos) {
            continue;
        }
        const std::string_view key = trimmed(line.substr(0, colon));
        std::string value{trimmed(line.substr(colon + 1))};
        std::replace_if(
            value.begin(), value.end(),
            [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, '?');
        if (key == "Model") {
            gpu.name = std::move(value);
        } else if (key == "GPU UUID") {
            gpu.uuid = value.find('?') == std::string::npos ? std::move(value) : std::string{};
        }
    }
    return gpu;
}

std::vector<PresentGpu> present_gpus(const Host& host) {
    std::vector<PresentGpu> gpus;
    const std::string folder = "/proc/driver/nvidia/gpus";
    const auto names = host.exists("/dev/nvidiactl") ? host.list(folder) : Error{Code::kNotFound, "", ""};
    if (!names) {
        return gpus;
    }
    for (const auto& name : *names) {
        const auto text = host.read(folder + "/" + name + "/information");
        gpus.push_back(text ? parse_gpu_information(*text) : PresentGpu{});
    }
    return gpus;
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
