// The process of an MPI launcher that started the ranks of this node, above whatever wraps a rank.
#pragma once

#include <optional>
#include <string>

namespace gramme::sample {

/// "PID START" of the first ancestor of this process that is Hydra's proxy, or whose environment at its start
/// named no rank: every rank has the same one, however many shells are between. Nothing where an ancestor's
/// environment cannot be read before that, or where the way up ends at the first process of the system or
/// container. Reads two files per ancestor; thread-safe.
/// `from`: the first process that is asked, for tests; 0: the parent.
[[nodiscard]] std::optional<std::string> find_launcher(int from = 0);

}  // namespace gramme::sample
