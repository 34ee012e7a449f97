// AMD GPUs on the fixture machines and on a made-up one whose numbers move.
#include "probe/amd.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "fake_host.hpp"
#include "meter/device_meter.hpp"
#include "probe/amd_gpus.hpp"

namespace gramme::probe {
namespace {

using ::testing::HasSubstr;

std::string metrics_1_3(std::uint64_t energy, unsigned watts) {
    std::string bytes(120, '\0');
    bytes[0] = 120;
    bytes[2] = 1;
    bytes[3] = 3;
    for (std::size_t i = 0; i < 8; ++i) {
        bytes[24 + i] = static_cast<char>(energy >> (8 * i) & 0xffU);
    }
    bytes[22] = static_cast<char>(watts % 256);
    bytes[23] = static_cast<char>(watts / 256);
    return bytes;
}

class Members final : public JobMembers {
public:
    explicit Members(std::set<int> pids) : pids_(std::move(pids)) {}
    [[nodiscard]] bool contains(int pid) const override { return pids_.contains(pid); }

private:
    std::set<int> pids_;
};

class AmdGpus : public ::testing::Test {
protected:
    testing::FakeHost host;
    refdata::Tables tables;
    HostFacts facts;
    DiscoverOptions options;
    bool cpu_measured = false;
    OpenedSource source;
    std::vector<meter::DeviceMeter> meters;
    std::vector<double> joules;
    std::vector<std::string> gaps;
    std::vector<ReadingKind> kinds;

    void SetUp() override { host.set_seconds(1000.0); }

    /// A card as sysfs links it; `files` below the PCI device.
    void add_card(int number, const std::string& device, const std::string& metrics) {
        const std::string address = "0000:0" + std::to_string(number) + ":00.0";
        folder[number] = "/sys/devices/pci0000:00/" + address;
        host.set(folder[number] + "/vendor", "0x1002\n");
        host.set(folder[number] + "/device", device + "\n");
        host.set(folder[number] + "/drm/renderD" + std::to_string(128 + number) + "/dev", "226:128\n");
        host.link("/sys/class/drm/card" + std::to_string(number) + "/device", folder[number]);
        host.set("/sys/class/drm/card" + std::to_string(number) + "-DP-1/status", "connected\n");
        host.set(folder[number] + "/hwmon/hwmon4/power1_cap", "300000000\n");
        host.set(folder[number] + "/gpu_metrics", metrics);
    }
    void open() {
        SourceContext context{host, tables, facts, options};
        context.cpu_covered = true;
        context.cpu_measured = cpu_measured;
        source = open_amd(context);
        meters.clear();
        joules.clear();
        if (source.probe != nullptr) {
            for (std::size_t i = 0; i < source.probe->device_count(); ++i) {
                meters.emplace_back(source.probe->device(i).meter, Scope::kMachine, host.now().boot_ns);
                joules.push_back(0.0);
            }
            sample();
        }
    }
    void sample() {
        ReadingBuffer buffer{64};
        source.probe->sample(buffer);
        kinds.clear();
        for (const Reading& reading : buffer.readings()) {
            kinds.push_back(reading.kind);
            const meter::MeterStep step = meters[reading.device].add(reading, {});
            joules[reading.device] +=
                step.kind == meter::MeterStep::Kind::kWindow ? step.energy.value() : 0.0;
            if (step.kind == meter::MeterStep::Kind::kGap) {
                gaps.emplace_back(step.reason);
            }
        }
    }
    void at(double seconds) {
        host.set_seconds(1000.0 + seconds);
        sample();
    }
    [[nodiscard]] Device device(std::size_t index = 0) const { return source.probe->device(index).device; }

