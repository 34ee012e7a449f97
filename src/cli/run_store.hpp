// The store of runs as the commands see it: opened, and with the runs of killed grammes moved in.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cli/command_context.hpp"
#include "refdata/tables.hpp"
#include "store/store.hpp"

namespace gramme::cli {

struct OpenedStore {
    std::unique_ptr<store::Store> store;
    std::string journal_dir;
};

/// Prints a warning for what recovery has to say. kUsage where the store is "none"; else errors of the store.
[[nodiscard]] Result<OpenedStore> open_run_store(const CommandContext& context);

/// The ids that were typed, or with --all those of every run. kUsage for both or neither; `command`:
/// "export".
[[nodiscard]] Result<std::vector<std::string>> ids_asked(const CommandContext& context,
                                                         std::string_view command, store::Store& store);

}  // namespace gramme::cli
