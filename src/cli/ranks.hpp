// `gramme run` as one of several ranks on a node: who measures, and what the others do.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/command_context.hpp"
#include "sample/rank_table.hpp"
#include "sample/supervisor.hpp"

namespace gramme::cli {

/// The table of this rank's job, where a launcher says that there are several ranks here. Nothing where there
/// is none, or where it cannot be had: then a warning says that each rank measures for itself.
[[nodiscard]] std::optional<sample::RankTable> join_ranks(const CommandContext& context,
                                                          const HostFacts& facts,
                                                          std::vector<std::string>& warnings);

/// A rank of a Slurm step that joins a run around `srun` is started by Slurm's daemon: that run sees nothing
/// of what it uses, and this says so, once a node.
void warn_of_a_run_around_srun(const CommandContext& context);

/// Runs the command as a member: starts it, publishes its CPU time, says when it has ended. The exit status
/// to leave with.
[[nodiscard]] int run_as_member(const CommandContext& context, const sample::BlockedSignals& signals,
                                sample::RankTable& table);

/// A shell's words for a command that cannot be started: 127 not found, 126 found and not executable.
[[nodiscard]] int cannot_start(const Terminal& terminal, const Error& error);

}  // namespace gramme::cli
