// Runs real programs for tests: output in files, signals, time limit, resource use, pseudo-terminals.
#pragma once

#include <sys/resource.h>
#include <sys/types.h>

#include <map>
#include <string>
#include <vector>

namespace gramme::testing {

/// What to start. `env` is the whole environment of the program.
struct Launch {
    std::vector<std::string> argv;
    std::map<std::string, std::string> env;
    std::string cwd;
    std::string output_dir;  ///< where stdout and stderr are kept; a folder that exists
    std::string stdin_path = "/dev/null";
    double time_limit_s = 60.0;
};

struct Outcome {
    int exit_code = -1;  ///< -1 where a signal killed it
    int signal = 0;
    bool timed_out = false;
    double wall_s = 0.0;
    rusage usage{};  ///< of the program and the children it waited for
    std::string out;
    std::string err;
};

/// One program that runs, in a process group of its own. Destroying it kills the group.
class Process {
public:
    explicit Process(const Launch& launch);
    ~Process();
    Process(Process&& other) noexcept;
    Process& operator=(Process&&) = delete;
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;

    [[nodiscard]] pid_t pid() const { return pid_; }
    void send(int signal) const;
    /// To every process of its group.
    void send_to_group(int signal) const;
    /// Waits for it; after the time limit it is killed and `timed_out` is set.
    Outcome wait();
    /// What it has printed so far.
    [[nodiscard]] std::string out() const;
    [[nodiscard]] std::string err() const;

private:
    pid_t pid_ = -1;
    double started_s_ = 0.0;
    double time_limit_s_;
    std::string out_path_;
    std::string err_path_;
    bool waited_ = false;
};

[[nodiscard]] Outcome run_to_end(const Launch& launch);

/// A program on a pseudo-terminal of its own: session leader, foreground group, 80 columns.
class Terminal {
public:
    explicit Terminal(const Launch& launch);
    ~Terminal();
    Terminal(const Terminal&) = delete;
    Terminal& operator=(const Terminal&) = delete;

    [[nodiscard]] pid_t pid() const { return pid_; }
    void type(const std::string& keys) const;
    /// The kernel tells the foreground group (SIGWINCH).
    void resize(unsigned short rows, unsigned short columns) const;
    /// Reads until `text` appears after what an earlier call found; false after the limit.
    [[nodiscard]] bool see(const std::string& text, double limit_s = 30.0);
    [[nodiscard]] const std::string& screen() const { return screen_; }
    /// Reads what is left and waits for the program; kills it after the limit.
    Outcome wait(double limit_s = 30.0);

private:
    bool read_some(double limit_s);

    pid_t pid_ = -1;
    int master_ = -1;
    std::string screen_;
    std::size_t seen_ = 0;
    bool waited_ = false;
};

/// 'T' where the process is stopped (proc(5), the third field of stat); ' ' where there is none.
[[nodiscard]] char state_of(pid_t pid);

[[nodiscard]] double monotonic_s();
[[nodiscard]] double wall_clock_s();
void sleep_s(double seconds);

/// Asks `condition` again and again until it holds; false after the limit.
template <class Condition>
[[nodiscard]] bool eventually(Condition condition, double limit_s = 30.0) {
    const double end = monotonic_s() + limit_s;
    while (!condition()) {
        if (monotonic_s() > end) {
            return false;
        }
        sleep_s(0.005);
    }
    return true;
}

}  // namespace gramme::testing
