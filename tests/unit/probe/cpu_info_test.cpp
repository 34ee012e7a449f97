#include "probe/cpu_info.hpp"

#include <gtest/gtest.h>

namespace gramme::probe {
namespace {

TEST(CpuInfo, ReadsAnX86Listing) {
    const CpuInfo info = parse_cpu_info(
        "processor\t: 0\nvendor_id\t: GenuineIntel\ncpu family\t: 6\nmodel\t\t: 106\n"
        "model name\t: Intel(R) Xeon(R) Gold 6338 CPU @ 2.00GHz\nstepping\t: 6\nphysical id\t: 0\nflags\t\t: "
        "fpu vme\n\n"
        "processor\t: 1\nvendor_id\t: GenuineIntel\ncpu family\t: 6\nmodel\t\t: 999\nphysical id\t: 1\n");
    EXPECT_EQ(info.vendor, "GenuineIntel");
    EXPECT_EQ(info.model_name, "Intel(R) Xeon(R) Gold 6338 CPU @ 2.00GHz");
    EXPECT_EQ(info.family, 6);
    EXPECT_EQ(info.model, 106);
    EXPECT_EQ(info.stepping, 6);
    EXPECT_EQ(info.processors, 2);
    EXPECT_EQ(info.sockets, 2);
    EXPECT_FALSE(info.hypervisor);
}

TEST(CpuInfo, SeesTheFlagOfAHypervisor) {
    EXPECT_TRUE(parse_cpu_info("processor : 0\nflags : fpu hypervisor lm\n").hypervisor);
    EXPECT_FALSE(parse_cpu_info("processor : 0\nflags : fpu nohypervisors\n").hypervisor);
}

TEST(CpuInfo, ReadsAnArmListing) {
    const CpuInfo info = parse_cpu_info(
        "processor\t: 0\nBogoMIPS\t: 50.00\nCPU implementer\t: 0x41\nCPU architecture: 8\nCPU variant\t: "
        "0x3\n"
        "CPU part\t: 0xd0c\nCPU revision\t: 1\n\nprocessor\t: 1\nCPU implementer\t: 0x41\nCPU part\t: "
        "0xd0c\n");
    EXPECT_EQ(info.vendor, "ARM");
    EXPECT_EQ(info.family, 65);   // 0x41
    EXPECT_EQ(info.model, 3340);  // 0xd0c, Neoverse N1
    EXPECT_EQ(info.stepping, 1);
    EXPECT_EQ(info.processors, 2);
    EXPECT_EQ(info.sockets, 0);
}

TEST(CpuInfo, NonsenseIsUnknown) {
    const CpuInfo info = parse_cpu_info("processor\nmodel : minus one\n: :\ncpu family : -4\n");
    EXPECT_EQ(info.processors, 0);
    EXPECT_EQ(info.model, 0);
    EXPECT_EQ(info.family, 0);
}

TEST(MemoryTotal, IsInBytes) {
    EXPECT_EQ(parse_memory_total("MemTotal:        8141648 kB\nMemFree: 1 kB\n"), 8'337'047'552U);  // x 1024
}

TEST(MemoryTotal, RefusesWhatItDoesNotKnow) {
    for (const char* text : {"", "MemTotal:", "MemTotal: x kB\n", "MemTotal: 5 MB\n", "XMemTotal: 5 kB\n",
                             "MemTotal: 99999999999999999 kB\n"}) {
        EXPECT_FALSE(parse_memory_total(text)) << text;
    }
}

TEST(CpuInfo, CountsAHundredThousandSocketsWithoutComparingEachToEach) {
    constexpr int kSockets = 100'000;  // took 20 s
    std::string text;
    for (int i = 0; i < 2 * kSockets; ++i) {
        text += "processor : " + std::to_string(i) + "\nphysical id : " + std::to_string(i % kSockets) + "\n";
    }
    const CpuInfo info = parse_cpu_info(text);
    EXPECT_EQ(info.sockets, kSockets);
    EXPECT_EQ(info.processors, 2 * kSockets);
}

}  // namespace
}  // namespace gramme::probe
