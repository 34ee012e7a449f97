// GPUs through a made-up NVML library: its script is described on top of tests/fake_nvml/fake_nvml.cpp.
#include "sandbox.hpp"

namespace gramme::testing {
namespace {

class Gpus : public Integration {
protected:
    void use_gpus(const std::string& script, const std::string& library = GRAMME_FAKE_NVML) {
        write_file(box.path("nvml.txt"), script);
        box.env["FAKE_NVML_SCRIPT"] = box.path("nvml.txt");
        box.env["GRAMME_NVML_LIB"] = library;
        box.use_fixture("intel-2s");  // counters that stand still: what moves is the GPUs'
    }
    /// A run of `seconds` over all GPUs of the machine.
    Outcome measure(const std::string& seconds, const Words& options = {}) {
        Outcome outcome =
            box.run(joined({"--scope", "machine", "--interval", "100ms", "--csv", "none"}, options),
                    {"sleep", seconds});
        EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
        return outcome;
    }
    /// No total is made of the counters that stand still, and a gap says why.
    static void expect_unknown_gpus(const Json& result, const Outcome& outcome) {
        EXPECT_NE(outcome.err.find("energy    not known: what could be read stood still"), std::string::npos)
            << outcome.err;
        double unknown_s = 0.0;
        for (const Json& gap : result["gaps"]) {
            if (text_of(gap, "device").rfind("gpu", 0) == 0) {
                EXPECT_NE(text_of(gap, "reason").find("NVML"), std::string::npos) << gap;
                unknown_s = std::max(unknown_s, gap["to_s"].get<double>() - gap["from_s"].get<double>());
            }
        }
        EXPECT_GE(unknown_s, 0.4 * duration_s(result)) << result["gaps"];
    }
    [[nodiscard]] static double duration_s(const Json& result) {
        return result.at("run").at("duration_s").get<double>();
    }
};

TEST_F(Gpus, EightOfDifferentPowerAreSummed) {
    std::string script = "gpus 8\n";
    for (int i = 0; i < 8; ++i) {
        script += "gpu " + std::to_string(i) + " watts " + std::to_string(100 + 50 * i) + "\n";
    }
    use_gpus(script);
    (void)measure("3");
    const Json result = box.result();
    double sum_j = 0.0;
    for (int i = 0; i < 8; ++i) {
        const std::string device = "gpu" + std::to_string(i);
        // The library opens beside the command, so the first moments may be missing: a gap, never more
        // energy.
        const double watts = 100.0 + 50.0 * i;
        EXPECT_LE(joules_of(result, device), watts * (duration_s(result) + 0.3)) << device;
        EXPECT_GT(joules_of(result, device), watts * duration_s(result) * 0.7) << device;
        EXPECT_EQ(text_of(part_of(result, device), "quality"), "measured");
        sum_j += joules_of(result, device);
    }
    EXPECT_NEAR(joules_of(result), sum_j, 1e-6 * sum_j);
    // Between two GPUs only their power differs.
    EXPECT_NEAR(joules_of(result, "gpu7") / joules_of(result, "gpu0"), 450.0 / 100.0, 0.2);
}

TEST_F(Gpus, OneThatFailsIsAGapForItAlone) {
    use_gpus("gpus 4\ngpu * watts 200\ngpu 2 fail all 15 from 1.0\n");
    (void)measure("3");
    const Json result = box.result();
    int gaps_of_2 = 0;
    for (const Json& gap : result["gaps"]) {
        const bool of_gpu =
            text_of(gap, "device").rfind("gpu", 0) == 0;  // the fixture's counters stand still, too
        if (of_gpu && gap["to_s"].get<double>() - gap["from_s"].get<double>() > 0.6) {
            EXPECT_EQ(gap["device"], "gpu2") << gap;
            ++gaps_of_2;
        }
    }
    EXPECT_GE(gaps_of_2, 1) << result["gaps"];
    EXPECT_LT(joules_of(result, "gpu2"), 200.0 * 2.0);
    for (const char* device : {"gpu0", "gpu1", "gpu3"}) {
        EXPECT_GT(joules_of(result, device), 200.0 * duration_s(result) * 0.7) << device;
    }
}

TEST_F(Gpus, WithoutEnergyCounterPowerIsIntegrated) {
    use_gpus("gpus 1\ngpu 0 watts 120\ngpu 0 counter none\n");
    (void)measure("3");
    const Json result = box.result();
    EXPECT_EQ(text_of(part_of(result, "gpu0"), "quality"), "integrated");
    EXPECT_GT(joules_of(result, "gpu0"), 120.0 * duration_s(result) * 0.7);
    EXPECT_LT(joules_of(result, "gpu0"), 120.0 * duration_s(result) * 1.1);
}

class StuckCounter : public Gpus, public ::testing::WithParamInterface<const char*> {};

/// A counter that stands still for 1.5 s of 4: power takes its place, whatever it shows afterwards.
TEST_P(StuckCounter, IsBridgedByPowerOnceAndSaid) {
    use_gpus(std::string{"gpus 1\ngpu 0 watts 200\ngpu 0 stick 0.9 2.4 "} + GetParam() + "\n");
    const Outcome outcome = measure("4");
    const Json result = box.result();
    // Never the stretch twice (300 J more), and never none for it (300 J less).
    EXPECT_LE(joules_of(result, "gpu0"), 200.0 * (duration_s(result) + 0.3));
    EXPECT_GE(joules_of(result, "gpu0"), 200.0 * (duration_s(result) - 0.8));
    EXPECT_EQ(text_of(part_of(result, "gpu0"), "quality"), "integrated");
    for (const Json& gap : result["gaps"]) {
        EXPECT_TRUE(gap["device"] != "gpu0" || gap["to_s"].get<double>() < 0.6) << gap;
    }
    EXPECT_NE(outcome.err.find("gpu0: NVML: the energy counter stands still; for "), std::string::npos)
        << outcome.err;
}

INSTANTIATE_TEST_SUITE_P(AndThen, StuckCounter, ::testing::Values("held", "lost"),
                         [](const auto& each) { return std::string{each.param}; });

/// The counter goes at half the power: which is right nobody knows, so both are said and the interval holds
/// both.
TEST_F(Gpus, ACounterAtOddsWithThePowerIsSaidAndLessSure) {
    use_gpus("gpus 2\ngpu * watts 200\ngpu 1 pace 0.5\n");
    const Outcome outcome = measure("12.5");
    const Json result = box.result();
    EXPECT_NE(outcome.err.find("gpu1: over "), std::string::npos) << outcome.err;
    EXPECT_NE(outcome.err.find("its energy counter came to "), std::string::npos) << outcome.err;
    EXPECT_EQ(outcome.err.find("gpu0: over "), std::string::npos) << outcome.err;
    const auto width = [&](const char* device) {
        const Json part = part_of(result, device);
        return part["high"].get<double>() / part["low"].get<double>();
    };
    EXPECT_LT(width("gpu0"), 1.3);
    EXPECT_GT(width("gpu1"), 4.0);
    EXPECT_GT(part_of(result, "gpu1")["high"].get<double>(),
              2.0 * part_of(result, "gpu1")["energy_kwh"].get<double>());
}

TEST_F(Gpus, OldDriverWithMissingSymbolsWorks) {
    use_gpus("gpus 2\ngpu 0 watts 100\ngpu 1 watts 200\n", GRAMME_FAKE_NVML_OLD);
    (void)measure("3");
    const Json result = box.result();
    EXPECT_EQ(text_of(part_of(result, "gpu1"), "quality"), "integrated");
    EXPECT_GT(joules_of(result, "gpu1"), 200.0 * duration_s(result) * 0.7);
}

class HungDriver : public Gpus, public ::testing::WithParamInterface<const char*> {};

TEST_P(HungDriver, DelaysNothing) {
    use_gpus("gpus 2\n" + std::string{GetParam()} + "\n");
    const double before = monotonic_s();
    const Outcome outcome = measure("1");
    EXPECT_LT(monotonic_s() - before, 15.0) << "the call hangs for 30 s";
    EXPECT_FALSE(outcome.timed_out);
    const Json result = box.result();
    EXPECT_LT(duration_s(result), 10.0);
    // The CPUs were measured all the time.
    EXPECT_EQ(joules_of(result, "cpu0"), 0.0);
    EXPECT_EQ(text_of(part_of(result, "cpu0"), "quality"), "measured");
    EXPECT_EQ(box.runs().size(), 1U);
    expect_unknown_gpus(result, outcome);
}

/// A driver that refuses is no driver without GPUs.
TEST_F(Gpus, OnesThatCannotBeListedAreUnknownAndNotNone) {
    use_gpus("gpus 2\nfail init 999\n");
    const Outcome outcome = measure("0.5");
    expect_unknown_gpus(box.result(), outcome);
    box.env["CUDA_VISIBLE_DEVICES"] = "";
    const Outcome none = box.run({"--interval", "100ms", "--csv", "none"}, {"sleep", "0.3"});
    EXPECT_EQ(none.err.find("+ unknown"), std::string::npos) << "the job has no GPU: " << none.err;
}

INSTANTIATE_TEST_SUITE_P(In, HungDriver,
                         ::testing::Values("hang init 30", "hang count 30", "gpu 0 hang energy 30",
                                           "gpu * hang all 30 from 0.5"),
                         [](const auto& each) { return "Call" + std::to_string(each.index); });

TEST_F(Gpus, HiddenOnesAreNotCounted) {
    use_gpus("gpus 4\ngpu * watts 200\n");
    box.env["CUDA_VISIBLE_DEVICES"] = "1";
    const Outcome outcome = box.run({"--interval", "100ms", "--csv", "none"}, {"sleep", "2"});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    const Json result = box.result();
    EXPECT_GT(joules_of(result, "gpu1"), 100.0);
    for (const char* device : {"gpu0", "gpu2", "gpu3"}) {
        EXPECT_TRUE(part_of(result, device).is_null()) << device;
    }
}

TEST_F(Gpus, EmptyVisibleDevicesMeansNone) {
    use_gpus("gpus 2\n");
    box.env["CUDA_VISIBLE_DEVICES"] = "";
    const Outcome outcome = box.run({"--interval", "100ms", "--csv", "none"}, {"sleep", "1"});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_TRUE(part_of(box.result(), "gpu0").is_null());
    EXPECT_TRUE(part_of(box.result(), "gpu1").is_null());
}

class ModelledGpus : public Gpus {
protected:
    /// A machine whose kernel module names two GPUs, and no library to ask.
    void use_named_gpus(const std::string& model) {
        use_gpus("gpus 1\n", box.path("no-such-library.so"));
        write_file(box.machine_root() + "/dev/nvidiactl", "");
        for (const char* bus : {"0000:07:00.0", "0000:47:00.0"}) {
            write_file(box.machine_root() + "/proc/driver/nvidia/gpus/" + bus + "/information",
                       "Model: \t\t " + model + "\nBus Location: \t " + bus + "\n");
        }
        box.env["CUDA_VISIBLE_DEVICES"] = "1";
    }
};

TEST_F(ModelledGpus, WithoutALibraryTheJobsGpuIsModelledAndSaid) {
    use_named_gpus("NVIDIA A100-SXM4-40GB");
    const Outcome outcome = box.run({"--interval", "100ms", "--csv", "none"}, {"sleep", "2"});
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    const Json result = box.result();
    const Json gpu = part_of(result, "gpu1");
    ASSERT_FALSE(gpu.is_null()) << result.dump(1);
    EXPECT_TRUE(part_of(result, "gpu0").is_null());
    EXPECT_NEAR(joules_of(result, "gpu1"), 315.04 * duration_s(result), 0.03 * 315.0 * duration_s(result));
    EXPECT_EQ(text_of(gpu, "quality"), "modelled");
    EXPECT_GT(gpu["high"].get<double>(), 1.3 * gpu["energy_kwh"].get<double>()) << "a wide interval";
    EXPECT_LT(gpu["low"].get<double>(), 0.75 * gpu["energy_kwh"].get<double>());
    EXPECT_NE(outcome.err.find("gpu1 (NVIDIA A100-SXM4-40GB): NVML cannot be used"), std::string::npos)
        << outcome.err;
}

TEST_F(ModelledGpus, OneThatNobodyKnowsIsUnknownAndNotZero) {
    use_named_gpus("NVIDIA Wonder 9000");
    const Outcome outcome = box.run({"--interval", "100ms", "--csv", "none"}, {"sleep", "1"});
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_NE(outcome.err.find("energy    not known: what could be read stood still"), std::string::npos)
        << outcome.err;
    EXPECT_NE(outcome.err.find("nothing is known"), std::string::npos) << outcome.err;
}

TEST_F(ModelledGpus, WithoutAVariableNoneIsCountedAndTheTotalSaysSo) {
    use_named_gpus("NVIDIA A100-SXM4-40GB");
    box.env.erase("CUDA_VISIBLE_DEVICES");
    const Outcome outcome = box.run({"--interval", "100ms", "--csv", "none"}, {"sleep", "1"});
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_TRUE(part_of(box.result(), "gpu0").is_null());
    EXPECT_NE(outcome.err.find("nothing says which of the 2 GPUs"), std::string::npos) << outcome.err;
}

TEST_F(Gpus, LibraryThatIsMissingIsNoTrouble) {
    use_gpus("gpus 1\n", box.path("no-such-library.so"));
    (void)measure("0.3");
    EXPECT_TRUE(part_of(box.result(), "gpu0").is_null());
    const Outcome outcome = box.gramme({"doctor", "--json"});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_NE(outcome.out.find("nvml"), std::string::npos);
}

}  // namespace
}  // namespace gramme::testing
