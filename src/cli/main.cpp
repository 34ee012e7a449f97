// The program: the real world goes in, an exit code comes out.
#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include "cli/command_context.hpp"
#include "host/real_host.hpp"

int main(int argc, char** argv) {
    using namespace gramme;
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
