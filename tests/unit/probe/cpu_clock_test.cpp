#include "probe/cpu_clock.hpp"

#include <gtest/gtest.h>

#include <string>

#include "fake_host.hpp"

namespace gramme::probe {
namespace {

std::string path_of(int cpu, const std::string& file) {
    return "/sys/devices/system/cpu/cpu" + std::to_string(cpu) + "/cpufreq/" + file;
}

TEST(BaseGhzInName, IsTheClockAfterTheAt) {
    EXPECT_DOUBLE_EQ(base_ghz_in_name("Intel(R) Xeon(R) CPU E3-1240 V2 @ 3.40GHz").value(), 3.4);
    EXPECT_FALSE(base_ghz_in_name("AMD EPYC 7763 64-Core Processor"));
    EXPECT_FALSE(base_ghz_in_name("CPU @ 3.40GHz max"));
    EXPECT_FALSE(base_ghz_in_name("CPU @ GHz"));
    EXPECT_FALSE(base_ghz_in_name("CPU @ -3.40GHz"));
    EXPECT_FALSE(base_ghz_in_name("CPU @ nanGHz"));
    EXPECT_FALSE(base_ghz_in_name("CPU @ 0.00GHz"));
    EXPECT_FALSE(base_ghz_in_name("GHz"));
    EXPECT_FALSE(base_ghz_in_name(""));
}

class Clock : public ::testing::Test {
protected:
    Clock() {
        host_.set(path_of(0, "scaling_cur_freq"), "1600000\n");
        host_.set(path_of(1, "scaling_cur_freq"), "2400000\n");
        cpu_.base_ghz = 2.5;
    }
    std::optional<double> ratio(std::string_view name, const std::optional<refdata::Cpu>& cpu) {
        std::optional<CpuClock> clock = CpuClock::open(host_, 2, name, cpu);
        return clock ? clock->read() : std::nullopt;
    }
    testing::FakeHost host_;
    refdata::Cpu cpu_;
};

TEST_F(Clock, IsTheMeanOverTheBase) {
    host_.set(path_of(0, "base_frequency"), "2000000\n");
    EXPECT_DOUBLE_EQ(ratio("CPU @ 4.00GHz", cpu_).value(), 1.0);  // (1.6 + 2.4) / 2 / 2.0
}

TEST_F(Clock, TheNameGivesTheBaseThatTheKernelDoesNot) {
    EXPECT_DOUBLE_EQ(ratio("CPU @ 4.00GHz", cpu_).value(), 0.5);
    host_.set(path_of(0, "base_frequency"), "0\n");
    EXPECT_DOUBLE_EQ(ratio("CPU @ 4.00GHz", cpu_).value(), 0.5);
}

TEST_F(Clock, TheTableGivesTheBaseThatTheNameDoesNot) {
    EXPECT_DOUBLE_EQ(ratio("AMD EPYC 7763", cpu_).value(), 0.8);
}

TEST_F(Clock, WithoutABaseNothingIsKnown) {
    host_.set(path_of(0, "cpuinfo_max_freq"), "4000000\n");  // a turbo, perhaps
    EXPECT_FALSE(ratio("AMD EPYC", std::nullopt));
    EXPECT_FALSE(ratio("AMD EPYC", refdata::Cpu{}));
}

TEST_F(Clock, WithoutAClockNothingIsKnown) {
    host_.remove(path_of(0, "scaling_cur_freq"));
    host_.remove(path_of(1, "scaling_cur_freq"));
    EXPECT_FALSE(ratio("CPU @ 4.00GHz", cpu_));
}

TEST_F(Clock, NonsenseIsNoClock) {
    std::optional<CpuClock> clock = CpuClock::open(host_, 2, "CPU @ 4.00GHz", cpu_);
    ASSERT_TRUE(clock);
    host_.set(path_of(0, "scaling_cur_freq"), "<unknown>\n");
    EXPECT_DOUBLE_EQ(clock->read().value(), 0.6);  // 2.4 of 4.0
    host_.set(path_of(1, "scaling_cur_freq"), "18446744073709551615\n");
    EXPECT_FALSE(clock->read());
    host_.fail(path_of(1, "scaling_cur_freq"), Code::kIo);
    EXPECT_FALSE(clock->read());
}

TEST_F(Clock, OfManyCpusEightAreReadEvenly) {
    for (int i = 0; i < 64; ++i) {
        host_.set(path_of(i, "scaling_cur_freq"), i < 32 ? "1000000\n" : "3000000\n");
    }
    const std::size_t before = host_.opens();
    std::optional<CpuClock> clock = CpuClock::open(host_, 64, "CPU @ 4.00GHz", cpu_);
    ASSERT_TRUE(clock);
    EXPECT_EQ(host_.opens() - before, 8U);
    EXPECT_DOUBLE_EQ(clock->read().value(), 0.5);  // half of them are in the slow half
}

}  // namespace
}  // namespace gramme::probe
