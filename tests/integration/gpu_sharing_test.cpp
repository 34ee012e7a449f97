// A GPU that the job shares with another process: the job's part against a truth that is known.
#include <cmath>

#include "sandbox.hpp"

namespace gramme::testing {
namespace {

constexpr double kWatts = 400.0;
constexpr double kIdle_w = 44.0;  // gramme takes the 46 W of its table
constexpr double kTolerance = 0.05;

struct Parties {
    const char* name;
    int job;                ///< SM use in percent
    int other;              ///< likewise; -1: nobody else is there
    double idle;            ///< share of the idle power that the job answers for
    bool by_slurm = false;  ///< the GPU was given to the job
};

void PrintTo(const Parties& parties, std::ostream* out) {
    *out << parties.name;
}

class SharedGpu : public Integration, public ::testing::WithParamInterface<Parties> {
protected:
    /// `gramme explain` of the run, without its line breaks.
    [[nodiscard]] std::string explained() const {
        const Outcome outcome = box.gramme({"explain", text_of(box.runs().at(0), "id")});
        std::string text;
        for (const char c : outcome.out) {
            const bool blank = c == ' ' || c == '\n';
            if (!blank || text.empty() || text.back() != ' ') {
                text += blank ? ' ' : c;
            }
        }
        return text;
    }
    /// A machine on which process 4242 is seen and is not the job's.
    void use_gpu(const std::string& lines) {
        write_file(box.path("nvml.txt"), "gpus 1\ngpu 0 name NVIDIA A100-SXM4-40GB\ngpu 0 watts " +
                                             std::to_string(kWatts) + "\n" + lines);
        box.env["FAKE_NVML_SCRIPT"] = box.path("nvml.txt");
        box.env["GRAMME_NVML_LIB"] = GRAMME_FAKE_NVML;
        box.env["CUDA_VISIBLE_DEVICES"] = "0";
        box.use_fixture("intel-2s");
        write_file(box.machine_root() + "/proc/2/stat", "2 (kthreadd) S 0 0 0 0 -1 2129984 0 0\n");
        write_file(box.machine_root() + "/proc/4242/stat", "4242 (python3) R 1 4242 4242 0 -1 0 0 0\n");
    }
};

TEST_P(SharedGpu, JobsPartIsWithinFivePercentOfTheTruth) {
    const Parties& parties = GetParam();
    const std::string others = parties.other < 0 ? "" : ",4242";
    use_gpu("gpu 0 processes child" + others + "\ngpu 0 uses child=" + std::to_string(parties.job) +
            (parties.other < 0 ? "" : ",4242=" + std::to_string(parties.other)) + "\n");
    if (parties.by_slurm) {
        box.env["SLURM_STEP_GPUS"] = "0";
    }
    const Outcome outcome = box.run({"--interval", "100ms", "--csv", "none"}, {"sleep", "2.5"});
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    const Json result = box.result();
    const Json gpu = part_of(result, "gpu0");
    ASSERT_FALSE(gpu.is_null()) << result.dump(1);
    const auto joules = [&](const char* key) { return gpu[key].get<double>() * 3.6e6; };
    const double device_j = joules("device_energy_kwh");
    const double seconds =
        device_j / kWatts;  // that are measured: the driver answers a moment after the start
    EXPECT_GT(seconds, 2.0);
    const double all = parties.job + std::max(parties.other, 0);
    const double truth_j = seconds * (parties.job / all * (kWatts - kIdle_w) + parties.idle * kIdle_w);
    EXPECT_NEAR(joules("energy_kwh"), truth_j, kTolerance * truth_j) << gpu.dump(1);
    // Conserved: the two parties' energy and what nobody answers for are the device's.
    const double sum = joules("energy_kwh") + joules("others_kwh") + joules("unassigned_kwh");
    EXPECT_NEAR(sum, device_j, 1e-4 * device_j) << gpu.dump(1);
    EXPECT_EQ(explained().find("other processes use it too") != std::string::npos, parties.other >= 0)
        << explained();
}

INSTANTIATE_TEST_SUITE_P(
    Each, SharedGpu,
    ::testing::Values(Parties{"5_alone", 5, -1, 1.0}, Parties{"5_beside_50", 5, 50, 0.05},
                      Parties{"50_beside_50", 50, 50, 0.5}, Parties{"100_beside_one_that_waits", 100, 0, 1.0},
                      Parties{"5_beside_95", 5, 95, 0.05}, Parties{"given_by_slurm", 50, 50, 1.0, true}),
    [](const auto& each) { return std::string{each.param.name}; });

TEST_F(SharedGpu, WhereUseCannotBeToldItIsWholeAndSaysWhy) {
    use_gpu("gpu 0 processes child,4242\ngpu 0 uses child=5,4242=95\ngpu 0 fail use 3\n");
    const Outcome outcome = box.run({"--interval", "100ms", "--csv", "none"}, {"sleep", "1"});
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    const Json gpu = part_of(box.result(), "gpu0");
    EXPECT_DOUBLE_EQ(gpu["energy_kwh"].get<double>(), gpu["device_energy_kwh"].get<double>());
    EXPECT_NE(explained().find("NVML: Not Supported"), std::string::npos) << explained();
    EXPECT_NE(outcome.err.find("gpu0: others may use it too"), std::string::npos) << outcome.err;
}

}  // namespace
}  // namespace gramme::testing
