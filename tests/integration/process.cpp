#include "process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>
#include <stdexcept>
#include <utility>

namespace gramme::testing {
namespace {

std::string contents(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

struct Words {
    std::vector<std::string> owned;
    std::vector<char*> pointers;
    explicit Words(std::vector<std::string> words) : owned(std::move(words)) {
        for (std::string& word : owned) {
            pointers.push_back(word.data());
        }
        pointers.push_back(nullptr);
    }
};

std::vector<std::string> as_words(const std::map<std::string, std::string>& env) {
    std::vector<std::string> words;
    for (const auto& [name, value] : env) {
        words.push_back(name + "=" + value);
    }
    return words;
}

/// In the child, after fork: default signals, nothing blocked, then the program. Leaves with 125 where that
/// fails.
[[noreturn]] void become(const Launch& launch, Words& argv, Words& env) {
    ::close_range(3, ~0U, 0);  // what the test runner left open is not part of the test
    sigset_t none;
    sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    for (int signal = 1; signal < 32; ++signal) {
        ::signal(signal, SIG_DFL);
    }
    if (launch.cwd.empty() || ::chdir(launch.cwd.c_str()) == 0) {
        ::execve(argv.owned.front().c_str(), argv.pointers.data(), env.pointers.data());
    }
    ::_exit(125);
}

void redirect(int to, const std::string& path, int flags) {
    const int fd = ::open(path.c_str(), flags, 0644);
    if (fd < 0 || ::dup2(fd, to) < 0) {
        ::_exit(125);
    }
    ::close(fd);
}

/// What a process of the group is at, thread by thread, for whoever reads why a test went over its time. Only
/// a program that hangs now and then, on a machine that nobody can log into, needs this: it has nothing else
/// to go by.
void tell_where_it_hangs(pid_t group) {
    namespace fs = std::filesystem;
    std::error_code gone;  // threads and processes come and go meanwhile
    for (const auto& process : fs::directory_iterator("/proc", gone)) {
        const std::string name = process.path().filename().string();
        const bool is_process = name.find_first_not_of("0123456789") == std::string::npos;
        if (!is_process || ::getpgid(static_cast<pid_t>(std::stol(name))) != group) {
            continue;
        }
        for (const auto& thread : fs::directory_iterator(process.path() / "task", gone)) {
            const std::string at = thread.path().string();
            std::cerr << "over its time: " << contents(at + "/stat").substr(0, 60) << " ... in "
                      << contents(at + "/wchan") << ", system call " << contents(at + "/syscall")
                      << contents(at + "/stack");
        }
    }
}

/// -1 while it runs.
int wait_status(pid_t pid, rusage& usage, double limit_s, bool& timed_out) {
    const double end = monotonic_s() + limit_s;
    int status = 0;
    while (::wait4(pid, &status, WNOHANG, &usage) == 0) {
        if (monotonic_s() > end && !timed_out) {
            timed_out = true;
            tell_where_it_hangs(pid);
            ::kill(pid, SIGKILL);
        }
        sleep_s(0.002);
    }
    return status;
}

void set_status(Outcome& outcome, int status) {
    if (WIFSIGNALED(status)) {
        outcome.signal = WTERMSIG(status);
    } else {
        outcome.exit_code = WEXITSTATUS(status);
    }
}

}  // namespace

char state_of(pid_t pid) {
    const std::string stat = contents("/proc/" + std::to_string(pid) + "/stat");
    const auto name_end = stat.rfind(')');
    return name_end != std::string::npos && name_end + 2 < stat.size() ? stat[name_end + 2] : ' ';
}

double monotonic_s() {
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

double wall_clock_s() {
    timespec now{};
    ::clock_gettime(CLOCK_REALTIME, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

void sleep_s(double seconds) {
    const auto whole = static_cast<time_t>(seconds);
    timespec left{whole, static_cast<long>((seconds - static_cast<double>(whole)) * 1e9)};
    while (::nanosleep(&left, &left) != 0 && errno == EINTR) {
    }
}

Process::Process(const Launch& launch) : time_limit_s_(launch.time_limit_s) {
    static std::atomic<int> count{0};
    const std::string base = launch.output_dir + "/output-" + std::to_string(++count);
    out_path_ = base + ".out";
    err_path_ = base + ".err";
    Words argv(launch.argv);
    Words env(as_words(launch.env));
    started_s_ = monotonic_s();
    pid_ = ::fork();
    if (pid_ < 0) {
        throw std::runtime_error("fork failed");
    }
    if (pid_ == 0) {
        ::setpgid(0, 0);
        redirect(0, launch.stdin_path, O_RDONLY);
        redirect(1, out_path_, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND);
        redirect(2, err_path_, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND);
        become(launch, argv, env);
    }
    ::setpgid(pid_, pid_);  // in both, so that a signal to the group cannot come too early
}

Process::Process(Process&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      started_s_(other.started_s_),
      time_limit_s_(other.time_limit_s_),
      out_path_(std::move(other.out_path_)),
      err_path_(std::move(other.err_path_)),
      waited_(other.waited_) {}

Process::~Process() {
    if (pid_ > 0) {
        ::kill(-pid_, SIGKILL);
        if (!waited_) {
            ::waitpid(pid_, nullptr, 0);
        }
    }
}

void Process::send(int signal) const {
    ::kill(pid_, signal);
}
void Process::send_to_group(int signal) const {
    ::kill(-pid_, signal);
}

Outcome Process::wait() {
    Outcome outcome;
    const int status = wait_status(pid_, outcome.usage, time_limit_s_, outcome.timed_out);
    outcome.wall_s = monotonic_s() - started_s_;
    waited_ = true;
    set_status(outcome, status);
    outcome.out = out();
    outcome.err = err();
    return outcome;
}

std::string Process::out() const {
    return contents(out_path_);
}
std::string Process::err() const {
    return contents(err_path_);
}

Outcome run_to_end(const Launch& launch) {
    Process process(launch);
    return process.wait();
}

Terminal::Terminal(const Launch& launch) {
    Words argv(launch.argv);
    Words env(as_words(launch.env));
    winsize size{};
    size.ws_row = 24;
    size.ws_col = 80;
    pid_ = ::forkpty(&master_, nullptr, nullptr, &size);
    if (pid_ < 0) {
        throw std::runtime_error("forkpty failed");
    }
    if (pid_ == 0) {
        become(launch, argv, env);
    }
    ::fcntl(master_, F_SETFD, FD_CLOEXEC);
}

Terminal::~Terminal() {
    if (!waited_) {
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
    }
    ::close(master_);  // what still runs there gets SIGHUP
}

void Terminal::resize(unsigned short rows, unsigned short columns) const {
    winsize size{};
    size.ws_row = rows;
    size.ws_col = columns;
    ::ioctl(master_, TIOCSWINSZ, &size);
}

void Terminal::type(const std::string& keys) const {
    if (::write(master_, keys.data(), keys.size()) != static_cast<ssize_t>(keys.size())) {
        throw std::runtime_error("cannot type on the terminal");
    }
}

bool Terminal::read_some(double limit_s) {
    pollfd waiting{master_, POLLIN, 0};
    if (::poll(&waiting, 1, static_cast<int>(limit_s * 1000.0) + 1) <= 0) {
        return false;
    }
    char buffer[4096];
    const ssize_t count = ::read(master_, buffer, sizeof buffer);
    if (count <= 0) {
        return false;  // EIO: nobody has the other side open
    }
    screen_.append(buffer, static_cast<std::size_t>(count));
    return true;
}

bool Terminal::see(const std::string& text, double limit_s) {
    const double end = monotonic_s() + limit_s;
    while (true) {
        const auto at = screen_.find(text, seen_);
        if (at != std::string::npos) {
            seen_ = at + text.size();
            return true;
        }
        const double left = end - monotonic_s();
        if (left <= 0.0) {
            return false;
        }
        if (!read_some(left < 0.1 ? left : 0.1)) {
            sleep_s(0.005);
        }
    }
}

Outcome Terminal::wait(double limit_s) {
    Outcome outcome;
    const double end = monotonic_s() + limit_s;
    int status = 0;
    while (::wait4(pid_, &status, WNOHANG, &outcome.usage) == 0) {
        read_some(0.02);
        if (monotonic_s() > end && !outcome.timed_out) {
            outcome.timed_out = true;
            ::kill(pid_, SIGKILL);
        }
    }
    waited_ = true;
    while (read_some(0.0)) {
    }
    set_status(outcome, status);
    outcome.out = screen_;
    return outcome;
}

}  // namespace gramme::testing
