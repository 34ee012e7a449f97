// Recorded machines read through GRAMME_SYSROOT by the real program.
#include <gmock/gmock.h>
#include <unistd.h>

#include "sandbox.hpp"

namespace gramme::testing {
namespace {

class RecordedMachine : public Integration {
protected:
    /// The parts of a short run, as "cpu0: rapl-powercap, measured".
    [[nodiscard]] Words parts_of_a_run() {
        const Outcome outcome = box.run({"--scope", "machine", "--csv", "none"}, {"sleep", "0.3"});
        EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
        Words parts;
        for (const Json& part : box.result().value("parts", Json::array())) {
            parts.push_back(text_of(part, "device") + ": " + text_of(part, "method") + ", " +
                            text_of(part, "quality"));
        }
        return parts;
    }
    [[nodiscard]] Json doctor() const {
        const Outcome outcome = box.gramme({"doctor", "--json"});
        EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
        return Json::parse(outcome.out, nullptr, false);
    }
    [[nodiscard]] static Json source(const Json& report, const std::string& name) {
        for (const Json& one : report.value("sources", Json::array())) {
            if (text_of(one, "name") == name) {
                return one;
            }
        }
        ADD_FAILURE() << "no source " << name << " in " << report.dump(1);
        return Json::object();
    }
};

TEST_F(RecordedMachine, IntelServerHasTwoPackagesAndTwoDramZonesEachOnce) {
    box.use_fixture("intel-2s");
    EXPECT_THAT(parts_of_a_run(),
                ::testing::ElementsAre("cpu0: rapl-powercap, measured", "cpu1: rapl-powercap, measured",
                                       "dram0: rapl-powercap, measured", "dram1: rapl-powercap, measured"));
}

TEST_F(RecordedMachine, CountersThatDoNotMoveAreZeroNotUnknown) {
    box.use_fixture("intel-2s");
    (void)parts_of_a_run();
    EXPECT_EQ(joules_of(box.result()), 0.0);
    EXPECT_TRUE(box.result()["gaps"].empty());
}

TEST_F(RecordedMachine, AmdServerHasTwoPackagesAndModelledMemory) {
    box.use_fixture("amd-epyc-2s");
    const Words parts = parts_of_a_run();
    EXPECT_THAT(parts, ::testing::Contains("cpu0: rapl-powercap, measured"));
    EXPECT_THAT(parts, ::testing::Contains("cpu1: rapl-powercap, measured"));
    EXPECT_THAT(parts, ::testing::Contains(::testing::MatchesRegex("dram0: .*modelled|dram0: .*assumed")));
    EXPECT_EQ(parts.size(), 3U) << "core is inside the package";
}

TEST_F(RecordedMachine, MirroredDiesOfAmdAreCountedOnce) {
    box.use_fixture("amd-mirrored");
    int measured = 0;
    for (const std::string& part : parts_of_a_run()) {
        measured += part.find("rapl-powercap") != std::string::npos ? 1 : 0;
    }
    EXPECT_EQ(measured, 1);
}

TEST_F(RecordedMachine, DiesOfCascadeLakeApAreSummed) {
    box.use_fixture("intel-clx-ap");
    int packages = 0;
    for (const std::string& part : parts_of_a_run()) {
        packages += part.rfind("cpu", 0) == 0 && part.find("rapl-powercap") != std::string::npos ? 1 : 0;
    }
    EXPECT_EQ(packages, 2);
}

/// A user who may not read the counters: the tests usually run as root, whom no mode stops.
class WithoutPermission : public RecordedMachine {
protected:
    void SetUp() override {
        box.use_fixture("no-permission");
        if (::geteuid() == 0) {
            as_user_ = {"setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"};
            if (box.tool(joined(as_user_, {"true"})).exit_code != 0) {
                GTEST_SKIP() << "setpriv cannot give up root here";
            }
            for (const char* folder : {"home", "data", "config", "work", "tmp"}) {
                (void)box.tool({"chown", "65534:65534", box.path(folder)});
            }
        }
        (void)box.tool({"find", box.machine_root(), "-name", "energy_uj", "-exec", "chmod",
                        ::geteuid() == 0 ? "0400" : "0000", "{}", "+"});
    }
    [[nodiscard]] Outcome as_user(const Words& words) const {
        return box.tool(joined(joined(as_user_, {gramme_program()}), words));
    }

private:
    Words as_user_;
};

TEST_F(WithoutPermission, DoctorNamesZonesAndRemedies) {
    const Outcome outcome = as_user({"doctor", "--json"});
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    const Json rapl = source(Json::parse(outcome.out, nullptr, false), "rapl-powercap");
    EXPECT_EQ(text_of(rapl, "state"), "refused") << rapl;
    EXPECT_NE(text_of(rapl, "why").find("package-0"), std::string::npos) << rapl;
    EXPECT_NE(text_of(rapl, "why").find("dram"), std::string::npos) << rapl;
    EXPECT_FALSE(rapl.value("remedies", Json::array()).empty()) << rapl;
}

TEST_F(WithoutPermission, RunIsModelledAndSaysSo) {
    const Outcome outcome =
        as_user({"run", "--scope", "machine", "--json", box.path("work/result.json"), "--", "sleep", "0.3"});
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    const Json result = Json::parse(file_text(box.path("work/result.json")), nullptr, false);
    EXPECT_THAT(text_of(part_of(result, "cpu0"), "quality"), ::testing::AnyOf("modelled", "assumed"));
    EXPECT_GT(joules_of(result), 0.0);
    EXPECT_NE(outcome.err.find("modelled"), std::string::npos) << outcome.err;
}

TEST_F(RecordedMachine, MaskedCountersAreNamedMaskedAndTheRunIsModelled) {
    box.use_fixture("masked");
    const Json rapl = source(doctor(), "rapl-powercap");
    EXPECT_NE(text_of(rapl, "state"), "used");
    EXPECT_FALSE(text_of(rapl, "why").empty());
    for (const std::string& part : parts_of_a_run()) {
        EXPECT_EQ(part.find("rapl"), std::string::npos) << part;
    }
    EXPECT_GT(joules_of(box.result()), 0.0);
}

TEST_F(RecordedMachine, VirtualMachineIsModelledFromItsFamilyAndModel) {
    box.use_fixture("vm");
    const Json report = doctor();
    EXPECT_EQ(report.at("host").value("cpu_family", 0), 25) << report["host"];
    EXPECT_NE(text_of(report.at("host"), "microarchitecture").find("zen4"), std::string::npos)
        << report["host"];
    EXPECT_FALSE(text_of(report.at("host"), "virtualisation").empty()) << report["host"];
    EXPECT_EQ(text_of(source(report, "rapl-powercap"), "state"), "absent");
    for (const std::string& part : parts_of_a_run()) {
        EXPECT_EQ(part.find(", measured"), std::string::npos) << part;
    }
    // A guest is its share of a socket, so a few watts for two CPUs and their memory, never a whole server.
    const double watts = joules_of(box.result()) / box.result()["run"]["duration_s"].get<double>();
    EXPECT_GT(watts, 0.5);
    EXPECT_LT(watts, 80.0);
}

TEST_F(RecordedMachine, MeasuringWorksWithoutRoot) {
    if (::geteuid() != 0) {
        GTEST_SKIP() << "every other test here runs without root already";
    }
    box.make_machine("intel-2s", {"--start", "5000000"});
    (void)box.tool({"chown", "-R", "65534:65534", box.path()});
    const Outcome outcome = box.tool({"setpriv", "--reuid=65534", "--regid=65534", "--clear-groups",
                                      gramme_program(), "run", "--scope", "machine", "--json",
                                      box.path("work/result.json"), "--", simulated_host_program(), "--root",
                                      box.machine_root(), "--seconds", "1", "--watts", "pkg0=100"});
    if (outcome.err.rfind("setpriv", 0) == 0) {
        GTEST_SKIP() << "setpriv cannot give up root here: " << outcome.err;
    }
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_NEAR(joules_of(Json::parse(file_text(box.path("work/result.json"))), "cpu0"), 100.0, 5.0);
    EXPECT_TRUE(file_exists(box.path("work/emissions.csv")));
}

using BrokenMachine = Integration;

TEST_F(BrokenMachine, AFifoInPlaceOfAFileHoldsNothingUp) {
    box.time_limit_s = 20.0;
    for (const char* file : {"proc/stat", "proc/cpuinfo", "proc/meminfo", "etc/os-release"}) {
        Sandbox own;
        own.time_limit_s = 20.0;
        own.use_fixture("vm");
        const std::string path = own.machine_root() + "/" + file;
        ASSERT_TRUE(file_exists(path)) << file;
        ASSERT_EQ(own.tool({"sh", "-c", "rm -f " + path + " && mkfifo " + path}).exit_code, 0);
        const Outcome outcome = own.run({}, {"sh", "-c", "exit 7"});
        EXPECT_EQ(outcome.exit_code, 7) << file << ": " << outcome.err;
        EXPECT_EQ(own.gramme({"doctor"}).exit_code, 0) << file;
    }
    // A counter of a machine that has them.
    box.use_fixture("intel-2s");
    const Outcome made = box.tool(
        {"sh", "-c",
         "for f in $(find -L " + box.machine_root() +
             "/sys/class/powercap -maxdepth 2 -name energy_uj); do rm -f $f && mkfifo $f && echo $f; done"});
    ASSERT_NE(made.out, "");
    const Outcome outcome = box.run({}, {"sh", "-c", "exit 7"});
    EXPECT_EQ(outcome.exit_code, 7) << outcome.err;
    EXPECT_FALSE(outcome.timed_out);
}

}  // namespace
}  // namespace gramme::testing
