// Energy of GPUs, through the fake library and DeviceMeter: expected joules = watts of the script x real
// seconds.
#include "nvml_test_host.hpp"
#include "probe/nvml_thread.hpp"

namespace gramme::probe {
namespace {

constexpr double kTolerance =
    0.10;  // of a second or so: a busy machine stops a thread between call and clock

TEST_F(NvmlTest, SumsEightGpusOfDifferentPower) {
    // 100 + 150 + 200 + 250 + 300 + 350 + 400 + 450 W = 2200 W
    script(
        "gpus 8\n"
        "gpu 0 watts 100\ngpu 1 watts 150\ngpu 2 watts 200\ngpu 3 watts 250\n"
        "gpu 4 watts 300\ngpu 5 watts 350\ngpu 6 watts 400\ngpu 7 watts 450\n");
    start_and_wait();
    ASSERT_EQ(probe->device_count(), 8U);
    double sum = 0.0;
    double seconds = 0.0;
    const auto outcomes = measure(1.1);
    for (std::size_t i = 0; i < 8; ++i) {
        const double watts = 100.0 + 50.0 * static_cast<double>(i);
        EXPECT_TRUE(outcomes[i].gaps.empty()) << i << ": " << outcomes[i].gaps[0];
        EXPECT_NEAR(outcomes[i].joules / outcomes[i].seconds, watts, kTolerance * watts) << i;
        sum += outcomes[i].joules;
        seconds += outcomes[i].seconds / 8.0;
    }
    EXPECT_GT(seconds, 1.0);
    EXPECT_NEAR(sum / seconds, 2200.0, kTolerance * 2200.0);
}

TEST_F(NvmlTest, DescribesADevice) {
    script("gpus 2\ngpu 1 name NVIDIA H100 80GB HBM3\ngpu 1 limit 700\n");
    start_and_wait();
    const ProbedDevice gpu = probe->device(1);
    EXPECT_EQ(gpu.device.id, "gpu1");
    EXPECT_EQ(gpu.device.kind, DeviceKind::kGpu);
    EXPECT_EQ(gpu.device.name, "NVIDIA H100 80GB HBM3");
    EXPECT_EQ(gpu.device.method, "nvml-energy-counter");
    EXPECT_EQ(gpu.device.quality, Quality::kMeasured);
    EXPECT_EQ(gpu.device.group, "nvml:NVIDIA H100 80GB HBM3");
    EXPECT_DOUBLE_EQ(gpu.device.gain_sigma, 0.045);
    EXPECT_TRUE(gpu.meter.whole);
    const auto& counter = std::get<meter::CounterSpec>(gpu.meter.energy);
    EXPECT_DOUBLE_EQ(counter.per_count.value(), 0.001);  // mJ
    EXPECT_EQ(counter.range, 0U);                        // 64 bits: never wraps
    EXPECT_DOUBLE_EQ(counter.max_power.value(),
                     1.5 * 700);  // the limit and half of it
}

TEST_F(NvmlTest, LimitThatTheDriverDoesNotTellIs2000Watts) {
    script("gpus 1\ngpu 0 fail limit 3\n");
    start_and_wait();
    EXPECT_DOUBLE_EQ(std::get<meter::CounterSpec>(probe->device(0).meter.energy).max_power.value(), 2000.0);
}

TEST_F(NvmlTest, IntegratesPowerWhereThereIsNoCounter) {
    script(
        "gpus 2\ngpu 0 counter none\ngpu 0 architecture 4\ngpu 0 watts "
        "180\ngpu 1 watts 320\n");
    start_and_wait();
    const ProbedDevice gpu = probe->device(0);
    EXPECT_EQ(gpu.device.method, "nvml-power-integrated");
    EXPECT_EQ(gpu.device.quality, Quality::kIntegrated);
    EXPECT_DOUBLE_EQ(std::get<meter::PowerSpec>(gpu.meter.energy).window.count(),
                     0.010);  // Pascal
    const auto outcomes = measure(1.0);
    EXPECT_TRUE(outcomes[0].gaps.empty());
    EXPECT_NEAR(outcomes[0].joules / outcomes[0].seconds, 180.0, 1e-3 * 180.0);
    EXPECT_NEAR(outcomes[1].joules / outcomes[1].seconds, 320.0, kTolerance * 320.0);
}

TEST_F(NvmlTest, PowerIsReadAboutTenTimesASecondAtUnevenTimes) {
    script("gpus 1\ngpu 0 counter none\n");
    start_and_wait();
    sleep_s(1.2);
    const auto readings = sample();
    // 12 periods of 0.08 to 0.12 s; a busy machine leaves some out, and never adds one
    const double seconds = static_cast<double>(readings.back().at_ns - readings.front().at_ns) * 1e-9;
    ASSERT_GE(readings.size(), 4U);
    ASSERT_LE(static_cast<double>(readings.size()), 1.0 + seconds / 0.079);
    bool uneven = false;
    for (std::size_t i = 2; i < readings.size(); ++i) {
        const auto step = readings[i].at_ns - readings[i - 1].at_ns;
        const auto before = readings[i - 1].at_ns - readings[i - 2].at_ns;
        EXPECT_GE(step, 79'000'000);
        uneven = uneven || std::abs(step - before) > 2'000'000;
    }
    EXPECT_TRUE(uneven);
}

TEST_F(NvmlTest, CounterIsReadOnceASecondHoweverShortTheInterval) {
    script("gpus 1\n");
    options.interval = Seconds{0.05};
    start_and_wait();
    ASSERT_EQ(sample().size(), 1U);  // on opening
    const std::int64_t opened = buffer.readings()[0].at_ns;
    ASSERT_TRUE(wait_until([&] { return !sample().empty(); }));
    EXPECT_EQ(buffer.readings().size(), 1U);
    EXPECT_GE(std::as_const(buffer).readings()[0].at_ns - opened, 1'000'000'000);
    EXPECT_TRUE(sample().empty());  // each reading is given once
}

TEST_F(NvmlTest, IsReadAtOnceWhereSomebodyAsks) {
    script("gpus 2\ngpu * watts 300\n");
    options.interval = Seconds{10.0};
    start_and_wait();
    EXPECT_TRUE(wait_until([&] {
        const std::int64_t before = host.now().boot_ns;
        probe->refresh(Seconds{1.0});  // nothing while the GPUs are being listed
        const auto readings = sample();
        return readings.size() == 2U && std::all_of(readings.begin(), readings.end(),
                                                    [&](const Reading& one) { return one.at_ns >= before; });
    }));
}

TEST_F(NvmlTest, ADriverThatHangsIsWaitedForOnce) {
    script("gpus 1\ngpu 0 hang energy 30 from 0.3\n");
    start_and_wait();
    sleep_s(0.4);
    const std::int64_t before = host.now().boot_ns;
    for (int i = 0; i < 100; ++i) {
        probe->refresh(Seconds{0.02});
    }
    EXPECT_LT(host.now().boot_ns - before, 500'000'000) << "a hundred times 20 ms are two seconds";
}

TEST_F(NvmlTest, OldDriverLacksSymbolsAndWorks) {
    host.variables["GRAMME_NVML_LIB"] = FAKE_NVML_OLD;
    script("gpus 2\ngpu * watts 120\ngpu * name Tesla K80\n");
    start_and_wait();
    ASSERT_EQ(probe->device_count(), 2U);
    EXPECT_EQ(probe->device(0).device.method, "nvml-power-integrated");
    EXPECT_DOUBLE_EQ(std::get<meter::PowerSpec>(probe->device(0).meter.energy).window.count(), 0.0);
    const auto outcomes = measure(0.6);
    EXPECT_NEAR(outcomes[1].joules / outcomes[1].seconds, 120.0, kTolerance * 120.0);
}

TEST_F(NvmlTest, FullBufferKeepsTheRestForTheNextTurn) {
    script("gpus 5\n");
    start_and_wait();
    ReadingBuffer small{2};
    std::vector<unsigned> devices;
    for (int turn = 0; turn < 3; ++turn) {
        small.clear();
        probe->sample(small);
        for (const Reading& reading : small.readings()) {
            devices.push_back(reading.device);
        }
    }
    EXPECT_EQ(devices, (std::vector<unsigned>{0, 1, 2, 3, 4}));
}

// The example of docs/method/nvml.md.
TEST(NvmlMethod, ExampleOfTheManual) {
    const meter::CounterSpec spec{Millijoules{1.0}, 0, 1, Watts{2000.0}};
    const auto energy = meter::energy_between(spec, {1'000'000'000, 0}, {1'015'910'000, 60'000'000'000});
    ASSERT_TRUE(energy) << energy.error().what;
    EXPECT_DOUBLE_EQ(energy->value(), 15'910.0);
    EXPECT_NEAR(WattHours{*energy}.value(), 4.42, 0.005);
}

TEST(ReadingRing, FullLosesTheOldest) {
    ReadingRing ring;
    ring.push({});  // no slots yet: nothing happens
    EXPECT_TRUE(ring.empty());
    ring.resize(2);
    for (std::int64_t at = 1; at <= 3; ++at) {
        Reading reading;
        reading.at_ns = at;
        ring.push(reading);
    }
    EXPECT_EQ(ring.front().at_ns, 2);
    ring.pop();
    EXPECT_EQ(ring.front().at_ns, 3);
    ring.pop();
    EXPECT_TRUE(ring.empty());
}

// The table of docs/method/nvml.md.
TEST(PowerWindow, FollowsTheArchitecture) {
    EXPECT_DOUBLE_EQ(power_window(0, "unknown").count(), 0.0);
    EXPECT_DOUBLE_EQ(power_window(3, "Tesla M40").count(), 0.0);
    EXPECT_DOUBLE_EQ(power_window(4, "Tesla P100-PCIE-16GB").count(), 0.010);
    EXPECT_DOUBLE_EQ(power_window(5, "Tesla V100-SXM2-32GB").count(), 0.010);
    EXPECT_DOUBLE_EQ(power_window(6, "Tesla T4").count(), 0.100);
    EXPECT_DOUBLE_EQ(power_window(7, "NVIDIA A100-SXM4-80GB").count(), 0.025);
    EXPECT_DOUBLE_EQ(power_window(7, "NVIDIA A30").count(), 0.025);
    EXPECT_DOUBLE_EQ(power_window(7, "NVIDIA A10").count(), 1.0);
    EXPECT_DOUBLE_EQ(power_window(7, "NVIDIA RTX A3000 Laptop GPU").count(),
                     1.0);  // GA104, not A30
    EXPECT_DOUBLE_EQ(power_window(8, "NVIDIA L4").count(), 1.0);
    EXPECT_DOUBLE_EQ(power_window(9, "NVIDIA H100 80GB HBM3").count(), 1.0);
    EXPECT_DOUBLE_EQ(power_window(10, "NVIDIA B200").count(), 1.0);
}

}  // namespace
}  // namespace gramme::probe
