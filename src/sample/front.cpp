#include "sample/front.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>

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

/// What the front is to leave with, plus 1; 0: not yet.
using Word = std::atomic<int>;
static_assert(Word::is_always_lock_free, "two processes share it");

Word* word_of(void* page) {
    return static_cast<Word*>(page);
}

/// A page that a fork shares. nullptr where there is no memory for it: then a front waits to the end.
void* shared_page() {
    void* page = ::mmap(nullptr, sizeof(Word), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    return page == MAP_FAILED ? nullptr : page;  // NOLINT(performance-no-int-to-ptr): the system's constant
}

/// The front's whole life: pass on what processes send to it, stop when the sampler says that the command
/// stopped, end with the sampler's status.
int stand_in_front(pid_t sampler, void* page) {
    sigset_t all;
    sigfillset(&all);
    while (true) {
        siginfo_t info{};
        if (::sigwaitinfo(&all, &info) < 0) {
            continue;
        }
        if (const int leave = page != nullptr ? word_of(page)->load() : 0; leave != 0) {
            return leave - 1;
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

bool FrontRelease::release(int exit_status) const noexcept {
    if (page_ == nullptr || front_pid_ == 0) {
        return false;
    }
    word_of(page_)->store(exit_status + 1);
    ::kill(front_pid_, SIGCHLD);  // it waits for signals
    return true;
}

FrontSplit split_front(FrontWanted wanted) {
    if (wanted == FrontWanted::kUnderAShell && !is_job_of_a_shell()) {
        return {};
    }
    void* page = shared_page();
    const pid_t front = ::getpid();
    const pid_t sampler = ::fork();
    if (sampler < 0) {
        return {};  // without a front all works but Ctrl-Z, and the ranks that outlive this one
    }
    if (sampler > 0) {
        return {stand_in_front(sampler, page), 0, {}};
    }
    ::prctl(PR_SET_NAME, "gr-sampler");  // so that `pkill gramme` meets the front alone, which forwards it
    return {std::nullopt, front, {front, page}};
}

}  // namespace gramme::sample
