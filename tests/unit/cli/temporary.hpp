// Things that a test leaves no trace of: a folder, and streams that remember.
#pragma once

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "cli/terminal.hpp"

namespace gramme::cli::testing {

class TemporaryFolder {
public:
    TemporaryFolder() {
        std::string name = (std::filesystem::temp_directory_path() / "gramme-cli-XXXXXX").string();
        EXPECT_NE(::mkdtemp(name.data()), nullptr);
        path_ = name;
    }
    ~TemporaryFolder() { std::filesystem::remove_all(path_); }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;

    [[nodiscard]] std::string path() const { return path_.string(); }
    [[nodiscard]] std::string file(const std::string& name) const { return (path_ / name).string(); }
    std::string write(const std::string& name, const std::string& text) const {
        const std::filesystem::path target = path_ / name;
        std::filesystem::create_directories(target.parent_path());
        std::ofstream{target} << text;
        return target.string();
    }

private:
    std::filesystem::path path_;
};

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
