#include "batch/columns.hpp"

#include <gmock/gmock.h>

#include "batch/cells.hpp"
#include "batch/maps.hpp"

namespace gramme::batch {
namespace {

using ::testing::HasSubstr;

ColumnMap map_of(const std::vector<std::string>& options) {
    const auto map = column_map(options);
    EXPECT_TRUE(map) << map.error().what;
    return map ? *map : ColumnMap{};
}

TEST(BatchColumns, NamesAreFoundWithoutCaseAndBlanks) {
    const auto layout = bind_header(map_of({}), {"Device", " Hours ", "other"}, {}, std::nullopt, {});
    ASSERT_TRUE(layout) << layout.error().what;
    ASSERT_EQ(layout->bindings.size(), 2U);
    EXPECT_EQ(layout->bindings[0].at, 0U);
    EXPECT_EQ(layout->bindings[1].at, 1U);
}

TEST(BatchColumns, AMapSaysColumnAndUnit) {
    const ColumnMap map = map_of({"hours=duration:min", "energy_kwh=joules:J", "region=usage:region"});
    EXPECT_EQ(map.bindings[0].theirs, "duration");
    EXPECT_DOUBLE_EQ(map.bindings[0].scale, 1.0 / 60.0);
    EXPECT_DOUBLE_EQ(map.bindings[1].scale, 1.0 / 3'600'000.0);
    EXPECT_EQ(map.bindings[2].theirs, "usage:region");  // no unit: part of the name
    EXPECT_FALSE(column_map(std::vector<std::string>{"watts=x"}));
    EXPECT_FALSE(column_map(std::vector<std::string>{"hours="}));
}

TEST(BatchColumns, AColumnWhoseOwnNameEndsAsAUnitDoes) {
    const auto hours_of = [](const std::string& option, const std::vector<std::string>& header) {
        return bind_header(map_of({option}), header, {}, std::nullopt, {});
    };
    // Its whole name, where that says the unit as well: in hours either way.
    const auto plain = hours_of("hours=Wall:h", {"device", "wall:H"});
    ASSERT_TRUE(plain) << plain.error().what;
    EXPECT_EQ(plain->bindings[0].at, 1U);
    EXPECT_DOUBLE_EQ(plain->bindings[0].scale, 1.0);
    // With a unit behind it, also beside a column of the shorter name.
    for (const std::vector<std::string>& header :
         {std::vector<std::string>{"device", "time:s"}, {"device", "time:s", "time"}}) {
        const auto seconds = hours_of("hours=time:s:s", header);
        ASSERT_TRUE(seconds) << seconds.error().what;
        EXPECT_EQ(seconds->bindings[0].at, 1U);
        EXPECT_DOUBLE_EQ(seconds->bindings[0].scale, 1.0 / 3600.0);
        EXPECT_DOUBLE_EQ(hours_of("hours=time:s:h", header)->bindings[0].scale, 1.0);
    }
    // A guess would be wrong by 3600.
    const auto unsaid = hours_of("hours=time:s", {"device", "time:s"});
    ASSERT_FALSE(unsaid);
    EXPECT_EQ(unsaid.error().what, "--map: hours=time:s is the column 'time:s', whose unit is not said");
    EXPECT_EQ(unsaid.error().hint, "write time:s:h or time:s:s");
    const auto two = hours_of("hours=wall:h", {"device", "wall", "wall:h"});
    ASSERT_FALSE(two);
    EXPECT_EQ(two.error().what, "--map: hours=wall:h may be the column 'wall:h' or the column 'wall'");
    EXPECT_EQ(two.error().hint, "write wall:h:h for the first, or rename one of them");
    // No such column: a unit, as ever.
    EXPECT_EQ(hours_of("hours=time:s", {"device", "time"})->bindings[0].at, 1U);
    const Layout json = bind_json(map_of({"hours=time:s"}), std::nullopt);
    EXPECT_THAT(check_seen(json, {}).error().hint,
                HasSubstr("if 'time:s' is the whole key, write time:s:h or time:s:s"));
}

TEST(BatchColumns, AReadyMapGivesWayToWhatAPersonMaps) {
    const ColumnMap map = map_of({"slurm", "hours=CPUTimeRAW:s"});
    int hours = 0;
    for (const Binding& one : map.bindings) {
        hours += one.ours == Column::kHours ? 1 : 0;
    }
    EXPECT_EQ(hours, 1);
    EXPECT_FALSE(map.filters.empty());
    for (const std::string_view name : ready_maps()) {
        EXPECT_TRUE(ready_map(name)) << name;
    }
}

TEST(BatchColumns, WhatAPersonMapsMustBeThere) {
    for (const std::vector<std::string>& options :
         {std::vector<std::string>{"slurm", "region=Siet"}, {"region=Siet"}, {"slurm", "region=region"}}) {
        const auto layout =
            bind_header(map_of(options), {"JobID", "Elapsed", "AllocTRES", "Site", "hours", "device"}, {},
                        std::nullopt, {});
        ASSERT_FALSE(layout);
        EXPECT_EQ(layout.error().code, Code::kUsage);
        EXPECT_THAT(layout.error().what, HasSubstr("--map: the table has no column '"));
    }
    const auto near =
        bind_header(map_of({"slurm", "region=Siet"}), {"Elapsed", "AllocTRES", "Site"}, {}, std::nullopt, {});
    EXPECT_THAT(near.error().hint, HasSubstr("did you mean Site"));
    EXPECT_TRUE(bind_header(map_of({"slurm", "region=site"}), {"Elapsed", "AllocTRES", "Site"}, {},
                            std::nullopt, {}));
}

TEST(BatchColumns, TwoReadyMapsAreRefused) {
    const auto map = column_map(std::vector<std::string>{"slurm", "aws"});
    ASSERT_FALSE(map);
    EXPECT_THAT(map.error().what, HasSubstr("slurm and aws are two ready maps"));
}

TEST(BatchColumns, NamesOfJsonMustOccurOnce) {
    const Layout layout = bind_json(map_of({"region=regn"}), "team");
    std::vector<bool> seen(layout.names.size(), true);
    EXPECT_TRUE(check_seen(layout, seen));
    seen[*layout.group_by] = false;
    EXPECT_THAT(check_seen(layout, seen).error().what, HasSubstr("--group-by: no line has a member 'team'"));
    EXPECT_THAT(check_seen(layout, {}).error().what, HasSubstr("--map: no line has a member 'regn'"));
    EXPECT_TRUE(check_seen(bind_json(map_of({}), std::nullopt), {}));
}

TEST(BatchColumns, UnitsOfTimeAreThoseOfTheClock) {
    EXPECT_DOUBLE_EQ(map_of({"hours=x:s"}).bindings[0].scale, 1.0 / 3600.0);
    EXPECT_DOUBLE_EQ(map_of({"hours=x:ms"}).bindings[0].scale, 1.0 / 3'600'000.0);
    EXPECT_DOUBLE_EQ(map_of({"energy_kwh=x:Wh"}).bindings[0].scale, 0.001);
    EXPECT_DOUBLE_EQ(map_of({"power_w=x:kW"}).bindings[0].scale, 1000.0);
    EXPECT_DOUBLE_EQ(map_of({"intensity_gco2e_per_kwh=x:kg"}).bindings[0].scale, 1000.0);
}

TEST(BatchColumns, WhatIsMissingIsSaidWithWhatIsThere) {
    const auto layout = bind_header(map_of({}), {"device", "hour", "x"}, {}, std::nullopt, {});
    ASSERT_FALSE(layout);
    EXPECT_EQ(layout.error().code, Code::kUsage);
    EXPECT_THAT(layout.error().hint, HasSubstr("columns found: device, hour, x; try --map hours=hour"));
    EXPECT_TRUE(bind_header(map_of({}), {"device", "hour"}, {}, std::nullopt, {false, true}));
    EXPECT_TRUE(bind_header(map_of({}), {"count", "hours"}, {}, std::nullopt, {true, false}));
}

TEST(BatchColumns, TheSeparatorIsTheOneThatTheHeaderHoldsMost) {
    EXPECT_EQ(dialect_of("a,b;c,d").separator, ',');
    EXPECT_EQ(dialect_of("a;b;c,d").separator, ';');
    EXPECT_EQ(dialect_of("a\tb").separator, '\t');
    EXPECT_EQ(dialect_of("a").separator, ',');
    EXPECT_FALSE(dialect_of("JobID|Elapsed").quotes);
}

TEST(BatchCells, ElapsedOfSlurm) {
    EXPECT_DOUBLE_EQ(*elapsed_hours("1-02:30:00"), 26.5);
    EXPECT_DOUBLE_EQ(*elapsed_hours("00:30:00"), 0.5);
    EXPECT_DOUBLE_EQ(*elapsed_hours("30:00"), 0.5);
    EXPECT_DOUBLE_EQ(*elapsed_hours("00:36.000"), 0.01);
    for (const char* const text :
         {"", "5", "x:00", "1-", "-1:00", "1:2:3:4", "1-1:-2:0", "1.79e308:1.79e308:00"}) {
        EXPECT_FALSE(elapsed_hours(text)) << text;
    }
}

TEST(BatchCells, TresOfSlurm) {
    const Tres both = tres_of("billing=96,cpu=96,gres/gpu:a100=8,gres/gpu=8,mem=500G,node=1");
    EXPECT_EQ(both.gpu_type, "a100");
    EXPECT_EQ(both.gpus, 8.0);  // the same GPUs twice, not sixteen
    EXPECT_EQ(both.cpus, 96.0);
    EXPECT_EQ(tres_of("cpu=4,gres/gpu=2").gpus, 2.0);
    EXPECT_EQ(tres_of("cpu=4,gres/gpu=2").gpu_type, "");
    EXPECT_TRUE(tres_of("gres/gpu:a100=1,gres/gpu:v100=1").several_types);
    EXPECT_TRUE(tres_of("gres/gpu:a100=1,gres/gpu=8").rest_untyped);
    EXPECT_TRUE(tres_of("gres/gpu=8,gres/gpu:a100=1").rest_untyped);
    EXPECT_FALSE(both.rest_untyped);
    EXPECT_FALSE(tres_of("gres/gpu=8,gres/gpu:a100=0").rest_untyped);
    EXPECT_EQ(tres_of("").gpus, 0.0);
    EXPECT_EQ(tres_of("gres/gpumem=5,gres/gpu").gpus, 0.0);
}

TEST(BatchCells, MachinesOfTheClouds) {
    EXPECT_EQ(
        machine_of_details(R"({"UsageType":"ComputeHR","ServiceType":"Standard_ND96asr_v4","VCPUs":96})"),
        "Standard_ND96asr_v4");
    EXPECT_EQ(machine_of_details(R"("ServiceType": "Standard_NC6")"), "Standard_NC6");
    EXPECT_EQ(machine_of_details(R"({"F_CoreCount":4,"F_InstanceType" : "m5d.2xlarge"})"), "m5d.2xlarge");
    EXPECT_EQ(machine_of_details(R"({"InstanceType":null})"), "");
    EXPECT_EQ(machine_of_details(R"({"InstanceType":"x)"), "");
    EXPECT_EQ(machine_of_details("{}"), "");
    EXPECT_EQ(machine_of_usage("BoxUsage:p4d.24xlarge"), "p4d.24xlarge");
    EXPECT_EQ(machine_of_usage("USE1-SpotUsage:g4dn.xlarge"), "g4dn.xlarge");
    EXPECT_EQ(machine_of_usage("USE1-Train:ml.p3.2xlarge"), "p3.2xlarge");
    EXPECT_EQ(machine_of_usage("EBS:VolumeUsage.gp3"), "");
    EXPECT_EQ(machine_of_usage("UnusedBoxUsage:m5.large"), "");
    EXPECT_EQ(machine_of_usage("BoxUsage"), "");
    EXPECT_EQ(machine_of_sagemaker("ml.p4d.24xlarge-Training"), "p4d.24xlarge");
    EXPECT_EQ(machine_of_sagemaker("u-6tb1.metal"), "u-6tb1.metal");
    EXPECT_EQ(gpu_of_sku("Nvidia Tesla T4 GPU attached to Spot Preemptible VMs running in Belgium"),
              "Nvidia Tesla T4");
    EXPECT_EQ(gpu_of_sku("Spot Nvidia H100 80GB Mega GPU running in Americas"), "Nvidia H100 80GB");
    EXPECT_EQ(gpu_of_sku("N1 Predefined Instance Core running in Belgium"), "");
}

TEST(BatchCells, UnitsThatAreHours) {
    for (const char* const unit : {"Hrs", "Hours", "hour", "1 Hour", "100 Hours", " 10 Hours "}) {
        EXPECT_TRUE(is_hours(unit)) << unit;
    }
    for (const char* const unit : {"", "GB-Mo", "vCPU-Hours", "1/Hour", "Hours/Day", "10", "seconds"}) {
        EXPECT_FALSE(is_hours(unit)) << unit;
    }
}

}  // namespace
}  // namespace gramme::batch
