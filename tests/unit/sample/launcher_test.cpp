#include "sample/launcher.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>

namespace gramme::sample {
namespace {

/// `sleep` with one variable, and this process above it.
pid_t sleeper(const char* variable) {
    std::array<int, 2> ready{-1, -1};
    EXPECT_EQ(::pipe2(ready.data(), O_CLOEXEC), 0);
    const pid_t pid = ::fork();
    if (pid == 0) {
        const char* const argv[] = {"sleep", "60", nullptr};
        const char* const environment[] = {variable, nullptr};
        ::execve("/bin/sleep", const_cast<char**>(argv), const_cast<char**>(environment));
        ::_exit(127);
    }
    ::close(ready[1]);
    char nothing = 0;
    EXPECT_EQ(::read(ready[0], &nothing, 1), 0) << "closed by the exec";
    ::close(ready[0]);
    return pid;
}

void end(pid_t pid) {
    ::kill(pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
}

TEST(Launcher, IsTheFirstAncestorThatWasStartedAsNoRank) {
    const pid_t wrapper = sleeper("MPI_LOCALRANKID=1");
    const pid_t other = sleeper("PMI_LOCAL_RANK=0");
    const auto launcher = find_launcher(wrapper);
    ASSERT_TRUE(launcher);
    EXPECT_EQ(launcher->rfind(std::to_string(::getpid()) + " ", 0), 0U) << *launcher;
    EXPECT_EQ(find_launcher(other), launcher) << "the same for both ranks";
    end(wrapper);
    end(other);
}

TEST(Launcher, IsTheParentWhereNothingWrapsTheRank) {
    const pid_t plain = sleeper("PATH=/bin");
    const auto launcher = find_launcher(plain);
    ASSERT_TRUE(launcher);
    EXPECT_EQ(launcher->rfind(std::to_string(plain) + " ", 0), 0U) << *launcher;
    end(plain);
}

TEST(Launcher, IsNotKnownWhereAnAncestorIsGoneOrTheWayEndsAtInit) {
    const pid_t gone = sleeper("PATH=/bin");
    end(gone);
    EXPECT_FALSE(find_launcher(gone));
    EXPECT_FALSE(find_launcher(1));
}

}  // namespace
}  // namespace gramme::sample
