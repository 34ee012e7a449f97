// Whether a launcher started this process as one of several ranks on this node, from its variables. Pure but
// for the host it asks.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/host.hpp"

namespace gramme::sample {

/// One of several processes of a job on this node.
struct NodeJob {
    std::string key;     ///< the same for all ranks of the job: "slurm 4711.0"; as untrusted as its variables
    int local_rank = 0;  ///< on this node, 0 .. local_size - 1
    int local_size = 0;  ///< 2 .. 4096
};

/// Nothing unless a launcher says so itself, with a name of the job: a Slurm step of several tasks on this
/// node, Open MPI, MPICH, Intel MPI and Cray PALS, torchrun, in this order (the outermost covers the others).
/// `launcher`: names the process that started the ranks (find_launcher()); an MPICH that names no job starts
/// all ranks of a node from one.
/// Sources: srun(1) "OUTPUT ENVIRONMENT VARIABLES"; Open MPI 5 documentation, "Environment variables set for
/// MPI applications"; Hydra process manager and Intel MPI reference (MPI_LOCALRANKID, MPI_LOCALNRANKS);
/// PyTorch documentation, torchrun "Environment Variables".
[[nodiscard]] std::optional<NodeJob> find_node_job(const Host& host, std::string_view launcher);

/// The rank on this node that any launcher's variable names, whether or not its job can be told; the greatest
/// of several; nothing where there is none.
[[nodiscard]] std::optional<int> local_rank_said(const Host& host);

/// Tasks on one node of a step, from SLURM_STEP_TASKS_PER_NODE: counts by node, "4(x2),1" for 4, 4, 1.
/// `node`: its place in the step, SLURM_NODEID; without it the answer is known only where all nodes have the
/// same. Nothing for anything else, and for a node behind the last.
[[nodiscard]] std::optional<int> slurm_tasks_on_node(std::string_view text,
                                                     std::optional<std::uint64_t> node);

}  // namespace gramme::sample
