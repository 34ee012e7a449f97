// gramme calibrate on simulated machines, and the runs that use what it found.
#include <unistd.h>

#include <algorithm>
#include <cmath>

#include "sandbox.hpp"

namespace gramme::testing {
namespace {

constexpr double kIdle_w = 37.0;  // of each of two packages; gramme assumes a fifth of the TDP, 50 W
constexpr const char* kWatts = "pkg0=37,pkg1=37,dram0=4,dram1=4";

class Calibrate : public Integration {
protected:
    [[nodiscard]] std::string file() const { return box.path("config") + "/gramme/calibration.toml"; }
    /// Calibrates while the machine is driven by these options.
    Outcome calibrate(const Words& driven, const Words& options) {
        Process machine{box.launch(joined(
            {simulated_host_program(), "--root", box.machine_root(), "--seconds", "60", "--watts", kWatts},
            driven))};
        return box.gramme(joined({"calibrate"}, options));
    }
};

TEST_F(Calibrate, FindsTheIdlePowerAndRunsUseIt) {
    box.make_machine("intel-2s");
    const Outcome outcome =
        calibrate({"--busy", "0", "--job-busy", "0", "--catch-up", "1"}, {"--seconds", "4", "--json"});
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    const Json report = Json::parse(outcome.out);
    EXPECT_EQ(text_of(report, "schema"), "gramme/calibration/1");
    EXPECT_EQ(text_of(report, "file"), file());
    ASSERT_EQ(report["devices"].size(), 4U) << outcome.out;
    for (const Json& device : report["devices"]) {
        const double true_w = text_of(device, "device").starts_with("cpu") ? kIdle_w : 4.0;
        EXPECT_NEAR(device["idle_w"].get<double>(), true_w, 0.02 * true_w) << device;
        EXPECT_EQ(text_of(device, "source"), "rapl-powercap");
    }

    constexpr double kJob = 0.05;
    const Outcome run = box.run({"--interval", "100ms", "--csv", "none"},
                                {simulated_host_program(), "--root", box.machine_root(), "--seconds", "2",
                                 "--watts", "pkg0=37,pkg1=37,dram0=0,dram1=0", "--cpu-watts", "40", "--busy",
                                 "0.25", "--job-busy", "0.05", "--catch-up", "1"});
    ASSERT_EQ(run.exit_code, 0) << run.err;
    const Json truth = Json::parse(run.out);
    const double seconds = truth["seconds"].get<double>();
    const double true_j = truth["job_j"].get<double>() + kJob * 2.0 * kIdle_w * seconds;
    const Json result = box.result();
    EXPECT_NEAR(joules_of(result), true_j, 0.05 * true_j) << result.dump(1);
    EXPECT_EQ(text_of(result["run"], "idle_power_from"), "calibration");
    EXPECT_EQ(text_of(result["run"], "calibrated_at"), text_of(report, "date"));
    const std::string said = "idle power: calibrated " + text_of(report, "date").substr(0, 10);
    const auto in = [](std::string text, const std::string& wanted) {
        std::replace(text.begin(), text.end(), '\n', ' ');
        for (std::size_t at = text.find("  "); at != std::string::npos; at = text.find("  ")) {
            text.erase(at, 1);
        }
        return text.find(wanted) != std::string::npos;
    };
    EXPECT_TRUE(in(run.err, said)) << run.err;
    const Outcome explained = box.gramme({"explain", text_of(result["run"], "id")});
    EXPECT_TRUE(in(explained.out, said)) << explained.out << explained.err;
    EXPECT_TRUE(in(box.gramme({"doctor"}).out, "calibrated " + text_of(report, "date").substr(0, 10)));

    // The same without the file is wrong by more than the calibrated one may be.
    ASSERT_EQ(::unlink(file().c_str()), 0);
    const Outcome assumed = box.run({"--interval", "100ms", "--csv", "none"},
                                    {simulated_host_program(), "--root", box.machine_root(), "--seconds", "2",
                                     "--watts", "pkg0=37,pkg1=37,dram0=0,dram1=0", "--cpu-watts", "40",
                                     "--busy", "0.25", "--job-busy", "0.05", "--catch-up", "1"});
    const Json truth_of_it = Json::parse(assumed.out);
    const double true_of_it_j =
        truth_of_it["job_j"].get<double>() + kJob * 2.0 * kIdle_w * truth_of_it["seconds"].get<double>();
    EXPECT_GT(std::abs(joules_of(box.result()) - true_of_it_j), 0.05 * true_of_it_j);
    EXPECT_EQ(text_of(box.result()["run"], "idle_power_from"), "assumed");
}

TEST_F(Calibrate, PrintsATableAndSaysWhereTheFileIs) {
    box.make_machine("intel-2s");
    const Outcome outcome = calibrate({"--busy", "0", "--job-busy", "0"}, {"--seconds", "2"});
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_NE(outcome.out.find("cpu1"), std::string::npos) << outcome.out;
    EXPECT_NE(outcome.out.find("written to " + file()), std::string::npos) << outcome.out;
    EXPECT_NE(file_text(file()).find("[idle_w]"), std::string::npos);
}

TEST_F(Calibrate, OfABusyMachineIsRefused) {
    box.make_machine("intel-2s");
    const Outcome outcome = calibrate({"--busy", "0.3", "--cpu-watts", "40"}, {"--seconds", "2"});
    EXPECT_EQ(outcome.exit_code, 69) << outcome.out;
    EXPECT_NE(outcome.err.find("in only 0 of 2 seconds"), std::string::npos) << outcome.err;
    EXPECT_NE(outcome.err.find("top shows it"), std::string::npos) << outcome.err;
    EXPECT_FALSE(file_exists(file()));
}

TEST_F(Calibrate, WithoutACounterIsRefused) {
    box.use_fixture("vm");
    const Outcome outcome = box.gramme({"calibrate"});
    EXPECT_EQ(outcome.exit_code, 69) << outcome.out;
    EXPECT_NE(outcome.err.find("nothing can be measured here"), std::string::npos) << outcome.err;
    EXPECT_NE(outcome.err.find("gramme doctor"), std::string::npos) << outcome.err;
    EXPECT_FALSE(file_exists(file()));
}

TEST_F(Calibrate, RefusesATimeThatMakesNoSense) {
    for (const char* seconds : {"0", "3601", "1.5", "-3", "soon"}) {
        EXPECT_EQ(box.gramme({"calibrate", std::string{"--seconds="} + seconds}).exit_code, 64) << seconds;
    }
}

TEST_F(Calibrate, OfAnotherMachineIsIgnoredWithAWarning) {
    box.make_machine("intel-2s");
    ASSERT_EQ(box.tool({"mkdir", "-p", box.path("config") + "/gramme"}).exit_code, 0);
    write_file(
        file(),
        "cpu_model = \"another\"\ncpu_sockets = 2\ndate = \"2026-11-25T09:00:00Z\"\n[idle_w]\ncpu0 = 5\n");
    const Outcome outcome = box.run({"--csv", "none"}, {"true"});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_NE(outcome.err.find("another machine"), std::string::npos) << outcome.err;
    EXPECT_EQ(text_of(box.result()["run"], "idle_power_from"), "assumed");
}

TEST_F(Calibrate, ABadFileKeepsNoCommandFromRunning) {
    box.make_machine("intel-2s");
    ASSERT_EQ(box.tool({"mkdir", "-p", box.path("config") + "/gramme"}).exit_code, 0);
    const std::string head = "cpu_model = \"x\"\ncpu_sockets = 2\ndate = \"2026-11-25T09:00:00Z\"\n";
    for (const std::string& text :
         {std::string{}, std::string{"\x01\xff garbage ["}, head + "[idle_w]\ncpu0 = -5\n",
          head + "[idle_w]\ncpu0 = nan\n", "of_a_newer_gramme = 1\n" + head + "[idle_w]\ncpu0 = 5\n"}) {
        write_file(file(), text);
        ASSERT_EQ(box.tool({"rm", "-f", box.path("started")}).exit_code, 0);
        const Outcome outcome = box.run({"--csv", "none"}, {"touch", box.path("started")});
        EXPECT_EQ(outcome.exit_code, 0) << text << outcome.err;
        EXPECT_TRUE(file_exists(box.path("started"))) << text;
        const Json run = box.result()["run"];
        EXPECT_EQ(text_of(run, "idle_power_from"), "assumed") << text;
        EXPECT_NE(run["warnings"].dump().find("the calibration is not used: "), std::string::npos) << run;
        EXPECT_NE(run["warnings"].dump().find("calibration.toml"), std::string::npos) << run;
    }
    const Outcome doctor = box.gramme({"doctor"});
    EXPECT_NE(doctor.out.find("the calibration is not used"), std::string::npos) << doctor.out;
}

}  // namespace
}  // namespace gramme::testing
