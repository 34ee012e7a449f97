#include "sample/node_job.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "fake_host.hpp"

namespace gramme::sample {
namespace {

using gramme::testing::FakeHost;
using Variables = std::map<std::string, std::string>;

FakeHost host_with(const Variables& variables) {
    FakeHost host;
    for (const auto& [name, value] : variables) {
        host.set_env(name, value);
    }
    return host;
}

std::optional<NodeJob> job_of(const Variables& variables, std::string_view parent = "") {
    return find_node_job(host_with(variables), parent);
}

const Variables kSlurm{{"SLURM_JOB_ID", "4711"},
                       {"SLURM_STEP_ID", "0"},
                       {"SLURM_LOCALID", "3"},
                       {"SLURM_NODEID", "1"},
                       {"SLURM_STEP_TASKS_PER_NODE", "8(x2)"}};

Variables slurm_but(const std::string& name, const std::string& value) {
    Variables variables = kSlurm;
    variables[name] = value;
    return variables;
}

TEST(NodeJob, ATaskOfASlurmStep) {
    const auto job = job_of(kSlurm);
    ASSERT_TRUE(job);
    EXPECT_EQ(job->key, "slurm 4711.0");
    EXPECT_EQ(job->local_rank, 3);
    EXPECT_EQ(job->local_size, 8);
}

TEST(NodeJob, TwoStepsOfAJobAreTwo) {
    EXPECT_NE(job_of(kSlurm)->key, job_of(slurm_but("SLURM_STEP_ID", "1"))->key);
}

TEST(NodeJob, ABatchScriptIsNoRank) {
    Variables script = kSlurm;
    script.erase("SLURM_STEP_ID");
    script["SLURM_LOCALID"] = "0";
    EXPECT_FALSE(job_of(script));
    EXPECT_EQ(local_rank_said(host_with(script)), 0);
    script["LOCAL_RANK"] = "2";
    EXPECT_EQ(local_rank_said(host_with(script)), 2) << "what the script started is not its rank 0";
}

TEST(NodeJob, ATaskAloneOnItsNodeIsNoneOfSeveral) {
    Variables alone = slurm_but("SLURM_STEP_TASKS_PER_NODE", "2,1");
    alone["SLURM_LOCALID"] = "0";
    EXPECT_FALSE(job_of(alone)) << "node 1 of the step has one task";
    alone["SLURM_NODEID"] = "0";
    EXPECT_EQ(job_of(alone)->local_size, 2);
}

TEST(NodeJob, NonsenseIsNoJob) {
    EXPECT_FALSE(job_of(slurm_but("SLURM_LOCALID", "8"))) << "ranks are 0 to 7";
    EXPECT_FALSE(job_of(slurm_but("SLURM_LOCALID", "-1")));
    EXPECT_FALSE(job_of(slurm_but("SLURM_LOCALID", "")));
    EXPECT_FALSE(job_of(slurm_but("SLURM_STEP_TASKS_PER_NODE", "8(x2")));
    EXPECT_FALSE(job_of(slurm_but("SLURM_JOB_ID", "")));
    EXPECT_FALSE(job_of(slurm_but("SLURM_JOB_ID", std::string(600, '1'))));
    EXPECT_FALSE(job_of({}));
}

TEST(NodeJob, OpenMpiOfEitherAge) {
    const Variables ranks{{"OMPI_COMM_WORLD_LOCAL_RANK", "1"}, {"OMPI_COMM_WORLD_LOCAL_SIZE", "4"}};
    Variables five = ranks;
    five["PMIX_NAMESPACE"] = "prterun-node7-2211@1";
    EXPECT_EQ(job_of(five)->key, "openmpi prterun-node7-2211@1");
    Variables four = ranks;
    four["OMPI_MCA_ess_base_jobid"] = "3502309377";
    EXPECT_EQ(job_of(four)->key, "openmpi 3502309377");
    EXPECT_EQ(job_of(four)->local_rank, 1);
    EXPECT_EQ(job_of(four)->local_size, 4);
    EXPECT_FALSE(job_of(ranks)) << "which job is not said";
}

TEST(NodeJob, IntelMpiNamesItsJobAndPlainMpichIsToldByItsProxy) {
    Variables ranks{{"MPI_LOCALRANKID", "1"}, {"MPI_LOCALNRANKS", "2"}};
    EXPECT_FALSE(job_of(ranks));
    EXPECT_EQ(job_of(ranks, "812 99120")->key, "mpich below 812 99120");
    ranks["I_MPI_HYDRA_UUID"] = "9c1f0000-7b2a";
    EXPECT_EQ(job_of(ranks, "812 99120")->key, "mpich 9c1f0000-7b2a");
}

TEST(NodeJob, CrayPals) {
    const auto job = job_of({{"PMI_LOCAL_RANK", "5"}, {"PMI_LOCAL_SIZE", "6"}, {"PALS_APID", "a-b"}});
    EXPECT_EQ(job->key, "mpich a-b");
    EXPECT_EQ(job->local_rank, 5);
}

TEST(NodeJob, TorchrunWithoutARunIdIsToldByItsMeetingPlace) {
    Variables ranks{{"LOCAL_RANK", "1"},
                    {"LOCAL_WORLD_SIZE", "2"},
                    {"TORCHELASTIC_RUN_ID", "none"},
                    {"MASTER_ADDR", "127.0.0.1"},
                    {"MASTER_PORT", "29500"}};
    EXPECT_EQ(job_of(ranks)->key, "torchrun none 127.0.0.1:29500");
    ranks.erase("TORCHELASTIC_RUN_ID");
    EXPECT_FALSE(job_of(ranks)) << "variables that somebody set by hand";
    EXPECT_EQ(local_rank_said(host_with(ranks)), 1);
}

TEST(NodeJob, TheStepCoversWhatItsTasksStart) {
    Variables both = kSlurm;
    both.insert(
        {{"LOCAL_RANK", "1"}, {"LOCAL_WORLD_SIZE", "2"}, {"TORCHELASTIC_RUN_ID", "x"}, {"MASTER_PORT", "1"}});
    EXPECT_EQ(job_of(both)->key, "slurm 4711.0");
    both["SLURM_STEP_TASKS_PER_NODE"] = "1(x2)";
    both["SLURM_LOCALID"] = "0";
    EXPECT_EQ(job_of(both)->key, "torchrun x :1") << "one task a node, which starts torchrun";
}

TEST(SlurmTasksOnNode, WorkedExamples) {
    EXPECT_EQ(slurm_tasks_on_node("8", 0), 8);
    EXPECT_EQ(slurm_tasks_on_node("8", 1), std::nullopt) << "a step of one node has no second";
    EXPECT_EQ(slurm_tasks_on_node("4(x2),1", 1), 4);
    EXPECT_EQ(slurm_tasks_on_node("4(x2),1", 2), 1);
    EXPECT_EQ(slurm_tasks_on_node("4(x2),1", 3), std::nullopt);
    EXPECT_EQ(slurm_tasks_on_node("4(x2)", std::nullopt), 4) << "all nodes have the same";
    EXPECT_EQ(slurm_tasks_on_node("4,1", std::nullopt), std::nullopt);
    for (const char* bad : {"", ",", "4,", "0", "4(x0)", "4(x", "4(x2", "4(2)", "(x2)", " 4", "+4", "4(x2)1",
                            "99999999999999999999", "5000", "4(x18446744073709551615)"}) {
        EXPECT_EQ(slurm_tasks_on_node(bad, 0), std::nullopt) << bad;
    }
}

RC_GTEST_PROP(SlurmTasksOnNode, SaysWhatTheWholeListSays, ()) {
    const auto count = *rc::gen::inRange<std::size_t>(1, 12);
    std::vector<int> nodes;  // the list without its short form
    std::string text;
    for (std::size_t i = 0; i < count; ++i) {
        const int tasks = *rc::gen::inRange(1, 300);
        const int repeat = *rc::gen::inRange(1, 5);
        nodes.insert(nodes.end(), static_cast<std::size_t>(repeat), tasks);
        text += (text.empty() ? "" : ",") + std::to_string(tasks);
        if (repeat > 1 || *rc::gen::arbitrary<bool>()) {
            text += "(x" + std::to_string(repeat) + ")";
        }
    }
    for (std::size_t node = 0; node < nodes.size(); ++node) {
        RC_ASSERT(slurm_tasks_on_node(text, node) == nodes[node]);
    }
    RC_ASSERT(!slurm_tasks_on_node(text, nodes.size()));
}

RC_GTEST_PROP(SlurmTasksOnNode, NeverAnswersWithMoreThanTheTextHolds, ()) {
    const auto text =
        *rc::gen::container<std::string>(rc::gen::element('0', '1', '4', '9', '(', 'x', ')', ','));
    const auto node = *rc::gen::inRange<std::uint64_t>(0, 6);
    if (const auto tasks = slurm_tasks_on_node(text, node)) {
        RC_ASSERT(*tasks >= 1);
        RC_ASSERT(text.find(std::to_string(*tasks)) != std::string::npos ||
                  text.find("0" + std::to_string(*tasks)) != std::string::npos);
    }
}

}  // namespace
}  // namespace gramme::sample
