#include "sample/supervisor.hpp"

#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <ctime>
#include <utility>

#include "host/errno_error.hpp"

namespace gramme::sample {
namespace {

constexpr std::int64_t kNsPerSecond = 1'000'000'000;
/// A group-wide kill reaches the front and the sampler within microseconds of each other; this is generous.
constexpr std::int64_t kSameKillNs = 100'000'000;

std::int64_t monotonic_ns() {
    timespec time{};
    ::clock_gettime(CLOCK_MONOTONIC, &time);
    return static_cast<std::int64_t>(time.tv_sec) * kNsPerSecond + time.tv_nsec;
}

/// Signals that a terminal driver sends to a whole process group. The kernel's others (SIGALRM of a timer
/// that was set before the exec: fork does not hand it on) are for this process alone.
bool is_of_a_terminal(int signal) {
    return signal == SIGINT || signal == SIGQUIT || signal == SIGTSTP || signal == SIGTTIN ||
           signal == SIGTTOU || signal == SIGHUP || signal == SIGWINCH || signal == SIGCONT;
}

/// Passes signals on. With a front, this process is not the one that people know: what reaches it from
/// anybody but the front was sent to the whole group, and the command has its own copy. Without one a witness
/// tells what others got as well.
class SignalRelay {
public:
    SignalRelay(int pidfd, int front_pid, std::optional<SignalWitness> witness)
        : pidfd_(pidfd), front_pid_(front_pid), witness_(std::move(witness)) {}

    void handle(const signalfd_siginfo& info) {
        const auto signal = static_cast<int>(info.ssi_signo);
        const auto sender = static_cast<int>(info.ssi_pid);
        if ((info.ssi_code == SI_KERNEL && is_of_a_terminal(signal)) || sender == ::getpid()) {
            return;  // the command has its own copy; or it is a SIGPIPE of our own writing
        }
        auto& seen = group_seen_ns_.at(static_cast<std::size_t>(signal));
        const std::int64_t now = monotonic_ns();
        if (front_pid_ != 0 && sender != front_pid_) {
            seen = now;
            if (witness_) {
                (void)witness_->saw(signal);  // or it would pass for having seen the next one
            }
            return;
        }
        if (front_pid_ != 0 && seen != 0 && now - seen < kSameKillNs) {
            return;  // the front passes on its copy of what the whole group got
        }
        if (witness_ && info.ssi_code != SI_KERNEL && witness_->saw(signal)) {
            return;  // sent to the whole group, or to all of a cgroup: the command has its own copy
        }
        send(info, signal);
    }

private:
    void send(const signalfd_siginfo& info, int signal) const {
        siginfo_t copy{};
        siginfo_t* with_value = nullptr;
        if (info.ssi_code == SI_QUEUE) {  // sigqueue(3): its value goes along
            copy.si_signo = signal;
            copy.si_code = SI_QUEUE;
            copy.si_pid = ::getpid();
            copy.si_uid = ::getuid();
            copy.si_value.sival_ptr =
                reinterpret_cast<void*>(info.ssi_ptr);  // NOLINT(performance-no-int-to-ptr)
            with_value = &copy;
        }
        ::syscall(SYS_pidfd_send_signal, pidfd_, signal, with_value, 0);
    }

    int pidfd_;
    int front_pid_;
    std::optional<SignalWitness> witness_;
    std::array<std::int64_t, 65> group_seen_ns_{};
};

Result<void> watch(int epoll, int fd) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = fd;
    if (::epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) != 0) {
        return host::errno_error("cannot watch a file descriptor", errno);
    }
    return {};
}

/// An absolute timer: the time a turn takes does not add up to a drift.
Result<host::UniqueFd> make_timer(std::int64_t interval_ns) {
    host::UniqueFd timer{::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK)};
    const std::int64_t first = monotonic_ns() + interval_ns;
    itimerspec schedule{};
    schedule.it_value = {first / kNsPerSecond, first % kNsPerSecond};
    schedule.it_interval = {interval_ns / kNsPerSecond, interval_ns % kNsPerSecond};
    if (!timer || ::timerfd_settime(timer.get(), TFD_TIMER_ABSTIME, &schedule, nullptr) != 0) {
        return host::errno_error("cannot start the sampling timer", errno);
    }
    return timer;
}

