#include "sample/process_tree.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <iterator>
#include <optional>
#include <string_view>
#include <utility>

#include "base/parse.hpp"

namespace gramme::sample {
namespace {

/// Of a process with more threads the files are opened anew each turn: descriptors are the program's too.
constexpr std::size_t kMostKeptFiles = 64;
constexpr int kMostDepth =
    64;  // deeper trees are cut: a guard against a fork bomb, not a limit that programs meet

double seconds_of(const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
}

/// proc(5) /proc/PID/stat: fields 14 to 17 are utime, stime, cutime, cstime in ticks. `comm` may hold blanks
/// and brackets, so the count begins after the last bracket. Zombies ('Z', 'X') are reported as dead. False
/// if it cannot be read.
bool parse_stat(std::string_view text, std::uint64_t& ticks, bool& dead) {
    const std::size_t bracket = text.rfind(')');
    if (bracket == std::string_view::npos || bracket + 3 >= text.size()) {
        return false;
    }
    text.remove_prefix(bracket + 2);
    dead = text.front() == 'Z' || text.front() == 'X';
    ticks = 0;
    for (int field = 3; field <= 17; ++field) {
        const std::size_t end = text.find(' ');
        if (end == std::string_view::npos) {
            return false;
        }
        if (field >= 14) {
            const auto value = read_u64(text.substr(0, end));
            if (!value) {
                return false;
            }
            ticks += *value;
        }
        text.remove_prefix(end + 1);
    }
    return true;
}

/// CPU time of a child of ours that has ended and is not reaped yet, and of what it waited for, to the
/// microsecond; a /proc/PID/stat counts in ticks of 10 ms, of which a short command has none. Nothing for the
/// child of another.
std::optional<double> seconds_of_ended(int pid) {
    siginfo_t info{};
    rusage usage{};
    // The system call has the resource usage of wait4(2), which glibc's waitid() leaves out.
    if (::syscall(SYS_waitid, P_PID, pid, &info, WEXITED | WNOWAIT | WNOHANG, &usage) != 0 ||
        info.si_pid != pid) {
        return std::nullopt;
    }
    return seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime);
}

/// Calls `each` with every number of a blank-separated list.
template <class Each>
void each_number(std::string_view text, Each each) {
    const char* at = text.data();
    const char* const end = at + text.size();
    while (at < end) {
        int number = 0;
        const auto [next, status] = std::from_chars(at, end, number);
        if (status == std::errc{}) {
            each(number);
            at = next;
        } else {
            ++at;
        }
    }
}

}  // namespace

struct ProcessTree::Process {
    host::UniqueFd stat;
    DIR* tasks = nullptr;
    struct ChildrenFile {
        host::UniqueFd fd;
        std::uint64_t seen_on_turn = 0;
    };
    std::map<int, ChildrenFile>
        children_files;  // by thread; those of threads that ended are closed on the next turn
    std::uint64_t seen_on_turn = 0;

    Process() = default;
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;
    Process(Process&&) = delete;
    Process& operator=(Process&&) = delete;
    ~Process() {
        if (tasks != nullptr) {
            ::closedir(tasks);
        }
    }
};

ProcessTree::ProcessTree(std::string proc)
    : proc_(std::move(proc)), seconds_per_tick_(1.0 / static_cast<double>(::sysconf(_SC_CLK_TCK))) {}

ProcessTree::~ProcessTree() = default;

bool ProcessTree::available() const {
    // `children` is missing on kernels without CONFIG_PROC_CHILDREN and in some sandboxes: then nothing is
    // known of them.
    const std::string self = std::to_string(::getpid());
    return ::access((proc_ + "/" + self + "/task/" + self + "/children").c_str(), R_OK) == 0;
}

ProcessTree::Process* ProcessTree::known(int pid) {
    const auto found = processes_.find(pid);
    if (found != processes_.end()) {
        return found->second.get();
    }
    auto process = std::make_unique<Process>();
    const std::string folder = proc_ + "/" + std::to_string(pid);
    process->stat.reset(::open((folder + "/stat").c_str(), O_RDONLY | O_CLOEXEC));
    process->tasks = ::opendir((folder + "/task").c_str());
    if (!process->stat || process->tasks == nullptr) {
        note_failed_open();
        return nullptr;  // gone already; what it used reaches its parent when it is waited for
    }
    return processes_.emplace(pid, std::move(process)).first->second.get();
}

