// Discovery over the recorded trees of tests/fixtures/sysfs: which devices there are, each once.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "fake_host.hpp"
#include "host/real_host.hpp"
#include "probe/probe.hpp"

namespace gramme::probe {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

struct Found {
    HostFacts facts;
    Discovery discovery;
    [[nodiscard]] std::vector<Device> devices() const {
        std::vector<Device> all;
        for (const auto& probe : discovery.probes) {
            for (std::size_t i = 0; i < probe->device_count(); ++i) {
                all.push_back(probe->device(i).device);
            }
        }
        return all;
    }
    [[nodiscard]] std::vector<std::string> ids() const {
        std::vector<std::string> ids;
        for (const Device& device : devices()) {
            ids.push_back(device.id + " " + device.method);
        }
        return ids;
    }
    [[nodiscard]] const SourceReport& source(std::string_view name) const {
        const auto it = std::find_if(discovery.sources.begin(), discovery.sources.end(),
                                     [&](const SourceReport& report) { return report.name == name; });
        EXPECT_NE(it, discovery.sources.end()) << name;
        return *it;
    }
};

Found discover_on(const Host& host) {
    const refdata::Tables tables;
    Found found;
    found.facts = read_host_facts(host, tables);
    found.discovery = discover(host, tables, found.facts, {});
    return found;
}

std::unique_ptr<Host> fixture(const std::string& name) {
    return host::make_real_host(std::string{GRAMME_SOURCE_DIR} + "/tests/fixtures/sysfs/" + name);
}

TEST(Discover, TwoIntelSocketsWithMemoryCounters) {
    const auto host = fixture("intel-2s");
    const Found found = discover_on(*host);
    EXPECT_THAT(found.ids(), ElementsAre("cpu0 rapl-powercap", "cpu1 rapl-powercap", "dram0 rapl-powercap",
                                         "dram1 rapl-powercap"));
    EXPECT_EQ(found.source("cpu-load-model").state, SourceState::kAvailable);
    EXPECT_EQ(found.facts.cpu_count, 64);
    EXPECT_EQ(found.facts.cpu_sockets, 2);
    EXPECT_EQ(found.facts.chassis, "server");
    EXPECT_DOUBLE_EQ(found.devices()[0].gain_sigma, 0.03);
    EXPECT_TRUE(found.discovery.warnings.empty());
}

TEST(Discover, TheCountersOfAFixtureAreThoseOfItsFiles) {
    const auto host = fixture("intel-2s");
    const Found found = discover_on(*host);
    ReadingBuffer buffer{8};
    found.discovery.probes.front()->sample(buffer);
    std::vector<std::uint64_t> raw;
    for (const Reading& reading : buffer.readings()) {
        raw.push_back(reading.raw);
    }
    EXPECT_THAT(raw, ElementsAre(260'863'590'000U, 1'000'000'000U, 65'637'000'000U, 500'000'000U));
}

TEST(Discover, TwoAmdSocketsHaveModelledMemoryAndNoCore) {
    const auto host = fixture("amd-epyc-2s");
    const Found found = discover_on(*host);
    EXPECT_THAT(found.ids(), ElementsAre("cpu0 rapl-powercap", "cpu1 rapl-powercap", "dram0 memory-model"));
}

TEST(Discover, MirroredDiesOfAmdAreOnePackage) {
    const auto host = fixture("amd-mirrored");
    EXPECT_THAT(discover_on(*host).ids(), ElementsAre("cpu0 rapl-powercap", "dram0 memory-model"));
}

TEST(Discover, DiesOfIntelAreAllCounted) {
    const auto host = fixture("intel-clx-ap");
    EXPECT_THAT(discover_on(*host).ids(),
                ElementsAre("cpu0-die0 rapl-powercap", "cpu0-die1 rapl-powercap", "dram0-die0 rapl-powercap",
                            "dram0-die1 rapl-powercap"));
}

TEST(Discover, WithoutPermissionEverythingIsModelledAndTheRemedyNamed) {
    const auto host = fixture("no-permission");
    const testing::DenyingHost user{*host, "/energy_uj"};
    const Found found = discover_on(user);
    EXPECT_THAT(found.ids(), ElementsAre("cpu0 cpu-load-model", "dram0 memory-model"));
    const SourceReport& report = found.source("rapl-powercap");
    EXPECT_EQ(report.state, SourceState::kRefused);
    EXPECT_THAT(report.why, HasSubstr("package-0, package-1, dram of package-0"));
    EXPECT_EQ(report.remedies.size(), 2U);
}

TEST(Discover, HiddenZonesAreModelled) {
    const auto host = fixture("masked");
    const Found found = discover_on(*host);
    EXPECT_THAT(found.ids(), ElementsAre("cpu0 cpu-load-model", "dram0 memory-model"));
    EXPECT_EQ(found.source("rapl-powercap").state, SourceState::kRefused);
    EXPECT_EQ(found.facts.container, "docker");
}

TEST(Discover, AVirtualMachineWithAMaskedNameIsRecognisedByFamilyAndModel) {
    const auto host = fixture("vm");
    const Found found = discover_on(*host);
    EXPECT_THAT(found.ids(), ElementsAre("cpu0 cpu-load-model", "dram0 memory-model"));
    EXPECT_EQ(found.facts.virtualisation, "vm");
    EXPECT_EQ(found.facts.cpu_model, "AMD EPYC");
    EXPECT_THAT(found.facts.microarchitecture, HasSubstr("zen4"));
    EXPECT_EQ(found.devices()[0].name,
              "AMD EPYC (" + found.facts.microarchitecture + "), 2 of the host's threads");
    EXPECT_EQ(found.source("rapl-powercap").state, SourceState::kAbsent);
    ReadingBuffer buffer{8};
    found.discovery.probes.front()->sample(buffer);
    EXPECT_DOUBLE_EQ(buffer.readings()[0].value, 838.96);  // steal is not busy
}

TEST(Discover, TheScopeOfTheMachineTakesOneMeterInsteadOfAllElse) {
    const auto host = fixture("cray");
    const refdata::Tables tables;
    Found found;
    found.facts = read_host_facts(*host, tables);
    DiscoverOptions options;
    options.scope = Scope::kMachine;
    found.discovery = discover(*host, tables, found.facts, options);
    EXPECT_THAT(found.ids(), ElementsAre("host0 cray-pm-counters"));
    EXPECT_THAT(found.source("cray-pm-counters").why, HasSubstr("whole machine"));
    EXPECT_EQ(found.source("cpu-load-model").state, SourceState::kAvailable);
}

TEST(Discover, GpusThatTheMeterOfTheMachineHoldsAreLeftAsleepAndNamed) {
    const auto host = fixture("grace-hopper");
    const refdata::Tables tables;
    Found found;
    found.facts = read_host_facts(*host, tables);
    DiscoverOptions options;
    options.scope = Scope::kMachine;
    found.discovery = discover(*host, tables, found.facts, options);
    EXPECT_THAT(found.ids(), ElementsAre("host0 grace-module-power"));
    EXPECT_EQ(found.source("gpus").state, SourceState::kAvailable);
    EXPECT_THAT(found.source("gpus").why, HasSubstr("whole machine"));
    const bool asked = std::any_of(found.discovery.sources.begin(), found.discovery.sources.end(),
                                   [](const SourceReport& report) { return report.name == "nvml"; });
    EXPECT_FALSE(asked);
}

TEST(Discover, ANodeMeterGoesBeforeTheCurveOfAWallMeter) {
    const auto host = fixture("acpi-meter");
    const refdata::Tables tables;
    Found found;
    found.facts = read_host_facts(*host, tables);
    meter::WallCurve curve;
    curve.idle = Watts{60.0};
    curve.full = Watts{200.0};
    DiscoverOptions options;
    options.wall_curve = &curve;
    found.discovery = discover(*host, tables, found.facts, options);
    EXPECT_THAT(found.ids(), ElementsAre("host0 acpi-power-meter"));
}

TEST(Discover, NoTwoSourcesGiveOneDevice) {
    for (const char* name : {"intel-2s", "amd-epyc-2s", "amd-mirrored", "intel-clx-ap", "masked", "vm",
                             "laptop", "psys-2s", "grace-hopper", "acpi-meter", "scmi", "cray", "jetson"}) {
        const auto host = fixture(name);
        const Found found = discover_on(*host);
        std::set<std::string> ids;
        for (const Device& device : found.devices()) {
            EXPECT_TRUE(ids.insert(device.id).second) << name << " " << device.id;
        }
    }
}

TEST(Discover, AMachineOfWhichNothingIsKnownStillSaysSo) {
    testing::FakeHost host;
    host.set_sysroot(true);
    const Found found = discover_on(host);
    EXPECT_EQ(found.devices().size(), 2U);
    EXPECT_FALSE(found.discovery.warnings.empty());
    ReadingBuffer buffer{8};
    found.discovery.probes.front()->sample(buffer);
    for (const Reading& reading : buffer.readings()) {
        EXPECT_EQ(reading.kind, ReadingKind::kFailed);
    }
}

}  // namespace
}  // namespace gramme::probe