    std::map<int, std::string> folder;
};

TEST_F(AmdGpus, AMachineWithoutOneSaysNothing) {
    host.set("/sys/class/drm/card0/device/vendor", "0x8086\n");
    open();
    EXPECT_EQ(source.probe, nullptr);
    EXPECT_TRUE(source.reports.empty());
}

/// (1,500,000 - 1,000,000) / 65,536 = 7.6294 J.
TEST_F(AmdGpus, EnergyIsTheDifferenceOfTheAccumulatorTimesItsUnit) {
    add_card(0, "0x738c", metrics_1_3(1'000'000, 8));
    open();
    host.set(folder[0] + "/gpu_metrics", metrics_1_3(1'500'000, 8));
    at(1.0);
    EXPECT_DOUBLE_EQ(joules[0], 500'000.0 / 65'536.0);
    EXPECT_EQ(device().id, "amdgpu0");
    EXPECT_EQ(device().name, "AMD Instinct MI100");
    EXPECT_EQ(device().method, "amd-gpu-metrics");
    EXPECT_EQ(device().quality, Quality::kMeasured);
    EXPECT_EQ(source.probe->device(0).identity, "amd:0000:00:00.0");
    EXPECT_EQ(source.reports[0].state, SourceState::kUsed);
    EXPECT_EQ(source.reports[0].why, "1 by energy counter");
}

TEST_F(AmdGpus, ACounterOfThirtyTwoBitsWraps) {
    std::string bytes(80, '\0');
    bytes[0] = 80;
    bytes[2] = 1;
    const auto show = [&](std::uint32_t energy) {
        for (std::size_t i = 0; i < 4; ++i) {
            bytes[36 + i] = static_cast<char>(energy >> (8 * i) & 0xffU);
        }
        bytes[34] = 100;
        return bytes;
    };
    add_card(0, "0x66a1", show(0xffff'0000U));
    open();
    host.set(folder[0] + "/gpu_metrics",
             show(0x0064'0000U));  // 100 * 65,536 after it and 65,536 before: 101 J
    at(1.0);
    EXPECT_DOUBLE_EQ(joules[0], 101.0);
}

/// Stuck from the first reading on: 200 W over 1 s, then 200 and 300 W over 1 s.
TEST_F(AmdGpus, PowerStandsInForAnAccumulatorThatStandsStill) {
    add_card(0, "0x738c", metrics_1_3(77, 200));
    open();
    at(1.0);
    host.set(folder[0] + "/gpu_metrics", metrics_1_3(77, 300));
    at(2.0);
    EXPECT_DOUBLE_EQ(joules[0], 200.0 + 250.0);
    EXPECT_EQ(kinds[0], ReadingKind::kPower);
    EXPECT_TRUE(gaps.empty());
}

TEST_F(AmdGpus, ACounterThatRestsWithoutPowerRests) {
    add_card(0, "0x738c", metrics_1_3(77, 0));
    open();
    at(1.0);
    EXPECT_EQ(kinds[0], ReadingKind::kCounter);
    EXPECT_EQ(joules[0], 0.0);
}

/// 300 W, of which the counter shows 3 W: after 2 s the power is believed.
TEST_F(AmdGpus, ACounterThatContradictsThePowerTenfoldIsNotBelieved) {
    add_card(0, "0x738c", metrics_1_3(0, 300));
    options.scope = Scope::kMachine;
    open();
    for (int second = 1; second <= 6; ++second) {
        host.set(folder[0] + "/gpu_metrics", metrics_1_3(3U * 65'536U * static_cast<unsigned>(second), 300));
        at(second);
    }
    EXPECT_EQ(kinds[0], ReadingKind::kPower);
    EXPECT_NEAR(joules[0], 3.0 + 5 * 300.0, 1e-6);
    ASSERT_EQ(source.probe->warnings().size(), 1U);
    EXPECT_THAT(source.probe->warnings()[0],
                HasSubstr("amdgpu0: its energy counter showed 6 J while its power came to 600 J"));
}

TEST_F(AmdGpus, ACounterWithinTenTimesIsBelieved) {
    add_card(0, "0x738c", metrics_1_3(0, 300));
    options.scope = Scope::kMachine;
    open();
    for (int second = 1; second <= 6; ++second) {
        host.set(folder[0] + "/gpu_metrics",
                 metrics_1_3(150U * 65'536U * static_cast<unsigned>(second), 300));
        at(second);
    }
    EXPECT_NEAR(joules[0], 900.0, 1e-6);
    EXPECT_TRUE(source.probe->warnings().empty());
}

TEST_F(AmdGpus, AnEnergyOfAllOnesIsNoEnergy) {
    add_card(0, "0x73bf", metrics_1_3(~0ULL, 203));
    open();
    at(1.0);
    EXPECT_EQ(device().quality, Quality::kIntegrated);
    EXPECT_EQ(device().method, "amd-gpu-power-integrated");
    EXPECT_DOUBLE_EQ(joules[0], 203.0);
}

TEST_F(AmdGpus, AnUnknownTableLeavesThePowerOfTheMonitoringChip) {
    std::string bytes = metrics_1_3(0, 0);
    bytes[2] = bytes[3] = 9;
    add_card(0, "0x7fff", bytes);
    host.set(folder[0] + "/hwmon/hwmon4/power1_average", "142000000\n");
    open();
    at(1.0);
    EXPECT_DOUBLE_EQ(joules[0], 142.0);
    EXPECT_EQ(device().name, "AMD GPU 0x7fff");
}

TEST_F(AmdGpus, OneThatTellsNothingIsAGapAndNotZero) {
    add_card(0, "0x7fff", metrics_1_3(~0ULL, 0xffff));
    options.scope = Scope::kMachine;
    open();
    at(1.0);
    EXPECT_EQ(kinds[0], ReadingKind::kFailed);
    EXPECT_EQ(meters[0].finish(host.now().boot_ns).kind, meter::MeterStep::Kind::kGap);
    EXPECT_EQ(source.reports[0].state, SourceState::kAbsent);
    EXPECT_FALSE(source.reports[0].remedies.empty());
}

TEST_F(AmdGpus, ADeniedTableIsRefusedWithTheCommand) {
    add_card(0, "0x738c", metrics_1_3(0, 0));
    host.fail(folder[0] + "/gpu_metrics", Code::kPermission);
    open();
    EXPECT_EQ(source.reports[0].state, SourceState::kRefused);
    EXPECT_THAT(source.reports[0].remedies.at(0),
                HasSubstr("sudo chmod a+r /sys/class/drm/card0/device/gpu_metrics"));
}

/// The module used 800 J, not 1600 J: it is one device that bears both names.
TEST_F(AmdGpus, BothDiesOfAnMi250xAreCountedOnce) {
    add_card(0, "0x7408", metrics_1_3(1'000, 480));
    add_card(1, "0x7408", metrics_1_3(0, 0));
    options.scope = Scope::kMachine;
    open();
    host.set(folder[0] + "/gpu_metrics", metrics_1_3(1'000 + 800U * 65'536U, 480));
    at(2.0);
    ASSERT_EQ(source.probe->device_count(), 1U);
    EXPECT_DOUBLE_EQ(joules[0], 800.0);
    EXPECT_EQ(device().name, "AMD Instinct MI250X (both dies: amdgpu0 and amdgpu1)");
    EXPECT_THAT(source.reports[0].why, HasSubstr("amdgpu1 is the other die of amdgpu0"));
}

TEST_F(AmdGpus, TheJobsOneDieOfAModuleCountsTheModuleAndSaysSo) {
    add_card(0, "0x7408", metrics_1_3(1'000, 480));
    add_card(1, "0x7408", metrics_1_3(0, 0));
    host.set_env("ROCR_VISIBLE_DEVICES", "1");
    open();
    EXPECT_EQ(device().membership, Membership::kIn);
    EXPECT_EQ(device().membership_reason,
              "ROCR_VISIBLE_DEVICES names one die of it; the energy of both is counted");
}

TEST_F(AmdGpus, ASecondDieWithoutItsFirstIsUnknown) {
    add_card(0, "0x7408", metrics_1_3(0, 0));
    options.scope = Scope::kMachine;
    open();
    at(1.0);
    EXPECT_EQ(kinds[0], ReadingKind::kFailed);
}

std::string apu_table() {
    std::string bytes(120, '\0');
    bytes[0] = 120;
    bytes[2] = 2;
    bytes[3] = 1;
    bytes[40] = 31;
    return bytes;
}

TEST_F(AmdGpus, AProcessorsGraphicsAreInItsMeasuredPackage) {
    add_card(0, "0x1638", apu_table());
    cpu_measured = true;
    options.scope = Scope::kMachine;
    open();
    EXPECT_EQ(source.probe, nullptr);
    EXPECT_THAT(source.reports[0].why, HasSubstr("is in the package of the CPU, which is measured"));
}

TEST_F(AmdGpus, AProcessorsPowerNeverStandsBesideAModelledCpu) {
    add_card(0, "0x1638", apu_table());
    options.scope = Scope::kMachine;
    open();
    at(1.0);
    EXPECT_EQ(kinds[0], ReadingKind::kFailed);
    EXPECT_EQ(joules[0], 0.0);
    EXPECT_THAT(device().name, HasSubstr("socket (CPU and GPU)"));
}

TEST_F(AmdGpus, GraphicsThatNobodyAskedForAreNoDevice) {
    add_card(0, "0x1638", apu_table());
    open();
    EXPECT_EQ(source.probe, nullptr);
    EXPECT_THAT(source.reports[0].why, HasSubstr("shares its power sensor with the CPU: not counted"));
}

TEST_F(AmdGpus, TheOrderIsThatOfTheComputeDriver) {
    add_card(0, "0x744c", metrics_1_3(1, 1));
    add_card(1, "0x74a1", metrics_1_3(1, 1));
    host.set("/sys/class/kfd/kfd/topology/nodes/1/gpu_id", "51001\n");
    host.set("/sys/class/kfd/kfd/topology/nodes/1/properties", "simd_count 304\ndrm_render_minor 129\n");
    host.set("/sys/class/kfd/kfd/topology/nodes/2/gpu_id", "23002\n");
    host.set("/sys/class/kfd/kfd/topology/nodes/2/properties", "simd_count 96\ndrm_render_minor 128\n");
    const auto gpus = list_amd_gpus(host);
    ASSERT_EQ(gpus.size(), 2U);
    EXPECT_EQ(gpus[0].name, "AMD Instinct MI300X");
    EXPECT_EQ(gpus[0].kfd_ids, std::vector<std::string>{"51001"});
    EXPECT_EQ(gpus[1].name, "AMD Radeon RX 7900 XT/7900 XTX");
}

/// Two MI300X in two partitions each: ROCm counts four. Only the first part of each is on the card's own
/// render node; the others are known by where their node stands on the bus (0x0100: bus 1).
class PartitionedAmdGpus : public AmdGpus {
protected:
    void SetUp() override {
        AmdGpus::SetUp();
        add_card(0, "0x74a1", metrics_1_3(1, 1));
        add_card(1, "0x74a1", metrics_1_3(1, 1));
        add_node(1, "100", "128", "0");
        add_node(2, "101", "130", "268435456");  // bus 0, part 1 as newer drivers have it: 1 << 28
        add_node(3, "102", "129", "256");
        add_node(4, "103", "131", "257");  // bus 1, part 1 as older drivers have it: for the function
    }
    void add_node(int node, const std::string& gpu_id, const std::string& minor,
                  const std::string& location) {
        const std::string of_node = "/sys/class/kfd/kfd/topology/nodes/" + std::to_string(node);
        host.set(of_node + "/gpu_id", gpu_id + "\n");
        host.set(of_node + "/properties",
                 "simd_count 152\nlocation_id " + location + "\ndomain 0\ndrm_render_minor " + minor + "\n");
    }
};

TEST_F(PartitionedAmdGpus, ACardIsOneGpuOfSeveralParts) {
    const auto gpus = list_amd_gpus(host);
    ASSERT_EQ(gpus.size(), 2U);
    EXPECT_EQ(gpus[0].kfd_ids, (std::vector<std::string>{"100", "101"}));
    EXPECT_EQ(gpus[0].places, (std::vector<std::size_t>{0, 1}));
    EXPECT_EQ(gpus[1].kfd_ids, (std::vector<std::string>{"102", "103"}));
    EXPECT_EQ(gpus[1].places, (std::vector<std::size_t>{2, 3}));
}

TEST_F(PartitionedAmdGpus, AVariableThatNamesAPartCountsItsCardAndSaysSo) {
    host.set_env("ROCR_VISIBLE_DEVICES", "1");
    open();
    ASSERT_EQ(source.probe->device_count(), 2U);
    EXPECT_EQ(device(0).id, "amdgpu0");
    EXPECT_EQ(device(0).membership, Membership::kIn);
    EXPECT_THAT(device(0).membership_reason,
                HasSubstr("names 1 of its 2 parts; the energy of the whole GPU"));
    EXPECT_EQ(device(1).id, "amdgpu2");  // ROCm's index of its first part
    EXPECT_EQ(device(1).membership, Membership::kOut);
    host.set_env("ROCR_VISIBLE_DEVICES", "2,3");
    open();
    EXPECT_EQ(device(0).membership, Membership::kOut);
    EXPECT_EQ(device(1).membership_reason, "ROCR_VISIBLE_DEVICES");
}

TEST_F(PartitionedAmdGpus, AQueueOnAPartIsOneOnItsCard) {
    const Members members({42});
    options.members = &members;
    open();
    host.set("/sys/class/kfd/kfd/proc/42/queues/0/gpuid", "103\n");
    at(0.3);
    EXPECT_EQ(source.probe->membership(0), Membership::kUnknown);
    EXPECT_EQ(source.probe->membership(1), Membership::kIn);
}

TEST_F(AmdGpus, ANodeWithoutACardKeepsItsIndex) {
    add_card(1, "0x74a1", metrics_1_3(1, 1));
    for (int node : {1, 2}) {
        const std::string of_node = "/sys/class/kfd/kfd/topology/nodes/" + std::to_string(node);
        host.set(of_node + "/gpu_id", std::to_string(100 + node) + "\n");
        host.set(of_node + "/properties", "drm_render_minor " + std::to_string(127 + node) + "\n");
    }
    host.set_env("ROCR_VISIBLE_DEVICES", "1");
    open();
    EXPECT_EQ(device(0).id, "amdgpu1");
    EXPECT_EQ(device(0).membership, Membership::kIn);
}

/// Two virtual functions of one card, each with a render node of its own, are not parts of one another.
TEST_F(AmdGpus, FunctionsOfOneBoardThatAreCardsAreTheirOwn) {
    for (int number : {0, 1}) {
        const std::string address = "/sys/devices/pci0000:00/0000:03:02." + std::to_string(number);
        host.set(address + "/vendor", "0x1002\n");
        host.set(address + "/device", "0x74b5\n");
        host.set(address + "/drm/renderD" + std::to_string(128 + number) + "/dev", "226:128\n");
        host.link("/sys/class/drm/card" + std::to_string(number) + "/device", address);
        host.set("/sys/class/drm/card" + std::to_string(number) + "/dev", "226:0\n");
        const std::string of_node = "/sys/class/kfd/kfd/topology/nodes/" + std::to_string(number);
        host.set(of_node + "/gpu_id", std::to_string(100 + number) + "\n");
        host.set(of_node + "/properties", "domain 0\nlocation_id " + std::to_string(0x310 + number) +
                                              "\ndrm_render_minor " + std::to_string(128 + number) + "\n");
    }
    EXPECT_EQ(list_amd_gpus(host).size(), 2U);
}

/// The die that tells the energy of both is the second on the bus, and ROCm's order mixes the modules.
TEST_F(AmdGpus, DiesOfAModuleAreNeighboursOnTheBusInEitherOrder) {
    add_card(0, "0x7408", metrics_1_3(0, 0));
    add_card(1, "0x7408", metrics_1_3(1'000, 480));
    add_card(2, "0x7408", metrics_1_3(0, 0));
    add_card(3, "0x7408", metrics_1_3(2'000, 490));
    int node = 1;
    for (const int card : {1, 2, 0, 3}) {
        const std::string of_node = "/sys/class/kfd/kfd/topology/nodes/" + std::to_string(node);
        host.set(of_node + "/gpu_id", std::to_string(100 + card) + "\n");
        host.set(of_node + "/properties", "drm_render_minor " + std::to_string(128 + card) + "\n");
        ++node;
    }
    options.scope = Scope::kMachine;
    open();
    ASSERT_EQ(source.probe->device_count(), 2U);
    EXPECT_EQ(device(0).name, "AMD Instinct MI250X (both dies: amdgpu0 and amdgpu2)");
    EXPECT_EQ(device(1).name, "AMD Instinct MI250X (both dies: amdgpu3 and amdgpu1)");
}

TEST_F(AmdGpus, AJobWithAQueueOnAGpuHasThatGpuAndNoOther) {
    add_card(0, "0x744c", metrics_1_3(1, 1));
    add_card(1, "0x74a1", metrics_1_3(1, 1));
    for (int node : {0, 1}) {
        const std::string folder_of = "/sys/class/kfd/kfd/topology/nodes/" + std::to_string(node + 1);
        host.set(folder_of + "/gpu_id", std::to_string(100 + node) + "\n");
        host.set(folder_of + "/properties", "drm_render_minor " + std::to_string(128 + node) + "\n");
    }
    const Members members({42});
    options.members = &members;
    open();
    at(0.1);
    EXPECT_EQ(source.probe->membership(1), Membership::kUnknown);
    // A process of the job has memory on both and a queue on one; another's process has one on the other.
    host.set("/sys/class/kfd/kfd/proc/42/vram_100", "4096\n");
    host.set("/sys/class/kfd/kfd/proc/42/vram_101", "4096\n");
    host.set("/sys/class/kfd/kfd/proc/42/queues/0/gpuid", "101\n");
    host.set("/sys/class/kfd/kfd/proc/77/queues/0/gpuid", "100\n");
    at(0.3);
    EXPECT_EQ(source.probe->membership(1), Membership::kIn);
    EXPECT_THAT(source.probe->membership_reason(1), HasSubstr("the job ran on it"));
    EXPECT_EQ(source.probe->membership(0), Membership::kUnknown);
}

TEST_F(AmdGpus, ASampleOpensNothing) {
    add_card(0, "0x738c", metrics_1_3(5, 8));
    host.set_env("HIP_VISIBLE_DEVICES", "0");
    open();
    const std::size_t before = host.opens();
    for (int second = 1; second < 30; ++second) {
        at(second);
    }
    EXPECT_EQ(host.opens(), before);
}

TEST_F(AmdGpus, CudasListIsHeededWhereThereIsNoOtherMaker) {
    add_card(0, "0x738c", metrics_1_3(5, 8));
    host.set_env("CUDA_VISIBLE_DEVICES", "0");
    open();
    EXPECT_EQ(device().membership, Membership::kIn);
    host.set("/dev/nvidiactl", "");
    open();
    EXPECT_EQ(device().membership, Membership::kUnknown);
}

TEST_F(AmdGpus, ASleepingOneIsNotAsked) {
    add_card(0, "0x738c", metrics_1_3(5, 8));
    host.set(folder[0] + "/power/control", "auto\n");
    host.set(folder[0] + "/power/runtime_status", "suspended\n");
    open();
    EXPECT_TRUE(kinds.empty()) << "not the job's, and no failed read of its run";
    options.scope = Scope::kMachine;
    open();
    EXPECT_EQ(kinds[0], ReadingKind::kFailed);
    host.set(folder[0] + "/power/runtime_status", "active\n");
    at(1.0);
    EXPECT_EQ(kinds[0], ReadingKind::kCounter);
}

}  // namespace
}  // namespace gramme::probe
