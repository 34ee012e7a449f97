// Energy of a simulated host whose true joules are known: counters that wrap, pause, reset and fail.
#include <cstdlib>

#include "sandbox.hpp"

namespace gramme::testing {
namespace {

constexpr double kTolerance = 1e-4;  // what the design promises between good reads
constexpr double kMicro = 1e-6;

/// Device of a result -> zone of the simulator.
const std::vector<std::pair<std::string, std::string>> kZones{
    {"cpu0", "pkg0"}, {"cpu1", "pkg1"}, {"dram0", "dram0"}, {"dram1", "dram1"}};

class SimulatedHost : public Integration {
protected:
    /// Runs the simulator under gramme; its totals are in `truth`, the record in `result`.
    void simulate(const Words& options, const Words& gramme_options = {}) {
        const Outcome outcome = box.run(
            joined({"--interval", "50ms", "--scope", "machine", "--csv", "none"}, gramme_options),
            joined({simulated_host_program(), "--root", box.machine_root(), "--log", box.path("truth.log")},
                   options));
        ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
        truth = Json::parse(outcome.out)["zones"];
        result = box.result();
    }
    [[nodiscard]] double truth_j(const std::string& zone) const {
        return truth.at(zone).at("true_uj").get<double>() * kMicro;
    }
    [[nodiscard]] double hidden_j(const std::string& zone) const {
        return truth.at(zone).at("failing_uj").get<double>() * kMicro;
    }
    [[nodiscard]] std::vector<Json> gaps_of(const std::string& device) const {
        std::vector<Json> found;
        for (const Json& gap : result.value("gaps", Json::array())) {
            if (text_of(gap, "device") == device) {
                found.push_back(gap);
            }
        }
        return found;
    }
    void expect_exact(const std::string& device, double joules) const {
        EXPECT_NEAR(joules_of(result, device), joules, kTolerance * joules)
            << device << ": " << result.dump(1);
    }

