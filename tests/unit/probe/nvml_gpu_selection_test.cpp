#include <gtest/gtest.h>

#include "probe/gpu_selection.hpp"

namespace gramme::probe {
namespace {

std::vector<GpuIdentity> four_gpus() {
    return {{"GPU-aaaa1111-0", "NVIDIA A100-SXM4-80GB", {}},
            {"GPU-aaaa2222-0", "NVIDIA A100-SXM4-80GB", {"MIG-77770001", "MIG-77770002"}},
            {"GPU-bbbb3333-0", "NVIDIA A100-SXM4-80GB", {}},
            {"GPU-cccc4444-0", "NVIDIA A100-SXM4-80GB", {}}};
}

/// "in out in ?": one letter per GPU: i, o or u.
std::string letters(const GpuSelection& selection) {
    std::string text;
    for (const auto& choice : selection.choices) {
        text += name_of(choice.membership)[0];
    }
    return text;
}

std::string cuda(const std::string& value) {
    GpuVariables variables;
    variables.cuda_visible_devices = value;
    const auto gpus = four_gpus();
    return letters(select_gpus(variables, gpus));
}

std::string slurm(std::optional<std::string> step, std::optional<std::string> job, std::size_t shown = 4) {
    GpuVariables variables;
    variables.slurm_step_gpus = std::move(step);
    variables.slurm_job_gpus = std::move(job);
    auto gpus = four_gpus();
    gpus.resize(shown);
    return letters(select_gpus(variables, gpus));
}

TEST(SelectGpus, TakesIndexes) {
    EXPECT_EQ(cuda("0"), "iooo");
    EXPECT_EQ(cuda("3,1"), "oioi");
    EXPECT_EQ(cuda(" 0 , 2 "), "ioio");
}

TEST(SelectGpus, EmptyAndNegativeAndNoDevFilesAreNone) {
    for (const char* none : {"", "  ", "-1", "NoDevFiles", "none"}) {
        EXPECT_EQ(cuda(none), "oooo") << none;
    }
}

TEST(SelectGpus, ListEndsAtItsFirstInvalidEntry) {
    EXPECT_EQ(cuda("0,9,1"),
              "iooo");  // there is no GPU 9, so 1 is not seen either
    EXPECT_EQ(cuda("2,-1,1"), "ooio");
    EXPECT_EQ(cuda("0,,1"), "iooo");
    EXPECT_EQ(cuda("1x,0"), "oooo");
    EXPECT_EQ(cuda("99999999999999999999"), "oooo");  // more than 64 bits
}

TEST(SelectGpus, TakesBeginningsOfOneUuidOnly) {
    EXPECT_EQ(cuda("GPU-bbbb"), "ooio");
    EXPECT_EQ(cuda("GPU-cccc4444-0,GPU-aaaa1"), "iooi");
    EXPECT_EQ(cuda("GPU-aaaa"), "oooo");  // two begin so
    EXPECT_EQ(cuda("GPU-dddd"), "oooo");
}

TEST(SelectGpus, MigSliceIsItsWholeGpuAndSaysSo) {
    EXPECT_EQ(cuda("MIG-77770002"), "oioo");
    EXPECT_EQ(cuda("MIG-GPU-bbbb3333-0/1/0"), "ooio");
    GpuVariables variables;
    variables.cuda_visible_devices = "MIG-77770001";
    const auto gpus = four_gpus();
    EXPECT_NE(select_gpus(variables, gpus).choices[1].reason.find("whole GPU is counted, an upper bound"),
              std::string::npos);
}

TEST(SelectGpus, UnknownMigSliceDecidesNothing) {
    EXPECT_EQ(cuda("MIG-12345678"), "uuuu");
}

TEST(SelectGpus, SaysThatTheOrderIsUnsureWhereModelsDiffer) {
    auto gpus = four_gpus();
    gpus[3].name = "Quadro P400";
    GpuVariables variables;
    variables.cuda_visible_devices = "0";
    EXPECT_NE(select_gpus(variables, gpus).choices[0].reason.find("CUDA_DEVICE_ORDER"), std::string::npos);
    variables.cuda_device_order = "PCI_BUS_ID";
    EXPECT_EQ(select_gpus(variables, gpus).choices[0].reason, "CUDA_VISIBLE_DEVICES");
    variables.cuda_device_order.reset();
    variables.cuda_visible_devices = "GPU-bbbb";  // a UUID is sure
    EXPECT_EQ(select_gpus(variables, gpus).choices[2].reason, "CUDA_VISIBLE_DEVICES");
}

TEST(SelectGpus, CudaGoesBeforeSlurm) {
    GpuVariables variables;
    variables.cuda_visible_devices = "1";
    variables.slurm_step_gpus = "0";
    const auto gpus = four_gpus();
    EXPECT_EQ(letters(select_gpus(variables, gpus)), "oioo");
}

TEST(SelectGpus, StepGoesBeforeJob) {
    EXPECT_EQ(slurm("2", "1,2"), "ooio");
    EXPECT_EQ(slurm(std::nullopt, "1,2"), "oiio");
    EXPECT_EQ(slurm(std::nullopt, "0,2-3"), "ioii");
    EXPECT_EQ(slurm("", "1,2"), "oooo");
}

TEST(SelectGpus, SlurmsNumbersOfTheNodeAreMatchedToWhatACgroupLeaves) {
    EXPECT_EQ(slurm(std::nullopt, "4,5", 2),
              "ii");  // the driver calls them 0 and 1
    EXPECT_EQ(slurm("5", "4,5", 2), "oi");
    EXPECT_EQ(slurm("5", std::nullopt, 2), "uu");
    EXPECT_EQ(slurm("gpu:2", std::nullopt, 2), "uu");
    EXPECT_EQ(slurm("3-1", std::nullopt), "uuuu");
    EXPECT_EQ(slurm("0-99999999999", std::nullopt), "uuuu");
}

TEST(SelectGpus, ANumberOfGpusDecidesOnlyWhereItIsNoneOrAll) {
    GpuVariables variables;
    const auto gpus = four_gpus();
    variables.slurm_gpus_on_node = "4";
    EXPECT_EQ(letters(select_gpus(variables, gpus)), "iiii");
    variables.slurm_gpus_on_node = "0";
    EXPECT_EQ(letters(select_gpus(variables, gpus)), "oooo");
    variables.slurm_gpus_on_node = "2";
    EXPECT_EQ(letters(select_gpus(variables, gpus)), "uuuu");
}

GpuVariables own_list(const std::string& cuda_list, std::optional<std::string> step = std::nullopt) {
    GpuVariables variables;
    variables.cuda_visible_devices = cuda_list;
    variables.slurm_step_gpus = std::move(step);
    return variables;
}

std::string letters_of_all(const GpuVariables& variables, int ranks) {
    const auto gpus = four_gpus();
    return letters(select_gpus(of_all_ranks(variables, ranks), gpus));
}

TEST(OfAllRanks, TheStepsListGoesBeforeTheOneGpuOfARank) {
    EXPECT_EQ(letters_of_all(own_list("2", "0-2"), 1), "ooio");
    EXPECT_EQ(letters_of_all(own_list("2", "0-2"), 3), "iiio");
}

TEST(OfAllRanks, FewerGpusThanRanksAreNotThoseOfAll) {
    EXPECT_EQ(letters_of_all(own_list("0"), 4), "uuuu") << "the job's processes decide";
    EXPECT_EQ(letters_of_all(own_list(""), 2), "uuuu");
    EXPECT_EQ(letters_of_all(own_list("0,1"), 2), "iioo") << "one list for both";
    EXPECT_EQ(letters_of_all(own_list("0"), 1), "iooo");
}

TEST(OfAllRanks, SlurmListsSoMany) {
    EXPECT_EQ(gpus_listed_by_slurm(own_list("0", "0,2-4")), 4U);
    EXPECT_EQ(gpus_listed_by_slurm(own_list("0")), std::nullopt);
    EXPECT_EQ(gpus_listed_by_slurm(own_list("0", "gpu:2")), std::nullopt);
}

TEST(SelectGpus, NothingSaidIsUnknown) {
    const auto gpus = four_gpus();
    const auto selection = select_gpus({}, gpus);
    EXPECT_FALSE(selection.decided);
    EXPECT_EQ(letters(selection), "uuuu");
    EXPECT_EQ(selection.choices[0].reason, "no reservation names a GPU and the job was not seen on one");
    EXPECT_TRUE(select_gpus({}, {}).choices.empty());
}

}  // namespace
}  // namespace gramme::probe