/// Takes every child that ended or stopped, but leaves the command itself, once it has exited, for the last
/// reading.
void look_after_children(int command_pid, int front_pid) {
    while (true) {
        siginfo_t info{};
        if (::waitid(P_ALL, 0, &info, WEXITED | WSTOPPED | WNOHANG | WNOWAIT) != 0 || info.si_pid == 0) {
            return;
        }
        const bool stopped = info.si_code == CLD_STOPPED || info.si_code == CLD_TRAPPED;
        if (info.si_pid == command_pid && !stopped) {
            return;  // its pidfd says so too
        }
        const auto child = static_cast<id_t>(info.si_pid);
        siginfo_t taken{};
        ::waitid(P_PID, child, &taken, (stopped ? WSTOPPED : WEXITED) | WNOHANG);
        if (stopped && info.si_pid == command_pid && front_pid != 0) {
            ::kill(front_pid, SIGSTOP);  // the shell waits for the front: it must see its job stop
        }
    }
}

ExitStatus status_of(int status) {
    if (WIFSIGNALED(status)) {
        return {128 + WTERMSIG(status), WTERMSIG(status)};
    }
    return {WEXITSTATUS(status), std::nullopt};
}

ExitStatus reap(int pid) {
    int status = 0;
    while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    return status_of(status);
}

void drain(RunSocket* socket, const SupervisorHooks& hooks, int most) {
    for (int taken = 0; socket != nullptr && taken < most; ++taken) {
        auto message = socket->receive();
        if (!message) {
            return;
        }
        hooks.on_message(*std::move(message));
    }
}

// A flood of messages must not keep the timer and the signals waiting; what is left wakes the loop again.
constexpr int kMostMessagesAtOnce = 64;
constexpr int kMostMessagesAtTheEnd = 4096;  // more than a socket's queue holds (net.unix.max_dgram_qlen)

}  // namespace

BlockedSignals::BlockedSignals() {
    sigfillset(&blocked_);
    for (const int fault : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT, SIGSYS}) {
        sigdelset(&blocked_, fault);  // a fault of our own must still end us
    }
    ::sigprocmask(SIG_BLOCK, &blocked_, &before_);
    struct sigaction action {};
    ::sigaction(SIGCHLD, nullptr, &action);
    ignored_sigchld_ = action.sa_handler == SIG_IGN;
    if (ignored_sigchld_) {
        ::signal(SIGCHLD, SIG_DFL);  // or the kernel would reap the command and its status would be lost
    }
}

