#include "probe/gpu_selection.hpp"

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>

#include "base/parse.hpp"
#include "base/text.hpp"

namespace gramme::probe {
namespace {

constexpr std::string_view kNobodyNamedOne = "no reservation names a GPU and the job was not seen on one";
constexpr std::size_t kMostListed =
    4096;  // far more than a node has; bounds what a hostile variable can cost

GpuSelection undecided(std::size_t count, std::string reason) {
    return {std::vector<GpuChoice>(count, GpuChoice{Membership::kUnknown, std::move(reason)}), false};
}

GpuSelection decided(std::size_t count, const std::string& reason) {
    return {std::vector<GpuChoice>(count, GpuChoice{Membership::kOut, reason}), true};
}

std::optional<std::size_t> index_below(std::string_view text, std::size_t count) {
    if (text.empty() || text.find_first_not_of("0123456789") != std::string_view::npos) {
        return std::nullopt;
    }
    const auto index = read_u64(text);
    return index && *index < count ? index : std::nullopt;
}

/// The one GPU whose UUID starts with `text`; none or several: nullopt, as CUDA has it.
std::optional<std::size_t> gpu_of_uuid(std::string_view text, std::span<const GpuIdentity> gpus) {
    std::optional<std::size_t> found;
    for (std::size_t i = 0; i < gpus.size(); ++i) {
        if (gpus[i].uuid.starts_with(text)) {
            if (found) {
                return std::nullopt;
            }
            found = i;
        }
    }
    return found;
}

/// "MIG-<uuid>", or the form of drivers before R470: "MIG-GPU-<uuid of the GPU>/<GPU instance>/<compute
/// instance>".
std::optional<std::size_t> gpu_of_mig(std::string_view text, std::span<const GpuIdentity> gpus) {
    if (text.starts_with("MIG-GPU-")) {
        return gpu_of_uuid(text.substr(4, text.find('/') - 4), gpus);
    }
    std::optional<std::size_t> found;
    for (std::size_t i = 0; i < gpus.size(); ++i) {
        const auto& slices = gpus[i].mig_uuids;
        if (std::any_of(slices.begin(), slices.end(), [&](const auto& s) { return s.starts_with(text); })) {
            if (found) {
                return std::nullopt;  // slices of two GPUs begin so
            }
            found = i;
        }
    }
    return found;
}

/// GPUs whose name is not known (yet) do not count.
bool models_differ(std::span<const GpuIdentity> gpus) {
    std::string_view known;
    for (const GpuIdentity& gpu : gpus) {
        if (!gpu.name.empty() && !known.empty() && gpu.name != known) {
            return true;
        }
        known = gpu.name.empty() ? known : std::string_view(gpu.name);
    }
    return false;
}

GpuSelection by_cuda(const GpuVariables& variables, std::span<const GpuIdentity> gpus) {
    GpuSelection selection = decided(gpus.size(), "not in CUDA_VISIBLE_DEVICES");
    const std::string_view text = trimmed(*variables.cuda_visible_devices);
    if (text.empty()) {
        for (auto& choice : selection.choices) {
            choice.reason = "CUDA_VISIBLE_DEVICES is empty";
        }
        return selection;
    }
    // By default CUDA numbers the fastest GPU first; we know only the driver's order, which is that of the
    // PCI bus.
    const bool order_unsure = variables.cuda_device_order.value_or("") != "PCI_BUS_ID" && models_differ(gpus);
    bool index_used = false;
    std::map<std::size_t, std::string> slices_of;
    for (const std::string_view part : split(text, ',')) {
        const std::string_view entry = trimmed(part);
        std::string reason = "CUDA_VISIBLE_DEVICES";
        std::optional<std::size_t> gpu;
        if (entry.starts_with("MIG-")) {
            gpu = gpu_of_mig(entry, gpus);
            if (!gpu) {  // the library may be too old to list slices: let the job's processes decide
                return undecided(gpus.size(),
                                 "CUDA_VISIBLE_DEVICES names a MIG slice that the driver does not show, and "
                                 "the job was not seen on a GPU");
            }
            std::string& slices = slices_of[*gpu];
            slices += (slices.empty() ? "" : ", ") + std::string(entry);
            reason = "CUDA_VISIBLE_DEVICES names of it the slice " + slices +
                     "; the energy of the whole GPU is counted, an upper bound";
        } else if (entry.starts_with("GPU-")) {
            gpu = gpu_of_uuid(entry, gpus);
        } else {
            gpu = index_below(entry, gpus.size());
            index_used = index_used || gpu.has_value();
        }
        if (!gpu) {
            break;
        }
        selection.choices[*gpu] = {Membership::kIn, reason};
    }
    if (index_used && order_unsure) {
        for (auto& choice : selection.choices) {
            choice.reason +=
                "; GPU models differ, and CUDA's own order may be another than the driver's "
                "(CUDA_DEVICE_ORDER=PCI_BUS_ID makes them one)";
        }
    }
    return selection;
}

/// "0,2-3"; nullopt for anything else, such as a name or a count per type.
std::optional<std::vector<std::size_t>> slurm_list(std::string_view text) {
    std::vector<std::size_t> indexes;
    for (const std::string_view part : split(trimmed(text), ',')) {
        const std::string_view entry = trimmed(part);
        const std::size_t dash = entry.find('-');
        const auto first = index_below(entry.substr(0, dash), kMostListed);
        const auto last =
            dash == std::string_view::npos ? first : index_below(entry.substr(dash + 1), kMostListed);
        if (!first || !last || *last < *first || indexes.size() > kMostListed) {
            return std::nullopt;
        }
        for (std::size_t i = *first; i <= *last; ++i) {
            indexes.push_back(i);
        }
    }
    return indexes;
}

/// Slurm counts the GPUs of the node; where a cgroup hides some, the driver counts those that are left. Gives
/// the driver's indexes, nullopt where the two cannot be brought together.
std::optional<std::vector<std::size_t>> seen_indexes(const std::vector<std::size_t>& listed,
                                                     const std::optional<std::string>& job_list,
                                                     std::size_t count) {
    if (std::all_of(listed.begin(), listed.end(), [&](std::size_t i) { return i < count; })) {
        return listed;
    }
    const auto job = slurm_list(job_list.value_or(""));
    if (!job || job->size() != count) {
        return std::nullopt;
    }
    std::vector<std::size_t> seen;
    for (const std::size_t global : listed) {
        const auto at = std::find(job->begin(), job->end(), global);
        if (at == job->end()) {
            return std::nullopt;
        }
        seen.push_back(static_cast<std::size_t>(at - job->begin()));
    }
    return seen;
}

GpuSelection by_slurm_list(const std::string& variable, const std::string& value,
                           const std::optional<std::string>& job_list, std::size_t count) {
    if (trimmed(value).empty()) {
        return decided(count, variable + " is empty");
    }
    const auto listed = slurm_list(value);
    const auto seen = listed ? seen_indexes(*listed, job_list, count) : std::nullopt;
    if (!seen) {
        return undecided(
            count, variable + " names GPUs that the driver does not show, and the job was not seen on one");
    }
    GpuSelection selection = decided(count, "not in " + variable);
    for (const std::size_t i : *seen) {
        selection.choices[i] = {Membership::kIn, variable};
    }
    return selection;
}

}  // namespace

GpuVariables read_gpu_variables(const Host& host) {
    return {host.env("CUDA_VISIBLE_DEVICES"), host.env("CUDA_DEVICE_ORDER"), host.env("SLURM_STEP_GPUS"),
            host.env("SLURM_JOB_GPUS"), host.env("SLURM_GPUS_ON_NODE")};
}

GpuVariables of_all_ranks(GpuVariables variables, int ranks) {
    if (ranks < 2 || !variables.cuda_visible_devices) {
        return variables;
    }
    const std::string_view own = trimmed(*variables.cuda_visible_devices);
    const std::size_t named = own.empty() ? 0 : split(own, ',').size();
    if (gpus_listed_by_slurm(variables) || named < static_cast<std::size_t>(ranks)) {
        variables.cuda_visible_devices.reset();
    }
    return variables;
}

std::optional<std::size_t> gpus_listed_by_slurm(const GpuVariables& variables) {
    for (const auto& list : {variables.slurm_step_gpus, variables.slurm_job_gpus}) {
        if (list && !trimmed(*list).empty()) {
            const auto indexes = slurm_list(*list);
            return indexes ? std::optional{indexes->size()} : std::nullopt;
        }
    }
    return std::nullopt;
}

GpuSelection select_gpus(const GpuVariables& variables, std::span<const GpuIdentity> gpus) {
    if (variables.cuda_visible_devices) {
        return by_cuda(variables, gpus);
    }
    if (variables.slurm_step_gpus) {
        return by_slurm_list("SLURM_STEP_GPUS", *variables.slurm_step_gpus, variables.slurm_job_gpus,
                             gpus.size());
    }
    if (variables.slurm_job_gpus) {
        return by_slurm_list("SLURM_JOB_GPUS", *variables.slurm_job_gpus, variables.slurm_job_gpus,
                             gpus.size());
    }
    if (variables.slurm_gpus_on_node) {  // only a number: it decides where it is none or all
        const auto number = read_u64(*variables.slurm_gpus_on_node);
        if (number && (*number == 0 || *number >= gpus.size())) {
            GpuSelection all = decided(gpus.size(), "SLURM_GPUS_ON_NODE=" + std::to_string(*number));
            for (auto& choice : all.choices) {
                choice.membership = *number == 0 ? Membership::kOut : Membership::kIn;
            }
            return all;
        }
    }
    return undecided(gpus.size(), std::string(kNobodyNamedOne));
}

bool reserves_none(const GpuVariables& variables) {
    if (variables.cuda_visible_devices) {
        const std::string_view list = trimmed(*variables.cuda_visible_devices);
        return list.empty() || list == "-1" || list == "NoDevFiles";
    }
    const bool listed = variables.slurm_step_gpus || variables.slurm_job_gpus;
    return !listed && variables.slurm_gpus_on_node && trimmed(*variables.slurm_gpus_on_node) == "0";
}

}  // namespace gramme::probe
