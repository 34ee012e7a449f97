#include "sample/process_tree.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <ctime>
#include <filesystem>
#include <thread>

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

TEST(ProcessTree, CountsAShortCommandThatHasEndedAndIsNotReaped) {
    ProcessTree tree;
    const double before = tree.cpu_seconds();
    const pid_t child = ::fork();
    if (child == 0) {
        burn(0.004);  // less than a tick of 10 ms
        ::_exit(0);
    }
    siginfo_t info{};
    ::waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOWAIT);
    const double counted = tree.cpu_seconds() - before;
    EXPECT_GE(counted, 0.0035);
    EXPECT_LE(counted, 0.03) << "beginning and ending a process costs some milliseconds on a busy machine";
    ::waitpid(child, nullptr, 0);
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

int open_files() {
    int count = 0;
    for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
        ++count;
    }
    return count;
}

TEST(ProcessTree, ClosesTheFilesOfThreadsThatEnded) {
    ProcessTree tree;
    (void)tree.cpu_seconds();
    const int before = open_files();
    for (int turn = 0; turn < 20; ++turn) {
        std::atomic<bool> stop{false};
        std::thread thread([&] {
            while (!stop) {
                std::this_thread::yield();
            }
        });
        (void)tree.cpu_seconds();
        stop = true;
        thread.join();
    }
    (void)tree.cpu_seconds();
    EXPECT_LE(open_files(), before + 1);
}

TEST(ProcessTree, SaysWhenItLacksFileDescriptors) {
    const pid_t child = child_that_burns(0.0);
    rlimit before{};
    ::getrlimit(RLIMIT_NOFILE, &before);
    rlimit few = before;
    few.rlim_cur = static_cast<rlim_t>(open_files());
    ProcessTree tree;
    ::setrlimit(RLIMIT_NOFILE, &few);
    (void)tree.cpu_seconds();
    const bool complete = tree.complete();
    ::setrlimit(RLIMIT_NOFILE, &before);
    EXPECT_FALSE(complete);
    (void)tree.cpu_seconds();
    EXPECT_TRUE(tree.complete());
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
