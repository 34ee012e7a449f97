// Where NVML cannot be used: GPUs that the kernel module names, by a model of their board.
#include "nvml_test_host.hpp"
#include "probe/gpu_presence.hpp"

namespace gramme::probe {
namespace {

constexpr const char* kInformation =
    "Model: \t\t NVIDIA A100-SXM4-40GB\nIRQ:   \t\t 134\nGPU UUID: \t "
    "GPU-10000000-0000-0000-0000-000000000000\n"
    "Video BIOS: \t 92.00.25.00.08\nBus Type: \t PCIe\nBus Location: \t 0000:07:00.0\n";

TEST(GpuInformation, IsReadByItsKeys) {
    const PresentGpu gpu = parse_gpu_information(kInformation);
    EXPECT_EQ(gpu.name, "NVIDIA A100-SXM4-40GB");
    EXPECT_EQ(gpu.uuid, "GPU-10000000-0000-0000-0000-000000000000");
    EXPECT_EQ(parse_gpu_information("GPU UUID: GPU-" + std::string(8, '?') + "\n").uuid,
              "");  // before it is used
    EXPECT_EQ(parse_gpu_information("").name, "");
    EXPECT_EQ(parse_gpu_information("Model: a\x1b[2Jb").name, "a?[2Jb");
}

class NvmlModel : public NvmlTest {
protected:
    NvmlModel() {
        host.variables["GRAMME_NVML_LIB"] = "/no/such/library.so";
        host.set_file("/dev/nvidiactl", "");
        set_gpu("0000:07:00.0", kInformation);
    }
    void set_gpu(const std::string& bus, const std::string& information) {
        host.set_file("/proc/driver/nvidia/gpus/" + bus + "/information", information);
    }
    [[nodiscard]] std::string warnings() const {
        std::string all;
        for (const auto& sentence : probe->warnings()) {
            all += sentence + "\n";
        }
        return all;
    }
};

TEST_F(NvmlModel, AGpuOfTheJobDrawsAPartOfItsLimit) {
    host.variables["CUDA_VISIBLE_DEVICES"] = "0";
    start_and_wait();
    ASSERT_EQ(probe->device_count(), 1U);
    const Device device = probe->device(0).device;
    EXPECT_EQ(device.id, "gpu0");
    EXPECT_EQ(device.quality, Quality::kModelled);
    EXPECT_EQ(device.membership, Membership::kIn);
    EXPECT_EQ(device.method, "gpu-power-model");
    EXPECT_DOUBLE_EQ(device.gain_sigma, 0.20);
    const auto outcomes = measure(0.4);
    EXPECT_NEAR(outcomes[0].joules / outcomes[0].seconds, 315.04, 0.01);  // 46 + 0.76 x (400 - 46)
    EXPECT_GE(outcomes[0].seconds, 0.4);
    EXPECT_TRUE(outcomes[0].gaps.empty());
    EXPECT_EQ(probe->unlisted(), "");
    EXPECT_EQ(probe->report().state, SourceState::kRefused);
    EXPECT_EQ(probe->report().devices, std::vector<std::string>{"gpu0"});
    EXPECT_NE(
        warnings().find("gpu0 (NVIDIA A100-SXM4-40GB): NVML cannot be used, so its energy is not measured "
                        "but modelled: 315 W, of a limit of 400 W"),
        std::string::npos)
        << warnings();
}

TEST_F(NvmlModel, IdlePowerThatAWallCurveHoldsIsNotCountedAgain) {
    host.variables["CUDA_VISIBLE_DEVICES"] = "0";
    options.gpu_idle_in_curve = true;
    start_and_wait();
    ASSERT_EQ(probe->device_count(), 1U);
    const auto outcomes = measure(0.4);
    EXPECT_NEAR(outcomes[0].joules / outcomes[0].seconds, 269.04, 0.01);  // 0.76 x (400 - 46)
    EXPECT_NE(warnings().find("modelled: 269 W, of a limit of 400 W and without its idle power"),
              std::string::npos)
        << warnings();
}

TEST_F(NvmlModel, IdlePowerThatIsNotKnownIsAPartOfTheLimit) {
    host.variables["CUDA_VISIBLE_DEVICES"] = "0";
    set_gpu("0000:07:00.0", "Model: NVIDIA H100 80GB HBM3\n");
    start_and_wait();
    const auto outcomes = measure(0.3);
    // idle 0.116 x 700 = 81.2 W; 81.2 + 0.76 x 618.8 = 551.488 W
    EXPECT_NEAR(outcomes[0].joules / outcomes[0].seconds, 551.488, 0.01);
}

TEST_F(NvmlModel, OnlyGpusOfTheJobAreModelled) {
    set_gpu("0000:47:00.0", "Model: NVIDIA H100 PCIe\nGPU UUID: GPU-20000000-0\n");
    host.variables["CUDA_VISIBLE_DEVICES"] = "GPU-2";
    start_and_wait();
    ASSERT_EQ(probe->device_count(), 1U);
    EXPECT_EQ(probe->device(0).device.id, "gpu1");
    EXPECT_EQ(probe->unlisted(), "") << "the other one is known not to be the job's";
    EXPECT_NE(probe->report().why.find("1 of 2 GPUs are the job's"), std::string::npos)
        << probe->report().why;
}

TEST_F(NvmlModel, WhereNothingNamesTheJobsGpusNoneIsCounted) {
    start_and_wait();
    EXPECT_EQ(probe->device_count(), 0U);
    EXPECT_NE(probe->unlisted(), "");
    EXPECT_NE(warnings().find("nothing says which of the 1 GPUs here are the job's: none is counted"),
              std::string::npos)
        << warnings();
}

TEST_F(NvmlModel, AGpuThatNobodyKnowsIsAGap) {
    host.variables["CUDA_VISIBLE_DEVICES"] = "0";
    set_gpu("0000:07:00.0", "Model: NVIDIA Wonder 9000\n");
    start_and_wait();
    const auto outcomes = measure(0.3);
    EXPECT_EQ(outcomes[0].joules, 0.0);
    EXPECT_EQ(outcomes[0].gaps, std::vector<std::string>{"no NVML, and the power of this GPU is not known"});
    EXPECT_NE(warnings().find("gpu0 (NVIDIA Wonder 9000)"), std::string::npos) << warnings();
}

TEST_F(NvmlModel, WhatAContainerWithoutGpusSeesOfTheHostIsNotItsOwn) {
    static auto& bare = *new NvmlTestHost;  // NOLINT: as long as the process, as the thread needs it
    bare.variables = {{"GRAMME_NVML_LIB", "/no/such/library.so"}, {"CUDA_VISIBLE_DEVICES", "0"}};
    bare.set_file("/proc/driver/nvidia/gpus/0000:07:00.0/information", kInformation);
    options.wait_for_gpus = true;
    auto opened = open_nvml(bare, options);
    ASSERT_TRUE(opened);
    EXPECT_EQ((*opened)->device_count(), 0U);
    EXPECT_NE((*opened)->unlisted(), "");
}

TEST_F(NvmlModel, ALibraryOfAnotherVersionIsSuchACase) {
    host.variables["GRAMME_NVML_LIB"] = FAKE_NVML;
    host.variables["CUDA_VISIBLE_DEVICES"] = "0";
    script("fail init 18\n");
    start_and_wait();
    EXPECT_EQ(probe->device_count(), 1U);
    EXPECT_NE(probe->report().why.find("version mismatch"), std::string::npos) << probe->report().why;
    script("fail init 999\n");
    start_and_wait();
    EXPECT_EQ(probe->device_count(), 0U) << "an error that nobody knows is a gap";
}

}  // namespace
}  // namespace gramme::probe
