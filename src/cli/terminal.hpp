// The three streams of the program and what they can show.
#pragma once

#include <cstdio>
#include <string_view>

#include "base/host.hpp"
#include "base/result.hpp"
#include "cli/options.hpp"
#include "present/present.hpp"

namespace gramme::cli {

/// Borrowed streams; tests give temporary files.
struct Terminal {
    std::FILE* in = nullptr;
    std::FILE* out = nullptr;  ///< results
    std::FILE* err = nullptr;  ///< talk
    bool in_is_terminal = false;
    present::TextStyle out_style;
    present::TextStyle err_style;
};

/// stdin, stdout and stderr. Colour only on a terminal, without NO_COLOR (no-color.org) and TERM=dumb; the
/// width is the terminal's, else COLUMNS, else 80.
[[nodiscard]] Terminal standard_terminal(const Host& host);

void print(std::FILE* stream, std::string_view text);

/// "gramme: what" and the hint on a line of its own.
void print_error(const Terminal& terminal, const Error& error);
void print_warning(const Terminal& terminal, std::string_view text);

/// The exit code of an error that stops gramme itself (docs/configuration.md, "Exit codes").
[[nodiscard]] ExitCode exit_code_of(const Error& error);

}  // namespace gramme::cli
