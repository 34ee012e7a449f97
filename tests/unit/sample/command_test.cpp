#include "sample/command.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <optional>
#include <vector>

#include "sample/supervisor.hpp"

namespace gramme::sample {
namespace {

/// Blocks signals once for the whole test program, as gramme does for its whole life.
const BlockedSignals& signals() {
    static const BlockedSignals kBlocked;
    return kBlocked;
}

CommandSpec shell(const std::string& script) {
    return {{"/bin/sh", "-c", script}, {}, signals().callers_mask(), false, nullptr};
}

ExitStatus run(const CommandSpec& spec, SupervisorHooks hooks = {{}, [] {}, {}}) {
    const auto command = start_command(spec);
    if (!command) {
        ADD_FAILURE() << command.error().what;
        return {-1, {}};
    }
    const auto status = supervise(*command, signals(), 0, nullptr, 0, std::nullopt, hooks);
    return status ? *status : ExitStatus{-1, {}};
}

TEST(Command, KeepsTheExitStatus) {
    EXPECT_EQ(run(shell("exit 0")).code, 0);
    EXPECT_EQ(run(shell("exit 42")).code, 42);
}

TEST(Command, KilledByASignalIs128PlusItsNumber) {
    const ExitStatus status = run(shell("kill -TERM $$"));
    EXPECT_EQ(status.code, 128 + SIGTERM);
    EXPECT_EQ(status.signal, SIGTERM);
}

TEST(Command, SaysNotFoundAndNotExecutableApart) {
    CommandSpec missing{{"no-such-program-here"}, {}, signals().callers_mask(), false, nullptr};
    const auto not_found = start_command(missing);
    ASSERT_FALSE(not_found);
    EXPECT_EQ(not_found.error().code, Code::kNotFound);
    EXPECT_NE(not_found.error().what.find("no-such-program-here"), std::string::npos);

    const auto path = std::filesystem::temp_directory_path() / ("gramme-plain-" + std::to_string(::getpid()));
    std::ofstream{path} << "text";
    ::chmod(path.c_str(), 0644);
    CommandSpec plain{{path.string()}, {}, signals().callers_mask(), false, nullptr};
    const auto refused = start_command(plain);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Code::kPermission);
    std::filesystem::remove(path);
}

/// Every descriptor of this process below the limit taken, for as long as it lives.
class NoDescriptorLeft {
public:
    NoDescriptorLeft() {
        ::getrlimit(RLIMIT_NOFILE, &before_);
        rlimit few = before_;
        few.rlim_cur = 64;
        ::setrlimit(RLIMIT_NOFILE, &few);
        for (int fd = ::dup(0); fd >= 0; fd = ::dup(0)) {
            taken_.push_back(fd);
        }
    }
    ~NoDescriptorLeft() {
        for (const int fd : taken_) {
            ::close(fd);
        }
        ::setrlimit(RLIMIT_NOFILE, &before_);
    }
    NoDescriptorLeft(const NoDescriptorLeft&) = delete;
    NoDescriptorLeft& operator=(const NoDescriptorLeft&) = delete;

private:
    rlimit before_{};
    std::vector<int> taken_;
};

TEST(Command, StartsWithoutADescriptorToSpareAndSaysWhatItCannotRun) {
    const CommandSpec exits = {{"/bin/sh", "-c", "exit 7"}, {}, signals().callers_mask(), false, nullptr};
    const CommandSpec missing{{"no-such-program-here"}, {}, signals().callers_mask(), false, nullptr};
    int status = 0;
    std::optional<Result<StartedCommand>> not_found;
    {
        const NoDescriptorLeft none;
        // The copies would be handed on; with them the shell could not load its library.
        for (int fd = 3; fd < 64; ++fd) {
            ::fcntl(fd, F_SETFD, FD_CLOEXEC);
        }
        const auto command = start_command(exits);
        ASSERT_TRUE(command) << command.error().what;
        EXPECT_FALSE(command->pidfd);
        ::waitpid(command->pid, &status, 0);
        not_found.emplace(start_command(missing));
    }
    EXPECT_EQ(WEXITSTATUS(status), 7);
    ASSERT_FALSE(*not_found);
    EXPECT_EQ(not_found->error().code, Code::kNotFound);
}

TEST(Command, GetsTheAddedEnvironmentAndTheReplacedVariable) {
    ::setenv("GRAMME_TEST_VARIABLE", "old", 1);
    CommandSpec spec = shell("test \"$GRAMME_TEST_VARIABLE\" = new");
    spec.environment.emplace_back("GRAMME_TEST_VARIABLE", "new");
    EXPECT_EQ(run(spec).code, 0);
}

TEST(Command, HasTheCallersSignalMask) {
    // SigBlk of the shell itself: all zero, although this process blocks nearly every signal.
    EXPECT_EQ(
        run(shell("read -r _ < /proc/self/status; grep -q '^SigBlk:.*0000000000000000$' /proc/self/status"))
            .code,
        0);
}

TEST(Supervisor, PassesASignalFromAProcessOnExactlyOnce) {
    const auto log =
        std::filesystem::temp_directory_path() / ("gramme-signals-" + std::to_string(::getpid()));
    std::filesystem::remove(log);
    // The command sends USR1 to its parent (gramme's place), waits for what comes back to itself, and counts
    // it; a second copy would have come a moment later.
    const std::string name = log.string();
    const ExitStatus status =
        run(shell("trap 'echo got >> " + name + "' USR1; kill -USR1 $PPID; turns=0; until [ -s " + name +
                  " ] || [ $turns -eq 500 ]; do turns=$((turns + 1)); sleep 0.02; done; sleep 0.2; exit 7"));
    EXPECT_EQ(status.code, 7);
    std::ifstream file{log};
    const std::string text{std::istreambuf_iterator<char>{file}, {}};
    EXPECT_EQ(text, "got\n");
    std::filesystem::remove(log);
}

TEST(Supervisor, SeesTheExitBeforeTheCommandIsReaped) {
    const auto command = start_command(shell("exit 3"));
    ASSERT_TRUE(command);
    bool was_zombie = false;
    const SupervisorHooks hooks{{}, [&] { was_zombie = ::kill(command->pid, 0) == 0; }, {}};
    const auto status = supervise(*command, signals(), 0, nullptr, 0, std::nullopt, hooks);
    ASSERT_TRUE(status);
    EXPECT_EQ(status->code, 3);
    EXPECT_TRUE(was_zombie);
}

TEST(Supervisor, TicksWhileTheCommandIsStopped) {
    int ticks = 0;
    const auto command = start_command(shell("kill -STOP $$; exit 0"));
    ASSERT_TRUE(command);
    const SupervisorHooks hooks{[&] {
                                    if (++ticks == 10) {
                                        ::kill(command->pid, SIGCONT);
                                    }
                                },
                                [] {},
                                {}};
    const auto status = supervise(*command, signals(), 20'000'000, nullptr, 0, std::nullopt, hooks);
    ASSERT_TRUE(status);
    EXPECT_EQ(status->code, 0);
    EXPECT_GE(ticks, 10);
}

}  // namespace
}  // namespace gramme::sample
