// What goes wrong with a driver: GPUs that fail, counters that fall or stand, calls that hang. A "moment"
// below is bounded generously, for a busy machine and slow builds; the hangs last 30 s.
#include <chrono>

#include "nvml_test_host.hpp"

namespace gramme::probe {
namespace {

constexpr double kMoment = 1.0;

class Stopwatch {
public:
    [[nodiscard]] double seconds() const {
        return static_cast<double>(clock_ns(CLOCK_MONOTONIC) - begin_) * 1e-9;
    }

private:
    std::int64_t begin_ = clock_ns(CLOCK_MONOTONIC);
};

TEST_F(NvmlTest, FailingGpuIsAGapForThatGpuAlone) {
    script("gpus 3\ngpu * watts 200\ngpu 1 fail energy 999 from 0.3\n");
    start_and_wait();
    const auto outcomes = measure(1.1);
    for (const std::size_t good : {0U, 2U}) {
        EXPECT_TRUE(outcomes[good].gaps.empty());
        EXPECT_NEAR(outcomes[good].joules / outcomes[good].seconds, 200.0, 20.0);
    }
    EXPECT_EQ(outcomes[1].gaps, std::vector<std::string>{"NVML: Unknown Error"});
    EXPECT_EQ(outcomes[1].joules, 0.0);
}

TEST_F(NvmlTest, GpuThatCannotBeOpenedIsAGapForThatGpuAlone) {
    script("gpus 2\ngpu 0 fail handle 4\ngpu 1 watts 300\n");
    start_and_wait();
    ASSERT_EQ(probe->device_count(), 2U);
    EXPECT_EQ(probe->device(0).device.id, "gpu0");
    const auto outcomes = measure(0.4);
    EXPECT_EQ(outcomes[0].gaps, std::vector<std::string>{"NVML: Insufficient Permissions"});
    EXPECT_TRUE(outcomes[1].gaps.empty());
    EXPECT_NE(probe->report().why.find("gpu0: NVML: Insufficient Permissions"), std::string::npos);
}

TEST_F(NvmlTest, LostGpuStaysLost) {
    // it answers 15 between 0.2 s and 0.9 s; what it says afterwards is not believed
    script("gpus 2\ngpu * counter none\ngpu 0 fail power 15 from 0.2 to 0.9\n");
    start_and_wait();
    sleep_s(1.1);
    sample();
    const auto readings = finish();
    for (const Reading& reading : readings) {
        if (reading.device == 0) {
            EXPECT_EQ(reading.kind, ReadingKind::kFailed);
            EXPECT_EQ(reading.failure, "NVML: GPU is lost");
        } else {
            EXPECT_EQ(reading.kind, ReadingKind::kPower);
        }
    }
    EXPECT_GE(readings.size(), 2U);
}

TEST_F(NvmlTest, CounterThatFallsIsAGapNotAWrap) {
    script("gpus 1\ngpu 0 watts 100\ngpu 0 drop 0.5\n");
    start_and_wait();
    const auto outcomes = measure(1.3);  // before the fall; read at 1.0 s, after it; at the end
    ASSERT_EQ(outcomes[0].gaps.size(), 1U);
    EXPECT_LT(outcomes[0].joules, 100.0);  // nothing but the 0.3 s after the reading that showed the fall
}

TEST_F(NvmlTest, PowerStandsInForACounterThatStandsStill) {
    script("gpus 2\ngpu 0 counter stuck\ngpu 0 watts 200\ngpu 1 counter stuck\ngpu 1 watts 0.5\n");
    start_and_wait();
    const auto outcomes = measure(1.6);
    EXPECT_TRUE(outcomes[0].gaps.empty());
    EXPECT_NEAR(outcomes[0].joules / outcomes[0].seconds, 200.0, 1.0);
    EXPECT_GE(outcomes[0].seconds, 1.5);
    EXPECT_EQ(outcomes[0].bridged_s, outcomes[0].seconds);
    EXPECT_TRUE(outcomes[1].gaps.empty());  // it draws next to nothing: its counter may rest
    EXPECT_EQ(outcomes[1].bridged_s, 0.0);
    EXPECT_EQ(outcomes[1].joules, 0.0);
}

TEST_F(NvmlTest, CounterThatStandsStillWithoutPowerIsNoMeasurement) {
    script("gpus 1\ngpu 0 counter stuck\ngpu 0 fail power 3\n");
    start_and_wait();
    const auto outcomes = measure(1.1);
    EXPECT_EQ(outcomes[0].gaps, std::vector<std::string>{"NVML: the energy counter stands still"});
    EXPECT_EQ(outcomes[0].joules, 0.0);
}

class StuckForAWhile : public NvmlTest, public ::testing::WithParamInterface<const char*> {};

TEST_P(StuckForAWhile, IsCountedOnceWhateverTheCounterShowsLater) {
    // still from 0.8 s on: read at 1 s as moved, at 2 s as stuck; it moves again at 2.3 s, read 0.1 s later
    script(std::string{"gpus 1\ngpu 0 watts 200\ngpu 0 stick 0.8 2.3 "} + GetParam() + "\n");
    start_and_wait();
    const auto outcomes = measure(3.5);
    EXPECT_TRUE(outcomes[0].gaps.empty());
    EXPECT_GE(outcomes[0].seconds, 3.4);
    EXPECT_GT(outcomes[0].bridged_s, 1.0);
    EXPECT_LT(outcomes[0].bridged_s, 2.2);
    // 200 W throughout; what the counter lacks between 0.8 s and the reading of 1 s nobody knows: 40 J.
    // Counted twice it would be 300 J more.
    EXPECT_LE(outcomes[0].joules, 200.0 * (outcomes[0].seconds + 0.1));
    EXPECT_GE(outcomes[0].joules, 200.0 * (outcomes[0].seconds - 0.35));
}

INSTANTIATE_TEST_SUITE_P(AndThen, StuckForAWhile, ::testing::Values("held", "lost"),
                         [](const auto& each) { return std::string{each.param}; });

TEST_F(NvmlTest, HungInitDelaysNothing) {
    script("hang init 30\n");
    const Stopwatch opening;
    start();
    EXPECT_LT(opening.seconds(), kMoment);
    sleep_s(0.1);
    const Stopwatch sampling;
    EXPECT_TRUE(sample().empty());
    EXPECT_EQ(probe->device_count(), 0U);
    EXPECT_EQ(probe->report().state, SourceState::kAvailable);
    EXPECT_EQ(probe->report().why, "the driver has not answered yet");
    EXPECT_EQ(probe->report().remedies.at(0).find("nvidia-smi "), 0U);
    EXPECT_LT(sampling.seconds(), kMoment);
    const Stopwatch finishing;
    EXPECT_TRUE(finish(Seconds{0.05}).empty());
    EXPECT_LT(finishing.seconds(), kMoment);
    const Stopwatch leaving;
    probe.reset();
    EXPECT_LT(leaving.seconds(), kMoment);
}

TEST_F(NvmlTest, HungReadDelaysNothingAndIsSaidAtTheEnd) {
    script("gpus 2\ngpu 1 hang energy 30 from 0.3\n");
    start_and_wait();
    EXPECT_EQ(sample().size(), 2U);
    ASSERT_TRUE(wait_until([&] { return !sample().empty(); }));  // gpu0 at 1 s; then gpu1 hangs
    sleep_s(0.1);
    const Stopwatch sampling;
    EXPECT_TRUE(sample().empty());
    EXPECT_LT(sampling.seconds(), kMoment);
    const Stopwatch finishing;
    const auto last = finish(Seconds{0.05});
    EXPECT_LT(finishing.seconds(), kMoment);
    ASSERT_EQ(last.size(), 2U);  // neither is fresh: one thread asks them in turn
    for (const Reading& reading : last) {
        EXPECT_EQ(reading.kind, ReadingKind::kFailed);
        EXPECT_EQ(reading.failure, "NVML: the driver did not answer");
    }
    const Stopwatch leaving;
    probe.reset();
    EXPECT_LT(leaving.seconds(), kMoment);
}

TEST_F(NvmlTest, HungGpuDoesNotHoldBackThoseListedBefore) {
    script("gpus 3\ngpu 2 hang handle 30\n");
    host.variables["CUDA_VISIBLE_DEVICES"] = "1";
    start();
    ASSERT_TRUE(wait_until([&] { return probe->device_count() == 2; }));
    EXPECT_TRUE(wait_until([&] { return probe->membership(1) == Membership::kIn; }));
    EXPECT_EQ(probe->membership(0), Membership::kOut);
    EXPECT_EQ(sample().size(), 2U);  // their first readings are there
}

TEST_F(NvmlTest, DriverThatAnswersAgainAfterAHangIsBelieved) {
    script("gpus 1\ngpu 0 watts 150\ngpu 0 hang energy 0.5 from 0.5 to 1.05\n");
    start_and_wait();
    const auto outcomes = measure(1.2);  // the reading of 1 s is there at 1.5 s; so is the last one
    EXPECT_TRUE(outcomes[0].gaps.empty());
    EXPECT_GT(outcomes[0].joules, 150.0);
}

TEST_F(NvmlTest, HungShutdownDelaysNothing) {
    script("hang shutdown 30\n");
    start_and_wait();
    const Stopwatch leaving;
    probe.reset();
    EXPECT_LT(leaving.seconds(), kMoment);
}

TEST_F(NvmlTest, LongProcessListsDoNotEatThePatienceOfTheEnd) {
    // the list of each GPU takes 0.5 s; 8 of them are begun 0.2 s after the start
    script("gpus 8\ngpu * hang processes 0.5\n");
    struct Nobody final : JobMembers {
        bool contains(int) const override { return false; }
    } const nobody;
    options.members = &nobody;
    start_and_wait();
    sleep_s(0.25);
    sample();
    const auto last = finish(Seconds{2.0});  // less than the 4 s of all lists
    ASSERT_EQ(last.size(), 16U);             // the first ones, that waited for the lists, and the last ones
    for (const Reading& reading : last) {
        EXPECT_EQ(reading.kind, ReadingKind::kCounter);
    }
    probe.reset();
}

TEST_F(NvmlTest, FinishGivesAFreshReadingAtOnce) {
    script("gpus 4\n");
    start_and_wait();
    sample();
    const std::int64_t asked = host.now().boot_ns;
    const auto last = finish();
    ASSERT_EQ(last.size(), 4U);
    for (const Reading& reading : last) {
        EXPECT_EQ(reading.kind, ReadingKind::kCounter);
        EXPECT_GE(reading.at_ns, asked);
    }
}

}  // namespace
}  // namespace gramme::probe
