// Power by fields, superchips whose module alone tells it, slices, and clients of an MPS server.
#include "nvml_test_host.hpp"
#include "probe/nvml_thread.hpp"

namespace gramme::probe {
namespace {

using NvmlFields = NvmlTest;

TEST_F(NvmlFields, TheInstantIsIntegratedAndNotTheAverageOfASecond) {
    options.scope = Scope::kMachine;
    script("gpus 1\ngpu 0 watts 200\ngpu 0 counter none\n");  // the fake's average is half of that
    start_and_wait();
    const Outcome outcome = measure(1.0)[0];
    EXPECT_NEAR(outcome.joules / outcome.seconds, 200.0, 1.0);
}

/// The instant of a Hopper sees a quarter of the time, and each reading the same quarter.
TEST_F(NvmlFields, OfAHopperTheAverageOfASecondIsTaken) {
    options.scope = Scope::kMachine;
    script("gpus 1\ngpu 0 name NVIDIA H200\ngpu 0 architecture 9\ngpu 0 watts 200\ngpu 0 counter none\n");
    start_and_wait();
    const Outcome outcome = measure(1.0)[0];
    EXPECT_NEAR(outcome.joules / outcome.seconds, 100.0, 1.0) << "the fake's average is half of its power";
}

TEST(BetterField, IsTheOneThatMissesLess) {
    using nvml::PowerField;
    EXPECT_EQ(better_field(9, "NVIDIA H100 80GB HBM3"), PowerField::kAverage);
    EXPECT_EQ(better_field(10, "NVIDIA B200"), PowerField::kAverage);
    EXPECT_EQ(better_field(7, "NVIDIA A100-SXM4-80GB"), PowerField::kInstant) << "it has no average";
    EXPECT_EQ(better_field(8, "NVIDIA L4"), PowerField::kInstant) << "its instant sees all of the time";
    EXPECT_EQ(better_field(5, "Tesla V100-SXM2-32GB"), PowerField::kInstant);
    EXPECT_EQ(better_field(0, "unknown"), PowerField::kInstant);
}

TEST_F(NvmlFields, WithoutThemThePowerOfOldIsTaken) {
    options.scope = Scope::kMachine;
    script("gpus 1\ngpu 0 watts 200\ngpu 0 counter none\ngpu 0 fields none\n");
    start_and_wait();
    const Outcome outcome = measure(0.6)[0];
    EXPECT_NEAR(outcome.joules / outcome.seconds, 200.0, 1.0);
    EXPECT_TRUE(outcome.gaps.empty());
}

TEST(InstantWindow, IsNeverLongerThanTheUpdatePeriod) {
    EXPECT_DOUBLE_EQ(instant_window(9, "NVIDIA H100 80GB HBM3").count(), 0.025);
    EXPECT_DOUBLE_EQ(instant_window(7, "NVIDIA A100-SXM4-80GB").count(), 0.025);
    EXPECT_DOUBLE_EQ(instant_window(7, "NVIDIA A10").count(), 0.100);
    EXPECT_DOUBLE_EQ(instant_window(8, "NVIDIA L4").count(), 0.100);
    EXPECT_DOUBLE_EQ(instant_window(5, "Tesla V100-SXM2-32GB").count(), 0.010);
    EXPECT_DOUBLE_EQ(instant_window(0, "unknown").count(), 0.0);
}

class NvmlModule : public NvmlTest {
protected:
    void start_module(bool cpu_counted, Scope scope = Scope::kMachine) {
        options.scope = scope;
        options.wait_for_gpus = true;
        script("gpus 1\ngpu 0 name NVIDIA GH200 480GB\ngpu 0 watts 600\ngpu 0 fields module\n");
        auto opened = open_nvml(host, options, {}, cpu_counted);
        ASSERT_TRUE(opened);
        probe = *std::move(opened);
    }
};

/// CPU and GPU are in it: beside a CPU that is counted it would count that twice, and as a GPU's it would be
/// wrong.
TEST_F(NvmlModule, BesideACountedCpuItIsUnknownAndNotAdded) {
    start_module(true);
    const Outcome outcome = measure(0.5)[0];
    EXPECT_EQ(outcome.joules, 0.0);
    ASSERT_EQ(outcome.gaps.size(), 1U);
    EXPECT_EQ(outcome.gaps[0], "NVML: only the module's power (CPU and GPU) is told");
    EXPECT_EQ(probe->device(0).device.name, "NVIDIA GH200 480GB: module (CPU and GPU)");
    ASSERT_EQ(probe->warnings().size(), 1U);
    EXPECT_NE(probe->warnings()[0].find("acpi_power_meter.force_cap_on=y"), std::string::npos);
}

TEST_F(NvmlModule, WhereTheModuleHasASensorTheScopeThatReadsItIsNamed) {
    host.set_file("/sys/class/hwmon/hwmon0/name", "power_meter\n");
    host.set_file("/sys/class/hwmon/hwmon0/power1_average", "600000000\n");
    host.set_file("/sys/class/hwmon/hwmon0/power1_oem_info", "Module Power Socket 0\n");
    start_module(true, Scope::kJob);
    ASSERT_EQ(probe->warnings().size(), 1U);
    EXPECT_NE(probe->warnings()[0].find("--scope machine"), std::string::npos);
    EXPECT_EQ(probe->warnings()[0].find("force_cap_on"), std::string::npos);
}

TEST_F(NvmlModule, WhereNobodyCountsTheCpuItStandsForBoth) {
    start_module(false);
    const Outcome outcome = measure(0.6)[0];
    EXPECT_NEAR(outcome.joules / outcome.seconds, 600.0, 2.0);
    EXPECT_EQ(probe->device(0).device.name, "NVIDIA GH200 480GB: module (CPU and GPU)");
    EXPECT_EQ(probe->device(0).device.quality, Quality::kIntegrated);
}

TEST_F(NvmlFields, AGpuInSlicesSaysThatItIsAnUpperBound) {
    script(
        "gpus 2\ngpu 1 mig "
        "MIG-11111111-0000-0000-0000-000000000000,MIG-22222222-0000-0000-0000-000000000000\n");
    host.variables["CUDA_VISIBLE_DEVICES"] = "MIG-2222";
    start_and_wait();
    EXPECT_EQ(probe->membership_reason(1),
              "CUDA_VISIBLE_DEVICES names of it the slice MIG-2222; the energy of the whole GPU is counted, "
              "an upper "
              "bound");
    host.variables["CUDA_VISIBLE_DEVICES"] = "1";
    start_and_wait();
    EXPECT_EQ(probe->membership_reason(1),
              "CUDA_VISIBLE_DEVICES; it is cut into slices (MIG), and energy is told of the whole GPU only: "
              "an upper "
              "bound");
}

class NvmlMps : public NvmlTest {
protected:
    struct Members final : JobMembers {
        bool contains(int pid) const override { return pid == 100; }
    } members;
    NvmlMps() {
        options.members = &members;
        host.set_file("/proc/2/stat", "2 (kthreadd) S 0 0 0 0 -1 2129984 0 0");
        host.set_file("/proc/100/stat", "100 (job) R 1");
        host.set_file("/proc/200/stat", "200 (other) R 1");
        host.set_file("/proc/900/stat", "900 (nvidia-cuda-mps) S 1");
        host.set_file("/proc/900/comm", "nvidia-cuda-mps\n");
    }
};

TEST_F(NvmlMps, AJobBehindAServerIsFound) {
    script("gpus 2\ngpu * processes 900\ngpu 1 mps 100\n");
    start_and_wait();
    EXPECT_TRUE(wait_until([&] { return probe->membership(1) == Membership::kIn; }));
    EXPECT_EQ(probe->membership(0), Membership::kUnknown);
}

TEST_F(NvmlMps, TheServerIsNobodyAndTheGpuIsWhole) {
    host.variables["CUDA_VISIBLE_DEVICES"] = "0";
    script("gpus 1\ngpu 0 processes 900\ngpu 0 mps 100\ngpu 0 uses 900=80\n");
    start_and_wait();
    const Outcome outcome = measure(1.3)[0];
    EXPECT_NEAR(outcome.job_j, outcome.joules, 1e-3 * outcome.joules);
    EXPECT_EQ(probe->membership_reason(0), "CUDA_VISIBLE_DEVICES");
}

/// As real drivers do it: the clients are listed beside the server, and what they use is said to be its own.
TEST_F(NvmlMps, BesideAnothersClientAllIsTheJobsAndThatIsSaid) {
    host.variables["CUDA_VISIBLE_DEVICES"] = "0";
    script("gpus 1\ngpu 0 processes 900,100,200\ngpu 0 uses 900=100\n");
    start_and_wait();
    const Outcome outcome = measure(1.3)[0];
    EXPECT_NEAR(outcome.job_j, outcome.joules, 1e-3 * outcome.joules);
    ASSERT_EQ(probe->warnings().size(), 1U);
    EXPECT_NE(probe->warnings()[0].find("gpu0: others compute on it through the same MPS server"),
              std::string::npos)
        << probe->warnings()[0];
    EXPECT_NE(probe->membership_reason(0).find("an upper bound"), std::string::npos);
}

TEST_F(NvmlMps, AnothersClientBehindTheServerSharesTheGpu) {
    host.variables["CUDA_VISIBLE_DEVICES"] = "0";
    script(
        "gpus 1\ngpu 0 name NVIDIA A100-SXM4-40GB\ngpu 0 watts 400\ngpu 0 processes 900\ngpu 0 mps 100,200\n"
        "gpu 0 uses 100=30,200=30\n");
    start_and_wait();
    const Outcome outcome = measure(1.3)[0];
    EXPECT_GT(outcome.others_j, 0.3 * outcome.joules);
}

}  // namespace
}  // namespace gramme::probe