void ProcessTree::visit_children_of(int pid, int depth) {
    Process* process = known(pid);
    if (process == nullptr || depth > kMostDepth || process->seen_on_turn == turn_) {
        return;
    }
    process->seen_on_turn = turn_;
    std::array<char, 4096> buffer{};
    if (pid != ::getpid()) {
        const ssize_t size = ::pread(process->stat.get(), buffer.data(), buffer.size(), 0);
        std::uint64_t ticks = 0;
        bool dead = false;
        if (size <= 0 || !parse_stat({buffer.data(), static_cast<std::size_t>(size)}, ticks, dead)) {
            processes_.erase(pid);  // its pid is free again
            return;
        }
        const std::optional<double> exact = dead ? seconds_of_ended(pid) : std::nullopt;
        live_seconds_ += exact ? *exact : static_cast<double>(ticks) * seconds_per_tick_;
    }
    ::rewinddir(process->tasks);
    while (const dirent* entry = ::readdir(process->tasks)) {
        const auto thread = read_u64(entry->d_name);
        if (!thread) {
            continue;
        }
        const int tid = static_cast<int>(*thread);
        Process::ChildrenFile& file = process->children_files[tid];
        file.seen_on_turn = turn_;
        // A list longer than the buffer is cut at its end; the rest is seen through wait4 when it ends.
        ssize_t size = file.fd ? ::pread(file.fd.get(), buffer.data(), buffer.size(), 0) : -1;
        if (size < 0) {  // new, or its number went to another thread since
            const std::string path =
                proc_ + "/" + std::to_string(pid) + "/task/" + std::to_string(tid) + "/children";
            file.fd.reset(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
            if (!file.fd) {
                note_failed_open();
                continue;
            }
            size = ::pread(file.fd.get(), buffer.data(), buffer.size(), 0);
        }
        if (process->children_files.size() > kMostKeptFiles) {
            file.fd.reset();
        }
        if (size > 0) {
            const std::array<char, 4096> list = buffer;
            each_number({list.data(), static_cast<std::size_t>(size)},
                        [&](int child) { visit_children_of(child, depth + 1); });
        }
        if (processes_.find(pid) == processes_.end()) {
            return;
        }
    }
    auto& files = process->children_files;
    for (auto file = files.begin(); file != files.end();) {
        file = file->second.seen_on_turn == turn_ ? std::next(file) : files.erase(file);
    }
}

void ProcessTree::note_failed_open() noexcept {
    if (errno == EMFILE || errno == ENFILE) {
        complete_ = false;
    }
}

double ProcessTree::cpu_seconds() noexcept {
    ++turn_;
    live_seconds_ = 0.0;
    complete_ = true;
    visit_children_of(::getpid(), 0);
    for (auto process = processes_.begin(); process != processes_.end();) {
        process = process->second->seen_on_turn == turn_ ? std::next(process) : processes_.erase(process);
    }
    rusage reaped{};
    ::getrusage(RUSAGE_CHILDREN, &reaped);
    const double total = live_seconds_ + seconds_of(reaped.ru_utime) + seconds_of(reaped.ru_stime);
    if (total > most_) {
        most_ = total;
    }
    return most_;
}

std::vector<int> ProcessTree::descendants(const std::string& proc) {
    ProcessTree walk{proc};
    ++walk.turn_;
    walk.visit_children_of(::getpid(), 0);
    std::vector<int> alive;
    for (const auto& [pid, process] : walk.processes_) {
        std::array<char, 4096> buffer{};
        const ssize_t size = ::pread(process->stat.get(), buffer.data(), buffer.size(), 0);
        std::uint64_t ticks = 0;
        bool dead = true;
        if (pid != ::getpid() && size > 0 &&
            parse_stat({buffer.data(), static_cast<std::size_t>(size)}, ticks, dead) && !dead) {
            alive.push_back(pid);
        }
    }
    return alive;
}

std::string process_name(int pid, const std::string& proc) {
    const host::UniqueFd fd{
        ::open((proc + "/" + std::to_string(pid) + "/comm").c_str(), O_RDONLY | O_CLOEXEC)};
    std::array<char, 64> buffer{};
    const ssize_t size = fd ? ::read(fd.get(), buffer.data(), buffer.size()) : 0;
    return size > 0 ? std::string{trimmed({buffer.data(), static_cast<std::size_t>(size)})} : std::string{};
}

}  // namespace gramme::sample
