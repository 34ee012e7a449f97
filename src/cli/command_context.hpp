// What every command is given: the world, the streams, the words, and the settings from files, variables and
// flags.
#pragma once

#include <string>
#include <vector>

#include "base/host.hpp"
#include "base/result.hpp"
#include "cli/arguments.hpp"
#include "cli/options.hpp"
#include "cli/terminal.hpp"

namespace gramme::cli {

struct CommandContext {
    const Host& host;
    const Terminal& terminal;
    const Arguments& arguments;
    const RunOptions& options;  ///< region, intensity, PUE, store and data hold for every command
};

/// Each returns the exit code; an error is for the caller to print.
/// The command's own exit status; 126 or 127 if it cannot start. A misspelt region is kUsage before anything
/// starts.
[[nodiscard]] Result<int> run_command(const CommandContext& context);
[[nodiscard]] Result<int> doctor_command(const CommandContext& context);
[[nodiscard]] Result<int> calibrate_command(const CommandContext& context);
[[nodiscard]] Result<int> runs_list_command(const CommandContext& context);
[[nodiscard]] Result<int> runs_show_command(const CommandContext& context);
[[nodiscard]] Result<int> runs_export_command(const CommandContext& context);
[[nodiscard]] Result<int> runs_import_command(const CommandContext& context);
[[nodiscard]] Result<int> runs_recost_command(const CommandContext& context);
[[nodiscard]] Result<int> runs_delete_command(const CommandContext& context);
[[nodiscard]] Result<int> runs_tree_command(const CommandContext& context);
[[nodiscard]] Result<int> plan_search_command(const CommandContext& context);
[[nodiscard]] Result<int> sweep_command(const CommandContext& context);
[[nodiscard]] Result<int> explain_command(const CommandContext& context);
[[nodiscard]] Result<int> report_command(const CommandContext& context);
[[nodiscard]] Result<int> estimate_command(const CommandContext& context);
[[nodiscard]] Result<int> plan_train_command(const CommandContext& context);
[[nodiscard]] Result<int> plan_reuse_command(const CommandContext& context);
[[nodiscard]] Result<int> batch_command(const CommandContext& context);
[[nodiscard]] Result<int> compare_command(const CommandContext& context);
[[nodiscard]] Result<int> plan_when_command(const CommandContext& context);
[[nodiscard]] Result<int> plan_where_command(const CommandContext& context);
[[nodiscard]] Result<int> serve_command(const CommandContext& context);
[[nodiscard]] Result<int> intensity_command(const CommandContext& context);
[[nodiscard]] Result<int> regions_command(const CommandContext& context);
[[nodiscard]] Result<int> devices_command(const CommandContext& context);
[[nodiscard]] Result<int> instances_command(const CommandContext& context);

/// A whole command line without the program's name; prints what there is to say and returns the exit code.
[[nodiscard]] int run_line(const Host& host, const Terminal& terminal, const std::vector<std::string>& typed);

/// --format and --json together: the first of `known` where neither is given. kUsage for a format that is
/// none of `known`.
[[nodiscard]] Result<std::string> wanted_format(const Arguments& arguments,
                                                const std::vector<std::string>& known);

}  // namespace gramme::cli
