#include "present/gpu_names.hpp"

#include <gtest/gtest.h>

namespace gramme::present {
namespace {

Part part(DeviceKind kind, const std::string& name) {
    Part one;
    one.device.kind = kind;
    one.device.name = name;
    return one;
}

TEST(GpuNames, AreThoseThatWereCounted) {
    RunRecord run;
    run.host.gpu_models = {"of the machine"};
    Footprint footprint;
    footprint.parts = {part(DeviceKind::kCpu, "package-0"), part(DeviceKind::kGpu, "NVIDIA A100"),
                       part(DeviceKind::kGpu, "NVIDIA A100")};
    EXPECT_EQ(gpu_names(run, footprint), (std::vector<std::string>{"NVIDIA A100", "NVIDIA A100"}));
    footprint.parts.resize(1);
    EXPECT_TRUE(gpu_names(run, footprint).empty());
}

TEST(GpuNames, OfAnImportedRunAreThoseOfItsMachine) {
    RunRecord run;
    run.imported.emplace();
    run.host.gpu_models = {"NVIDIA V100", "NVIDIA V100"};
    Footprint footprint;
    footprint.parts = {part(DeviceKind::kGpu, "2 GPUs")};
    EXPECT_EQ(gpu_names(run, footprint), run.host.gpu_models);
}

TEST(GpuNames, AreCountedInTheOrderOfFirstAppearance) {
    EXPECT_EQ(counted_names({"B", "A", "", "B"}), "2 x B, 1 x A");
    EXPECT_EQ(counted_names({}), "");
}

}  // namespace
}  // namespace gramme::present
