// helper_command: small commands for tests to measure.
//
//   helper_command signals LOG SECONDS    write one line per signal it gets ("SIGTERM from PID"), leave at
//   SIGUSR2 helper_command ticks LOG COUNT        one byte into LOG every 20 ms, COUNT times, then leave with
//   7 helper_command daemon PIDFILE SECONDS start a process that leaves the session and lives on, then leave
//   helper_command children COUNT MS      start COUNT children one after another, each burns MS of CPU time
//   helper_command burn MS                burn MS of CPU time
//   helper_command flood COUNT            COUNT marks into GRAMME_RUN_SOCKET
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

namespace {

double seconds_of(clockid_t clock) {
    timespec now{};
    ::clock_gettime(clock, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

void burn(double seconds) {
    const double end = seconds_of(CLOCK_PROCESS_CPUTIME_ID) + seconds;
    while (seconds_of(CLOCK_PROCESS_CPUTIME_ID) < end) {
    }
}

int log_signals(const char* path, double seconds) {
    sigset_t all;
    sigfillset(&all);
    ::sigprocmask(SIG_SETMASK, &all, nullptr);
    const int log = ::open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    ::dprintf(log, "ready %d\n", static_cast<int>(::getpid()));
    const double end = seconds_of(CLOCK_MONOTONIC) + seconds;
    while (seconds_of(CLOCK_MONOTONIC) < end) {
        const timespec wait{0, 20'000'000};
        siginfo_t info{};
        const int signal = ::sigtimedwait(&all, &info, &wait);
        if (signal == SIGUSR2) {
            return 0;
        }
        // Growing a window or being continued is nobody's message.
        if (signal > 0 && signal != SIGCONT && signal != SIGWINCH) {
            ::dprintf(log, "SIG%s from %d\n", ::sigabbrev_np(signal), static_cast<int>(info.si_pid));
        }
    }
    return 0;
}

int tick(const char* path, int count) {
    const int log = ::open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    for (int i = 0; i < count; ++i) {
        const timespec wait{0, 20'000'000};
        ::nanosleep(&wait, nullptr);
        if (::write(log, ".", 1) != 1) {
            return 1;
        }
    }
    return 7;
}

int start_daemon(const char* path, const char* seconds) {
    int became[2] = {-1, -1};
    if (::pipe2(became, O_CLOEXEC) != 0) {
        return 1;
    }
    const pid_t middle = ::fork();
    if (middle == 0) {
        ::setsid();
        const pid_t grandchild = ::fork();
        if (grandchild == 0) {
            // Nothing of the run may stay open here: a reader of its output must see the end.
            const int null = ::open("/dev/null", O_RDWR);
            ::dup2(null, 0);
            ::dup2(null, 1);
            ::dup2(null, 2);
            ::execlp("sleep", "sleep", seconds, static_cast<char*>(nullptr));
            ::_exit(127);
        }
        const int file = ::open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
        ::dprintf(file, "%d\n", static_cast<int>(grandchild));
        ::_exit(0);
    }
    ::close(became[1]);
    char nothing = 0;
    (void)!::read(became[0], &nothing, 1);  // ends when the daemon has become `sleep`
    ::waitpid(middle, nullptr, 0);
    return 0;
}

int many_children(int count, double seconds) {
    for (int i = 0; i < count; ++i) {
        const pid_t child = ::fork();
        if (child == 0) {
            burn(seconds);
            ::_exit(0);
        }
        ::waitpid(child, nullptr, 0);
    }
    return 0;
}

/// So many marks, as fast as the run takes them.
int flood(int count) {
    const char* path = std::getenv("GRAMME_RUN_SOCKET");
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path == nullptr || std::strlen(path) >= sizeof address.sun_path) {
        return 64;
    }
    std::strcpy(address.sun_path, path);
    const int fd = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        return 1;
    }
    constexpr char kMark[] = R"({"kind": "mark", "name": "flood"})";
    for (int i = 0; i < count; ++i) {
        (void)!::send(fd, kMark, sizeof kMark - 1, 0);
    }
    ::close(fd);
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    const std::string what = argc > 1 ? argv[1] : "";
    if (what == "signals" && argc == 4) {
        return log_signals(argv[2], std::atof(argv[3]));
    }
    if (what == "ticks" && argc == 4) {
        return tick(argv[2], std::atoi(argv[3]));
    }
    if (what == "daemon" && argc == 4) {
        return start_daemon(argv[2], argv[3]);
    }
    if (what == "children" && argc == 4) {
        return many_children(std::atoi(argv[2]), std::atof(argv[3]) / 1000.0);
    }
    if (what == "burn" && argc == 3) {
        burn(std::atof(argv[2]) / 1000.0);
        return 0;
    }
    if (what == "flood" && argc == 3) {
        return flood(std::atoi(argv[2]));
    }
    std::fprintf(stderr, "helper_command: what?\n");
    return 64;
}
