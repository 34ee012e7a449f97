#include "sample/node_job.hpp"

#include <algorithm>
#include <initializer_list>
#include <utility>

#include "base/parse.hpp"
#include "base/text.hpp"

namespace gramme::sample {
namespace {

constexpr std::uint64_t kMostRanks = 4096;  // a node has fewer; bounds what a hostile variable can cost
constexpr std::size_t kMostKeyBytes = 512;

/// Digits only: a launcher writes no sign and no blank.
std::optional<std::uint64_t> plain_number(std::string_view text) {
    const bool digits = !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
    return digits ? read_u64(text) : std::nullopt;
}

/// Of the first of these variables that is set and not empty.
std::optional<std::string> value_of(const Host& host, std::initializer_list<const char*> names) {
    for (const char* name : names) {
        if (auto value = host.env(name); value && !value->empty()) {
            return value;
        }
    }
    return std::nullopt;
}

std::optional<std::uint64_t> number_of(const Host& host, std::initializer_list<const char*> names) {
    const auto text = value_of(host, names);
    return text ? plain_number(*text) : std::nullopt;
}

std::optional<NodeJob> one_of_several(std::string key, std::optional<std::uint64_t> rank,
                                      std::optional<std::uint64_t> size) {
    if (!rank || !size || *size < 2 || *size > kMostRanks || *rank >= *size || key.size() > kMostKeyBytes) {
        return std::nullopt;
    }
    return NodeJob{std::move(key), static_cast<int>(*rank), static_cast<int>(*size)};
}

/// A batch script has SLURM_LOCALID and SLURM_PROCID too, but belongs to no step.
std::optional<NodeJob> of_slurm(const Host& host) {
    const auto job = value_of(host, {"SLURM_JOB_ID", "SLURM_JOBID"});
    const auto step = value_of(host, {"SLURM_STEP_ID", "SLURM_STEPID"});
    const auto tasks = value_of(host, {"SLURM_STEP_TASKS_PER_NODE"});
    if (!job || !step || !tasks) {
        return std::nullopt;
    }
    const auto here = slurm_tasks_on_node(*tasks, number_of(host, {"SLURM_NODEID"}));
    return one_of_several("slurm " + *job + "." + *step, number_of(host, {"SLURM_LOCALID"}),
                          here ? std::optional{static_cast<std::uint64_t>(*here)} : std::nullopt);
}

std::optional<NodeJob> of_open_mpi(const Host& host) {
    const auto job = value_of(host, {"PMIX_NAMESPACE", "OMPI_MCA_ess_base_jobid", "OMPI_MCA_orte_ess_jobid"});
    if (!job) {
        return std::nullopt;
    }
    return one_of_several("openmpi " + *job, number_of(host, {"OMPI_COMM_WORLD_LOCAL_RANK"}),
                          number_of(host, {"OMPI_COMM_WORLD_LOCAL_SIZE"}));
}

std::optional<NodeJob> of_mpich(const Host& host, std::string_view launcher) {
    const auto job = value_of(host, {"I_MPI_HYDRA_UUID", "PALS_APID", "PMI_JOBID"});
    if (!job && launcher.empty()) {
        return std::nullopt;
    }
    return one_of_several(job ? "mpich " + *job : "mpich below " + std::string{launcher},
                          number_of(host, {"MPI_LOCALRANKID", "PMI_LOCAL_RANK"}),
                          number_of(host, {"MPI_LOCALNRANKS", "PMI_LOCAL_SIZE"}));
}

/// The run id is "none" unless somebody names one, so that its meeting place belongs to the key.
std::optional<NodeJob> of_torchrun(const Host& host) {
    const auto job = value_of(host, {"TORCHELASTIC_RUN_ID"});
    const auto address = value_of(host, {"MASTER_ADDR"});
    const auto port = value_of(host, {"MASTER_PORT"});
    if (!job || !port) {
        return std::nullopt;
    }
    return one_of_several("torchrun " + *job + " " + address.value_or("") + ":" + *port,
                          number_of(host, {"LOCAL_RANK"}), number_of(host, {"LOCAL_WORLD_SIZE"}));
}

struct Entry {
    std::uint64_t tasks = 0;
    std::uint64_t nodes = 1;
};

/// "4" or "4(x2)".
std::optional<Entry> entry_of(std::string_view text) {
    Entry entry;
    const std::size_t bracket = text.find('(');
    const auto tasks = plain_number(text.substr(0, bracket));
    if (!tasks || *tasks == 0 || *tasks > kMostRanks) {
        return std::nullopt;
    }
    entry.tasks = *tasks;
    if (bracket == std::string_view::npos) {
        return entry;
    }
    const std::string_view repeat = text.substr(bracket);
    if (!repeat.starts_with("(x") || !repeat.ends_with(')')) {
        return std::nullopt;
    }
    constexpr std::uint64_t kMostNodes = 1'000'000;
    const auto nodes = plain_number(repeat.substr(2, repeat.size() - 3));
    if (!nodes || *nodes == 0 || *nodes > kMostNodes) {
        return std::nullopt;
    }
    entry.nodes = *nodes;
    return entry;
}

}  // namespace

std::optional<int> slurm_tasks_on_node(std::string_view text, std::optional<std::uint64_t> node) {
    std::optional<std::uint64_t> found;
    std::uint64_t before = 0;  // nodes of the entries so far
    for (const std::string_view part : split(text, ',')) {
        const auto entry = entry_of(part);
        if (!entry) {
            return std::nullopt;
        }
        if (!node) {
            if (found && *found != entry->tasks) {
                return std::nullopt;
            }
            found = entry->tasks;
        } else if (*node >= before && *node - before < entry->nodes) {
            found = entry->tasks;
        }
        before += entry->nodes;
    }
    return found ? std::optional{static_cast<int>(*found)} : std::nullopt;
}

std::optional<NodeJob> find_node_job(const Host& host, std::string_view launcher) {
    if (auto job = of_slurm(host)) {
        return job;
    }
    if (auto job = of_open_mpi(host)) {
        return job;
    }
    if (auto job = of_mpich(host, launcher)) {
        return job;
    }
    return of_torchrun(host);
}

std::optional<int> local_rank_said(const Host& host) {
    std::optional<int> most;  // a batch script's SLURM_LOCALID 0 is there beside the one that counts
    for (const auto& names : {std::initializer_list<const char*>{"SLURM_LOCALID"},
                              {"OMPI_COMM_WORLD_LOCAL_RANK"},
                              {"MPI_LOCALRANKID", "PMI_LOCAL_RANK"},
                              {"LOCAL_RANK"}}) {
        if (const auto rank = number_of(host, names); rank && *rank < kMostRanks) {
            most = std::max(most.value_or(0), static_cast<int>(*rank));
        }
    }
    return most;
}

}  // namespace gramme::sample
