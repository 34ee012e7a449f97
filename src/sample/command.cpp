#include "sample/command.hpp"

#include <fcntl.h>
#include <linux/sched.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>

#include "host/errno_error.hpp"

namespace gramme::sample {
namespace {

/// A fork that starts in the cgroup, so that not one instruction of the command is counted elsewhere. Behaves
/// as fork(); -1 with errno where the kernel has no clone3 or refuses.
pid_t fork_into([[maybe_unused]] int cgroup_fd, [[maybe_unused]] std::uint64_t also,
                [[maybe_unused]] int* pidfd) {
#if defined(__SANITIZE_THREAD__)
    errno = ENOSYS;  // the sanitizer must see the fork to stay in step with its own threads
    return -1;
#else
    clone_args arguments{};
    arguments.flags = CLONE_INTO_CGROUP | (pidfd != nullptr ? CLONE_PIDFD : 0) | also;
    arguments.pidfd = reinterpret_cast<std::uint64_t>(pidfd);
    arguments.exit_signal = SIGCHLD;
    arguments.cgroup = static_cast<std::uint64_t>(cgroup_fd);
    return static_cast<pid_t>(::syscall(SYS_clone3, &arguments, sizeof arguments));
#endif
}

/// A fork whose parent goes on when the child has executed its program or has ended.
pid_t fork_and_wait_for_exec() {
    return static_cast<pid_t>(
        ::syscall(SYS_clone, CLONE_VFORK | SIGCHLD, nullptr, nullptr, nullptr, nullptr));
}

/// A number that a forked child can set and its parent read: what is left to tell the error of an exec by
/// where the limit of open files allows no pipe. The command must start wherever it would start without
/// gramme.
class SharedNumber {
public:
    SharedNumber()
        : page_(::mmap(nullptr, sizeof(int), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0)) {}
    ~SharedNumber() {
        if (get() != nullptr) {
            ::munmap(page_, sizeof(int));
        }
    }
    SharedNumber(const SharedNumber&) = delete;
    SharedNumber& operator=(const SharedNumber&) = delete;
    /// nullptr where there is no memory for it.
    [[nodiscard]] volatile int* get() const noexcept {
        return page_ == MAP_FAILED ? nullptr  // NOLINT(performance-no-int-to-ptr): the system's own constant
                                   : static_cast<volatile int*>(page_);
    }

private:
    void* page_;
};

std::vector<std::string> merged_environment(const CommandSpec& spec) {
    std::vector<std::string> merged;
    for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
        bool replaced = false;
        for (const auto& [name, value] : spec.environment) {
            replaced = replaced ||
                       (std::strncmp(*entry, name.c_str(), name.size()) == 0 && (*entry)[name.size()] == '=');
        }
        if (!replaced) {
            merged.emplace_back(*entry);
        }
    }
    for (const auto& [name, value] : spec.environment) {
        merged.push_back(name + "=" + value);
    }
    return merged;
}

std::vector<char*> pointers_to(std::vector<std::string>& words) {
    std::vector<char*> pointers;
    pointers.reserve(words.size() + 1);
    for (std::string& word : words) {
        pointers.push_back(word.data());
    }
    pointers.push_back(nullptr);
    return pointers;
}

/// Between fork and exec: no allocation, no lock, only calls that are safe while other threads of the parent
/// hold anything.
[[noreturn]] void become_command(char* const* argv, char* const* envp, const CommandSpec& spec, int procs_fd,
                                 int report_fd, volatile int* report_number) {
    if (procs_fd >= 0) {
        (void)!::write(procs_fd, "0",
                       1);  // "0" is the writer itself (cgroup-v2.rst); a refusal costs exactness only
    }
    if (spec.ignores_sigchld) {
        ::signal(SIGCHLD, SIG_IGN);
    }
    if (spec.stdout_fd >= 0) {
        ::dup2(spec.stdout_fd, STDOUT_FILENO);
    }
    if (spec.stderr_fd >= 0) {
        ::dup2(spec.stderr_fd, STDERR_FILENO);
    }
    ::sigprocmask(SIG_SETMASK, &spec.signal_mask, nullptr);
    ::execvpe(argv[0], argv, envp);
    const int error_number = errno;
    if (report_number != nullptr) {
        *report_number = error_number;
    } else {
        (void)!::write(report_fd, &error_number, sizeof error_number);
    }
    ::_exit(127);
}

}  // namespace

Result<StartedCommand> start_command(const CommandSpec& spec) {
    std::vector<std::string> words = spec.argv;
    std::vector<std::string> environment = merged_environment(spec);
    const std::vector<char*> argv = pointers_to(words);
    const std::vector<char*> envp = pointers_to(environment);
    int report[2] = {-1, -1};
    std::optional<SharedNumber> shared;
    if (::pipe2(report, O_CLOEXEC) != 0) {
        if (errno != EMFILE && errno != ENFILE) {
            return host::errno_error("cannot start " + spec.argv.front(), errno);
        }
        if (shared.emplace().get() == nullptr) {
            return host::errno_error("cannot start " + spec.argv.front(), ENOMEM);
        }
    }
    const host::UniqueFd report_read{report[0]};
    host::UniqueFd report_write{report[1]};
    volatile int* const number = shared ? shared->get() : nullptr;

    StartedCommand command;
    int pidfd = -1;
    pid_t pid = -1;
    if (spec.cgroup != nullptr) {
        const int group = spec.cgroup->directory_fd();
        pid = shared ? -1 : fork_into(group, 0, &pidfd);
        if (pid < 0 && (shared || errno == EMFILE || errno == ENFILE)) {  // no descriptor for a pidfd
            pid = fork_into(group, shared ? CLONE_VFORK : 0, nullptr);
        }
        command.in_cgroup = pid > 0;
    }
    if (pid < 0) {
        host::UniqueFd procs;
        if (spec.cgroup != nullptr) {
            procs.reset(::openat(spec.cgroup->directory_fd(), "cgroup.procs", O_WRONLY | O_CLOEXEC));
            command.in_cgroup = static_cast<bool>(procs);
        }
        pid = shared ? fork_and_wait_for_exec() : ::fork();
        if (pid == 0) {
            become_command(argv.data(), envp.data(), spec, procs.get(), report_write.get(), number);
        }
    } else if (pid == 0) {
        become_command(argv.data(), envp.data(), spec, -1, report_write.get(), number);
    }
    if (pid < 0) {
        return host::errno_error("cannot start " + spec.argv.front(), errno);
    }
    command.pid = pid;
    command.pidfd.reset(pidfd >= 0 ? pidfd : static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));

    // The pipe closes when the exec succeeds; a number in it is the errno of one that failed.
    report_write.reset();
    int error_number = number != nullptr ? *number : 0;
    if (number == nullptr) {
        ssize_t count = 0;
        do {
            count = ::read(report_read.get(), &error_number, sizeof error_number);
        } while (count < 0 && errno == EINTR);
        error_number = count == static_cast<ssize_t>(sizeof error_number) ? error_number : 0;
    }
    if (error_number != 0) {
        ::waitpid(pid, nullptr, 0);
        Error error = host::errno_error("cannot run '" + spec.argv.front() + "'", error_number);
        error.code = error_number == ENOENT || error_number == ENOTDIR ? Code::kNotFound : Code::kPermission;
        return error;
    }
    return command;  // without a pidfd (no file descriptor left, Linux before 5.3) it runs all the same
}

}  // namespace gramme::sample
