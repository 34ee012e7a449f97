// Processors: names, family and model, power curves, memory.
#include <gtest/gtest.h>

#include <ostream>

#include "refdata/cpu_name.hpp"
#include "refdata/tables.hpp"

namespace gramme::refdata {
namespace {

struct Named {
    std::string_view cpuinfo, key;
    friend void PrintTo(const Named& named, std::ostream* out) { *out << named.cpuinfo; }
};

class CpuMatchKey : public ::testing::TestWithParam<Named> {};

TEST_P(CpuMatchKey, DropsWhatIsNoPartOfTheModel) {
    EXPECT_EQ(cpu_match_key(GetParam().cpuinfo), GetParam().key);
}

INSTANTIATE_TEST_SUITE_P(
    Names, CpuMatchKey,
    ::testing::Values(Named{"Intel(R) Xeon(R) Platinum 8259CL CPU @ 2.50GHz", "intel xeon platinum 8259cl"},
                      Named{"AMD EPYC 7763 64-Core Processor", "amd epyc 7763"},
                      Named{"13th Gen Intel(R) Core(TM) i9-13900K", "intel core i9-13900k"},
                      Named{"Intel(R) Core(TM) i7-8700 CPU @ 3.20GHz", "intel core i7-8700"},
                      Named{"Intel(R) Xeon(R) CPU E5-2670 0 @ 2.60GHz", "intel xeon e5-2670"},
                      Named{"Intel(R) Xeon(R) CPU E5-2686 v4 @ 2.30GHz", "intel xeon e5-2686 v4"},
                      Named{"AMD Ryzen 7 PRO 4750U with Radeon Graphics", "amd ryzen 7 pro 4750u"},
                      Named{"AMD Ryzen Threadripper 1950X 16-Core Processor", "amd ryzen threadripper 1950x"},
                      Named{"AMD Phenom(tm) II X6 1090T Six-Core Processor", "amd phenom ii x6 1090t"},
                      Named{"Genuine Intel(R) CPU 0000 @ 2.00GHz", "intel 0000"},
                      Named{"Intel(R) Core(TM) -i5 CPU", "intel core-i5"}, Named{"AMD EPYC", "amd epyc"},
                      Named{"AMD EPYC Processor", "amd epyc"}, Named{"", ""}, Named{"CPU @ ", ""}));

TEST(FindCpu, KnowsTheNamesThatServersReport) {
    const Tables tables;
    const auto xeon = tables.find_cpu("Intel(R) Xeon(R) Platinum 8259CL CPU @ 2.50GHz");
    ASSERT_TRUE(xeon);
    EXPECT_EQ(xeon->model, "Intel Xeon Platinum 8259CL");
    EXPECT_EQ(xeon->microarchitecture, "cascade-lake");
    EXPECT_EQ(xeon->cores, 24);
    EXPECT_EQ(xeon->threads, 48);
    EXPECT_DOUBLE_EQ(xeon->tdp_w, 210.0);
    const auto epyc = tables.find_cpu("AMD EPYC 7763 64-Core Processor");
    ASSERT_TRUE(epyc);
    EXPECT_EQ(epyc->microarchitecture, "zen3-milan");
    EXPECT_EQ(epyc->threads, 128);
    EXPECT_DOUBLE_EQ(epyc->tdp_w, 280.0);
    EXPECT_NEAR(epyc->base_ghz, 2.45, 1e-6);
    EXPECT_EQ(epyc->release_year, 2021);
    const auto core = tables.find_cpu("13th Gen Intel(R) Core(TM) i9-13900K");
    ASSERT_TRUE(core);
    EXPECT_DOUBLE_EQ(core->tdp_w, 125.0);
    EXPECT_EQ(core->cores, 0);  // not in the table: unknown
}

TEST(FindCpu, MaskedNamesAreNobody) {
    const Tables tables;
    EXPECT_FALSE(tables.find_cpu("AMD EPYC"));
    EXPECT_FALSE(tables.find_cpu("AMD EPYC Processor"));
    EXPECT_FALSE(tables.find_cpu("Intel(R) Xeon(R) CPU @ 2.20GHz"));
    EXPECT_FALSE(tables.find_cpu("Intel Xeon Processor (Skylake, IBRS)"));
    EXPECT_FALSE(tables.find_cpu(""));
}

struct Id {
    std::string_view vendor;
    int family, model, stepping;
    std::string_view microarchitecture;
    friend void PrintTo(const Id& id, std::ostream* out) {
        *out << id.vendor << ' ' << id.family << '/' << id.model;
    }
};

class CpuIdentity : public ::testing::TestWithParam<Id> {};

TEST_P(CpuIdentity, IsAMicroarchitecture) {
    const Id& id = GetParam();
    EXPECT_EQ(Tables{}.microarchitecture(id.vendor, id.family, id.model, id.stepping), id.microarchitecture);
}

INSTANTIATE_TEST_SUITE_P(
    Ids, CpuIdentity,
    ::testing::Values(
        Id{"AuthenticAMD", 23, 1, 2, "zen-naples"}, Id{"AuthenticAMD", 23, 49, 0, "zen2-rome"},
        Id{"AuthenticAMD", 25, 1, 1, "zen3-milan"}, Id{"AuthenticAMD", 25, 17, 1, "zen4-genoa"},
        Id{"AuthenticAMD", 25, 160, 2, "zen4c-bergamo"}, Id{"AuthenticAMD", 26, 2, 1, "zen5-turin"},
        Id{"AuthenticAMD", 26, 17, 0, "zen5c-turin"}, Id{"GenuineIntel", 6, 62, 4, "ivy-bridge-ep"},
        Id{"GenuineIntel", 6, 58, 9, "ivy-bridge"}, Id{"GenuineIntel", 6, 63, 2, "haswell-ep"},
        Id{"GenuineIntel", 6, 79, 1, "broadwell-ep"}, Id{"GenuineIntel", 6, 85, 4, "skylake-sp"},
        Id{"GenuineIntel", 6, 85, 7, "cascade-lake"}, Id{"GenuineIntel", 6, 85, 11, "cooper-lake"},
        Id{"GenuineIntel", 6, 106, 6, "ice-lake"}, Id{"GenuineIntel", 6, 143, 8, "sapphire-rapids"},
        Id{"GenuineIntel", 6, 207, 2, "emerald-rapids"}, Id{"GenuineIntel", 6, 173, 1, "granite-rapids"},
        Id{"GenuineIntel", 6, 175, 3, "sierra-forest"}, Id{"ARM", 0x41, 0xd0c, 1, "neoverse-n1"},
        Id{"ARM", 0x41, 0xd40, 1, "neoverse-v1"}, Id{"ARM", 0x41, 0xd4f, 0, "neoverse-v2"},
        Id{"AuthenticAMD", 99, 1, 1, ""}, Id{"HygonGenuine", 24, 0, 1, ""},
        Id{"GenuineIntel", 6, 85, -1, ""}));

TEST(CpuPower, IsThePackageShareOfTheMedianServer) {
    const CpuPowerCurve milan = Tables{}.cpu_power("zen3-milan");
    EXPECT_EQ(milan.microarchitecture, "zen3-milan");
    EXPECT_NEAR(milan.idle_w_per_thread, 0.74 * 0.4238, 1e-4);  // SPECpower median at the wall, active idle
    EXPECT_NEAR(milan.full_w_per_thread, 0.87 * 1.916, 1e-4);   // and at 100 %
    EXPECT_FALSE(milan.generic);
    EXPECT_EQ(milan.source, "ccf-specpower");
}

TEST(CpuPower, OfTheTdpItIsThePackageShareOfTheMedianServer) {
    const CpuPowerCurve milan = Tables{}.cpu_power("zen3-milan");
    EXPECT_NEAR(milan.idle_per_tdp, 0.74 * 0.196, 5e-4);  // SPECpower median at the wall per TDP, active idle
    EXPECT_NEAR(milan.full_per_tdp, 0.87 * 0.907, 5e-4);  // and at 100 %
    EXPECT_DOUBLE_EQ(milan.sigma_ln_per_tdp, 0.28);
}

TEST(CpuPower, SmallSocketsIdleLowAndServersOfTheirGenerationDoNot) {
    const Tables tables;
    for (const std::string_view key :
         {"sandy-bridge", "ivy-bridge", "haswell", "coffee-lake", "comet-lake"}) {
        EXPECT_DOUBLE_EQ(tables.cpu_power(key).idle_per_tdp, 0.035) << key;
    }
    EXPECT_NEAR(tables.cpu_power("haswell-ep").idle_per_tdp, 0.120, 1e-9);
}

TEST(CpuPower, UnknownIsTheGenericRow) {
    const Tables tables;
    for (const std::string_view key : {"", "zen9-future", "neoverse-v2"}) {
        const CpuPowerCurve curve = tables.cpu_power(key);
        EXPECT_TRUE(curve.generic);
        EXPECT_NEAR(curve.idle_w_per_thread, 0.444, 1e-9);  // 0.74 x 0.60
        EXPECT_NEAR(curve.full_w_per_thread, 2.61, 1e-9);   // 0.87 x 3.0
        EXPECT_DOUBLE_EQ(curve.sigma_ln, 0.6);
        EXPECT_DOUBLE_EQ(curve.idle_per_tdp, 0.12);  // medians of six packages of AWS
        EXPECT_DOUBLE_EQ(curve.full_per_tdp, 0.99);
    }
}

TEST(CpuPower, MilanAtFullLoadIsNearItsTdp) {
    // 128 threads x 1.667 W = 213 W of a part with 280 W TDP: below it, and within its interval of it.
    const Tables tables;
    const CpuPowerCurve curve = tables.cpu_power("zen3-milan");
    EXPECT_LT(128 * curve.full_w_per_thread, 280.0);
    EXPECT_GT(128 * curve.full_w_per_thread * 1.9, 280.0);  // exp(1.96 x 0.33) = 1.91
}

TEST(MachineRemainder, IsKnownForEachKindOfMachine) {
    const Tables tables;
    EXPECT_DOUBLE_EQ(tables.machine_remainder("desktop")->base_w, 25.0);
    EXPECT_DOUBLE_EQ(tables.machine_remainder("gpu-server")->base_w, 900.0);
    EXPECT_DOUBLE_EQ(tables.machine_remainder("laptop")->efficiency_half, 0.04);
    EXPECT_DOUBLE_EQ(tables.machine_remainder("server")->base_sigma, 0.5);
    EXPECT_DOUBLE_EQ(tables.machine_remainder("server")->efficiency, 0.94);
    EXPECT_EQ(tables.machine_remainder("server")->source, "gramme_remainder");
    EXPECT_FALSE(tables.machine_remainder(""));
    EXPECT_FALSE(tables.machine_remainder("toaster"));
}

TEST(MemoryPower, ServersAndClientsDiffer) {
    const Tables tables;
    EXPECT_DOUBLE_EQ(tables.memory_power(true).idle_w_per_module, 1.5);
    EXPECT_DOUBLE_EQ(tables.memory_power(true).busy_w_per_module, 3.0);
    EXPECT_DOUBLE_EQ(tables.memory_power(true).gb_per_module, 32.0);
    EXPECT_DOUBLE_EQ(tables.memory_power(false).idle_w_per_module, 0.7);
    EXPECT_DOUBLE_EQ(tables.memory_power(false).sigma_ln, 0.4);
}

}  // namespace
}  // namespace gramme::refdata
