// Words of a command line against a table of options. One table per command gives the parser, the help text,
// the nearest option for a typing error and the test that the manual page is complete.
//
// Why no library: everything after the first `--`, or from the first word on, belongs to the measured
// command, so a table of which options take a value is needed before any library could look at the words;
// CLI11 2.1 hands such words on in reverse, takes "-5" for an option and drops an empty "--name=".
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "config/job_request.hpp"

namespace gramme::cli {

/// All views point to string literals.
struct OptionSpec {
    std::string_view name;   ///< "region": typed as --region
    std::string_view value;  ///< "REGION" in the help; empty: a flag without a value
    std::string_view help;
    char letter = '\0';  ///< 'q': also -q
};

struct CommandSpec {
    std::string_view name;     ///< "runs list"
    std::string_view summary;  ///< one line, for the list of commands
    std::string_view usage;    ///< "gramme runs list [options]"
    std::span<const OptionSpec> options;
    std::size_t least_words = 0;
    std::size_t most_words = 0;
    bool takes_command = false;  ///< from the first word on, everything is another program's
    std::string_view description;
    std::string_view examples;
    std::size_t words_before =
        0;  ///< with takes_command: words of ours that stand before it, options around them
};

struct Arguments {
    config::OptionList options;  ///< in the order typed
    std::vector<std::string> words;
    bool help = false;

    [[nodiscard]] bool has(std::string_view name) const;
    /// The last one typed.
    [[nodiscard]] std::optional<std::string> value(std::string_view name) const;
};

/// Accepts "--name value", "--name=value", "-q", and "--" before the words. --help and -h are known to every
/// command and end the parsing. kUsage: unknown option (the hint offers the nearest), a missing or unwanted
/// value, too few or too many words.
[[nodiscard]] Result<Arguments> parse_arguments(const CommandSpec& command,
                                                std::span<const std::string> typed);

/// Usage, description, options and examples, at most `width` columns where words allow.
[[nodiscard]] std::string help_text(const CommandSpec& command, std::size_t width);

}  // namespace gramme::cli
