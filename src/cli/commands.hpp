// The commands of gramme: their options and help, and how a line finds its command.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "cli/arguments.hpp"

namespace gramme::cli {

/// In the order of the help.
[[nodiscard]] std::span<const CommandSpec> commands();
/// nullptr where there is none of that name.
[[nodiscard]] const CommandSpec* find_command(std::string_view name);

/// What a command line asks for.
struct Invocation {
    enum class Kind { kCommand, kHelp, kVersion };
    Kind kind = Kind::kHelp;
    const CommandSpec* command = nullptr;  ///< of kCommand and of the help of one command
    std::string group;                     ///< help of a group of commands: "runs"
    Arguments arguments;
};

/// `typed` without the program's name. kUsage names the word and the nearest command or option.
[[nodiscard]] Result<Invocation> parse_line(std::span<const std::string> typed);

/// `gramme --help`: every command, or those of one group.
[[nodiscard]] std::string overview_text(std::string_view group);

}  // namespace gramme::cli
