#include "sample/meter_command.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <ctime>
#include <utility>

#include "host/errno_error.hpp"

namespace gramme::sample {
namespace {

constexpr std::int64_t kNsPerSecond = 1'000'000'000;
constexpr int kNotThere = 127;  // a shell's words
constexpr int kNotRunnable = 126;
constexpr int kWithoutPidfd_ms = 50;  // Linux before 5.3

std::int64_t boot_now_ns() {
    timespec time{};
    ::clock_gettime(CLOCK_BOOTTIME, &time);
    return static_cast<std::int64_t>(time.tv_sec) * kNsPerSecond + time.tv_nsec;
}

int milliseconds_until(std::int64_t boot_ns) {
    constexpr std::int64_t kMost = 1'000'000;  // a poll is begun anew
    const std::int64_t left_ns = boot_ns - boot_now_ns();
    return static_cast<int>(std::clamp<std::int64_t>((left_ns + 999'999) / 1'000'000, 0, kMost));
}

/// The command while it runs. Killed with all it started when this goes.
class Child {
public:
    explicit Child(pid_t pid) : pid_(pid), pidfd_(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0))) {}
    ~Child() {
        ::kill(-pid_, SIGKILL);
        if (!status_) {
            int status = 0;
            while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
            }
        }
    }
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;

    [[nodiscard]] int pidfd() const noexcept { return pidfd_.get(); }
    [[nodiscard]] bool has_ended() {
        int status = 0;
        if (!status_ && ::waitpid(pid_, &status, WNOHANG) == pid_) {
            status_ = status;
        }
        return status_.has_value();
    }
    /// Of waitpid(2), once it has ended.
    [[nodiscard]] int status() const { return status_.value_or(0); }

private:
    pid_t pid_;
    host::UniqueFd pidfd_;
    std::optional<int> status_;
};

struct Pipe {
    host::UniqueFd read_end, write_end;
    bool open() {
        std::array<int, 2> ends{-1, -1};
        if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
            return false;
        }
        read_end.reset(ends[0]);
        write_end.reset(ends[1]);
        ::fcntl(ends[0], F_SETFL, O_NONBLOCK);
        return true;
    }
};

Result<pid_t> start(const std::string& command, const Pipe& out, const Pipe& err, const sigset_t& mask) {
    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&files, out.write_end.get(), STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&files, err.write_end.get(), STDERR_FILENO);
    posix_spawnattr_t how;
    posix_spawnattr_init(&how);
    posix_spawnattr_setflags(&how, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK);
    posix_spawnattr_setpgroup(&how, 0);
    posix_spawnattr_setsigmask(&how, &mask);
    std::string shell = "sh";
    std::string option = "-c";
    std::string text = command;
    const std::array<char*, 4> argv{shell.data(), option.data(), text.data(), nullptr};
    pid_t pid = -1;
    const int error = ::posix_spawn(&pid, "/bin/sh", &files, &how, argv.data(), environ);
    posix_spawnattr_destroy(&how);
    posix_spawn_file_actions_destroy(&files);
    if (error != 0) {
        return host::errno_error("cannot run /bin/sh for the meter", error);
    }
    return pid;
}

/// Adds what is there; false at the end of the pipe.
bool drain(const host::UniqueFd& fd, std::string& out, std::size_t most) {
    std::array<char, 4096> buffer{};
    while (out.size() <= most) {
        const ssize_t count = ::read(fd.get(), buffer.data(), buffer.size());
        if (count > 0) {
            out.append(buffer.data(), static_cast<std::size_t>(count));
        } else if (count == 0) {
            return false;
        } else if (errno != EINTR) {
            return errno == EAGAIN;
        }
    }
    return true;
}

std::string first_line(std::string text) {
    constexpr std::size_t kMost = 200;
    text = text.substr(0, std::min(text.find('\n'), kMost));
    for (char& c : text) {
        c = c >= ' ' && c <= '~' ? c : '?';
    }
    return text;
}

