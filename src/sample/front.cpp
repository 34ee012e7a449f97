#include "sample/front.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "host/unique_fd.hpp"

namespace gramme::sample {
namespace {

bool is_job_of_a_shell() {
    const host::UniqueFd terminal{::open("/dev/tty", O_RDONLY | O_NOCTTY | O_CLOEXEC)};
    return terminal && ::getpgrp() != ::getsid(0);
}

void pass_on(const siginfo_t& info, pid_t sampler) {
    if (info.si_code == SI_QUEUE) {
        ::sigqueue(sampler, info.si_signo, info.si_value);
    } else {
        ::kill(sampler, info.si_signo);
    }
}

/// The front's whole life: pass on what processes send to it, stop when the sampler says that the command
/// stopped, end with the sampler's status.
int stand_in_front(pid_t sampler) {
    sigset_t all;
    sigfillset(&all);
    while (true) {
        siginfo_t info{};
        if (::sigwaitinfo(&all, &info) < 0) {
            continue;
        }
        if (info.si_signo == SIGCHLD) {
            int status = 0;
            if (::waitpid(sampler, &status, WNOHANG) == sampler) {
                return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
            }
            continue;
        }
        // SI_KERNEL: the terminal sent it to the whole group, the command has its own copy already.
        if (info.si_code != SI_KERNEL) {
            pass_on(info, sampler);
        }
    }
}

}  // namespace

FrontSplit split_front_if_interactive() {
    if (!is_job_of_a_shell()) {
        return {};
    }
    const pid_t front = ::getpid();
    const pid_t sampler = ::fork();
    if (sampler < 0) {
        return {};  // without a front all works but Ctrl-Z
    }
    if (sampler > 0) {
        return {stand_in_front(sampler), 0};
    }
    ::prctl(PR_SET_NAME, "gr-sampler");  // so that `pkill gramme` meets the front alone, which forwards it
    return {std::nullopt, front};
}

}  // namespace gramme::sample
