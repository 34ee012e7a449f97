// Utilisation of GPUs: read with the energy, and unknown where the driver does not tell it.
#include "nvml_test_host.hpp"

namespace gramme::probe {
namespace {

class NvmlUtilization : public NvmlTest {
protected:
    /// Of the newest good reading of each GPU.
    std::vector<std::optional<double>> utilizations(const std::string& text) {
        script(text);
        start_and_wait();
        std::vector<std::optional<double>> found(probe->device_count());
        for (const Reading& reading : finish()) {
            EXPECT_NE(reading.kind, ReadingKind::kFailed) << reading.failure;
            found.at(reading.device) = reading.utilization;
        }
        return found;
    }
};

TEST_F(NvmlUtilization, ComesWithTheEnergy) {
    const auto found =
        utilizations("gpus 3\ngpu 0 utilization 97\ngpu 1 utilization 0\ngpu 2 counter none\n");
    ASSERT_EQ(found.size(), 3U);
    EXPECT_EQ(found[0], 0.97);
    EXPECT_EQ(found[1], 0.0);
    EXPECT_EQ(found[2], 1.0) << "by power, too";
}

TEST_F(NvmlUtilization, IsUnknownAndNotZeroWhereTheDriverDoesNotTell) {
    const auto found = utilizations(
        "gpus 4\ngpu 0 mig MIG-1,MIG-2\ngpu 1 fail utilization 3\ngpu 2 fail utilization 999\n"
        "gpu 3 utilization 150\n");
    for (std::size_t i = 0; i < found.size(); ++i) {
        EXPECT_EQ(found[i], std::nullopt) << i;
    }
}

TEST_F(NvmlUtilization, AFailureInBetweenDoesNotEndIt) {
    script("gpus 1\ngpu 0 utilization 40\ngpu 0 fail utilization 999 to 0.3\n");
    start_and_wait();
    EXPECT_TRUE(wait_until([&] {
        for (const Reading& reading : sample()) {
            if (reading.utilization == 0.4) {
                return true;
            }
        }
        return false;
    }));
}

}  // namespace
}  // namespace gramme::probe
