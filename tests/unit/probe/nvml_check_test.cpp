// The counter against the power, over the first ten seconds.
#include "probe/nvml_check.hpp"

#include <cmath>
#include <map>
#include <sstream>

#include "nvml_test_host.hpp"

namespace gramme::probe {
namespace {

constexpr std::int64_t kSecond_ns = 1'000'000'000;

/// Power of `watts` at each tenth of a second, a counter of `counter_w` at each second.
std::optional<CounterCheck::Verdict> check_of(double watts, double counter_w, int seconds) {
    CounterCheck check;
    for (int tenth = 0; tenth <= 10 * seconds; ++tenth) {
        const std::int64_t at = tenth * kSecond_ns / 10;
        if (const auto verdict = check.power(at, Watts{watts})) {
            return verdict;
        }
        if (tenth % 10 == 0) {
            check.counter(at, static_cast<std::uint64_t>(counter_w * 100.0 * tenth));
        }
    }
    return std::nullopt;
}

/// A GPU that rests at 80 W and then draws 1000 W from `rise_s` on, by a counter and a sensor that are both
/// right: the sensor averages over a second.
CounterCheck::Verdict check_of_rise(double rise_s) {
    CounterCheck check{Seconds{1.0}};
    const auto joules = [&](double until_s) {
        return 80.0 * until_s + 920.0 * std::max(until_s - rise_s, 0.0);
    };
    for (int tenth = 0;; ++tenth) {
        const double now_s = 0.1 * tenth;
        const std::int64_t at = tenth * kSecond_ns / 10;
        if (const auto verdict = check.power(at, Watts{joules(now_s) - joules(now_s - 1.0)})) {
            return *verdict;
        }
        if (tenth % 10 == 0) {
            check.counter(at, static_cast<std::uint64_t>(std::llround(1000.0 * joules(now_s))));
        }
    }
}

TEST(CounterCheck, TellsBothOnceTenSecondsHavePassed) {
    const auto verdict = check_of(65.4, 37.4, 20);
    ASSERT_TRUE(verdict);
    EXPECT_DOUBLE_EQ(verdict->lasted.count(), 10.0);
    EXPECT_NEAR(verdict->by_counter.value(), 374.0, 1e-9);
    EXPECT_NEAR(verdict->by_power.value(), 654.0, 1e-6);
    EXPECT_FALSE(verdict->agrees());
    EXPECT_FALSE(check_of(65.4, 37.4, 10)) << "the power after the last counter is not known yet";
}

TEST(CounterCheck, AnAverageIsOfTheMiddleOfItsWindow) {
    for (double rise_s = 0.0; rise_s <= 11.0; rise_s += 0.25) {
        const auto verdict = check_of_rise(rise_s);
        EXPECT_TRUE(verdict.agrees()) << rise_s << " s: " << verdict.by_counter.value() << " J, by power "
                                      << verdict.by_power.value() << " J";
    }
    const auto verdict = check_of_rise(5.0);
    EXPECT_NEAR(verdict.by_counter.value(), 80.0 * 10.0 + 920.0 * 5.0, 1e-6);
    EXPECT_NEAR(verdict.by_power.value(), verdict.by_counter.value(), 0.01 * verdict.by_counter.value());
}

TEST(CounterCheck, AFifthLessAndAQuarterMoreAgree) {
    EXPECT_TRUE(check_of(100.0, 80.1, 11)->agrees());
    EXPECT_FALSE(check_of(100.0, 79.9, 11)->agrees());
    EXPECT_TRUE(check_of(100.0, 124.9, 11)->agrees());
    EXPECT_FALSE(check_of(100.0, 125.1, 11)->agrees());
}

/// ln 2 = 0.693; sqrt(0.693^2 + 0.045^2) = 0.695.
TEST(CounterCheck, WidensTheGainByTheLogarithmOfTheRatio) {
    EXPECT_NEAR(check_of(100.0, 50.0, 11)->widened(0.045), 0.6946, 1e-4);
    EXPECT_NEAR(check_of(50.0, 100.0, 11)->widened(0.045), 0.6946, 1e-4);
    EXPECT_NEAR(check_of(100.0, 0.0, 11)->widened(0.045), 3.0, 1e-3);
}

TEST(CounterCheck, NextToNothingIsNotJudged) {
    EXPECT_FALSE(check_of(0.9, 0.1, 11));
}

TEST(CounterCheck, AResetOrAHoleEndsIt) {
    CounterCheck reset;
    (void)reset.power(0, Watts{100.0});
    reset.counter(0, 5'000);
    (void)reset.power(kSecond_ns, Watts{100.0});
    reset.counter(kSecond_ns, 4'000);
    EXPECT_TRUE(reset.is_over());
    CounterCheck hole;
    (void)hole.power(0, Watts{100.0});
    hole.counter(0, 5'000);
    (void)hole.power(4 * kSecond_ns, Watts{100.0});
    EXPECT_TRUE(hole.is_over());
}

class NvmlCheck : public NvmlTest {
protected:
    std::string trace_file = ::testing::TempDir() + "nvml_trace_" + std::to_string(getpid()) + ".txt";
    NvmlCheck() {
        options.scope = Scope::kMachine;
        std::remove(trace_file.c_str());
    }
    ~NvmlCheck() override { std::remove(trace_file.c_str()); }
    /// Calls by name, from `from_s` after nvmlInit on.
    [[nodiscard]] std::map<std::string, int> calls(double from_s) const {
        std::map<std::string, int> found;
        std::ifstream in(trace_file);
        for (std::string name; in >> name;) {
            double at = 0.0;
            in >> at;
            found[name] += at >= from_s ? 1 : 0;
        }
        return found;
    }
};

/// One test, because it takes its time: what the check says, that it ends, and what is asked afterwards.
TEST_F(NvmlCheck, WarnsWidensAndThenAsksForTheCounterAlone) {
    script("gpus 2\ngpu * watts 200\ngpu 1 pace 0.5\ntrace " + trace_file + "\n");
    start_and_wait();
    (void)measure(13.2);
    const auto said = probe->warnings();
    ASSERT_EQ(said.size(), 1U);
    EXPECT_EQ(said[0].find("gpu1: over 10 s its energy counter came to "), 0U) << said[0];
    EXPECT_DOUBLE_EQ(probe->device(0).device.gain_sigma, 0.045);
    EXPECT_NEAR(probe->device(1).device.gain_sigma, std::hypot(0.045, std::log(2.0)), 0.05);
    const auto during = calls(1.5);
    EXPECT_GT(during.at("power"), 2 * 50);
    auto after = calls(11.6);
    EXPECT_EQ(after["power"], 0) << "the check is over";
    EXPECT_GT(after["energy"], 2);
    EXPECT_LE(after["energy"], 2 * 4);
    EXPECT_EQ(after["energy"], after["utilization"]) << "one call for the energy, one for the use";
    EXPECT_EQ(calls(0.0)["processes"], 0) << "the whole machine needs no list";
}

/// Of a job without a variable: lists at 0.2, 0.5, 1 and 2 s, never with a sample.
TEST_F(NvmlCheck, ListsOfProcessesAreNotPartOfASample) {
    struct Nobody final : JobMembers {
        bool contains(int) const override { return false; }
    } members;
    options.members = &members;
    options.scope = Scope::kJob;
    script("gpus 1\ngpu 0 counter none\ntrace " + trace_file + "\n");
    start_and_wait();
    (void)measure(3.0);
    auto all = calls(0.0);
    EXPECT_GE(all["power"], 20) << "a power sensor is read every 0.1 s";
    EXPECT_LE(all["processes"], 4);
    EXPECT_LE(all["mps"], 4);
    for (const char* slow : {"uuid", "name", "limit", "mig", "architecture"}) {
        EXPECT_LE(all[slow], 1) << slow;
    }
}

}  // namespace
}  // namespace gramme::probe
