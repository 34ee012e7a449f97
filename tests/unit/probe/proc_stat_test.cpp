#include "probe/proc_stat.hpp"

#include <gtest/gtest.h>

#include "fake_host.hpp"

namespace gramme::probe {
namespace {

TEST(ParseProcStat, BusyIsUserNiceSystemAndInterrupts) {
    // (100 + 20 + 30 + 5 + 6) ticks of 10 ms; idle 1000 and iowait 50 are not busy, guest 40 is inside user
    const auto seconds = parse_proc_stat("cpu  100 20 30 1000 50 5 6 7 40 2\ncpu0 1 2 3 4\n");
    ASSERT_TRUE(seconds);
    EXPECT_DOUBLE_EQ(seconds->busy, 1.61);
    EXPECT_DOUBLE_EQ(seconds->steal, 0.07);
}

TEST(ParseProcStat, StealOfAVirtualMachineIsNotBusy) {
    // (63900 + 19772 + 224) / 100; 393 ticks of steal apart
    const auto seconds = parse_proc_stat("cpu  63900 0 19772 307204 1680 0 224 393 0 0\n");
    ASSERT_TRUE(seconds);
    EXPECT_DOUBLE_EQ(seconds->busy, 838.96);
    EXPECT_DOUBLE_EQ(seconds->steal, 3.93);
}

TEST(ParseProcStat, OldKernelsListFewerFields) {
    EXPECT_DOUBLE_EQ(parse_proc_stat("cpu 100 0 50 900\n")->busy, 1.5);
}

TEST(ParseProcStat, RefusesEverythingElse) {
    for (const char* text :
         {"", "cpu", "cpu \n", "cpu 1 2 3\n", "cpu0 1 2 3 4\n", "cpu 1 2 3 4", "cpu 1 2 x 4\n",
          "cpu -1 2 3 4\n", "cpu 1 2 3 99999999999999999999999\n", "cpu 1 2 3 4,5\n"}) {
        EXPECT_FALSE(parse_proc_stat(text)) << text;
    }
}

TEST(ProcStat, ReadsNewValuesFromOneOpenFile) {
    testing::FakeHost host{{{"/proc/stat", "cpu 100 0 0 100\n"}}};
    auto stat = ProcStat::open(host);
    ASSERT_TRUE(stat);
    EXPECT_DOUBLE_EQ(stat->read()->busy, 1.0);
    host.set("/proc/stat", "cpu 300 0 0 100\n");
    EXPECT_DOUBLE_EQ(stat->read()->busy, 3.0);
    EXPECT_EQ(host.opens(), 1U);
    host.fail("/proc/stat", Code::kIo);
    EXPECT_FALSE(stat->read());
}

}  // namespace
}  // namespace gramme::probe
