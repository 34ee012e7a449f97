#include "sweep/trial_process.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

#include "base/parse.hpp"
#include "host/errno_error.hpp"

extern char** environ;  // NOLINT(readability-redundant-declaration): POSIX says to declare it

namespace gramme::sweep {
namespace {

/// Session of a process: field 6 of /proc/PID/stat, behind the name in brackets. Source: proc(5). -1: gone.
int session_of(const std::string& pid) {
    std::ifstream file{"/proc/" + pid + "/stat"};
    const std::string text{std::istreambuf_iterator<char>{file}, {}};
    const std::size_t name = text.rfind(')');
    int parent = 0;
    int group = 0;
    int session = -1;
    char state = 0;
    if (name == std::string::npos ||
        std::sscanf(text.c_str() + name + 1, " %c %d %d %d", &state, &parent, &group, &session) != 4) {
        return -1;
    }
    return session;
}

std::vector<std::string> merged_environment(const std::vector<std::pair<std::string, std::string>>& changes) {
    std::vector<std::string> out;
    for (char** one = environ; one != nullptr && *one != nullptr; ++one) {
        const std::string text{*one};
        const std::string name = text.substr(0, text.find('='));
        const bool changed = std::any_of(changes.begin(), changes.end(),
                                         [&](const auto& change) { return change.first == name; });
        if (!changed) {
            out.push_back(text);
        }
    }
    for (const auto& [name, value] : changes) {
        if (!value.empty()) {
            out.push_back(name + "=" + value);
        }
    }
    return out;
}

std::vector<char*> pointers(std::vector<std::string>& words) {
    std::vector<char*> out;
    out.reserve(words.size() + 1);
    for (std::string& word : words) {
        out.push_back(word.data());
    }
    out.push_back(nullptr);
    return out;
}

bool prints_into(int pid, const struct stat& file) {
    for (const char* output : {"/fd/1", "/fd/2"}) {
        struct stat about {};
        const std::string path = "/proc/" + std::to_string(pid) + output;
        if (::stat(path.c_str(), &about) == 0 && about.st_dev == file.st_dev && about.st_ino == file.st_ino) {
            return true;
        }
    }
    return false;
}

/// Without its leader.
std::vector<int> others_in(int session) {
    std::vector<int> out;
    std::error_code failed;
    for (const auto& entry : std::filesystem::directory_iterator{"/proc", failed}) {
        const std::string name = entry.path().filename().string();
        const auto other = read_u64(name);
        if (other && static_cast<int>(*other) != session && session_of(name) == session) {
            out.push_back(static_cast<int>(*other));
        }
    }
    return out;
}

int open_pidfd(int pid) {
    return static_cast<int>(::syscall(SYS_pidfd_open, pid, 0U));
}

}  // namespace

Result<TrialProcess> start_trial(const std::vector<std::string>& words,
                                 const std::vector<std::pair<std::string, std::string>>& environment,
                                 int log_fd) {
    std::vector<std::string> all{"gramme"};
    all.insert(all.end(), words.begin(), words.end());
    std::vector<std::string> variables = merged_environment(environment);
    std::vector<char*> argv = pointers(all);
    std::vector<char*> envp = pointers(variables);

    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    (void)::posix_spawn_file_actions_init(&actions);
    (void)::posix_spawnattr_init(&attributes);
    (void)::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    (void)::posix_spawn_file_actions_adddup2(&actions, log_fd, STDOUT_FILENO);
    (void)::posix_spawn_file_actions_adddup2(&actions, log_fd, STDERR_FILENO);
    sigset_t none;
    sigset_t defaults;
    ::sigemptyset(&none);
    ::sigemptyset(&defaults);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGPIPE}) {
        ::sigaddset(&defaults, signal);
    }
    (void)::posix_spawnattr_setsigmask(&attributes, &none);
    (void)::posix_spawnattr_setsigdefault(&attributes, &defaults);
    (void)::posix_spawnattr_setflags(&attributes,
                                     POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    pid_t pid = 0;
    // The very program that runs, also where its file was replaced meanwhile.
    const int failed = ::posix_spawn(&pid, "/proc/self/exe", &actions, &attributes, argv.data(), envp.data());
    (void)::posix_spawn_file_actions_destroy(&actions);
    (void)::posix_spawnattr_destroy(&attributes);
    if (failed != 0) {
        return host::errno_error("cannot start a trial", failed);
    }
    return TrialProcess{pid, host::UniqueFd{open_pidfd(pid)}};
}

TrialProcess find_trial(int pid, const std::string& log_path) {
    struct stat log {};
    if (pid <= 0 || ::stat(log_path.c_str(), &log) != 0) {
        return {};
    }
    const bool leader_lives = session_of(std::to_string(pid)) == pid;
    std::vector<int> members = others_in(pid);
    if (leader_lives) {
        members.push_back(pid);
    }
    // The number may have been given to a stranger meanwhile: only a trial prints into its log.
    if (std::none_of(members.begin(), members.end(), [&](int one) { return prints_into(one, log); })) {
        return {};
    }
    return {pid, host::UniqueFd{leader_lives ? open_pidfd(pid) : -1}};
}

void signal_trial(int pid, int signal, Whom whom) {
    if (pid <= 0) {
        return;
    }
    if (whom == Whom::kOthers) {
        for (const int other : others_in(pid)) {
            (void)::kill(other, signal);
        }
    } else if (session_of(std::to_string(pid)) == pid) {
        (void)::kill(pid, signal);
    }
}

}  // namespace gramme::sweep
