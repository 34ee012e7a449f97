// What GPUs drew while they waited, through the real program and a made-up NVML library.
#include <csignal>

#include "sandbox.hpp"

namespace gramme::testing {
namespace {

class Efficiency : public Integration {
protected:
    void use_gpus(const std::string& script) {
        write_file(box.path("nvml.txt"), script);
        box.env["FAKE_NVML_SCRIPT"] = box.path("nvml.txt");
        box.env["GRAMME_NVML_LIB"] = GRAMME_FAKE_NVML;
        box.use_fixture("intel-2s");
    }
    Outcome measure(const Words& command) {
        Outcome outcome = box.run({"--scope", "machine", "--csv", "emissions.csv"}, command);
        EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
        return outcome;
    }
    /// The last cell of the row of emissions.csv below this heading.
    [[nodiscard]] std::string cell(const std::string& column) const {
        const auto cells = [](const std::string& line) {
            std::vector<std::string> out(1);
            bool quoted = false;
            for (const char c : line) {
                quoted = c == '"' ? !quoted : quoted;
                if (c == ',' && !quoted) {
                    out.emplace_back();
                } else {
                    out.back() += c;
                }
            }
            return out;
        };
        const std::string text = file_text(box.path("work/emissions.csv"));
        const std::size_t end = text.find('\n');
        const auto header = cells(text.substr(0, end));
        const auto row = cells(text.substr(end + 1, text.find('\n', end + 1) - end - 1));
        for (std::size_t i = 0; i < header.size() && i < row.size(); ++i) {
            if (header[i] == column) {
                return row[i];
            }
        }
        ADD_FAILURE() << "no column " << column << " in " << text;
        return "";
    }
    static double joules_of_cause(const Json& waiting, const std::string& cause) {
        for (const Json& one : waiting.at("causes")) {
            if (text_of(one, "cause") == cause) {
                return 3.6e6 * one.at("energy_kwh").get<double>();
            }
        }
        return 0.0;
    }
};

TEST_F(Efficiency, AGpuThatDoesNothingIsSaidEverywhere) {
    use_gpus("gpus 1\ngpu 0 watts 200\ngpu 0 utilization 0\n");
    const Outcome outcome = measure({"sleep", "3"});
    EXPECT_NE(outcome.err.find("100 % of the GPU energy"), std::string::npos) << outcome.err;
    EXPECT_NE(outcome.err.find("0 % busy"), std::string::npos) << outcome.err;
    const Json waiting = box.result().at("waiting");
    EXPECT_EQ(waiting.at("share_pct"), 100.0);
    EXPECT_EQ(text_of(waiting, "mostly"), "never-busy");
    EXPECT_EQ(part_of(box.result(), "gpu0").at("utilization_pct"), 0.0);
    EXPECT_EQ(cell("gpu_utilization_percent"), "0");

    const std::string id = box.runs().at(0).at("id");
    const Outcome shown = box.gramme({"runs", "show", id});
    EXPECT_NE(shown.out.find("100 % of the GPU energy"), std::string::npos) << shown.out;
    EXPECT_EQ(box.show(id).at("waiting"), waiting);
    const Outcome explained = box.gramme({"explain", id});
    EXPECT_NE(explained.out.find("= 100 % of the GPU energy"), std::string::npos) << explained.out;
}

TEST_F(Efficiency, ABusyGpuWaitsForNothing) {
    use_gpus("gpus 1\ngpu 0 utilization 93\n");
    const Outcome outcome = measure({"sleep", "3"});
    EXPECT_EQ(outcome.err.find("waiting"), std::string::npos) << outcome.err;
    EXPECT_EQ(box.result().at("waiting").at("share_pct"), 0.0);
    EXPECT_NEAR(std::stod(cell("gpu_utilization_percent")), 93.0, 1e-9);
}

TEST_F(Efficiency, OneThatDoesNotTellSaysNothing) {
    use_gpus("gpus 2\ngpu 0 mig MIG-a,MIG-b\ngpu 1 fail utilization 3\n");
    const Outcome outcome = measure({"sleep", "2"});
    EXPECT_EQ(outcome.err.find("waiting"), std::string::npos) << outcome.err;
    const Json result = box.result();
    EXPECT_FALSE(result.contains("waiting")) << result["waiting"];
    for (const char* device : {"gpu0", "gpu1"}) {
        EXPECT_TRUE(part_of(result, device).at("utilization_pct").is_null());
        EXPECT_FALSE(part_of(result, device).contains("idle_energy_kwh"));
        EXPECT_GT(gramme::testing::joules_of(result, device), 0.0);
    }
    EXPECT_EQ(cell("gpu_utilization_percent"), "");
}

/// Busy at first, then idle while the command evaluates, which it says through the run socket.
TEST_F(Efficiency, AnEvaluationIsNamed) {
    use_gpus("gpus 1\ngpu 0 watts 200\ngpu 0 utilization 100 to 1.5\ngpu 0 utilization 0 from 1.5\n");
    (void)measure({"sh", "-c", "sleep 1.5; " + gramme_program() + " run --name evaluation -- sleep 5"});
    const Json waiting = box.result().at("waiting");
    EXPECT_GT(joules_of_cause(waiting, "evaluation"), 200.0) << waiting;
    EXPECT_EQ(joules_of_cause(waiting, "never-busy"), 0.0) << waiting;
}

TEST_F(Efficiency, AnEvaluationIsHeardAfterAFloodOfMarkers) {
    use_gpus("gpus 1\ngpu 0 watts 200\ngpu 0 utilization 100 to 1.5\ngpu 0 utilization 0 from 1.5\n");
    (void)measure({"sh", "-c",
                   helper_program() + " flood 10001; sleep 1.5; " + gramme_program() +
                       " run --name evaluation -- sleep 5"});
    const Json result = box.result();
    EXPECT_NE(result["run"]["warnings"].dump().find("were not kept"), std::string::npos) << result["run"];
    EXPECT_GT(joules_of_cause(result.at("waiting"), "evaluation"), 200.0) << result.at("waiting");
}

TEST_F(Efficiency, AKilledRunKeepsIt) {
    use_gpus("gpus 1\ngpu 0 utilization 0\n");
    Process process = box.start({"run", "--scope", "machine", "--csv", "none", "--", "sh", "-c",
                                 "sleep 3; echo done > slept; exec sleep 60"});
    ASSERT_TRUE(eventually([this] { return file_exists(box.path("work/slept")); }));
    process.send(SIGKILL);
    (void)process.wait();
    const auto runs = box.runs();
    ASSERT_EQ(runs.size(), 1U);
    EXPECT_EQ(text_of(runs[0], "state"), "interrupted");
    const Json waiting = box.show(runs[0].at("id")).at("waiting");
    EXPECT_EQ(waiting.at("share_pct"), 100.0);
    EXPECT_GT(waiting.at("energy_kwh").get<double>(), 0.0);
}

TEST_F(Efficiency, ARunWithoutGpuHasItsCpuUtilisation) {
    box.use_fixture("vm");
    const Outcome outcome = measure({"sleep", "0.5"});
    EXPECT_EQ(outcome.err.find("waiting"), std::string::npos) << outcome.err;
    EXPECT_FALSE(box.result().contains("waiting"));
    EXPECT_EQ(cell("gpu_utilization_percent"), "");
}

}  // namespace
}  // namespace gramme::testing
