// Several processes of one job, several jobs on one machine, and a job in namespaces of its own.
#include "sandbox.hpp"

namespace gramme::testing {
namespace {

class Ranks : public Integration, public ::testing::WithParamInterface<int> {};

TEST_P(Ranks, UnderOneRunAreMeasuredOnce) {
    box.env.erase("GRAMME_SYSROOT");  // this very machine: the ranks' CPU time is real
    const int ranks = GetParam();
    std::string script;
    for (int rank = 0; rank < ranks; ++rank) {
        script += "'" + gramme_program() + "' run --quiet --name rank" + std::to_string(rank) + " -- '" +
                  helper_program() + "' burn 60 & ";
    }
    const Outcome outcome = box.run({"--name", "all"}, {"sh", "-c", script + "wait"});
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    ASSERT_EQ(box.runs().size(), 1U) << "one job, one run";
    const Json result = box.result();
    double job_j = 0.0;
    double device_j = 0.0;
    for (const Json& part : result["parts"]) {
        job_j += part["energy_kwh"].get<double>();
        device_j += part["device_energy_kwh"].get<double>();
    }
    EXPECT_GT(job_j, 0.0);
    EXPECT_LE(job_j, device_j * (1.0 + 1e-9)) << "each device once, whatever the number of ranks";
    int begun = 0;
    int ended = 0;
    const Json shown = box.show(text_of(box.runs()[0], "id"));
    for (const Json& marker : shown["markers"]) {
        begun += text_of(marker, "kind") == "span_begin" ? 1 : 0;
        ended += text_of(marker, "kind") == "span_end" ? 1 : 0;
    }
    EXPECT_EQ(begun, ranks);
    EXPECT_EQ(ended, ranks);
}

INSTANTIATE_TEST_SUITE_P(Of, Ranks, ::testing::Values(2, 4, 8),
                         [](const auto& each) { return std::to_string(each.param); });

using SideBySide = Integration;

TEST_F(SideBySide, TwoRunsShareADeviceAndDoNotBothOwnIt) {
    box.env.erase("GRAMME_SYSROOT");
    const auto words = [&](const char* name) {
        return Words{"run", "--name",         name,   "--csv", "none", "--json", box.path(name),
                     "--",  helper_program(), "burn", "700"};
    };
    Process first = box.start(words("first"));
    Process second = box.start(words("second"));
    ASSERT_EQ(first.wait().exit_code, 0);
    ASSERT_EQ(second.wait().exit_code, 0);
    EXPECT_EQ(box.runs().size(), 2U);
    for (const char* name : {"first", "second"}) {
        const Json result = Json::parse(file_text(box.path(name)));
        if (text_of(result["run"], "cpu_time_from") == "unknown") {
            GTEST_SKIP() << "no cgroup and no children files here";
        }
        const Json cpu = part_of(result, "cpu0");
        const double of_job = cpu["energy_kwh"].get<double>();
        const double of_device = cpu["device_energy_kwh"].get<double>();
        EXPECT_GT(of_job, 0.0);
        EXPECT_LT(of_job, 0.9 * of_device) << "the other run used as much: " << cpu;
    }
}

using Namespaces = Integration;

TEST_F(Namespaces, ARunInAContainersNamespacesIsMeasuredAndKeepsItsStatus) {
    box.env.erase("GRAMME_SYSROOT");
    const Words enter{"unshare", "--fork", "--pid", "--mount-proc", "--mount", "--uts", "--ipc"};
    if (box.tool(joined(enter, {"true"})).exit_code != 0) {
        GTEST_SKIP() << "no right to make namespaces";
    }
    const Outcome outcome =
        box.tool(joined(enter, {gramme_program(), "run", "--csv", "none", "--json", box.path("result.json"),
                                "--", "sh", "-c", helper_program() + " burn 100; exit 9"}));
    EXPECT_EQ(outcome.exit_code, 9) << outcome.err;
    const Json result = box.result();
    EXPECT_NE(text_of(result["run"], "cpu_time_from"), "unknown") << outcome.err;
    EXPECT_GT(joules_of(result), 0.0);
}

}  // namespace
}  // namespace gramme::testing
