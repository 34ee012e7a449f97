// What a sample costs: no system call, no allocation, and nothing that grows over a week.
#include <gtest/gtest.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <malloc.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <new>

#include "scratch.hpp"
#include "store/journal.hpp"

namespace {
std::atomic<std::size_t> g_allocations{0};
}  // namespace

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // a sanitizer owns the allocator
// The whole program counts its allocations.
void* operator new(std::size_t size) {
    ++g_allocations;
    if (void* memory = std::malloc(size > 0 ? size : 1)) {
        return memory;
    }
    throw std::bad_alloc{};
}
void operator delete(void* memory) noexcept {
    std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
    std::free(memory);
}
#endif

namespace gramme::store {
namespace {

using testing::in_child;
using testing::kSecond;
using testing::made_up_device;
using testing::made_up_run;
using testing::made_up_window;
using testing::ScratchFolder;
using testing::wait_for;

void sample(Journal& journal, int second) {
    journal.add(made_up_window(0, second, second + 1, 3.0));
    if (second % 7 == 0) {
        journal.add_gap(0, second * kSecond, (second + 1) * kSecond, "NVML: GPU is lost");
    }
    journal.tick((second + 1) * kSecond, static_cast<std::uint64_t>(second));
}

TEST(JournalHotPath, AllocatesNothing) {
    const ScratchFolder folder;
    auto journal = Journal::create(folder.path(), made_up_run(), 0);
    ASSERT_TRUE(journal);
    ASSERT_TRUE((*journal)->declare(0, made_up_device("cpu0")));
    const std::size_t news = g_allocations;
    const std::size_t bytes = ::mallinfo2().uordblks;
    for (int second = 0; second < 4'000; ++second) {  // closes 400 windows, folds some
        sample(**journal, second);
    }
    EXPECT_EQ(g_allocations, news);
    EXPECT_EQ(::mallinfo2().uordblks, bytes);
}

/// From here on every system call but exit_group kills the process.
bool forbid_system_calls() {
    std::array<sock_filter, 4> filter{
        sock_filter BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
        sock_filter BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_exit_group, 0, 1),
        sock_filter BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
        sock_filter BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
    };
    const sock_fprog program{filter.size(), filter.data()};
    return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

TEST(JournalHotPath, MakesNoSystemCall) {
    constexpr int kNoFilter = 77;
    const ScratchFolder folder;
    const auto child = [&](bool with_call) {
        return wait_for(in_child([&] {
            auto journal = Journal::create(folder.path(), made_up_run(with_call ? "a" : "b"), 0);
            if (!journal || !(*journal)->declare(0, made_up_device("cpu0"))) {
                return 1;
            }
            sample(**journal, 0);  // code and pages are there
            (*journal)->add_gap(0, 100, 200, "another");
            if (!forbid_system_calls()) {
                return kNoFilter;
            }
            for (int second = 1; second < 4'000; ++second) {
                sample(**journal, second);
            }
            if (with_call) {
                ::syscall(SYS_getppid);
            }
            ::syscall(SYS_exit_group, 0);
            return 0;
        }));
    };
    const int with_call = child(true);
    if (with_call == kNoFilter) {
        GTEST_SKIP() << "this system does not let a process filter its own system calls (seccomp)";
    }
    EXPECT_EQ(with_call, 1000 + SIGSYS);  // the filter works
    EXPECT_EQ(child(false), 0);
}

std::size_t resident_kib() {
    const std::string statm = testing::read_file("/proc/self/statm");
    return std::stoul(statm.substr(statm.find(' '))) * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE)) /
           1'024;
}

std::size_t open_files() {
    std::size_t count = 0;
    for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator{"/proc/self/fd"}) {
        ++count;
    }
    return count;
}

TEST(JournalHotPath, MemoryAndFilesStayWhereTheyWereOverMonths) {
    const ScratchFolder folder;
    auto journal = Journal::create(folder.path(), made_up_run(), 0);
    ASSERT_TRUE(journal);
    ASSERT_TRUE((*journal)->declare(0, made_up_device("cpu0")));
    constexpr int kCalls = 100'000;  // windows of a minute: 69 days, 2.5 MB of closed windows
    constexpr int kTicksPerCall = 6;
    std::size_t resident = 0;
    std::size_t files = 0;
    for (int i = 0; i < kCalls; ++i) {
        if (i == 300) {  // the ring is full: from here on nothing may grow
            resident = resident_kib();
            files = open_files();
        }
        (*journal)->add(made_up_window(0, 60.0 * i, 60.0 * (i + 1), 3.0));
        for (int tick = 0; tick < kTicksPerCall; ++tick) {
            (*journal)->tick((60 * i + 10 * tick) * kSecond, 1);
        }
    }
#if !defined(__SANITIZE_ADDRESS__) && \
    !defined(__SANITIZE_THREAD__)  // its shadow memory grows with what is touched
    EXPECT_LT(resident_kib(), resident + 512);
#else
    EXPECT_GT(resident, 0U);
#endif
    EXPECT_EQ(open_files(), files);
    EXPECT_GT(std::filesystem::file_size((*journal)->path()), 2'000'000U);
    EXPECT_LT(std::filesystem::file_size((*journal)->path()),
              4'000'000U);  // a month of 5 devices: below 7 MB
    const auto ledger = (*journal)->ledger();
    ASSERT_TRUE(ledger);
    EXPECT_NEAR(testing::energy_of(*ledger, 0), 3.0 * kCalls, 1e-4);
}

}  // namespace
}  // namespace gramme::store
