#include "sample/process_tree.hpp"

#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <ctime>

namespace gramme::sample {
namespace {

/// Burns CPU time of the calling process, exactly as much as asked for.
void burn(double seconds) {
    timespec used{};
    do {
        ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    } while (static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) * 1e-9 < seconds);
}

/// A child that burns, then waits to be killed.
pid_t child_that_burns(double seconds) {
    const pid_t pid = ::fork();
    if (pid == 0) {
        burn(seconds);
        ::raise(SIGSTOP);
        ::_exit(0);
    }
    int status = 0;
    ::waitpid(pid, &status, WUNTRACED);
    return pid;
}

void end(pid_t pid) {
    ::kill(pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
}

TEST(ProcessTree, CountsALiveChildAndDoesNotCountItTwiceWhenItIsReaped) {
    ProcessTree tree;
    const double before = tree.cpu_seconds();
    const pid_t child = child_that_burns(0.2);
    const double alive = tree.cpu_seconds() - before;
    EXPECT_NEAR(alive, 0.2, 0.05);  // ticks of 10 ms
    end(child);
    const double reaped = tree.cpu_seconds() - before;
    EXPECT_NEAR(reaped, 0.2, 0.05);
    EXPECT_GE(reaped, alive - 1e-9) << "it never falls";
}

TEST(ProcessTree, CountsGrandchildrenAndShortChildrenThatWereWaitedFor) {
    ProcessTree tree;
    const double before = tree.cpu_seconds();
    const pid_t child = ::fork();
    if (child == 0) {
        for (int i = 0; i < 10; ++i) {  // each ends before anybody looks
            const pid_t grandchild = ::fork();
            if (grandchild == 0) {
                burn(0.03);
                ::_exit(0);
            }
            ::waitpid(grandchild, nullptr, 0);
        }
        ::raise(SIGSTOP);
        ::_exit(0);
    }
    ::waitpid(child, nullptr, WUNTRACED);
    EXPECT_NEAR(tree.cpu_seconds() - before, 0.3, 0.12);  // twelve counts of 10 ms
    end(child);
}

TEST(ProcessTree, NamesLiveDescendantsAndLeavesZombiesOut) {
    const pid_t alive = child_that_burns(0.0);
    const pid_t zombie = ::fork();
    if (zombie == 0) {
        ::_exit(0);
    }
    siginfo_t info{};
    ::waitid(P_PID, static_cast<id_t>(zombie), &info, WEXITED | WNOWAIT);
    const auto found = ProcessTree::descendants();
    EXPECT_NE(std::find(found.begin(), found.end(), alive), found.end());
    EXPECT_EQ(std::find(found.begin(), found.end(), zombie), found.end());
    EXPECT_FALSE(process_name(alive).empty());
    end(alive);
    ::waitpid(zombie, nullptr, 0);
}

TEST(ProcessTree, ARecordedMachineKnowsNothingOfOurProcesses) {
    EXPECT_TRUE(ProcessTree{}.available());
    EXPECT_FALSE(ProcessTree{"/nonexistent/proc"}.available());
}

}  // namespace
}  // namespace gramme::sample
