#include "probe/amd_gpus.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <string_view>
#include <utility>

#include "base/parse.hpp"
#include "base/text.hpp"
#include "probe/accelerator_probe.hpp"

namespace gramme::probe {
namespace {

constexpr std::string_view kKfd = "/sys/class/kfd/kfd";
constexpr std::size_t kMostProcesses = 4096;

/// Accelerators for training, by PCI device id. Others are named by their id. Source: libdrm data/amdgpu.ids.
constexpr std::array<std::pair<unsigned, std::string_view>, 13> kAmdNames{{
    {0x66a1, "AMD Instinct MI60 / MI50"},
    {0x738c, "AMD Instinct MI100"},
    {0x7408, "AMD Instinct MI250X"},
    {0x740c, "AMD Instinct MI250X / MI250"},
    {0x740f, "AMD Instinct MI210"},
    {0x74a0, "AMD Instinct MI300A"},
    {0x74a1, "AMD Instinct MI300X"},
    {0x74a2, "AMD Instinct MI308X"},
    {0x74a5, "AMD Instinct MI325X"},
    {0x74a9, "AMD Instinct MI300X HF"},
    {0x75a0, "AMD Instinct MI350X"},
    {0x75a3, "AMD Instinct MI355X"},
    {0x744c, "AMD Radeon RX 7900 XT/7900 XTX"},
}};

std::string amd_word(const Host& host, const std::string& path) {
    const auto text = host.read(path);
    std::string word{text ? trimmed(*text) : std::string_view{}};
    std::replace_if(
        word.begin(), word.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; },
        '?');
    return word;
}

unsigned hexadecimal(std::string_view text) {
    unsigned value = 0;
    if (text.starts_with("0x")) {
        std::from_chars(text.data() + 2, text.data() + text.size(), value, 16);
    }
    return value;
}

/// Values of one file of "key value" lines.
std::string property(std::string_view text, std::string_view key) {
    for (const std::string_view line : split(text, '\n')) {
        const std::size_t blank = line.find(' ');
        if (blank != std::string_view::npos && line.substr(0, blank) == key) {
            return std::string{trimmed(line.substr(blank))};
        }
    }
    return {};
}

struct KfdNode {
    std::string render;  ///< "renderD128"
    std::string gpu_id;
};

std::vector<KfdNode> kfd_nodes(const Host& host) {
    const std::string folder = std::string{kKfd} + "/topology/nodes";
    std::vector<std::pair<std::uint64_t, KfdNode>> nodes;
    if (const auto names = host.list(folder)) {
        for (const std::string& name : *names) {
            const auto number = read_u64(name);
            const std::string gpu_id = amd_word(host, folder + "/" + name + "/gpu_id");
            const auto text = host.read(folder + "/" + name + "/properties");
            const std::string minor = text ? property(*text, "drm_render_minor") : std::string{};
            if (number && !minor.empty() && minor != "0" && !gpu_id.empty() && gpu_id != "0") {  // 0: a CPU
                nodes.emplace_back(*number, KfdNode{"renderD" + minor, gpu_id});
            }
        }
    }
    std::sort(nodes.begin(), nodes.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    std::vector<KfdNode> sorted;
    for (auto& [number, node] : nodes) {
        sorted.push_back(std::move(node));
    }
    return sorted;
}

AmdGpu describe_amd(const Host& host, std::string folder) {
    AmdGpu gpu;
    const std::string device = amd_word(host, folder + "/device");
    gpu.pci_id = hexadecimal(device);
    gpu.name = amd_word(host, folder + "/product_name");
    if (gpu.name.empty()) {
        const auto* const known = std::find_if(kAmdNames.begin(), kAmdNames.end(),
                                               [&](const auto& one) { return one.first == gpu.pci_id; });
        gpu.name = known != kAmdNames.end() ? std::string{known->second} : "AMD GPU " + device;
    }
    const std::string unique = amd_word(host, folder + "/unique_id");
    gpu.unique = unique.empty() ? std::string{} : "GPU-" + unique;
    gpu.address = pci_address(host, folder);
    gpu.folder = std::move(folder);
    return gpu;
}

}  // namespace

std::vector<AmdGpu> list_amd_gpus(const Host& host) {
    std::vector<AmdGpu> rest;
    std::map<std::string, std::string> render_of;  // by folder
    for (const std::string& card : drm_cards(host)) {
        const std::string folder = "/sys/class/drm/" + card + "/device";
        if (amd_word(host, folder + "/vendor") != "0x1002") {
            continue;
        }
        if (const auto nodes = host.list(folder + "/drm")) {
            for (const std::string& node : *nodes) {
                if (node.starts_with("renderD")) {
                    render_of[folder] = node;
                }
            }
        }
        rest.push_back(describe_amd(host, folder));
    }
    std::vector<AmdGpu> ordered;
    if (rest.empty()) {
        return ordered;
    }
    for (const KfdNode& node : kfd_nodes(host)) {
        const auto found = std::find_if(rest.begin(), rest.end(), [&](const AmdGpu& gpu) {
            return render_of[gpu.folder] == node.render;
        });
        if (found != rest.end()) {
            found->kfd_id = node.gpu_id;
            ordered.push_back(std::move(*found));
            rest.erase(found);
        }
    }
    std::move(rest.begin(), rest.end(), std::back_inserter(ordered));
    return ordered;
}

bool is_two_die_module(const AmdGpu& gpu) {
    return gpu.pci_id == 0x7408 || gpu.pci_id == 0x740c;
}

bool is_mi300a(const AmdGpu& gpu) {
    return gpu.pci_id == 0x74a0;
}

std::vector<bool> job_on_amd(const Host& host, const JobMembers& members,
                             const std::vector<std::string>& kfd_ids) {
    std::vector<bool> on(kfd_ids.size(), false);
    const std::string folder = std::string{kKfd} + "/proc";
    auto processes = host.list(folder);
    if (!processes) {
        return on;
    }
    processes->resize(std::min(processes->size(), kMostProcesses));
    for (const std::string& process : *processes) {
        const auto pid = read_u64(process);
        constexpr std::uint64_t kMostPid = 1U << 30U;
        if (!pid || *pid > kMostPid || !members.contains(static_cast<int>(*pid))) {
            continue;
        }
        const std::string queues = folder + "/" + process + "/queues";
        const auto names = host.list(queues);
        for (std::size_t i = 0; names && i < names->size(); ++i) {
            const std::string gpu_id = amd_word(host, queues + "/" + (*names)[i] + "/gpuid");
            for (std::size_t gpu = 0; gpu < kfd_ids.size(); ++gpu) {
                on[gpu] = on[gpu] || (!gpu_id.empty() && kfd_ids[gpu] == gpu_id);
            }
        }
    }
    return on;
}

}  // namespace gramme::probe
