// Things that a test leaves no trace of: a folder, and streams that remember.
#pragma once

#include <cstdio>
#include <string>

#include "../config/env_host.hpp"
#include "../config/temporary_folder.hpp"
#include "cli/terminal.hpp"

namespace gramme::cli::testing {

using config::testing::EnvHost;
using config::testing::TemporaryFolder;

/// A terminal on temporary files; `typed` is what the person answers.
class CapturedTerminal {
public:
    explicit CapturedTerminal(const std::string& typed = "", bool in_is_terminal = false) {
        terminal.in = std::tmpfile();
        terminal.out = std::tmpfile();
        terminal.err = std::tmpfile();
        terminal.in_is_terminal = in_is_terminal;
        std::fputs(typed.c_str(), terminal.in);
        std::rewind(terminal.in);
    }
    ~CapturedTerminal() {
        std::fclose(terminal.in);
        std::fclose(terminal.out);
        std::fclose(terminal.err);
    }
    CapturedTerminal(const CapturedTerminal&) = delete;
    CapturedTerminal& operator=(const CapturedTerminal&) = delete;

    [[nodiscard]] std::string out() const { return content(terminal.out); }
    [[nodiscard]] std::string err() const { return content(terminal.err); }

    Terminal terminal;

private:
    static std::string content(std::FILE* stream) {
        std::string text;
        std::rewind(stream);
        for (int c = std::fgetc(stream); c != EOF; c = std::fgetc(stream)) {
            text += static_cast<char>(c);
        }
        return text;
    }
};

}  // namespace gramme::cli::testing
