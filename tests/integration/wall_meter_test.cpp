// gramme calibrate with a power meter: a simulated host shows what a meter at the wall would, in ROOT/wall_w.
#include <algorithm>
#include <cmath>
#include <csignal>

#include "sandbox.hpp"

namespace gramme::testing {
namespace {

/// Two packages of 37 W and two memories of 4 W idle, 40 W more for each of four busy CPUs: counted 82 + 160
/// u.
constexpr const char* kWatts = "pkg0=37,pkg1=37,dram0=4,dram1=4";
/// Behind a supply of 0.9 with 50 W of board and fans: (82 + 160 u + 50) / 0.9.
constexpr double kIdle_w = 132.0 / 0.9;
constexpr double kFull_w = 292.0 / 0.9;

class WallMeter : public Integration {
protected:
    [[nodiscard]] std::string file() const { return box.path("config") + "/gramme/calibration.toml"; }
    [[nodiscard]] std::string meter() const { return "cat '" + box.machine_root() + "/wall_w'"; }
    static std::string number(double value) { return std::to_string(value); }

    /// The machine goes through the loads that gramme would make, in its time; where the two drift apart,
    /// gramme goes by the load that it reads.
    [[nodiscard]] Process drive(const Words& more) {
        Process machine{box.launch(joined(
            {simulated_host_program(), "--root", box.machine_root(), "--seconds", "100", "--cpu-watts", "40",
             "--job-busy", "0", "--catch-up", "1", "--wall", number(kIdle_w) + "," + number(kFull_w) + ",0"},
            more))};
        EXPECT_TRUE(eventually([this] { return file_exists(box.machine_root() + "/wall_w"); }));
        return machine;
    }
    inline static const Words kSteps{"--load-steps", "0,0.25,0.5,0.75,1", "--step-seconds", "2"};
    inline static const Words kCounters{"--watts", kWatts};
    Outcome calibrate(const Words& options) { return box.gramme(joined({"calibrate"}, options)); }
    /// No counter is left: a laptop of another make, or a virtual machine.
    void hide_counters() {
        ASSERT_EQ(box.tool({"rm", "-r", box.machine_root() + "/sys/class/powercap"}).exit_code, 0);
    }
    /// A run of a second at half load, all of it the machine's.
    Json run_at_half(const Words& watts) {
        const Process machine = drive(joined({"--busy", "0.5"}, watts));
        sleep_s(0.2);
        const Outcome run = box.run(
            {"--interval", "100ms", "--csv", "none", "--scope", "machine", "--remainder"}, {"sleep", "1"});
        EXPECT_EQ(run.exit_code, 0) << run.err;
        return box.result();
    }
};

TEST_F(WallMeter, BesideCountersGivesTheRemainderItsMeasuredValue) {
    box.make_machine("intel-2s");
    {
        const Process machine = drive(joined(kSteps, kCounters));
        const Outcome outcome = calibrate({"--meter-command", meter(), "--seconds", "2", "--json"});
        ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
        EXPECT_NE(outcome.err.find("Ctrl-C stops it and writes nothing"), std::string::npos) << outcome.err;
        const Json report = Json::parse(outcome.out);
        const Json& wall = report["wall"];
        EXPECT_NEAR(wall["idle_w"].get<double>(), kIdle_w, 0.02 * kIdle_w) << wall;
        EXPECT_NEAR(wall["full_w"].get<double>(), kFull_w, 0.02 * kFull_w) << wall;
        EXPECT_GT(wall["r_squared"].get<double>(), 0.99);
        EXPECT_EQ(text_of(wall, "meter"), "command");
        const Json& rest = report["remainder"];
        EXPECT_NEAR(rest["base_w"].get<double>() / rest["efficiency"].get<double>(), 50.0 / 0.9, 4.0) << rest;
        EXPECT_NEAR(rest["efficiency"].get<double>(), 0.9, 0.02) << rest;
    }
    const std::string doctor = box.gramme({"doctor"}).out;
    EXPECT_NE(doctor.find("not used: CPU or memory is measured"), std::string::npos) << doctor;
    EXPECT_NE(doctor.find("by the wall meter"), std::string::npos) << doctor;

    const Json result = run_at_half(kCounters);
    EXPECT_TRUE(part_of(result, "host0").is_null()) << "the counters measure it";
    const double seconds = result["remainder_inputs"]["duration_s"].get<double>();
    // The wall at half load is 235.6 W, the counters give 162 W.
    const double true_j = ((kIdle_w + kFull_w) / 2.0 - 162.0) * seconds;
    const double rest_j = result["remainder_kwh"]["value"].get<double>() * 3.6e6;
    EXPECT_NEAR(rest_j, true_j, 0.05 * true_j) << result["remainder_inputs"];
    EXPECT_TRUE(text_of(result["remainder_kwh"], "chosen").starts_with("measured here with a power meter"));
    EXPECT_LT(result["remainder_kwh"]["low"].get<double>() * 3.6e6, true_j);
    EXPECT_GT(result["remainder_kwh"]["high"].get<double>() * 3.6e6, true_j);
}

TEST_F(WallMeter, WithoutCountersStandsForTheWholeMachine) {
    box.make_machine("intel-2s");
    hide_counters();
    {
        const Process machine = drive(kSteps);
        const Outcome outcome = calibrate({"--meter-command", meter(), "--seconds", "2"});
        ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
        EXPECT_NE(outcome.out.find("W idle to"), std::string::npos) << outcome.out;
    }
    EXPECT_EQ(file_text(file()).find("[remainder]"), std::string::npos);
    const Json result = run_at_half({});
    ASSERT_EQ(result["parts"].size(), 1U) << result["parts"].dump(1);
    const Json part = part_of(result, "host0");
    EXPECT_EQ(text_of(part, "kind"), "platform");
    EXPECT_EQ(text_of(part, "quality"), "modelled");
    EXPECT_EQ(text_of(part, "method"), "wall-meter-curve");
    const double true_j = (kIdle_w + kFull_w) / 2.0 * result["run"]["duration_s"].get<double>();
    EXPECT_NEAR(joules_of(result), true_j, 0.05 * true_j);
    EXPECT_TRUE(result["remainder_kwh"]["value"].is_null()) << "it is in the curve";
    const Outcome explained = box.gramme({"explain", text_of(result["run"], "id")});
    EXPECT_EQ(explained.exit_code, 0) << explained.err;
    EXPECT_NE(explained.out.find("docs/method/wall-meter.md"), std::string::npos) << explained.out;
    const std::string doctor = box.gramme({"doctor"}).out;
    EXPECT_NE(doctor.find("stands for the whole machine"), std::string::npos) << doctor;
}

/// An A100 that only the kernel module names: 46 W idle, modelled with 46 + 0.76 x (400 - 46) = 315 W.
TEST_F(WallMeter, AModelledGpuIsNeitherTakenFromTheMeterNorIdlesTwice) {
    box.make_machine("intel-2s");
    hide_counters();
    box.env["GRAMME_NVML_LIB"] = "/no/such/library.so";
    box.env["CUDA_VISIBLE_DEVICES"] = "0";
    const std::string gpu = box.machine_root() + "/proc/driver/nvidia/gpus/0000:07:00.0";
    ASSERT_EQ(box.tool({"mkdir", "-p", gpu, box.machine_root() + "/dev"}).exit_code, 0);
    write_file(gpu + "/information", "Model: \t\t NVIDIA A100-SXM4-40GB\n");
    write_file(box.machine_root() + "/dev/nvidiactl", "");
    {
        const Process machine = drive(kSteps);
        const Outcome outcome = calibrate({"--meter-command", meter(), "--seconds", "2", "--json"});
        ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
        const Json report = Json::parse(outcome.out);
        EXPECT_NEAR(report["wall"]["idle_w"].get<double>(), kIdle_w, 0.02 * kIdle_w) << report["wall"];
        EXPECT_NE((outcome.out + outcome.err).find("the power of a GPU cannot be read here"),
                  std::string::npos)
            << outcome.out << outcome.err;
    }
    const Json result = run_at_half({});
    EXPECT_FALSE(part_of(result, "host0").is_null()) << result["parts"];
    const double seconds = result["run"]["duration_s"].get<double>();
    EXPECT_NEAR(gramme::testing::joules_of(result, "gpu0"), 0.76 * (400.0 - 46.0) * seconds,
                0.05 * 269.0 * seconds)
        << result["parts"];
}

TEST_F(WallMeter, ARecordingIsMatchedWithTheRunsOfItsTime) {
    box.make_machine("intel-2s");
    std::string csv = "time,watts\n";
    std::string id;
    // Four short runs at each of three loads; the plug writes every 20 ms.
    const auto record = [&](double busy, int runs) {
        const Process machine = drive(joined(kCounters, {"--busy", number(busy)}));
        sleep_s(0.2);
        for (int i = 0; i < runs; ++i) {
            const double from_s = wall_clock_s();
            const Outcome run = box.run({"--interval", "100ms", "--csv", "none"}, {"sleep", "0.4"});
            ASSERT_EQ(run.exit_code, 0) << run.err;
            id = text_of(box.result()["run"], "id");
            for (double at_s = from_s; at_s < wall_clock_s(); at_s += 0.02) {
                csv += number(at_s) + "," + number(kIdle_w + (kFull_w - kIdle_w) * busy) + "\n";
            }
        }
    };
    record(0.01, 4);
    write_file(box.path("plug.csv"), csv);
    const Outcome few = calibrate({"--meter-csv", box.path("plug.csv")});
    EXPECT_EQ(few.exit_code, 69) << few.out << few.err;
    EXPECT_NE(few.err.find("readings of the meter fit"), std::string::npos) << few.err;
    EXPECT_FALSE(file_exists(file()));
    record(0.5, 4);
    record(1.0, 4);
    write_file(box.path("plug.csv"), csv);
    const Outcome outcome = calibrate({"--meter-csv", box.path("plug.csv"), "--json"});
    ASSERT_EQ(outcome.exit_code, 0) << outcome.out << outcome.err;
    const Json report = Json::parse(outcome.out);
    EXPECT_EQ(text_of(report["wall"], "meter"), "csv");
    EXPECT_NEAR(report["wall"]["idle_w"].get<double>(), kIdle_w, 0.02 * kIdle_w) << report["wall"];
    EXPECT_NEAR(report["wall"]["full_w"].get<double>(), kFull_w, 0.02 * kFull_w) << report["wall"];
    EXPECT_NEAR(report["remainder"]["efficiency"].get<double>(), 0.9, 0.03) << report;

    // One run alone has one load.
    const Outcome one = calibrate({"--meter-csv", box.path("plug.csv"), "--run", id});
    EXPECT_EQ(one.exit_code, 69) << one.err;
    EXPECT_EQ(calibrate({"--meter-csv", box.path("plug.csv"), "--run", "deadbeef"}).exit_code, 66);
    write_file(box.path("old.csv"), "time,watts\n2020-01-01T00:00:00Z,5\n");
    const Outcome old = calibrate({"--meter-csv", box.path("old.csv")});
    EXPECT_EQ(old.exit_code, 69);
    EXPECT_NE(old.err.find("no run of this machine goes with the recording"), std::string::npos) << old.err;
}

TEST_F(WallMeter, ABadMeterIsSaidBeforeAnybodyWaits) {
    box.make_machine("intel-2s");
    const struct {
        const char* command;
        int exit_code;
        const char* words;
    } meters[] = {{"echo no reading", 65, "holds no number"},
                  {"echo -5", 65, "not above 0 W"},
                  {"echo nan", 65, "holds no number"},
                  {"echo 123,4", 65, "comma"},
                  {"echo 1e9 W", 65, "more than 100000 W"},
                  {"true", 65, "said nothing"},
                  {"head -c 1000000000 /dev/zero", 65, "65536 bytes"},
                  {"echo no such outlet >&2; exit 1", 69, "status 1: no such outlet"},
                  {"sleep 1000", 69, "did not answer in 1 s"},
                  {"/no/such/meter", 66, "status 127"}};
    for (const auto& one : meters) {
        const Outcome outcome = calibrate({"--meter-command", one.command, "--seconds", "1"});
        EXPECT_EQ(outcome.exit_code, one.exit_code) << one.command << outcome.err;
        EXPECT_NE(outcome.err.find(one.words), std::string::npos) << one.command << outcome.err;
        EXPECT_EQ(outcome.out, "");
    }
    EXPECT_FALSE(file_exists(file()));
}

TEST_F(WallMeter, ABadRecordingNamesItsLine) {
    box.make_machine("intel-2s");
    EXPECT_EQ(calibrate({"--meter-csv", box.path("none.csv")}).exit_code, 66);
    write_file(box.path("bad.csv"), "time,watts\n2026-11-25T09:00:00Z,lots\n");
    const Outcome bad = calibrate({"--meter-csv", box.path("bad.csv")});
    EXPECT_EQ(bad.exit_code, 65);
    EXPECT_NE(bad.err.find("bad.csv, line 2: 'lots'"), std::string::npos) << bad.err;
    write_file(box.path("empty.csv"), "time,watts\n");
    EXPECT_EQ(calibrate({"--meter-csv", box.path("empty.csv")}).exit_code, 65);
    for (const Words& words : {Words{"--meter-csv", "a", "--meter-command", "b"}, Words{"--meter-csv", ""},
                               Words{"--meter-csv", "a", "--seconds", "5"}, Words{"--run", "abcd"}}) {
        EXPECT_EQ(calibrate(words).exit_code, 64) << words.front();
    }
}

TEST_F(WallMeter, AMeterThatDoesNotFollowTheLoadTeachesNothing) {
    box.make_machine("intel-2s");
    const Process machine = drive(joined(kSteps, kCounters));
    const Outcome outcome = calibrate({"--meter-command", "echo 100", "--seconds", "2"});
    EXPECT_EQ(outcome.exit_code, 69) << outcome.out;
    EXPECT_NE(outcome.err.find("always the same watts"), std::string::npos) << outcome.err;
    EXPECT_EQ(outcome.err.find("75 % busy\n"), std::string::npos) << "said before all steps: " << outcome.err;
    EXPECT_FALSE(file_exists(file()));
}

TEST_F(WallMeter, AMachineThatOthersKeepBusyIsSaidAfterTheFirstStep) {
    box.make_machine("intel-2s");
    const Process machine = drive(joined({"--busy", "0.9"}, kCounters));
    const Outcome outcome = calibrate({"--meter-command", meter(), "--seconds", "2"});
    EXPECT_EQ(outcome.exit_code, 69) << outcome.out;
    EXPECT_NE(outcome.err.find("a curve needs loads that lie 30 % apart"), std::string::npos) << outcome.err;
    EXPECT_NE(outcome.err.find("gramme:   0 % busy"), std::string::npos) << outcome.err;
    EXPECT_EQ(outcome.err.find("gramme:  25 % busy"), std::string::npos) << outcome.err;
    EXPECT_FALSE(file_exists(file()));
}

TEST_F(WallMeter, CtrlCStopsItAndWritesNothing) {
    box.make_machine("intel-2s");
    ASSERT_EQ(box.tool({"mkdir", "-p", box.path("config") + "/gramme"}).exit_code, 0);
    write_file(file(), "left alone");
    Process process = box.start({"calibrate", "--meter-command",
                                 "echo 100; echo $$ >> '" + box.path("asked") + "'", "--seconds", "30"});
    ASSERT_TRUE(eventually([&] { return process.err().find("0 % busy") != std::string::npos; }));
    process.send(SIGINT);
    const Outcome outcome = process.wait();
    EXPECT_EQ(outcome.signal, SIGINT) << outcome.exit_code;
    EXPECT_NE(outcome.err.find("nothing was written"), std::string::npos) << outcome.err;
    EXPECT_EQ(file_text(file()), "left alone");
    EXPECT_EQ(box.tool({"find", box.path("config"), "-name", "*.part"}).out, "");
}

TEST_F(WallMeter, CalibratingOneThingKeepsTheOther) {
    box.make_machine("intel-2s");
    {
        const Process machine = drive(joined(kSteps, kCounters));
        ASSERT_EQ(calibrate({"--meter-command", meter(), "--seconds", "2"}).exit_code, 0);
    }
    {
        Process machine{box.launch({simulated_host_program(), "--root", box.machine_root(), "--seconds", "60",
                                    "--watts", kWatts, "--busy", "0", "--job-busy", "0", "--catch-up", "1"})};
        const Outcome idle = calibrate({"--seconds", "2"});
        ASSERT_EQ(idle.exit_code, 0) << idle.err;
    }
    const std::string text = file_text(file());
    EXPECT_NE(text.find("cpu0 = "), std::string::npos) << text;
    EXPECT_NE(text.find("[wall]"), std::string::npos) << text;
    EXPECT_NE(text.find("[remainder]"), std::string::npos) << text;
}

}  // namespace
}  // namespace gramme::testing
