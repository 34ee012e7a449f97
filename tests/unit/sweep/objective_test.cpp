#include "sweep/objective.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "scratch.hpp"

namespace gramme::sweep {
namespace {

using testing::ScratchFolder;

class ObjectiveOf : public ::testing::Test {
protected:
    std::string write(const std::string& text) const {
        std::ofstream{folder_.file("out")} << text;
        return folder_.file("out");
    }
    Told by_regex(const std::string& pattern, const std::string& text) const {
        const auto objective = Objective::by_regex(pattern);
        EXPECT_TRUE(objective);
        return objective->from_log(write(text));
    }
    Told by_json(const std::string& key, const std::string& text) const {
        const auto objective = Objective::by_json("m.json:" + key);
        EXPECT_TRUE(objective);
        return objective->from_json(write(text), 0);
    }
    ScratchFolder folder_;
};

TEST_F(ObjectiveOf, TheLastLineThatMatchesCounts) {
    EXPECT_DOUBLE_EQ(*by_regex("acc=([0-9.]+)", "acc=0.1\nnoise\nacc=0.7\rstep 3").value, 0.7);
    EXPECT_DOUBLE_EQ(*by_regex("-?[0-9.e-]+$", "loss -1.5e-3").value, -1.5e-3)
        << "without a group, all of it";
}

TEST_F(ObjectiveOf, NanIsNotNothingAndNothingIsNotZero) {
    const Told nan = by_regex("loss=(.*)", "loss=nan\n");
    EXPECT_FALSE(nan.value);
    EXPECT_TRUE(nan.not_a_number);
    EXPECT_TRUE(by_regex("loss=(.*)", "loss=-inf\n").not_a_number);
    const Told nothing = by_regex("loss=(.*)", "no such line\n");
    EXPECT_FALSE(nothing.value);
    EXPECT_FALSE(nothing.not_a_number);
    EXPECT_FALSE(nothing.note.empty());
    EXPECT_FALSE(by_regex("loss=(.*)", "loss=good\n").value);
}

TEST_F(ObjectiveOf, ALineOfMegabytesIsLookedAtInItsBeginning) {
    const std::string line = "acc=0.5 " + std::string(std::size_t{8} << 20U, 'x') + "\n";
    EXPECT_DOUBLE_EQ(*by_regex("acc=([0-9.]+)", line).value, 0.5);
}

TEST_F(ObjectiveOf, AnExpressionThatTriesEverythingEndsAllTheSame) {
    EXPECT_FALSE(by_regex("(a+)+$", std::string(4000, 'a') + "b\n").value)
        << "with back-tracking 2^4000 steps";
}

TEST_F(ObjectiveOf, APipeIsNoFile) {
    const std::string path = folder_.file("pipe");
    ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
    EXPECT_FALSE(Objective::by_json("m.json:a")->from_json(path, 0).value) << "it would wait for its writer";
}

TEST_F(ObjectiveOf, AKeyOfAFileMayLeadIntoObjects) {
    EXPECT_DOUBLE_EQ(*by_json("eval.accuracy", R"({"eval": {"accuracy": 0.25}})").value, 0.25);
    EXPECT_TRUE(by_json("loss", R"({"loss": NaN})").not_a_number) << "as Python writes it";
    EXPECT_TRUE(by_json("eval.loss", R"({"eval": {"loss": -Infinity}})").not_a_number);
    EXPECT_FALSE(by_json("loss", R"({"other": 1})").value);
    EXPECT_FALSE(by_json("loss", "{").value);
}

TEST_F(ObjectiveOf, AFileOfAnEarlierTrialIsNotBelieved) {
    const auto objective = Objective::by_json("m.json:a");
    ASSERT_TRUE(objective);
    const std::string path = write(R"({"a": 1})");
    EXPECT_TRUE(objective->from_json(path, 0).value);
    constexpr std::int64_t kFarAhead = 4'000'000'000'000'000'000;  // in 2096
    EXPECT_FALSE(objective->from_json(path, kFarAhead).value);
}

TEST(Objective, IsRefusedWhereItMakesNoSense) {
    EXPECT_FALSE(Objective::by_regex("acc=("));
    EXPECT_FALSE(Objective::by_json("metrics.json"));
    EXPECT_FALSE(Objective::by_json(":key"));
}

}  // namespace
}  // namespace gramme::sweep
