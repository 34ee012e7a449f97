// Signals that our own writing may raise, in a program that is not ours: a pipe that nobody reads (SIGPIPE),
// a file beyond RLIMIT_FSIZE (SIGXFSZ). Both would end the program; a write that fails is told by its errno.
#pragma once

#include <csignal>

namespace gramme::host {

/// While it lives, neither of the two reaches this thread; what came meanwhile, and was not waiting before,
/// is taken back. No handler is installed. Both signals go to the thread that writes (signal(7)), so that
/// nothing of other threads is lost.
class QuietSignals {
public:
    QuietSignals() noexcept {
        sigset_t waiting;
        ::sigpending(&waiting);
        ::sigemptyset(&ours_);
        for (const int one : {SIGPIPE, SIGXFSZ}) {
            if (::sigismember(&waiting, one) == 0) {
                ::sigaddset(&ours_, one);
            }
        }
        ::pthread_sigmask(SIG_BLOCK, &ours_, &before_);
    }
    ~QuietSignals() {
        const timespec at_once{0, 0};
        while (::sigtimedwait(&ours_, nullptr, &at_once) > 0) {
        }
        ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
    }
    QuietSignals(const QuietSignals&) = delete;
    QuietSignals& operator=(const QuietSignals&) = delete;
    QuietSignals(QuietSignals&&) = delete;
    QuietSignals& operator=(QuietSignals&&) = delete;

private:
    sigset_t ours_{};
    sigset_t before_{};
};

}  // namespace gramme::host
