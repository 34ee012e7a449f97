#include "probe/rapl_zones.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "fake_host.hpp"

namespace gramme::probe {
namespace {

const std::string kDevices = "/sys/devices/virtual/powercap/";
const std::string kClass = "/sys/class/powercap/";

/// `zone` is a path below its control type: "intel-rapl/intel-rapl:0/intel-rapl:0:0".
void add_zone(testing::FakeHost& host, const std::string& zone, const std::string& name,
              const char* energy = "1\n") {
    host.set(kDevices + zone + "/name", name + "\n");
    host.set(kDevices + zone + "/energy_uj", energy);
    host.set(kDevices + zone + "/max_energy_range_uj", "262143328850\n");
    host.link(kClass + zone.substr(zone.rfind('/') + 1), kDevices + zone);
}

std::vector<std::string> names_of(const std::vector<RaplCounter>& counters) {
    std::vector<std::string> names;
    for (const RaplCounter& counter : counters) {
        names.push_back(counter.zones.front().control + "/" + counter.zones.front().name);
    }
    return names;
}
using Names = std::vector<std::string>;

RaplZone zone(const char* control, ZoneKind kind, int package, int die, const char* name) {
    RaplZone made;
    made.control = control;
    made.kind = kind;
    made.package = package;
    made.die = die;
    made.name = name;
    return made;
}

TEST(RaplTree, TakesEachZoneOfTheFlatListOnce) {
    testing::FakeHost host;
    add_zone(host, "intel-rapl/intel-rapl:0", "package-0");
    add_zone(host, "intel-rapl/intel-rapl:0/intel-rapl:0:0", "dram");
    host.link(kClass + "intel-rapl", kDevices + "intel-rapl");
    host.link(kClass + "intel-rapl:7",
              kDevices + "intel-rapl/intel-rapl:0");  // a second way to the same folder
    const RaplTree tree = read_rapl_tree(host);
    ASSERT_EQ(tree.zones.size(), 2U);
    EXPECT_EQ(tree.zones[0].path, kDevices + "intel-rapl/intel-rapl:0");
    EXPECT_EQ(tree.zones[0].range, 262'143'328'850U);
}

TEST(RaplTree, ADramZoneBelongsToThePackageOfItsParent) {
    testing::FakeHost host;
    add_zone(host, "intel-rapl/intel-rapl:0", "package-1");  // ids say nothing of the socket
    add_zone(host, "intel-rapl/intel-rapl:0/intel-rapl:0:a", "dram");
    const RaplTree tree = read_rapl_tree(host);
    ASSERT_EQ(tree.zones.size(), 2U);
    EXPECT_EQ(tree.zones[1].kind, ZoneKind::kDram);
    EXPECT_EQ(tree.zones[1].package, 1);
}

TEST(RaplTree, ReadsThePowerLimits) {
    testing::FakeHost host;
    add_zone(host, "intel-rapl/intel-rapl:0", "package-0");
    const std::string at = kDevices + "intel-rapl/intel-rapl:0/constraint_";
    host.set(at + "0_power_limit_uw", "205000000\n");
    host.set(at + "0_max_power_uw", "190000000\n");
    host.set(at + "1_power_limit_uw", "246000000\n");
    const RaplTree tree = read_rapl_tree(host);
    EXPECT_DOUBLE_EQ(tree.zones[0].long_term_w, 205.0);
    EXPECT_DOUBLE_EQ(tree.zones[0].largest_limit_w, 246.0);
}

TEST(RaplTree, CountsDanglingLinks) {
    testing::FakeHost host;
    host.link(kClass + "intel-rapl:0", kDevices + "intel-rapl/intel-rapl:0");
    host.link(kClass + "intel-rapl:1", kDevices + "intel-rapl/intel-rapl:1");
    const RaplTree tree = read_rapl_tree(host);
    EXPECT_TRUE(tree.zones.empty());
    EXPECT_EQ(tree.dangling, 2U);
}

TEST(ChooseCounters, NeverCorePartsOrThePlatform) {
    testing::FakeHost host;
    add_zone(host, "intel-rapl/intel-rapl:0", "package-0");
    add_zone(host, "intel-rapl/intel-rapl:0/intel-rapl:0:0", "core");
    add_zone(host, "intel-rapl/intel-rapl:0/intel-rapl:0:1", "uncore");
    add_zone(host, "intel-rapl/intel-rapl:1", "psys");
    EXPECT_EQ(names_of(choose_counters(read_rapl_tree(host).zones, "GenuineIntel")),
              Names{"intel-rapl/package-0"});
}

TEST(ChooseCounters, MmioIsTheSameCounterAgain) {
    testing::FakeHost host;
    add_zone(host, "intel-rapl-mmio/intel-rapl-mmio:0", "package-0");
    add_zone(host, "intel-rapl-mmio/intel-rapl-mmio:0/intel-rapl-mmio:0:0", "dram");
    add_zone(host, "intel-rapl/intel-rapl:0", "package-0");
    const auto counters = choose_counters(read_rapl_tree(host).zones, "GenuineIntel");
    EXPECT_EQ(names_of(counters), (Names{"intel-rapl/package-0", "intel-rapl-mmio/dram"}));
    EXPECT_EQ(counters[0].zones.size(), 2U);
}

TEST(ChooseCounters, DiesOfIntelAreSummedThoseOfAmdAreMirrors) {
    const std::vector<RaplZone> zones{zone("intel-rapl", ZoneKind::kPackage, 0, 0, "package-0-die-0"),
                                      zone("intel-rapl", ZoneKind::kPackage, 0, 1, "package-0-die-1")};
    EXPECT_EQ(choose_counters(zones, "GenuineIntel").size(), 2U);
    EXPECT_EQ(choose_counters(zones, "AuthenticAMD").size(), 1U);
    EXPECT_EQ(choose_counters(zones, "HygonGenuine").size(), 1U);
}

TEST(ChooseCounters, APackageBesideItsDiesIsNotAddedToThem) {
    const std::vector<RaplZone> zones{zone("intel-rapl", ZoneKind::kPackage, 0, 0, "package-0-die-0"),
                                      zone("intel-rapl", ZoneKind::kPackage, 0, 1, "package-0-die-1"),
                                      zone("intel-rapl-mmio", ZoneKind::kPackage, 0, -1, "package-0")};
    EXPECT_EQ(names_of(choose_counters(zones, "GenuineIntel")), Names{"intel-rapl-mmio/package-0"});
}

TEST(ChooseCounters, TheOrderOfTheListDoesNotMatter) {
    std::vector<RaplZone> zones{zone("intel-rapl", ZoneKind::kPackage, 1, -1, "package-1"),
                                zone("intel-rapl", ZoneKind::kDram, 0, -1, "dram"),
                                zone("intel-rapl-mmio", ZoneKind::kPackage, 0, -1, "package-0"),
                                zone("intel-rapl", ZoneKind::kPackage, 0, -1, "package-0"),
                                zone("intel-rapl", ZoneKind::kDram, 1, -1, "dram"),
                                zone("intel-rapl", ZoneKind::kPlatform, -1, -1, "psys")};
    const Names expected = names_of(choose_counters(zones, "GenuineIntel"));
    EXPECT_EQ(expected.size(), 4U);
    std::minstd_rand random{7};  // NOLINT(cert-msc51-cpp): the same shuffles each time
    for (int i = 0; i < 50; ++i) {
        std::shuffle(zones.begin(), zones.end(), random);
        EXPECT_EQ(names_of(choose_counters(zones, "GenuineIntel")), expected);
    }
}

TEST(OneCount, IsTheHardwareUnitRoundedUp) {
    EXPECT_EQ(one_count_of(262'143'328'850), 62U);  // 61.035 uJ
    EXPECT_EQ(one_count_of(65'532'610'987), 16U);   // 15.258 uJ
    EXPECT_EQ(one_count_of(4'294'967'295'000'000), 1'000'000U);
    EXPECT_EQ(one_count_of(999'999), 1U);
    EXPECT_EQ(one_count_of(0), 1U);
}

}  // namespace
}  // namespace gramme::probe
