#include "plan/budget.hpp"

#include <gtest/gtest.h>

namespace gramme::plan {
namespace {

using Kind = BudgetNews::Kind;
using Step = BudgetAction::Step;

Estimate about(double value) {
    return {value, 0.9 * value, 1.1 * value};
}

std::vector<Limit> limits(std::vector<std::string> texts) {
    std::vector<Limit> out;
    for (const std::string& text : texts) {
        out.push_back(*parse_limit(text));
    }
    return out;
}

TEST(BudgetWatch, TellsNearAndOverOnce) {
    BudgetWatch watch{limits({"100g"}), BudgetOn::kSpent};
    EXPECT_TRUE(watch.look(1.0, {about(79.0), {}, {}}, std::nullopt).empty());
    auto news = watch.look(2.0, {about(80.0), {}, {}}, std::nullopt);
    ASSERT_EQ(news.size(), 1U);
    EXPECT_EQ(news[0].kind, Kind::kNear);
    EXPECT_FALSE(watch.is_over());
    EXPECT_TRUE(watch.look(3.0, {about(81.0), {}, {}}, std::nullopt).empty());
    news = watch.look(4.0, {about(100.0), {}, {}}, std::nullopt);
    ASSERT_EQ(news.size(), 1U);
    EXPECT_EQ(news[0].kind, Kind::kOver);
    EXPECT_TRUE(watch.is_over());
    EXPECT_TRUE(watch.look(5.0, {about(120.0), {}, {}}, std::nullopt).empty());
}

TEST(BudgetWatch, OneOfSeveralIsEnough) {
    BudgetWatch watch{limits({"100g", "1kWh", "1h"}), BudgetOn::kSpent};
    const auto news = watch.look(3600.0, {about(10.0), about(3.5e6), about(3600.0)}, std::nullopt);
    ASSERT_EQ(news.size(), 2U);
    EXPECT_EQ(news[0].kind, Kind::kNear);  // 3.5 MJ of 3.6 MJ
    EXPECT_EQ(news[0].limit, 1U);
    EXPECT_EQ(news[1].kind, Kind::kOver);
    EXPECT_EQ(news[1].limit, 2U);
    EXPECT_TRUE(watch.is_over());
}

TEST(BudgetWatch, AForecastActsOnlyWhereItsLowerEndIsOver) {
    BudgetWatch watch{limits({"100g"}), BudgetOn::kForecast};
    EXPECT_TRUE(watch.look(1.0, {about(1.0), {}, {}}, std::nullopt).empty());
    auto news = watch.look(2.0, {about(1.0), {}, {}}, Spending{about(105.0), {}, {}});  // 94.5 to 115.5
    ASSERT_EQ(news.size(), 1U);
    EXPECT_EQ(news[0].kind, Kind::kForecast);
    EXPECT_EQ(news[0].amount, 105.0);
    EXPECT_FALSE(watch.is_over());
    // 108 to 132, for 5 % of the 200 s that are foreseen: not a moment's opinion.
    const Spending surely{about(120.0), {}, about(200.0)};
    EXPECT_TRUE(watch.look(3.0, {about(1.0), {}, {}}, surely).empty());
    EXPECT_TRUE(watch.look(12.9, {about(1.0), {}, {}}, surely).empty());
    EXPECT_FALSE(watch.is_over());
    news = watch.look(13.0, {about(1.0), {}, {}}, surely);
    ASSERT_EQ(news.size(), 1U);
    EXPECT_EQ(news[0].kind, Kind::kSurely);
    EXPECT_TRUE(watch.is_over());
}

TEST(BudgetWatch, AForecastIsNobodysBusinessOnSpent) {
    BudgetWatch watch{limits({"100g"}), BudgetOn::kSpent};
    EXPECT_TRUE(watch.look(3.0, {about(1.0), {}, {}}, Spending{about(1200.0), {}, {}}).empty());
    EXPECT_FALSE(watch.is_over());
}

TEST(BudgetWatch, UnknownIsNotZero) {
    BudgetWatch watch{limits({"1kWh"}), BudgetOn::kSpent};
    EXPECT_TRUE(watch.look(9.0, {{}, {}, about(9.0)}, std::nullopt).empty());
    const auto news = watch.look(10.0, {{}, {}, about(10.0)}, std::nullopt);
    ASSERT_EQ(news.size(), 1U);
    EXPECT_EQ(news[0].kind, Kind::kUnknown);
    EXPECT_FALSE(watch.is_over());
}

TEST(OnBudgetWords, AreWarnStopAndSignals) {
    EXPECT_FALSE(parse_on_budget("warn")->stop);
    EXPECT_TRUE(parse_on_budget("stop")->stop);
    EXPECT_EQ(parse_on_budget("SIGUSR1")->signal, 10);
    EXPECT_EQ(parse_on_budget("usr2")->signal_name, "SIGUSR2");
    EXPECT_TRUE(parse_on_budget("SIGUSR1,stop")->stop);
    for (const char* wrong : {"", "kill", "stop,SIGUSR1", "SIGUSR1,SIGUSR2", "warn,stop", "9"}) {
        const auto parsed = parse_on_budget(wrong);
        ASSERT_FALSE(parsed) << wrong;
        EXPECT_EQ(parsed.error().code, Code::kUsage);
    }
}

TEST(BudgetAction, StopsAfterTheGraceAndKillsAfterAnother) {
    BudgetAction action{*parse_on_budget("SIGUSR1,stop"), 30.0};
    EXPECT_EQ(action.due(100.0), Step::kSignal);
    EXPECT_EQ(action.due(100.0), Step::kNothing);
    EXPECT_EQ(action.due(129.9), Step::kNothing);
    EXPECT_EQ(action.due(130.0), Step::kTerminate);
    EXPECT_EQ(action.due(159.9), Step::kNothing);
    EXPECT_EQ(action.due(160.0), Step::kKill);
    EXPECT_EQ(action.due(1000.0), Step::kNothing);
}

TEST(BudgetAction, WarnDoesNothingAndASignalStopsNothing) {
    BudgetAction warn{*parse_on_budget("warn"), 1.0};
    EXPECT_EQ(warn.due(1.0), Step::kNothing);
    BudgetAction signal{*parse_on_budget("USR1"), 1.0};
    EXPECT_EQ(signal.due(1.0), Step::kSignal);
    EXPECT_EQ(signal.due(100.0), Step::kNothing);
}

}  // namespace
}  // namespace gramme::plan
