#include "cli/terminal.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <string>

#include "base/parse.hpp"

namespace gramme::cli {
namespace {

std::size_t width_of(const Host& host, int fd) {
    constexpr std::size_t kDefault = 80;
    winsize size{};
    if (::ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
        return size.ws_col;
    }
    const auto columns = host.env("COLUMNS");
    const auto number = columns ? read_u64(*columns) : std::nullopt;
    constexpr std::uint64_t kMost = 1000;
    return number && *number > 0 && *number <= kMost ? static_cast<std::size_t>(*number) : kDefault;
}

bool colour_wanted(const Host& host) {
    const auto no_colour = host.env("NO_COLOR");
    const auto term = host.env("TERM");
    return (!no_colour || no_colour->empty()) && term && *term != "dumb";
}

/// Text from outside, made harmless for a terminal: no escape sequence may pass.
std::string printable(std::string_view text) {
    std::string out;
    for (const char c : text) {
        out += (static_cast<unsigned char>(c) < 0x20 && c != '\n') || c == 0x7F ? '?' : c;
    }
    return out;
}

void print_labelled(const Terminal& terminal, std::string_view label, std::string_view colour,
                    std::string_view text) {
    const bool colourful = terminal.err_style.colour;
    print(terminal.err,
          (colourful ? std::string{colour} + std::string{label} + "\x1b[0m" : std::string{label}) +
              printable(text) + "\n");
}

}  // namespace

Terminal standard_terminal(const Host& host) {
    const bool colour = colour_wanted(host);
    Terminal out;
    out.in = stdin;
    out.out = stdout;
    out.err = stderr;
    out.in_is_terminal = ::isatty(STDIN_FILENO) == 1;
    out.out_style = {colour && ::isatty(STDOUT_FILENO) == 1, width_of(host, STDOUT_FILENO)};
    out.err_style = {colour && ::isatty(STDERR_FILENO) == 1, width_of(host, STDERR_FILENO)};
    return out;
}

void print(std::FILE* stream, std::string_view text) {
    std::fwrite(text.data(), 1, text.size(),
                stream);  // a failure stays in ferror(), which main asks at the end
}

void print_error(const Terminal& terminal, const Error& error) {
    print_labelled(terminal, "gramme: ", "\x1b[31m", error.what);
    if (!error.hint.empty()) {
        print_labelled(terminal, "  hint: ", "\x1b[2m", error.hint);
    }
}

void print_warning(const Terminal& terminal, std::string_view text) {
    print_labelled(terminal, "gramme: warning: ", "\x1b[33m", text);
}

ExitCode exit_code_of(const Error& error) {
    switch (error.code) {
        case Code::kUsage: return kExitUsage;
        case Code::kMalformed:
        case Code::kOutOfRange:
        case Code::kReset: return kExitBadData;
        case Code::kNotFound: return kExitNoInput;
        case Code::kUnsupported:
        case Code::kUnavailable: return kExitUnavailable;
        case Code::kIo: return kExitCannotWrite;
        case Code::kPermission: return kExitPermission;
        case Code::kBug: return kExitBug;
    }
    return kExitBug;
}

}  // namespace gramme::cli
