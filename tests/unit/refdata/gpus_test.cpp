// GPUs: names as drivers write them, the limit and idle power of one device.
#include <gtest/gtest.h>

#include "refdata/gpu_name.hpp"
#include "refdata/tables.hpp"

namespace gramme::refdata {
namespace {

TEST(GpuMatchKey, DropsTheMakerAndNothingElse) {
    EXPECT_EQ(gpu_match_key("NVIDIA GeForce RTX 3090"), "rtx 3090");
    EXPECT_EQ(gpu_match_key("GeForce RTX 3090"), "rtx 3090");
    EXPECT_EQ(gpu_match_key("Tesla T4"), "t4");
    EXPECT_EQ(gpu_match_key("  NVIDIA  A100-SXM4-80GB "), "a100-sxm4-80gb");
    EXPECT_EQ(gpu_match_key("NVIDIA GeForce RTX 3080 Laptop GPU"), "rtx 3080 laptop gpu");
    EXPECT_EQ(gpu_match_key(""), "");
}

TEST(FindGpu, KnowsTheNamesThatDriversShow) {
    const Tables tables;
    const auto a100 = tables.find_gpu("NVIDIA A100-SXM4-40GB");
    ASSERT_TRUE(a100);
    EXPECT_DOUBLE_EQ(a100->limit_w, 400.0);
    EXPECT_DOUBLE_EQ(a100->idle_w, 46.0);
    EXPECT_EQ(a100->source, "epoch-ml-hardware");
    EXPECT_EQ(a100->idle_source, "teads-aws-ec2");
    EXPECT_EQ(tables.find_gpu("A100-SXM4-40GB")->id, a100->id);
    EXPECT_EQ(tables.find_gpu("NVIDIA H100 SXM5 80GB")->id, tables.find_gpu("NVIDIA H100 80GB HBM3")->id);
}

TEST(FindGpu, GivesTheDeviceItsPartOfTheBoard) {
    const Tables tables;
    const auto k80 = tables.find_gpu("Tesla K80");  // 300 W, 24 GB and 35 W idle for two devices
    ASSERT_TRUE(k80);
    EXPECT_DOUBLE_EQ(k80->limit_w, 150.0);
    EXPECT_DOUBLE_EQ(k80->memory_gb, 12.0);
    EXPECT_DOUBLE_EQ(k80->idle_w, 17.5);
}

TEST(FindGpu, ANameThatIsAlikeIsAnotherDevice) {
    const Tables tables;
    EXPECT_FALSE(tables.find_gpu("NVIDIA GeForce RTX 3080 Laptop GPU"));
    EXPECT_FALSE(tables.find_gpu("A100"));
    EXPECT_FALSE(tables.find_gpu("GRID A100-4C"));
    EXPECT_FALSE(tables.find_gpu(""));
}

constexpr std::string_view kHead =
    "id,vendor,name,aliases,memory_gb,devices_per_board,board_limit_w,idle_w,source,idle_source,note\n";

TEST(GpuOverrides, APersonsRowIsFoundByItsAlias) {
    const std::vector<std::pair<std::string, std::string>> texts{
        {"gpus.csv",
         std::string{kHead} + "mine,ACME,ACME Wonder,Wonder X;Wonder Y,,1,123,,epoch-ml-hardware,,\n"}};
    const auto tables = Tables::with_overrides(texts);
    ASSERT_TRUE(tables) << tables.error().what;
    ASSERT_TRUE(tables->find_gpu("wonder y"));
    EXPECT_DOUBLE_EQ(tables->find_gpu("wonder y")->limit_w, 123.0);
    EXPECT_DOUBLE_EQ(tables->find_gpu("wonder y")->idle_w, 0.0);  // unknown
    EXPECT_TRUE(tables->find_gpu("Tesla T4"));
}

TEST(GpuOverrides, OneNameForTwoRowsIsAFault) {
    const std::vector<std::pair<std::string, std::string>> texts{
        {"gpus.csv", std::string{kHead} + "mine,ACME,ACME Wonder,T4,,1,123,,epoch-ml-hardware,,\n"}};
    const auto tables = Tables::with_overrides(texts);
    ASSERT_FALSE(tables);
    EXPECT_NE(tables.error().what.find("t4"), std::string::npos) << tables.error().what;
}

TEST(GpuOverrides, IdleWattsNeedTheirSource) {
    const std::vector<std::pair<std::string, std::string>> texts{
        {"gpus.csv", std::string{kHead} + "mine,ACME,ACME Wonder,,,1,123,20,epoch-ml-hardware,,\n"}};
    const auto tables = Tables::with_overrides(texts);
    ASSERT_FALSE(tables);
    EXPECT_NE(tables.error().what.find("idle_source"), std::string::npos) << tables.error().what;
}

}  // namespace
}  // namespace gramme::refdata
