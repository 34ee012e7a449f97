// Gaudi accelerators through a made-up HLML, on the thread that NVIDIA's have.
#include "probe/gaudi.hpp"

#include <cstdlib>

#include "nvml_test_host.hpp"

namespace gramme::probe {
namespace {

class Gaudi : public NvmlTest {
protected:
    refdata::Tables tables;
    HostFacts facts;
    SourceReport first;

    Gaudi() {
        for (const char* name : {"FAKE_HLML_CARDS", "FAKE_HLML_WATTS", "FAKE_HLML_FAIL", "FAKE_HLML_HANG"}) {
            unsetenv(name);
        }
        host.variables["GRAMME_HLML_LIB"] = FAKE_HLML;
        options.scope = Scope::kMachine;
        options.wait_for_gpus = true;
    }
    void open() {
        OpenedSource source = open_gaudi({host, tables, facts, options});
        probe = std::move(source.probe);
        first = source.reports.empty() ? SourceReport{} : source.reports[0];
    }
};

TEST_F(Gaudi, IsMeasuredByItsCounter) {
    open();
    ASSERT_NE(probe, nullptr);
    ASSERT_EQ(probe->device_count(), 2U);
    const auto outcomes = measure(1.5);
    EXPECT_NEAR(outcomes[0].joules / outcomes[0].seconds, 300.0, 15.0);
    EXPECT_NEAR(outcomes[1].joules / outcomes[1].seconds, 400.0, 20.0);
    const Device device = probe->device(1).device;
    EXPECT_EQ(device.id, "gaudi1");
    EXPECT_EQ(device.name, "Intel Gaudi HL-225");
    EXPECT_EQ(device.method, "gaudi-energy-counter");
    EXPECT_EQ(device.group, "gaudi:Intel Gaudi HL-225");
    EXPECT_EQ(device.gain_source, "docs/method/gaudi.md");
    EXPECT_EQ(probe->device(1).identity, "01P0-HL2080A0-15-TNPS34-02");
    EXPECT_EQ(first.name, "gaudi-hlml");
    EXPECT_EQ(first.state, SourceState::kUsed);
    EXPECT_EQ(first.why, "2 by energy counter");
}

TEST_F(Gaudi, WithoutCounterItsPowerIsIntegrated) {
    setenv("FAKE_HLML_FAIL", "energy", 1);
    open();
    const auto outcomes = measure(0.8);
    EXPECT_NEAR(outcomes[0].joules / outcomes[0].seconds, 300.0, 1.0);
    EXPECT_EQ(probe->device(0).device.method, "gaudi-power-integrated");
}

TEST_F(Gaudi, ADriverThatRefusesIsRefusedWithTheCommands) {
    setenv("FAKE_HLML_FAIL", "init", 1);
    open();
    EXPECT_EQ(first.state, SourceState::kRefused);
    EXPECT_EQ(first.why, "HLML: error 9");
    ASSERT_EQ(first.remedies.size(), 2U);
    EXPECT_EQ(first.remedies[0], "sudo modprobe habanalabs");
    EXPECT_EQ(first.remedies[1].find("sudo usermod -aG render \"$USER\""), 0U);
    EXPECT_EQ(probe->unlisted(), "HLML: HLML: error 9");
}

TEST_F(Gaudi, ADriverThatHangsIsAGapInItsOwnWords) {
    setenv("FAKE_HLML_HANG", "energy", 1);
    options.wait_for_gpus = false;
    open();
    sleep_s(0.2);
    EXPECT_TRUE(finish(Seconds{0.1}).empty()) << "none is listed";
    EXPECT_EQ(probe->unlisted(), "HLML: the driver did not answer");
}

TEST_F(Gaudi, WithoutTheDriverNothingIsSaid) {
    host.variables.erase("GRAMME_HLML_LIB");
    open();
    EXPECT_EQ(probe, nullptr);
    EXPECT_TRUE(first.name.empty());
}

TEST_F(Gaudi, TheVariableChooses) {
    options.scope = Scope::kJob;
    host.variables["HABANA_VISIBLE_DEVICES"] = "1";
    open();
    EXPECT_EQ(probe->membership(0), Membership::kOut);
    EXPECT_EQ(probe->membership(1), Membership::kIn);
}

TEST(SelectGaudis, ModulesDecideOnlyWhereTheyAreAllOrNone) {
    const auto members = [](const GpuSelection& selection) {
        std::string text;
        for (const GpuChoice& choice : selection.choices) {
            text += choice.membership == Membership::kIn    ? 'i'
                    : choice.membership == Membership::kOut ? 'o'
                                                            : '?';
        }
        return text;
    };
    EXPECT_EQ(members(select_gaudis({}, "3,1,0,2", 4)), "iiii");
    EXPECT_EQ(members(select_gaudis({}, "3,1", 4)), "????");
    EXPECT_EQ(members(select_gaudis({}, "", 2)), "oo");
    EXPECT_EQ(members(select_gaudis("all", "0", 2)), "ii");
    EXPECT_EQ(members(select_gaudis("1", {}, 2)), "oi");
    EXPECT_EQ(members(select_gaudis("", {}, 2)), "oo");
    EXPECT_EQ(members(select_gaudis({}, {}, 2)), "??");
}

}  // namespace
}  // namespace gramme::probe
