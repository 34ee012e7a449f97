// SIGINT, SIGTERM and SIGHUP as a file that can be waited for. Internal to sweep.
#pragma once

#include <sys/signalfd.h>
#include <unistd.h>

#include <csignal>

#include "host/unique_fd.hpp"

namespace gramme::sweep {

/// The three signals that end a program, as a file; they come to nobody else meanwhile.
class EndingSignals {
public:
    EndingSignals() {
        ::sigemptyset(&ours_);
        for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
            ::sigaddset(&ours_, signal);
        }
        ::sigprocmask(SIG_BLOCK, &ours_, &before_);
        fd_.reset(::signalfd(-1, &ours_, SFD_CLOEXEC | SFD_NONBLOCK));
    }
    ~EndingSignals() { ::sigprocmask(SIG_SETMASK, &before_, nullptr); }
    EndingSignals(const EndingSignals&) = delete;
    EndingSignals& operator=(const EndingSignals&) = delete;
    [[nodiscard]] int fd() const { return fd_.get(); }
    [[nodiscard]] int taken() const {
        signalfd_siginfo info{};
        return ::read(fd_.get(), &info, sizeof info) == static_cast<ssize_t>(sizeof info)
                   ? static_cast<int>(info.ssi_signo)
                   : 0;
    }

private:
    sigset_t ours_{};
    sigset_t before_{};
    host::UniqueFd fd_;
};

}  // namespace gramme::sweep
