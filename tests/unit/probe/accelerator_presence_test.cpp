#include "probe/accelerator_presence.hpp"

#include <gtest/gtest.h>

#include <string>

#include "fake_host.hpp"

namespace gramme::probe {
namespace {

class AcceleratorPresence : public ::testing::Test {
protected:
    testing::FakeHost host;

    void SetUp() override { host.set("/sys/bus/pci/devices/0000:00:1f.3/class", "0x040300\n"); }
    void add_function(const std::string& kind, const std::string& vendor, const std::string& device) {
        const std::string folder = "/sys/bus/pci/devices/0000:03:00.0/";
        host.set(folder + "class", kind + "\n");
        host.set(folder + "vendor", vendor + "\n");
        host.set(folder + "device", device + "\n");
    }
    std::string add_card(const std::string& vendor, const std::string& address) {
        const std::string folder = "/sys/devices/pci0000:00/" + address;
        host.set(folder + "/vendor", vendor + "\n");
        host.set(folder + "/device", "0x1234\n");
        host.link("/sys/class/drm/card0/device", folder);
        host.set("/sys/class/drm/card0/dev", "226:0\n");
        return folder;
    }
    [[nodiscard]] bool has_own() const { return has_own_accelerator(host); }
};

TEST_F(AcceleratorPresence, AMachineWithoutAnyHasNone) {
    EXPECT_FALSE(has_own());
}

TEST_F(AcceleratorPresence, ACardIsSeenOnTheBusWithoutItsDriver) {
    struct Case {
        const char *kind, *vendor, *device;
        bool own;
    };
    for (const Case& one :
         {Case{"0x030000", "0x10de", "0x2204", true}, Case{"0x030200", "0x10de", "0x20b0", true},
          Case{"0x120000", "0x1da3", "0x1020", true}, Case{"0x120000", "0x1002", "0x74a1", true},
          Case{"0x120000", "0x1002", "0x74a0", false},  // MI300A: in the socket of the CPU
          Case{"0x120000", "0x8086", "0x7d1d", false},  // the NPU of a laptop's processor
          Case{"0x038000", "0x1002", "0x150e", false},  // may be graphics of a processor
          Case{"0x040300", "0x10de", "0x1aef", false},  // the sound of a card
          Case{"0x020000", "0x1da3", "0x1020", false}}) {
        add_function(one.kind, one.vendor, one.device);
        EXPECT_EQ(has_own(), one.own) << one.kind << " " << one.vendor << " " << one.device;
    }
}

TEST_F(AcceleratorPresence, TheDriverOfNvidiaIsEnoughButForTegra) {
    host.set("/proc/driver/nvidia/version", "NVRM version\n");
    EXPECT_TRUE(has_own());
    host.set("/proc/device-tree/compatible", std::string{"nvidia,p3737-0000\0nvidia,tegra234\0", 34});
    EXPECT_FALSE(has_own());
}

TEST_F(AcceleratorPresence, AnAmdCardHasATableOfItsKindOrALimit) {
    const std::string folder = add_card("0x1002", "0000:03:00.0");
    EXPECT_FALSE(has_own());  // neither table nor limit: graphics of a processor
    host.set(folder + "/hwmon/hwmon4/power1_cap", "300000000\n");
    EXPECT_TRUE(has_own());
    std::string table(120, '\0');
    table[0] = 120;
    table[2] = 2;
    table[3] = 1;
    host.set(folder + "/gpu_metrics", table);
    EXPECT_FALSE(has_own());
    table[2] = 1;
    table[3] = 3;
    host.set(folder + "/gpu_metrics", table);
    EXPECT_TRUE(has_own());
}

TEST_F(AcceleratorPresence, AnIntelCardStandsElsewhereThanTheGraphicsOfAProcessor) {
    const std::string folder = add_card("0x8086", "0000:00:02.0");
    EXPECT_FALSE(has_own());
    host.set(folder + "/hwmon/hwmon5/name", "xe\n");
    host.set(folder + "/hwmon/hwmon5/energy1_input", "1\n");
    EXPECT_TRUE(has_own());
    (void)add_card("0x8086", "0000:03:00.0");
    EXPECT_TRUE(has_own());
}

TEST_F(AcceleratorPresence, OthersAreSeenByTheirDriver) {
    host.set("/sys/module/habanalabs/version", "1.0\n");
    EXPECT_TRUE(has_own());
    host.remove("/sys/module/habanalabs/version");
    EXPECT_FALSE(has_own());
    host.set("/sys/devices/virtual/neuron_device/neuron0/core_count", "2\n");
    EXPECT_TRUE(has_own());
    host.remove("/sys/devices/virtual/neuron_device/neuron0/core_count");
    host.set("/sys/class/accel/accel0/device/vendor", "0x1ae0\n");
    host.set("/sys/class/accel/accel0/device/device", "0x0063\n");
    EXPECT_TRUE(has_own());
}

}  // namespace
}  // namespace gramme::probe
