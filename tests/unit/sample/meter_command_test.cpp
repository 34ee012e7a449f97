// A meter's command: what it may do wrong, and the signals that end a calibration.
#include "sample/meter_command.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <ctime>
#include <limits>

#include "sample/busy_load.hpp"

namespace gramme::sample {
namespace {

constexpr Seconds kLong{60.0};

TEST(MeterCommand, GivesWhatItPrinted) {
    StopSignals stop;
    const auto text = read_meter("echo 123.4 W; echo noise >&2", kLong, stop);
    ASSERT_TRUE(text) << text.error().what;
    EXPECT_EQ(*text, "123.4 W\n");
}

TEST(MeterCommand, SaysWithWhatAFailedOneLeft) {
    StopSignals stop;
    const auto failed = read_meter("echo no such outlet >&2; exit 3", kLong, stop);
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().code, Code::kUnavailable);
    EXPECT_NE(failed.error().what.find("status 3: no such outlet"), std::string::npos) << failed.error().what;
    EXPECT_EQ(read_meter("/no/such/meter", kLong, stop).error().code, Code::kNotFound);
    EXPECT_EQ(read_meter("/dev/null", kLong, stop).error().code, Code::kPermission);
    EXPECT_NE(read_meter("kill -9 $$", kLong, stop).error().what.find("signal 9"), std::string::npos);
}

TEST(MeterCommand, IsKilledWhenItHangsOrFloods) {
    StopSignals stop;
    const auto hung = read_meter("sleep 1000", Seconds{0.05}, stop);
    ASSERT_FALSE(hung);
    EXPECT_EQ(hung.error().code, Code::kUnavailable);
    EXPECT_NE(hung.error().what.find("did not answer"), std::string::npos);
    EXPECT_FALSE(read_meter("exec >&-; sleep 1000", Seconds{0.05}, stop));
    const auto flood = read_meter("yes 1", kLong, stop);
    ASSERT_FALSE(flood);
    EXPECT_EQ(flood.error().code, Code::kMalformed);
    EXPECT_NE(flood.error().what.find("65536"), std::string::npos);
}

TEST(MeterCommand, DoesNotWaitForWhatItLeftBehind) {
    StopSignals stop;
    const auto text = read_meter("sleep 1000 & echo 5", kLong, stop);
    ASSERT_TRUE(text) << text.error().what;
    EXPECT_EQ(*text, "5\n");
}

TEST(MeterCommand, ASignalEndsItAndIsKept) {
    StopSignals stop;
    EXPECT_FALSE(stop.came());
    ::kill(::getpid(), SIGTERM);
    const auto text = read_meter("sleep 1000", kLong, stop);
    ASSERT_FALSE(text);
    EXPECT_EQ(stop.came(), SIGTERM);
    stop.wait_until(std::numeric_limits<std::int64_t>::max());  // returns at once
    EXPECT_EQ(stop.came(), SIGTERM);
}

TEST(StopSignals, LeaveAnIgnoredSignalIgnored) {
    const auto before = std::signal(SIGHUP, SIG_IGN);
    {
        StopSignals stop;
        ::kill(::getpid(), SIGHUP);
        EXPECT_FALSE(stop.came()) << "as under nohup";
    }
    std::signal(SIGHUP, before);
}

double own_cpu_s() {
    timespec time{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

TEST(BusyLoad, UsesCpuTimeOnlyWhenAsked) {
    BusyLoad load{2};
    EXPECT_EQ(load.threads(), 2U);
    const double before = own_cpu_s();
    load.set(1.0);
    while (own_cpu_s() < before + 0.2) {
        ::usleep(1000);
    }
    EXPECT_GE(BusyLoad{}.threads(), 1U);
}

}  // namespace
}  // namespace gramme::sample
