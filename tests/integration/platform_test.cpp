// Meters of nodes and sensors of power: recorded machines, and simulated ones whose true joules are known.
#include <gmock/gmock.h>

#include <fstream>

#include "sandbox.hpp"

namespace gramme::testing {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class Platform : public Integration {
protected:
    /// The parts of a short run, as "cpu0: rapl-perf, measured".
    [[nodiscard]] Words parts_of_a_run(const std::string& scope) {
        const Outcome outcome = box.run({"--scope", scope, "--csv", "none"}, {"sleep", "0.3"});
        EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
        err = outcome.err;
        return parts();
    }
    [[nodiscard]] Words parts() {
        result = box.result();
        Words out;
        for (const Json& part : result.value("parts", Json::array())) {
            out.push_back(text_of(part, "device") + ": " + text_of(part, "method") + ", " +
                          text_of(part, "quality"));
        }
        return out;
    }
    /// "state: why" of a source that doctor lists.
    [[nodiscard]] std::string source(const std::string& name) {
        const Outcome outcome = box.gramme({"doctor", "--json"});
        EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
        const Json report = Json::parse(outcome.out, nullptr, false);
        for (const Json& one : report.value("sources", Json::array())) {
            if (text_of(one, "name") == name) {
                return text_of(one, "state") + ": " + text_of(one, "why");
            }
        }
        return "not listed";
    }
    void write(const std::string& path, const std::string& text) const {
        const std::string full = box.machine_root() + "/" + path;
        (void)box.tool({"mkdir", "-p", full.substr(0, full.find_last_of('/'))});
        std::ofstream(full) << text;
    }
    /// Mean power of a device in the run.
    [[nodiscard]] double watts_of(const std::string& device) const {
        return joules_of(result, device) / result["run"]["duration_s"].get<double>();
    }

