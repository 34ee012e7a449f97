// Accelerators that the kernel shows in files: recorded trees laid over a machine, and counters that move.
#include <gmock/gmock.h>

#include "sandbox.hpp"

namespace gramme::testing {
namespace {

using ::testing::HasSubstr;

/// Text of the source with this name; empty where doctor has none.
Json source_of(const Json& report, const std::string& name) {
    for (const Json& one : report.value("sources", Json::array())) {
        if (text_of(one, "name") == name) {
            return one;
        }
    }
    return Json::object();
}

class RecordedAccelerators : public Integration {
protected:
    void use(const std::string& accelerators, const std::string& machine = "amd-epyc-2s") {
        box.use_fixture(machine);
        (void)box.tool({"rm", box.machine_root() + "/SOURCE.md"});
        box.use_fixture(accelerators);
    }
    [[nodiscard]] Json doctor() const {
        const Outcome outcome = box.gramme({"doctor", "--json"});
        EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
        return Json::parse(outcome.out, nullptr, false);
    }
    /// "amdgpu0: amd-gpu-metrics, measured" of all GPUs in a short run.
    [[nodiscard]] Words gpus_of_a_run(const Words& options = {"--scope", "machine"}) {
        const Outcome outcome =
            box.run(joined({"--csv", "none", "--interval", "100ms"}, options), {"sleep", "0.5"});
        EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
        said = outcome.err;
        Words gpus;
        for (const Json& part : box.result().value("parts", Json::array())) {
            if (text_of(part, "kind") == "gpu") {
                gpus.push_back(text_of(part, "device") + ": " + text_of(part, "method") + ", " +
                               text_of(part, "quality"));
            }
        }
        return gpus;
    }
    std::string said;
};

TEST_F(RecordedAccelerators, AmdCardsAreInTheOrderOfRocm) {
    use("amd-gpu");
    // Their counters stand still while they draw power: what they use is power x time, and integrated.
    EXPECT_THAT(gpus_of_a_run(), ::testing::ElementsAre(HasSubstr("amdgpu0: amd-gpu-metrics"),
                                                        HasSubstr("amdgpu1: amd-gpu-metrics")));
    EXPECT_EQ(text_of(part_of(box.result(), "amdgpu0"), "name"), "AMD Instinct MI300X");
    const Json source = source_of(doctor(), "amd-gpu-metrics");
    EXPECT_EQ(text_of(source, "state"), "used") << source;
    EXPECT_EQ(text_of(source, "why"), "2 by energy counter");
}

TEST_F(RecordedAccelerators, AVariableChoosesAmdCards) {
    use("amd-gpu");
    box.env["HIP_VISIBLE_DEVICES"] = "1";
    EXPECT_THAT(gpus_of_a_run({}), ::testing::ElementsAre(HasSubstr("amdgpu1")));
}

TEST_F(RecordedAccelerators, TwoModulesOfTwoDiesAreTwoDevices) {
    use("amd-mi250x");
    EXPECT_THAT(gpus_of_a_run(), ::testing::ElementsAre(HasSubstr("amdgpu0"), HasSubstr("amdgpu2")));
    EXPECT_EQ(text_of(part_of(box.result(), "amdgpu2"), "name"),
              "AMD Instinct MI250X (both dies: amdgpu2 and amdgpu3)");
}

TEST_F(RecordedAccelerators, TablesOfNewerDriversHaveTheirEnergyAtAnotherPlace) {
    use("amd-mi300x");
    EXPECT_THAT(gpus_of_a_run(), ::testing::ElementsAre(HasSubstr("amdgpu0: amd-gpu-metrics"),
                                                        HasSubstr("amdgpu1: amd-gpu-metrics")));
    EXPECT_EQ(text_of(source_of(doctor(), "amd-gpu-metrics"), "why"), "2 by energy counter");
}

TEST_F(RecordedAccelerators, AnUnknownTableIsReadThroughTheMonitoringChip) {
    use("amd-gpu-unknown");
    EXPECT_THAT(gpus_of_a_run(), ::testing::ElementsAre("amdgpu0: amd-gpu-power-integrated, integrated"));
    const double duration_s = box.result()["run"]["duration_s"].get<double>();
    EXPECT_NEAR(joules_of(box.result(), "amdgpu0"), 142.0 * duration_s, 0.1 * 142.0 * duration_s);
}

TEST_F(RecordedAccelerators, AnEnergyOfAllOnesIsNotAnEnergy) {
    use("amd-gpu-all-ones");
    EXPECT_THAT(gpus_of_a_run(), ::testing::ElementsAre("amdgpu0: amd-gpu-power-integrated, integrated"));
    const double duration_s = box.result()["run"]["duration_s"].get<double>();
    EXPECT_NEAR(joules_of(box.result(), "amdgpu0"), 203.0 * duration_s, 0.1 * 203.0 * duration_s);
}

TEST_F(RecordedAccelerators, GraphicsOfAMeasuredProcessorAreNoDevice) {
    use("amd-apu");
    EXPECT_TRUE(gpus_of_a_run().empty());
    EXPECT_THAT(text_of(source_of(doctor(), "amd-gpu-metrics"), "why"),
                HasSubstr("in the package of the CPU"));
}

TEST_F(RecordedAccelerators, GraphicsOfAModelledProcessorAreUnknown) {
    use("amd-apu", "vm");
    (void)gpus_of_a_run();
    EXPECT_THAT(box.result().value("gaps", Json::array()).dump(), HasSubstr("holds that of the CPU"));
}

TEST_F(RecordedAccelerators, AnIntelCardIsCountedOnceAndTheProcessorsGraphicsAreNot) {
    use("intel-xe", "intel-2s");
    EXPECT_THAT(gpus_of_a_run(), ::testing::ElementsAre("intelgpu0: intel-gpu-hwmon, measured"));
    EXPECT_THAT(text_of(source_of(doctor(), "intel-gpu-hwmon"), "why"),
                HasSubstr("1 by energy counter; the graphics at 0000:00:02.0 are in the package of the CPU"));
}

TEST_F(RecordedAccelerators, NeuronDevicesAreUnknownAndDoctorSaysWhatToGive) {
    use("neuron", "vm");
    (void)gpus_of_a_run();
    EXPECT_THAT(box.result().value("gaps", Json::array()).dump(),
                HasSubstr("the maximum power of this device is not known"));
    EXPECT_THAT(said, HasSubstr("+ unknown"));
    EXPECT_THAT(source_of(doctor(), "neuron-power-share").value("remedies", Json::array()).dump(),
                HasSubstr("AWS Trainium1"));
}

TEST_F(RecordedAccelerators, TpusAreModelledAndSaid) {
    use("tpu", "vm");
    EXPECT_THAT(gpus_of_a_run(),
                ::testing::ElementsAre("tpu0: tpu-mean-power, modelled", "tpu1: tpu-mean-power, modelled"));
    EXPECT_THAT(said, HasSubstr("tpu1 (Google TPU v4) shows no power: its energy is modelled, 170 W"));
}

TEST_F(RecordedAccelerators, DoctorNamesTheAcceleratorsThatItFound) {
    use("amd-gpu");
    const Outcome outcome = box.gramme({"doctor"});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_THAT(outcome.out, HasSubstr("AMD Instinct MI300X"));
    EXPECT_THAT(outcome.out, HasSubstr("amd-gpu-metrics"));
}

class MadeGaudi : public RecordedAccelerators {
protected:
    void SetUp() override {
        box.use_fixture("intel-2s");
        box.env["GRAMME_HLML_LIB"] = GRAMME_FAKE_HLML;
    }
};

TEST_F(MadeGaudi, TwoAreMeasuredByTheirCounters) {
    const Outcome outcome =
        box.run({"--scope", "machine", "--interval", "100ms", "--csv", "none"}, {"sleep", "3"});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    const Json result = box.result();
    const double seconds = result["run"]["duration_s"].get<double>();
    EXPECT_LE(joules_of(result, "gaudi0"), 300.0 * (seconds + 0.3));
    EXPECT_GT(joules_of(result, "gaudi0"), 300.0 * seconds * 0.7);
    EXPECT_NEAR(joules_of(result, "gaudi1") / joules_of(result, "gaudi0"), 400.0 / 300.0, 0.15);
    EXPECT_EQ(text_of(part_of(result, "gaudi1"), "method"), "gaudi-energy-counter");
    EXPECT_EQ(text_of(source_of(doctor(), "gaudi-hlml"), "why"), "2 by energy counter");
}

TEST_F(MadeGaudi, ADriverThatRefusesIsUnknownAndNotNone) {
    box.env["FAKE_HLML_FAIL"] = "init";
    const Outcome outcome =
        box.run({"--scope", "machine", "--interval", "100ms", "--csv", "none"}, {"sleep", "0.5"});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_THAT(box.result().value("gaps", Json::array()).dump(), HasSubstr("HLML"));
    const Json source = source_of(doctor(), "gaudi-hlml");
    EXPECT_EQ(text_of(source, "state"), "refused") << source;
    EXPECT_THAT(source.value("remedies", Json::array()).dump(), HasSubstr("sudo usermod -aG render"));
}

TEST_F(MadeGaudi, ADriverThatHangsDelaysNothing) {
    box.env["FAKE_HLML_HANG"] = "energy";
    const double before = monotonic_s();
    const Outcome outcome =
        box.run({"--scope", "machine", "--interval", "100ms", "--csv", "none"}, {"sleep", "0.5"});
    EXPECT_FALSE(outcome.timed_out);
    EXPECT_LT(monotonic_s() - before, 15.0) << "the call hangs for 30 s";
    EXPECT_THAT(box.result().value("gaps", Json::array()).dump(),
                HasSubstr("HLML: the driver did not answer"));
}

/// Energy that flowed against energy that is told, of counters that move while gramme reads them.
class MovingAccelerators : public RecordedAccelerators {
protected:
    void simulate(const std::string& watts) {
        const Outcome outcome = box.run(
            {"--interval", "50ms", "--scope", "machine", "--csv", "none"},
            {simulated_host_program(), "--root", box.machine_root(), "--seconds", "3", "--watts", watts});
        ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
        truth = Json::parse(outcome.out)["zones"];
        result = box.result();
    }
    void expect_exact(const std::string& device, const std::string& zone) const {
        const double joules = truth.at(zone).at("true_uj").get<double>() * 1e-6;
        EXPECT_GT(joules, 50.0);
        EXPECT_NEAR(joules_of(result, device), joules, 1e-4 * joules) << device << ": " << result.dump(1);
    }
    Json truth;
    Json result;
};

TEST_F(MovingAccelerators, AmdCountersAreExact) {
    use("amd-gpu");
    simulate("amd0=140,amd1=620");
    expect_exact("amdgpu1", "amd0");
    expect_exact("amdgpu0", "amd1");
}

TEST_F(MovingAccelerators, AModuleOfTwoDiesIsExactAndCountedOnce) {
    use("amd-mi250x");
    simulate("amd0=480,amd2=300");
    expect_exact("amdgpu0", "amd0");
    expect_exact("amdgpu2", "amd2");
    std::size_t modules = 0;
    for (const Json& part : result["parts"]) {
        modules += text_of(part, "kind") == "gpu" ? 1 : 0;
    }
    EXPECT_EQ(modules, 2U) << "the second die of a module shows what the first has shown";
}

TEST_F(MovingAccelerators, AnIntelCounterIsExact) {
    use("intel-xe", "intel-2s");
    simulate("intel1=170,pkg0=50");
    expect_exact("intelgpu0", "intel1");
    EXPECT_NEAR(joules_of(result),
                1e-6 * (truth["intel1"]["true_uj"].get<double>() + truth["pkg0"]["true_uj"].get<double>()),
                0.1);
}

}  // namespace
}  // namespace gramme::testing
