#include "sample/launcher.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <string_view>

#include "sample/process_tree.hpp"
#include "sample/rank_file.hpp"

namespace gramme::sample {
namespace {

/// Those that find_node_job() takes an MPICH's rank from.
constexpr std::array<std::string_view, 2> kRankVariables{"MPI_LOCALRANKID=", "PMI_LOCAL_RANK="};

bool is_hydra(const std::string& name) {
    return name == "hydra_pmi_proxy" || name == "hydra_bstrap_pr";  // the kernel keeps 15 characters
}

/// Whether a process was started as a rank; nothing where it is somebody else's.
std::optional<bool> was_a_rank(int pid) {
    std::ifstream file{"/proc/" + std::to_string(pid) + "/environ", std::ios::binary};
    if (!file) {
        return std::nullopt;
    }
    std::string variable;
    bool found = false;
    while (!found && std::getline(file, variable, '\0')) {
        found = std::any_of(kRankVariables.begin(), kRankVariables.end(),
                            [&variable](std::string_view name) { return variable.starts_with(name); });
    }
    return file.bad() ? std::nullopt : std::optional{found};
}

}  // namespace

std::optional<std::string> find_launcher(int from) {
    constexpr int kMostSteps = 64;
    int pid = from == 0 ? ::getppid() : from;
    for (int steps = 0; steps < kMostSteps && pid > 1; ++steps) {
        const auto rank = was_a_rank(pid);
        if (is_hydra(process_name(pid)) || rank == std::optional{false}) {
            return std::to_string(pid) + " " + std::to_string(start_ticks_of(pid));
        }
        if (!rank) {
            return std::nullopt;
        }
        pid = parent_of(pid);
    }
    return std::nullopt;
}

}  // namespace gramme::sample