    Json truth;
    Json result;
};

TEST_F(SimulatedHost, CountersThatWrapThreeTimesAndMoreAreExact) {
    // 5 s at 180 W are 900 J: three and a half turns of 240 J, and the start just below the first wrap.
    // Limits close to the power keep a late turn of a loaded machine from being ambiguous: a wrap takes most
    // of a second.
    const Words ranges{"--range", "pkg0=240000000,pkg1=200000000,dram0=30000000,dram1=40000000", "--limit",
                       "pkg0=200,pkg1=170,dram0=22,dram1=33"};
    for (int attempt = 1;; ++attempt) {
        box.make_machine("intel-2s", ranges);
        simulate({"--seconds", "5", "--watts", "pkg0=180,pkg1=150,dram0=20,dram1=30"});
        ASSERT_FALSE(HasFatalFailure());
        // Where a loaded machine kept gramme from its turn for a whole wrap, that is a gap, and rightly so.
        if (result["gaps"].empty() || attempt == 3) {
            break;
        }
    }
    double sum_j = 0.0;
    for (const auto& [device, zone] : kZones) {
        EXPECT_GE(truth.at(zone).at("wraps").get<int>(), 3) << zone;
        expect_exact(device, truth_j(zone));
        EXPECT_LE(joules_of(result, device), truth_j(zone) * (1.0 + 1e-9) + kMicro) << "an invented wrap";
        EXPECT_TRUE(gaps_of(device).empty()) << result["gaps"];
        sum_j += truth_j(zone);
    }
    EXPECT_NEAR(joules_of(result), sum_j, kTolerance * sum_j);
}

TEST_F(SimulatedHost, RealRangesWithTheirCountsOf61MicrojoulesAreExact) {
    // The default tree of an Intel server, all counters just below their end.
    box.make_machine("intel-2s",
                     {"--start", "pkg0=262143000000,pkg1=262142000000,dram0=65712990000,dram1=65712000000"});
    simulate({"--seconds", "2", "--watts", "pkg0=150,pkg1=120,dram0=20,dram1=30"});
    for (const auto& [device, zone] : kZones) {
        EXPECT_EQ(truth.at(zone).at("wraps").get<int>(), 1) << zone;
        expect_exact(device, truth_j(zone));
    }
}

TEST_F(SimulatedHost, AmdPackagesAreExactAndCoreIsNotAdded) {
    box.make_machine("amd", {"--start", "pkg0=65532000000,pkg1=1000000"});
    simulate({"--seconds", "2", "--watts", "pkg0=150,pkg1=120,core0=40,core1=40"});
    expect_exact("cpu0", truth_j("pkg0"));
    expect_exact("cpu1", truth_j("pkg1"));
    for (const Json& part : result["parts"]) {
        EXPECT_NE(text_of(part, "name"), "core");
        EXPECT_TRUE(text_of(part, "kind") != "memory" || text_of(part, "quality") != "measured") << part;
    }
}

TEST_F(SimulatedHost, PauseAddsNothing) {
    box.make_machine("intel-2s");
    simulate({"--seconds", "2", "--watts", "pkg0=150,pkg1=150", "--pause", "0.5:1.5"});
    EXPECT_NEAR(truth_j("pkg0"), 150.0, 8.0);  // the simulator itself: half of 2 s at 150 W
    expect_exact("cpu0", truth_j("pkg0"));
    EXPECT_EQ(joules_of(result, "dram0"), 0.0) << "a counter that is read and does not move has used nothing";
    EXPECT_TRUE(result["gaps"].empty()) << result["gaps"];
}

TEST_F(SimulatedHost, ShortFailureIsBridged) {
    for (const std::string how : {"--fail", "--garble"}) {
        box.make_machine("intel-2s");
        simulate({"--seconds", "2", "--watts", "pkg0=150,pkg1=120", how, "pkg0@0.7:1.1"});
        EXPECT_GT(hidden_j("pkg0"), 10.0);
        // Good reads on both sides, far less time than a wrap takes: one window spans the failure.
        expect_exact("cpu0", truth_j("pkg0"));
        expect_exact("cpu1", truth_j("pkg1"));
        EXPECT_TRUE(gaps_of("cpu0").empty()) << result["gaps"];
    }
}

TEST_F(SimulatedHost, FailureLongerThanAWrapIsAGapNotAWrap) {
    // 10 J a turn at up to 1.5 x 20 W: a second without a reading may hide several turns. The counter stands
    // still where the failure begins and ends.
    box.make_machine("intel-2s", {"--range", "pkg0=10000000", "--limit", "pkg0=20"});
    simulate({"--seconds", "3", "--watts", "pkg0=15,pkg1=120", "--fail", "pkg0@1.2:2.2", "--pause", "1.0:1.4",
              "--pause", "2.0:2.4"});
    EXPECT_GT(hidden_j("pkg0"), 4.0);
    const std::vector<Json> gaps = gaps_of("cpu0");
    ASSERT_FALSE(gaps.empty()) << result.dump(1);
    const double measured = joules_of(result, "cpu0");
    EXPECT_LE(measured, truth_j("pkg0") * (1.0 + 1e-9) + kMicro) << "an invented wrap";
    EXPECT_GT(measured, 0.5 * (truth_j("pkg0") - hidden_j("pkg0"))) << "what was known on both sides counts";
    expect_exact("cpu1", truth_j("pkg1"));
}

TEST_F(SimulatedHost, FailureAtTheEndIsAGapAndTheRestIsKept) {
    box.make_machine("intel-2s");
    simulate(
        {"--seconds", "2", "--watts", "pkg0=150,pkg1=120", "--pause", "0.8:1.2", "--fail", "pkg0@1.0:9"});
    EXPECT_GT(hidden_j("pkg0"), 50.0);
    ASSERT_EQ(gaps_of("cpu0").size(), 1U) << result["gaps"];
    EXPECT_EQ(joules_of(result, "cpu0") < 0.0, false) << "the first half was measured";
    expect_exact("cpu0", truth_j("pkg0") - hidden_j("pkg0"));
    expect_exact("cpu1", truth_j("pkg1"));
    const Json gap = gaps_of("cpu0").front();
    EXPECT_GT(gap["from_s"].get<double>(), 0.5);
    EXPECT_NEAR(gap["to_s"].get<double>(), result["run"]["duration_s"].get<double>(), 0.2);
    EXPECT_FALSE(gap["reason"].get<std::string>().empty());
}

TEST_F(SimulatedHost, FailureFromTheStartIsAGapAndTheRestIsKept) {
    box.make_machine("intel-2s");
    write_file(box.machine_root() + "/sys/devices/virtual/powercap/intel-rapl/intel-rapl:1/energy_uj",
               "1000000\n");
    simulate(
        {"--seconds", "2", "--watts", "pkg0=150,pkg1=120", "--pause", "0.8:1.2", "--fail", "pkg0@0:1.0"});
    // gramme read once before the simulator began: a failure in the first second is bridged.
    expect_exact("cpu0", truth_j("pkg0"));
    expect_exact("cpu1", truth_j("pkg1"));
}

TEST_F(SimulatedHost, ResetIsAGapAndNeverAWrap) {
    // The real range of 262 kJ: a wrap in 50 ms would be a power of megawatts.
    box.make_machine("intel-2s", {"--start", "pkg0=100000000000,pkg1=5000000"});
    simulate({"--seconds", "2", "--watts", "pkg0=150,pkg1=120,dram0=20", "--pause", "0.8:1.2", "--reset",
              "pkg0@1.0", "--reset", "dram0@1.0"});
    EXPECT_EQ(truth.at("pkg0").at("resets").get<int>(), 1);
    ASSERT_EQ(gaps_of("cpu0").size(), 1U) << result["gaps"];
    EXPECT_EQ(gaps_of("dram0").size(), 1U) << result["gaps"];
    EXPECT_TRUE(gaps_of("cpu1").empty()) << result["gaps"];
    // The counter stood still around the reset: nothing flowed in the gap.
    expect_exact("cpu0", truth_j("pkg0"));
    expect_exact("cpu1", truth_j("pkg1"));
    expect_exact("dram0", truth_j("dram0"));
}

TEST_F(SimulatedHost, SeveralTroublesAtOnceKeepEachZoneApart) {
    box.make_machine("intel-2s", {"--range", "pkg1=200000000", "--limit", "200"});
    simulate({"--seconds", "4", "--watts", "pkg0=150,pkg1=150,dram0=20,dram1=20", "--pause", "1.0:1.4",
              "--reset", "pkg0@1.2", "--fail", "dram0@2.0:2.3", "--garble", "dram1@2.2:2.5"});
    EXPECT_GE(truth.at("pkg1").at("wraps").get<int>(), 3);
    EXPECT_EQ(gaps_of("cpu0").size(), 1U) << result["gaps"];
    for (const auto& [device, zone] : kZones) {
        EXPECT_LE(joules_of(result, device), truth_j(zone) * (1.0 + 1e-9) + kMicro) << device;
    }
    expect_exact("cpu0", truth_j("pkg0"));
    expect_exact("dram0", truth_j("dram0"));
    expect_exact("dram1", truth_j("dram1"));
}

TEST_F(SimulatedHost, EveryIntervalGivesTheSameEnergy) {
    for (const std::string interval : {"10ms", "250ms", "1s"}) {
        box.make_machine("intel-2s", {"--start", "pkg0=262143000000,pkg1=5000000"});
        simulate({"--seconds", "1.5", "--watts", "pkg0=150,pkg1=120,dram0=20,dram1=30"},
                 {"--interval", interval});
        for (const auto& [device, zone] : kZones) {
            expect_exact(device, truth_j(zone));
        }
    }
}

TEST_F(SimulatedHost, JobNeverGetsMoreThanTheMachineUsed) {
    box.make_machine("intel-2s");
    simulate({"--seconds", "2", "--watts", "pkg0=150,pkg1=120,dram0=20,dram1=30"}, {"--scope", "job"});
    for (const auto& [device, zone] : kZones) {
        EXPECT_GE(joules_of(result, device), 0.0) << device;
        EXPECT_LE(joules_of(result, device), truth_j(zone) * (1.0 + kTolerance)) << device;
    }
}

/// The simulator by itself: a wrong yardstick would make the tests above worthless.
TEST_F(SimulatedHost, ShowsItsTruthModuloTheRange) {
    box.make_machine("intel-2s", {"--range", "pkg0=50000000", "--start", "pkg0=49000000"});
    const Outcome outcome = box.tool(
        {simulated_host_program(), "--root", box.machine_root(), "--seconds", "1", "--watts", "pkg0=120"});
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    const Json zone = Json::parse(outcome.out)["zones"]["pkg0"];
    const auto put_in = zone["true_uj"].get<std::uint64_t>();
    // 120 W for 1 s of its own clock, which may run a little past its end.
    EXPECT_NEAR(static_cast<double>(put_in), 120e6, 2e6);
    const std::string shown =
        file_text(box.machine_root() + "/sys/devices/virtual/powercap/intel-rapl/intel-rapl:0/energy_uj");
    // A range below 2^32 uJ has counts of 1 uJ: the modulus is range + 1.
    EXPECT_EQ(std::strtoull(shown.c_str(), nullptr, 10), (49'000'000 + put_in) % 50'000'001);
    EXPECT_EQ(zone["wraps"].get<std::uint64_t>(), (49'000'000 + put_in) / 50'000'001);
}

}  // namespace
}  // namespace gramme::testing