Error failed(const std::string& name, int status, const std::string& complaint) {
    const std::string why = complaint.empty() ? "" : ": " + first_line(complaint);
    if (WIFSIGNALED(status)) {
        return {Code::kUnavailable, name + " was killed by signal " + std::to_string(WTERMSIG(status)) + why,
                ""};
    }
    const int code = WEXITSTATUS(status);
    const Code kind = code == kNotThere      ? Code::kNotFound
                      : code == kNotRunnable ? Code::kPermission
                                             : Code::kUnavailable;
    return {kind, name + " left with status " + std::to_string(code) + why,
            "run it by hand: it must print the watts that the meter shows now, and leave with 0"};
}

}  // namespace

StopSignals::StopSignals() {
    sigemptyset(&taken_);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
        struct sigaction now {};
        if (::sigaction(signal, nullptr, &now) == 0 && now.sa_handler != SIG_IGN) {  // not under nohup
            sigaddset(&taken_, signal);
        }
    }
    ::pthread_sigmask(SIG_BLOCK, &taken_, &before_);
    fd_.reset(::signalfd(-1, &taken_, SFD_CLOEXEC | SFD_NONBLOCK));
}

StopSignals::~StopSignals() {
    ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

std::optional<int> StopSignals::came() {
    const timespec at_once{0, 0};
    if (!came_) {
        if (const int signal = ::sigtimedwait(&taken_, nullptr, &at_once); signal > 0) {
            came_ = signal;
        }
    }
    return came_;
}

void StopSignals::wait_until(std::int64_t boot_ns) {
    while (!came()) {
        const std::int64_t left_ns = boot_ns - boot_now_ns();
        if (left_ns <= 0) {
            return;
        }
        const timespec left{static_cast<std::time_t>(left_ns / kNsPerSecond),
                            static_cast<long>(left_ns % kNsPerSecond)};
        if (const int signal = ::sigtimedwait(&taken_, nullptr, &left); signal > 0) {
            came_ = signal;
        }
    }
}

Result<std::string> read_meter(const std::string& command, Seconds time_limit, StopSignals& stop) {
    const std::string name = "the meter command '" + command + "'";
    Pipe out;
    Pipe err;
    if (!out.open() || !err.open()) {
        return host::errno_error("cannot run the meter", errno);
    }
    GRAMME_TRY(const pid_t pid, start(command, out, err, stop.callers_mask()));
    Child child{pid};
    out.write_end.reset();
    err.write_end.reset();
    const std::int64_t end_ns = boot_now_ns() + std::chrono::duration_cast<Nanoseconds>(time_limit).count();
    std::string text;
    std::string complaint;
    bool out_open = true;
    bool err_open = true;
    // Its own end is enough: something that it left behind may hold the pipes open.
    while (!child.has_ended()) {
        std::array<pollfd, 4> waits{{{out_open ? out.read_end.get() : -1, POLLIN, 0},
                                     {err_open ? err.read_end.get() : -1, POLLIN, 0},
                                     {stop.fd(), POLLIN, 0},
                                     {child.pidfd(), POLLIN, 0}}};
        const int left_ms = milliseconds_until(end_ns);
        (void)::poll(waits.data(), waits.size(),
                     child.pidfd() < 0 ? std::min(left_ms, kWithoutPidfd_ms) : left_ms);
        if (stop.came()) {
            return Error{Code::kUnavailable, "stopped by a signal", ""};
        }
        out_open = out_open && drain(out.read_end, text, kMostMeterBytes);
        err_open = err_open && complaint.size() <= kMostMeterBytes &&
                   drain(err.read_end, complaint, kMostMeterBytes);
        if (text.size() > kMostMeterBytes) {
            return Error{Code::kMalformed, name + " prints more than 65536 bytes",
                         "it must print the watts that the meter shows now, and leave"};
        }
        if (boot_now_ns() >= end_ns && !child.has_ended()) {
            return Error{
                Code::kUnavailable,
                name + " did not answer in " + std::to_string(std::lround(time_limit.count())) + " s",
                "it must print the watts that the meter shows now, and leave"};
        }
    }
    (void)drain(out.read_end, text, kMostMeterBytes);
    (void)drain(err.read_end, complaint, kMostMeterBytes);
    const int status = child.status();
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        return failed(name, status, complaint);
    }
    return text;
}

}  // namespace gramme::sample
