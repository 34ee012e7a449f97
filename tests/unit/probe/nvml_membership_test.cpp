// Which GPUs are the job's: variables, then processes, then "not known".
#include <set>

#include "nvml_test_host.hpp"

namespace gramme::probe {
namespace {

class Members final : public JobMembers {
public:
    explicit Members(std::set<int> pids) : pids_(std::move(pids)) {}
    bool contains(int pid) const override { return pids_.count(pid) > 0; }

private:
    std::set<int> pids_;
};

TEST_F(NvmlTest, CudaVisibleDevicesDecides) {
    script("gpus 4\n");
    host.variables["CUDA_VISIBLE_DEVICES"] = "2,0";
    start_and_wait();
    const std::vector<Membership> expected{Membership::kIn, Membership::kOut, Membership::kIn,
                                           Membership::kOut};
    for (std::size_t i = 0; i < 4; ++i) {
        EXPECT_EQ(probe->membership(i), expected[i]) << i;
        EXPECT_EQ(probe->device(i).device.membership, expected[i]) << i;
    }
    EXPECT_EQ(probe->membership_reason(2), "CUDA_VISIBLE_DEVICES");
    EXPECT_EQ(probe->membership_reason(3), "not in CUDA_VISIBLE_DEVICES");
}

TEST_F(NvmlTest, UuidOfTheDriverIsMatched) {
    script("gpus 2\ngpu 1 uuid GPU-8932f937-d72c-4106-c12f-20bd9faed9f6\n");
    host.variables["CUDA_VISIBLE_DEVICES"] = "GPU-8932f937";
    start_and_wait();
    EXPECT_EQ(probe->membership(0), Membership::kOut);
    EXPECT_EQ(probe->membership(1), Membership::kIn);
}

TEST_F(NvmlTest, MigSliceOfTheDriverIsMatched) {
    script("gpus 2\ngpu 1 mig MIG-11111111-0,MIG-22222222-0\n");
    host.variables["CUDA_VISIBLE_DEVICES"] = "MIG-22222222-0";
    start_and_wait();
    EXPECT_EQ(probe->membership(0), Membership::kOut);
    EXPECT_EQ(probe->membership(1), Membership::kIn);
}

TEST_F(NvmlTest, ScopeMachineTakesAll) {
    script("gpus 2\n");
    host.variables["CUDA_VISIBLE_DEVICES"] = "";
    options.scope = Scope::kMachine;
    start_and_wait();
    EXPECT_EQ(probe->membership(0), Membership::kIn);
    EXPECT_EQ(probe->membership(1), Membership::kIn);
}

TEST_F(NvmlTest, AProcessOfTheJobDecidesWhereNoVariableDoes) {
    script("gpus 3\ngpu 0 processes 17,18\ngpu 1 processes 900001,self\n");
    const Members members{{getpid()}};
    options.members = &members;
    start_and_wait();
    ASSERT_TRUE(wait_until([&] { return probe->membership(1) == Membership::kIn; }));
    EXPECT_EQ(probe->membership_reason(1), "the job ran on it");
    for (const std::size_t other : {0U, 2U}) {
        EXPECT_EQ(probe->membership(other), Membership::kUnknown);
        EXPECT_EQ(probe->membership_reason(other),
                  "no reservation names a GPU and the job was not seen on one");
    }
}

TEST_F(NvmlTest, ManyProcessesAreAllSeen) {
    std::string pids = "100000";
    for (int i = 1; i < 200; ++i) {  // more than fit into the first buffer of 64
        pids += "," + std::to_string(100000 + i);
    }
    script("gpus 1\ngpu 0 processes " + pids + "\n");
    const Members members{{100199}};
    options.members = &members;
    start_and_wait();
    EXPECT_TRUE(wait_until([&] { return probe->membership(0) == Membership::kIn; }));
}

TEST_F(NvmlTest, OldDriversShorterProcessEntriesAreUnderstood) {
    host.variables["GRAMME_NVML_LIB"] = FAKE_NVML_OLD;
    script("gpus 1\ngpu 0 processes 31,32,33\n");
    const Members members{{33}};
    options.members = &members;
    start_and_wait();
    EXPECT_TRUE(wait_until([&] { return probe->membership(0) == Membership::kIn; }));
}

/// The GPUs of an allocation are its own as a whole: who is on them does not matter.
TEST_F(NvmlTest, ProcessesAreNotAskedForWhereTheirEnergyIsNotToldApart) {
    script("gpus 2\ngpu * hang processes 30\n");
    host.variables["CUDA_VISIBLE_DEVICES"] = "0";
    options.scope = Scope::kAllocation;
    const Members members{{1}};
    options.members = &members;
    start_and_wait();
    sleep_s(0.4);
    sample();
    EXPECT_EQ(finish(Seconds{5.0})[0].kind,
              ReadingKind::kCounter);  // the thread is not in that call
}

TEST_F(NvmlTest, ProcessesAreNotAskedForOnGpusThatAreNotTheJobs) {
    script("gpus 2\ngpu 1 hang processes 30\n");
    host.variables["CUDA_VISIBLE_DEVICES"] = "0";
    const Members members{{1}};
    options.members = &members;
    start_and_wait();
    sleep_s(0.4);
    sample();
    EXPECT_EQ(finish(Seconds{5.0})[1].kind,
              ReadingKind::kCounter);  // the thread is not in that call
}

TEST_F(NvmlTest, MembersAreNotAskedOnceTheProbeIsGone) {
    script("gpus 1\ngpu 0 processes 5\ngpu 0 hang processes 0.3\n");
    {
        auto members = std::make_unique<Members>(std::set<int>{5});
        options.members = members.get();
        start_and_wait();
        sleep_s(0.3);  // the thread is in the call
        probe.reset();
    }
    sleep_s(0.4);  // the call returns; under a sanitizer a touch of `members` would be seen
}

}  // namespace
}  // namespace gramme::probe
