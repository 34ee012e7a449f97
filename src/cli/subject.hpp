// The result that a command is about: a run of the store, a file, or standard input.
#pragma once

#include <optional>
#include <string>

#include "base/result.hpp"
#include "calculate/stored_footprint.hpp"
#include "cli/command_context.hpp"
#include "model/ledger.hpp"

namespace gramme::cli {

struct Subject {
    calculate::ReadResult result;  ///< of a stored run with its whole record, command line included
    std::optional<Ledger> ledger;  ///< of a stored run only
    std::string origin;            ///< "run 01938c2e-...", "result.json", "standard input"
};

/// `word`: "-" is standard input, a word with a dot or a slash a file, any other a run of the store. The
/// result is as it was computed then. kUsage, kNotFound, kMalformed, kOutOfRange (more than 64 MiB).
[[nodiscard]] Result<Subject> load_subject(const CommandContext& context, const std::string& word);

}  // namespace gramme::cli
