#include "probe/powercap_name.hpp"

#include <gtest/gtest.h>

namespace gramme::probe {
namespace {

TEST(ZoneFolder, KnowsZonesAndTheirParents) {
    const auto top = parse_zone_folder("intel-rapl:0");
    ASSERT_TRUE(top);
    EXPECT_EQ(top->control, "intel-rapl");
    EXPECT_TRUE(top->parent.empty());
    const auto sub = parse_zone_folder("intel-rapl-mmio:0:1");
    ASSERT_TRUE(sub);
    EXPECT_EQ(sub->control, "intel-rapl-mmio");
    EXPECT_EQ(sub->parent, "intel-rapl-mmio:0");
}

TEST(ZoneFolder, IdsAreHexadecimal) {
    EXPECT_TRUE(parse_zone_folder("intel-rapl:a"));
    EXPECT_TRUE(parse_zone_folder("intel-rapl:1f:b"));
    EXPECT_FALSE(parse_zone_folder("intel-rapl:g"));
}

TEST(ZoneFolder, OtherNamesAreNoZones) {
    for (const char* name : {"", "intel-rapl", "dtpm:0", "arm-scmi-powercap:0", "intel-rapl:",
                             "intel-rapl::0", "intel-rapl:0:", "intel-rapl:0:0:0", "intel-rapl:0 "}) {
        EXPECT_FALSE(parse_zone_folder(name)) << name;
    }
}

TEST(ZoneName, ReadsPackageAndDie) {
    const auto whole = parse_zone_name("package-11");
    ASSERT_TRUE(whole);
    EXPECT_EQ(whole->kind, ZoneKind::kPackage);
    EXPECT_EQ(whole->package, 11);
    EXPECT_EQ(whole->die, -1);
    const auto die = parse_zone_name("package-1-die-3");
    ASSERT_TRUE(die);
    EXPECT_EQ(die->package, 1);
    EXPECT_EQ(die->die, 3);
}

TEST(ZoneName, KnowsTheOtherDomains) {
    EXPECT_EQ(parse_zone_name("dram")->kind, ZoneKind::kDram);
    EXPECT_EQ(parse_zone_name("core")->kind, ZoneKind::kCore);
    EXPECT_EQ(parse_zone_name("uncore")->kind, ZoneKind::kUncore);
    EXPECT_EQ(parse_zone_name("psys")->kind, ZoneKind::kPlatform);
    EXPECT_EQ(parse_zone_name("psys-1")->kind, ZoneKind::kPlatform);
}

TEST(ZoneName, RefusesWhatItDoesNotKnow) {
    for (const char* name : {"", "package", "package-", "package-x", "package--1", "package-0-die-",
                             "package-0-", "package-0-die-1x", "package-99999999999", "gpu", "dram "}) {
        EXPECT_FALSE(parse_zone_name(name)) << name;
    }
}

}  // namespace
}  // namespace gramme::probe
