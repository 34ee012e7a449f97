// The process of a trial: a `gramme run` in a session of its own, so that what happens to the sweep does not
// happen to it, and it can be ended with everything that it started.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "host/unique_fd.hpp"

namespace gramme::sweep {

struct TrialProcess {
    int pid = 0;
    host::UniqueFd pidfd;  ///< readable when it has ended; none: it cannot be watched
};

/// Starts this same program with `words`; output goes to `log_fd`, input is empty. The environment is ours
/// with `environment` in it, where an empty value takes a variable out. kIo.
[[nodiscard]] Result<TrialProcess> start_trial(
    const std::vector<std::string>& words,
    const std::vector<std::pair<std::string, std::string>>& environment, int log_fd);

/// A process that an earlier gramme started, which prints into `log_path`; no pidfd where it is gone, no pid
/// where its whole session is.
[[nodiscard]] TrialProcess find_trial(int pid, const std::string& log_path);

/// To the leader of the session alone, or to all others in it.
enum class Whom { kLeader, kOthers };
void signal_trial(int pid, int signal, Whom whom);

}  // namespace gramme::sweep