    Json result;
    std::string err;
};

TEST_F(Platform, PerfGoesBeforePowercapAndNothingIsCountedTwice) {
    box.use_fixture("intel-2s");
    for (const char* counter : {"24-2-0", "24-2-32", "24-3-0", "24-3-32"}) {
        write(std::string{"perf/"} + counter, "0\n");
    }
    EXPECT_THAT(parts_of_a_run("job"),
                ElementsAre("cpu0: rapl-perf, measured", "cpu1: rapl-perf, measured",
                            "dram0: rapl-perf, measured", "dram1: rapl-perf, measured"));
    EXPECT_THAT(source("rapl-perf"), HasSubstr("used"));
    EXPECT_THAT(source("rapl-powercap"), HasSubstr("available: not needed"));
}

TEST_F(Platform, WhatPerfLacksComesFromPowercap) {
    box.use_fixture("intel-2s");
    write("perf/24-2-0", "0\n");
    write("perf/24-2-32", "0\n");
    EXPECT_THAT(parts_of_a_run("job"),
                ElementsAre("cpu0: rapl-perf, measured", "cpu1: rapl-perf, measured",
                            "dram0: rapl-powercap, measured", "dram1: rapl-powercap, measured"));
}

TEST_F(Platform, ALaptopCountsItsPackageOnceAndPsysNever) {
    box.use_fixture("laptop");
    EXPECT_THAT(parts_of_a_run("job"),
                ElementsAre("cpu0: rapl-powercap, measured", "dram0: memory-model, modelled"));
    EXPECT_THAT(source("rapl-psys"), AllOf(HasSubstr("available"), HasSubstr("maker's wiring")));
    EXPECT_THAT(source("battery-discharge"), AllOf(HasSubstr("available"), HasSubstr("plugged in")));
}

TEST_F(Platform, ALaptopAsAWholeIsItsBatteryAlone) {
    box.use_fixture("laptop");
    EXPECT_THAT(parts_of_a_run("machine"), ElementsAre("host0: battery-discharge, integrated"));
    EXPECT_NEAR(watts_of("host0"), 9.3, 0.5);
}

TEST_F(Platform, APluggedInLaptopAsAWholeIsItsParts) {
    box.use_fixture("laptop");
    write("sys/class/power_supply/AC/online", "1\n");
    EXPECT_THAT(parts_of_a_run("machine"),
                ElementsAre("cpu0: rapl-powercap, measured", "dram0: memory-model, modelled"));
}

TEST_F(Platform, PsysStandsForAMachineWithoutPackages) {
    box.use_fixture("psys-2s");
    EXPECT_THAT(parts_of_a_run("job"),
                ElementsAre("host0: rapl-psys, measured", "host1: rapl-psys, measured"));
}

TEST_F(Platform, GraceIsCpuAndMemoryForAJobAndItsModuleForTheMachine) {
    box.use_fixture("grace-hopper");
    EXPECT_THAT(parts_of_a_run("job"),
                ElementsAre("cpu0: grace-power, integrated", "dram0: grace-power, integrated"));
    EXPECT_THAT(err, HasSubstr("--interval 200ms"));
    EXPECT_THAT(source("grace-module-power"), AllOf(HasSubstr("available"), HasSubstr("--scope machine")));
    (void)parts_of_a_run("machine");
    EXPECT_THAT(parts(), ElementsAre("host0: grace-module-power, integrated"));
    EXPECT_NEAR(watts_of("host0"), 612.0, 30.0);
}

TEST_F(Platform, AnAcpiMeterStandsForAServerWithoutCounters) {
    box.use_fixture("acpi-meter");
    EXPECT_THAT(parts_of_a_run("job"), ElementsAre("host0: acpi-power-meter, integrated"));
    EXPECT_THAT(parts_of_a_run("machine"), ElementsAre("host0: acpi-power-meter, integrated"));
    EXPECT_NEAR(watts_of("host0"), 287.0, 15.0);
    EXPECT_THAT(source("cpu-load-model"), HasSubstr("available"));
    EXPECT_THAT(result["not_covered"].dump(), ::testing::Not(HasSubstr("fans")));
}

TEST_F(Platform, ScmiZonesAreCpuAndMemory) {
    box.use_fixture("scmi");
    EXPECT_THAT(parts_of_a_run("machine"),
                ElementsAre("cpu0: scmi-power, integrated", "dram0: scmi-power, integrated"));
    EXPECT_NEAR(watts_of("cpu0"), 45.0, 3.0);
}

TEST_F(Platform, ACrayGivesPartsToAJobAndTheNodeToTheMachine) {
    box.use_fixture("cray");
    EXPECT_THAT(parts_of_a_run("job"),
                ElementsAre("cpu0: cray-pm-counters, measured", "dram0: cray-pm-counters, measured"));
    EXPECT_THAT(parts_of_a_run("machine"), ElementsAre("host0: cray-pm-counters, measured"));
    EXPECT_THAT(source("cray-pm-counters-node"), HasSubstr("available"));
}

TEST_F(Platform, AJetsonIsItsModule) {
    box.use_fixture("jetson");
    EXPECT_THAT(parts_of_a_run("job"), ElementsAre("host0: jetson-module-power, integrated"));
    EXPECT_NEAR(watts_of("host0"), 15.2, 1.0);
    EXPECT_THAT(source("hwmon-ina3221"), HasSubstr("VDD_SOC"));
    EXPECT_THAT(result["not_covered"].dump(), HasSubstr("fans"));
}

/// Moved while gramme measures.
class SimulatedPlatform : public Platform {
protected:
    void simulate(const std::string& scope, const Words& options) {
        const Outcome outcome = box.run(
            {"--interval", "50ms", "--scope", scope, "--csv", "none"},
            joined({simulated_host_program(), "--root", box.machine_root(), "--seconds", "3"}, options));
        ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
        truth = Json::parse(outcome.out);
        moved_s = truth["seconds"].get<double>();
        truth = truth["zones"];
        result = box.result();
    }
    [[nodiscard]] double truth_j(const std::string& zone) const {
        return truth.at(zone).at("true_uj").get<double>() * 1e-6;
    }
    void expect_exact(const std::string& device, const std::string& zone, double resolution_j = 0.0) const {
        EXPECT_NEAR(joules_of(result, device), truth_j(zone), 1e-4 * truth_j(zone) + resolution_j)
            << device << ": " << result.dump(1);
    }
    /// The truth lies within the interval that the part states. A sensor goes on to show its last power
    /// before and after the program that moves it: the mean power of its time is that of the whole run.
    void expect_within(const std::string& device, double joules_while_moved) const {
        const Json part = part_of(result, device);
        ASSERT_TRUE(part.contains("covered_s")) << result.dump(1);
        const double joules = joules_while_moved / moved_s * part["covered_s"].get<double>();
        EXPECT_LE(part["low"].get<double>() * 3.6e6, joules) << part;
        EXPECT_GE(part["high"].get<double>() * 3.6e6, joules) << part;
    }
    Json truth;
    double moved_s = 0.0;  ///< for how long the program moved the counters
};

TEST_F(SimulatedPlatform, CountersOfPerfAreExact) {
    box.make_machine("perf");
    simulate("machine", {"--watts", "perf-pkg0=180,perf-pkg1=150,perf-dram0=20,perf-dram1=30,pkg0=90"});
    expect_exact("cpu0", "perf-pkg0");
    expect_exact("cpu1", "perf-pkg1");
    expect_exact("dram0", "perf-dram0");
    expect_exact("dram1", "perf-dram1");
}

TEST_F(SimulatedPlatform, CountersOfACrayAreExactToTheirJoule) {
    box.use_fixture("cray");
    simulate("machine", {"--watts", "cpu=900,memory=200,node=4000", "--swing", "0.5,0.7"});
    expect_exact("host0", "node", 1.0);
}

TEST_F(SimulatedPlatform, WithoutTheNodesCounterTheMachineIsItsParts) {
    box.use_fixture("cray");
    (void)box.tool({"rm", box.machine_root() + "/sys/cray/pm_counters/energy"});
    simulate("machine", {"--watts", "cpu=3000,memory=1500"});
    expect_exact("cpu0", "cpu", 1.0);
    expect_exact("dram0", "memory", 1.0);
    EXPECT_EQ(joules_of(result, "gpu0"), 0.0) << "its accelerator, which did nothing";
}

TEST_F(SimulatedPlatform, ARestartOfTheControllerIsAGapAndNoEnergy) {
    box.use_fixture("cray");
    simulate("machine", {"--watts", "node=4000", "--reset", "node@1.5"});
    ASSERT_EQ(result["gaps"].size(), 1U) << result["gaps"];
    EXPECT_EQ(text_of(result["gaps"][0], "reason"), "counter was reset");
    EXPECT_LT(joules_of(result, "host0"), truth_j("node")) << "the new count stands a million joules higher";
    EXPECT_GT(joules_of(result, "host0"), 0.5 * truth_j("node"));
}

TEST_F(SimulatedPlatform, GraceIsIntegratedWithinItsInterval) {
    box.use_fixture("grace-hopper");
    simulate("machine", {"--watts", "meter0=600,meter1=120,meter2=70,meter3=20", "--swing", "0.2,0.9",
                         "--catch-up", "1"});
    expect_within("host0", truth_j("meter0"));
    (void)box.tool({"rm", "-r", box.machine_root() + "/sys/class/hwmon/hwmon0"});  // no module
    simulate("machine",
             {"--watts", "meter1=120,meter2=70,meter3=20", "--swing", "0.2,0.9", "--catch-up", "1"});
    EXPECT_TRUE(part_of(result, "host0").is_null());
    expect_within("cpu0", truth_j("meter2") + truth_j("meter3"));
    expect_within("dram0", truth_j("meter1") - truth_j("meter2") - truth_j("meter3"));
}

TEST_F(SimulatedPlatform, AnAcpiMeterIsIntegratedWithinItsInterval) {
    box.use_fixture("acpi-meter");
    simulate("machine", {"--watts", "meter1=300", "--swing", "0.2,0.9", "--catch-up", "1"});
    expect_within("host0", truth_j("meter1"));
}

TEST_F(SimulatedPlatform, ABatteryIsIntegratedUntilTheLaptopIsPluggedIn) {
    box.use_fixture("laptop");
    simulate("machine", {"--watts", "battery=12", "--swing", "0.2,0.9", "--catch-up", "1"});
    expect_within("host0", truth_j("battery"));
    simulate("machine", {"--watts", "battery=12", "--mains", "1:9", "--catch-up", "1"});
    ASSERT_EQ(result["gaps"].size(), 1U) << result["gaps"];
    EXPECT_EQ(text_of(result["gaps"][0], "reason"), "on mains");
    EXPECT_GT(joules_of(result, "host0"), 6.0) << "what came before is kept";
    EXPECT_LT(joules_of(result, "host0"), 0.75 * truth_j("battery"));
}

}  // namespace
}  // namespace gramme::testing