Result<ExitStatus> supervise(const StartedCommand& command, const BlockedSignals& signals,
                             std::int64_t interval_ns, RunSocket* socket, int front_pid,
                             std::optional<SignalWitness> witness, const SupervisorHooks& hooks) {
    if (!command.pidfd) {
        return Error{Code::kUnavailable,
                     "no pidfd for the command (a low limit of open files, or Linux before 5.3)", ""};
    }
    const host::UniqueFd epoll{::epoll_create1(EPOLL_CLOEXEC)};
    const host::UniqueFd signal_fd{::signalfd(-1, &signals.blocked(), SFD_CLOEXEC | SFD_NONBLOCK)};
    if (!epoll || !signal_fd) {
        return host::errno_error("cannot watch the command", errno);
    }
    host::UniqueFd timer;
    if (interval_ns > 0) {
        GRAMME_TRY(timer, make_timer(interval_ns));
        GRAMME_CHECK(watch(epoll.get(), timer.get()));
    }
    GRAMME_CHECK(watch(epoll.get(), command.pidfd.get()));
    GRAMME_CHECK(watch(epoll.get(), signal_fd.get()));
    if (socket != nullptr) {
        GRAMME_CHECK(watch(epoll.get(), socket->fd()));
    }
    SignalRelay relay{command.pidfd.get(), front_pid, std::move(witness)};
    look_after_children(command.pid, front_pid);  // a child may have ended before the first wait

    while (true) {
        std::array<epoll_event, 8> events{};
        const int count = ::epoll_wait(epoll.get(), events.data(), static_cast<int>(events.size()), -1);
        bool exited = false;
        for (int e = 0; e < count; ++e) {
            const int fd = events.at(static_cast<std::size_t>(e)).data.fd;
            if (fd == command.pidfd.get()) {
                exited = true;
            } else if (fd == timer.get()) {
                std::uint64_t missed = 0;
                if (::read(timer.get(), &missed, sizeof missed) == sizeof missed && hooks.on_tick) {
                    hooks.on_tick();
                }
            } else if (fd == signal_fd.get()) {
                signalfd_siginfo info{};
                while (::read(signal_fd.get(), &info, sizeof info) == sizeof info) {
                    if (info.ssi_signo == SIGCHLD && info.ssi_code != SI_USER && info.ssi_code != SI_QUEUE) {
                        look_after_children(command.pid, front_pid);
                    } else {
                        if (info.ssi_signo == SIGWINCH && hooks.on_resize) {
                            hooks.on_resize();
                        }
                        relay.handle(info);
                    }
                }
            } else {
                drain(socket, hooks, kMostMessagesAtOnce);
            }
        }
        if (exited) {
            hooks.on_exit();
            drain(socket, hooks, kMostMessagesAtTheEnd);  // what the command said just before it ended
            const ExitStatus status = reap(command.pid);
            look_after_children(command.pid, 0);
            return status;
        }
    }
}

void linger(const BlockedSignals& signals, std::int64_t interval_ns, RunSocket* socket,
            const SupervisorHooks& hooks, const std::function<bool()>& is_over) {
    constexpr int kLookMs = 250;
    const host::UniqueFd epoll{::epoll_create1(EPOLL_CLOEXEC)};
    const host::UniqueFd signal_fd{::signalfd(-1, &signals.blocked(), SFD_CLOEXEC | SFD_NONBLOCK)};
    const auto timer = make_timer(interval_ns);
    // What cannot be watched is looked at four times a second instead.
    if (timer) {
        (void)watch(epoll.get(), timer->get());
    }
    (void)watch(epoll.get(), signal_fd.get());
    if (socket != nullptr) {
        (void)watch(epoll.get(), socket->fd());
    }
    while (!is_over()) {
        std::array<epoll_event, 8> events{};
        if (::epoll_wait(epoll.get(), events.data(), static_cast<int>(events.size()), kLookMs) < 0 &&
            errno != EINTR) {
            const timespec pause{0, kLookMs * 1'000'000L};
            ::nanosleep(&pause, nullptr);
        }
        signalfd_siginfo info{};
        while (::read(signal_fd.get(), &info, sizeof info) == sizeof info) {
        }
        look_after_children(0, 0);
        std::uint64_t missed = 0;
        if (timer && ::read(timer->get(), &missed, sizeof missed) == sizeof missed && hooks.on_tick) {
            hooks.on_tick();
        }
        drain(socket, hooks, kMostMessagesAtOnce);
    }
}

double own_cpu_seconds() noexcept {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

ExitStatus wait_plainly(int pid, const BlockedSignals& signals) {
    constexpr timespec kPatience{0, 100'000'000};
    int status = 0;
    while (::waitpid(pid, &status, WNOHANG) == 0) {
        siginfo_t info{};
        const int signal = ::sigtimedwait(&signals.blocked(), &info, &kPatience);
        if (signal > 0 && signal != SIGCHLD && info.si_code != SI_KERNEL && info.si_pid != ::getpid()) {
            ::kill(pid, signal);
        }
    }
    return status_of(status);
}

}  // namespace gramme::sample
