// The program: the real world goes in, an exit code comes out.
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include "cli/command_context.hpp"
#include "host/real_host.hpp"

namespace {

/// Whoever starts us with a standard descriptor closed (2>&-, some daemons) would have it given to the first
/// file that we open, and what is printed would go into that file: the journal. So each is taken first. It
/// is opened the wrong way round, so that reading or writing it is an error as if it were closed, and closes
/// when the command is executed, which sees what our caller gave.
void take_closed_standard_descriptors() {
    for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
        if (::fcntl(fd, F_GETFD) >= 0 || errno != EBADF) {
            continue;
        }
        // The lowest free number is `fd`: those below it are open. "/" stands in where there is no /dev.
        const int flags = (fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) | O_CLOEXEC | O_NOCTTY;
        if (::open("/dev/null", flags) < 0) {
            (void)::open("/", O_PATH | O_CLOEXEC);
        }
    }
}

}  // namespace

int main(int argc, char** argv) {
    using namespace gramme;
    take_closed_standard_descriptors();
    try {
        const std::vector<std::string> typed(argv + (argc > 0 ? 1 : 0), argv + argc);
        const auto host = host::make_real_host();
        const cli::Terminal terminal = cli::standard_terminal(*host);
        const int code = cli::run_line(*host, terminal, typed);
        // A full disk or a closed pipe must not look like success; the measured command's status is its own.
        if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) {
            std::fputs("gramme: standard output could not be written\n", stderr);
            return code == 0 ? static_cast<int>(cli::kExitCannotWrite) : code;
        }
        return code;
    } catch (const std::exception& trouble) {
        std::fprintf(stderr, "gramme: internal error: %s\n  hint: this is a bug, please report it\n",
                     trouble.what());
        return cli::kExitBug;
    }
}
