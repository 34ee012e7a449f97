// What `gramme doctor` is told, and that a sleeping GPU is left alone.
#include "nvml_test_host.hpp"

namespace gramme::probe {
namespace {

TEST_F(NvmlTest, NoDriverIsUnavailable) {
    host.variables.clear();
    const auto opened = open_nvml(host, options);
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, Code::kUnavailable);
    EXPECT_EQ(opened.error().what, "no NVIDIA driver");
}

TEST_F(NvmlTest, UsedNamesDriverAndMethods) {
    script("driver 555.42.06\ngpus 3\ngpu 2 counter none\n");
    start_and_wait();
    const SourceReport report = probe->report();
    EXPECT_EQ(report.name, "nvml");
    EXPECT_EQ(report.state, SourceState::kUsed);
    EXPECT_EQ(report.why, "driver 555.42.06: 2 by energy counter, 1 by power, integrated");
    EXPECT_EQ(report.devices, (std::vector<std::string>{"gpu0", "gpu1", "gpu2"}));
}

TEST_F(NvmlTest, MismatchOfLibraryAndModuleSaysWhatHelps) {
    script("fail init 18\n");
    start_and_wait();
    const SourceReport report = probe->report();
    EXPECT_EQ(report.state, SourceState::kRefused);
    EXPECT_NE(report.why.find("NVML: Driver/library version mismatch"), std::string::npos);
    ASSERT_EQ(report.remedies.size(), 1U);
    EXPECT_EQ(report.remedies[0], "reboot or reload the driver so that library and kernel module match");
    EXPECT_EQ(probe->device_count(), 0U);
    EXPECT_TRUE(finish(Seconds{5.0}).empty());  // and does not wait: the thread has ended
}

TEST_F(NvmlTest, PermissionIsRefused) {
    host.set_file("/dev/nvidiactl", "");
    script("fail init 4\n");
    start_and_wait();
    EXPECT_EQ(probe->report().state, SourceState::kRefused);
    EXPECT_EQ(probe->report().why, "NVML: Insufficient Permissions");
    EXPECT_EQ(probe->report().remedies.size(), 1U);
}

TEST_F(NvmlTest, ContainerWithoutDeviceSaysHowToPassOne) {
    script("fail init 9\n");
    start_and_wait();
    EXPECT_EQ(probe->report().state, SourceState::kRefused);
    EXPECT_EQ(probe->report().why, "NVML: Driver Not Loaded; there is no /dev/nvidiactl");
    ASSERT_FALSE(probe->report().remedies.empty());
    EXPECT_NE(probe->report().remedies[0].find("--gpus all"), std::string::npos);
    EXPECT_EQ(probe->report().remedies.at(1), "sudo modprobe nvidia   # on the machine itself");
}

TEST_F(NvmlTest, DriverWithoutGpuIsAbsent) {
    script("gpus 0\n");
    start_and_wait();
    EXPECT_EQ(probe->report().state, SourceState::kAbsent);
}

TEST_F(NvmlTest, LibraryThatCannotBeLoadedIsRefusedWithTheLoadersWords) {
    host.variables["GRAMME_NVML_LIB"] = "/nonexistent/libnvidia-ml.so.1";
    start_and_wait();
    EXPECT_EQ(probe->report().state, SourceState::kRefused);
    EXPECT_NE(probe->report().why.find("/nonexistent/libnvidia-ml.so.1"), std::string::npos);
}

TEST_F(NvmlTest, LibraryThatIsNoNvmlIsRefused) {
    host.variables["GRAMME_NVML_LIB"] = "libm.so.6";
    start_and_wait();
    EXPECT_EQ(probe->report().state, SourceState::kRefused);
    EXPECT_NE(probe->report().why.find("lacks nvmlInit_v2"), std::string::npos);
}

TEST_F(NvmlTest, SleepingGpuIsNotWokenAndIsMeasuredOnceAwake) {
    const std::string gpu = "/sys/bus/pci/devices/0000:01:00.0/";
    host.set_file(gpu + "vendor", "0x10de\n");
    host.set_file(gpu + "class", "0x030200\n");
    host.set_file(gpu + "power/runtime_status", "suspended\n");
    host.set_file("/sys/bus/pci/devices/0000:01:00.1/vendor",
                  "0x10de\n");  // its sound: says nothing
    host.set_file("/sys/bus/pci/devices/0000:01:00.1/class", "0x040300\n");
    script("gpus 1\n");
    start_and_wait();
    EXPECT_EQ(probe->report().state, SourceState::kAvailable);
    EXPECT_NE(probe->report().why.find("suspended"), std::string::npos);
    EXPECT_EQ(probe->device_count(), 0U);
    host.set_file(gpu + "power/runtime_status", "active\n");
    EXPECT_TRUE(wait_until([&] { return probe->device_count() == 1; }));
}

TEST_F(NvmlTest, OneAwakeGpuIsEnough) {
    for (const std::string bus : {"01", "02"}) {
        const std::string gpu = "/sys/bus/pci/devices/0000:" + bus + ":00.0/";
        host.set_file(gpu + "vendor", "0x10de\n");
        host.set_file(gpu + "class", "0x030000\n");
        host.set_file(gpu + "power/runtime_status", bus == "01" ? "suspended\n" : "active\n");
    }
    script("gpus 2\n");
    start_and_wait();
    EXPECT_EQ(probe->device_count(), 2U);
}

}  // namespace
}  // namespace gramme::probe
