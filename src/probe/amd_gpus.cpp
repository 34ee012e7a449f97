#include "probe/amd_gpus.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <map>
#include <string_view>
#include <utility>

#include "base/parse.hpp"
#include "base/text.hpp"
#include "probe/accelerator_probe.hpp"
#include "probe/hwmon.hpp"

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
    std::string board;  ///< PCI address without its function, "0000:c5:00"; empty: not told
};

/// In `location_id` a partition has its number either in the highest four bits or in those of the function,
/// by the age of the driver.
std::string board_of(std::string_view properties) {
    const auto domain = read_u64(property(properties, "domain"));
    const auto location = read_u64(property(properties, "location_id"));
    if (!domain || !location || *domain > 0xffff'ffffU) {
        return {};
    }
    std::array<char, 24> text{};
    const int length = std::snprintf(
        text.data(), text.size(), "%04x:%02x:%02x", static_cast<unsigned>(*domain),
        static_cast<unsigned>(*location >> 8U & 0xffU), static_cast<unsigned>(*location >> 3U & 0x1fU));
    return {text.data(), static_cast<std::size_t>(length)};
}

std::vector<KfdNode> kfd_nodes(const Host& host) {
    const std::string folder = std::string{kKfd} + "/topology/nodes";
    std::vector<std::pair<std::uint64_t, KfdNode>> nodes;
    if (const auto names = host.list(folder)) {
        for (const std::string& name : *names) {
            const auto number = read_u64(name);
            const std::string gpu_id = word_in(host, folder + "/" + name + "/gpu_id");
            const auto text = host.read(folder + "/" + name + "/properties");
            const std::string minor = text ? property(*text, "drm_render_minor") : std::string{};
            if (number && !minor.empty() && minor != "0" && !gpu_id.empty() && gpu_id != "0") {  // 0: a CPU
                nodes.emplace_back(*number, KfdNode{"renderD" + minor, gpu_id, board_of(*text)});
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
    const std::string device = word_in(host, folder + "/device");
    gpu.pci_id = hexadecimal(device);
    gpu.name = word_in(host, folder + "/product_name");
    if (gpu.name.empty()) {
        const auto* const known = std::find_if(kAmdNames.begin(), kAmdNames.end(),
                                               [&](const auto& one) { return one.first == gpu.pci_id; });
        gpu.name = known != kAmdNames.end() ? std::string{known->second} : "AMD GPU " + device;
    }
    const std::string unique = word_in(host, folder + "/unique_id");
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
        if (word_in(host, folder + "/vendor") != "0x1002") {
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
    std::size_t place = 0;
    for (const KfdNode& node : kfd_nodes(host)) {
        const std::size_t here = place++;
        const auto is_its_card = [&](const AmdGpu& gpu) { return render_of[gpu.folder] == node.render; };
        const auto holds_it = [&](const AmdGpu& gpu) {
            return !node.board.empty() && gpu.address.starts_with(node.board + ".");
        };
        auto found = std::find_if(rest.begin(), rest.end(), is_its_card);
        auto known = ordered.end();
        if (found == rest.end()) {  // a part of a card that has another node, or whose node is not shown
            known = std::find_if(ordered.begin(), ordered.end(), holds_it);
            found = known == ordered.end() ? std::find_if(rest.begin(), rest.end(), holds_it) : found;
        }
        if (known == ordered.end() && found == rest.end()) {
            continue;
        }
        if (known == ordered.end()) {
            known = ordered.insert(known, std::move(*found));
            rest.erase(found);
        }
        known->kfd_ids.push_back(node.gpu_id);
        known->places.push_back(here);
    }
    for (AmdGpu& gpu : rest) {
        gpu.places.push_back(place++);
        ordered.push_back(std::move(gpu));
    }
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
            const std::string gpu_id = word_in(host, queues + "/" + (*names)[i] + "/gpuid");
            for (std::size_t gpu = 0; gpu < kfd_ids.size(); ++gpu) {
                on[gpu] = on[gpu] || (!gpu_id.empty() && kfd_ids[gpu] == gpu_id);
            }
        }
    }
    return on;
}

}  // namespace gramme::probe
