#include "cli/progress_pattern.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "cli/watch_request.hpp"

namespace gramme::cli {
namespace {

using Lines = std::vector<std::pair<std::string, std::int64_t>>;

ProgressPattern pattern(const std::string& regex, bool knows_total = false) {
    auto compiled = ProgressPattern::compile(regex, knows_total);
    EXPECT_TRUE(compiled) << compiled.error().what;
    return *std::move(compiled);
}

TEST(ProgressPattern, TakesGroupsByNumberAndByName) {
    const auto plain = pattern("step (\\d+)/(\\d+)").match("12:00 step 3/40, loss 2.1");
    ASSERT_TRUE(plain);
    EXPECT_EQ(plain->step, 3.0);
    EXPECT_EQ(plain->total, 40.0);
    const auto named = pattern("of (?P<total>[\\d,]+).*?(?<step>\\d+)").match("of 12,000: 17");
    ASSERT_TRUE(named);
    EXPECT_EQ(named->step, 17.0);
    EXPECT_EQ(named->total, 12000.0);
    const auto percent = pattern("(?P<percent>[\\d.]+)%").match(" 42.5%|####    |");
    ASSERT_TRUE(percent);
    EXPECT_EQ(percent->step, 42.5);
    EXPECT_EQ(percent->total, 100.0);
    const auto alone = pattern("step (\\d+)", true).match("step 9");
    ASSERT_TRUE(alone);
    EXPECT_FALSE(alone->total);
    EXPECT_FALSE(pattern("step (\\d+)", true).match("epoch 9"));
    EXPECT_FALSE(pattern("(?P<percent>\\d+)%").match("300%"));
    const auto both = pattern("step (?P<step>\\d+)/(?P<total>\\d+)|(?P<evaluation>val loss)");
    EXPECT_FALSE(both.match("step 3/40")->ended);
    EXPECT_EQ(both.match("val loss 2.1")->ended, plan::Phase::kEvaluation);
    EXPECT_FALSE(pattern("step (\\S+)", true).match("step nine"));
}

TEST(ProgressPattern, SaysWhatIsWrongWithIt) {
    for (const char* wrong :
         {"step (\\d+", "step", "(?P<stage>\\d+)/(?P<total>\\d+)", "step (\\d+)", "(\\d+)\\1"}) {
        const auto compiled = ProgressPattern::compile(wrong, false);
        ASSERT_FALSE(compiled) << wrong;
        EXPECT_EQ(compiled.error().code, Code::kUsage);
        EXPECT_NE(compiled.error().what.find(wrong), std::string::npos);
    }
}

TEST(ProgressPattern, NoLineTakesLong) {
    // Exponential for a matcher that goes back: 2^4000 ways to share the letters out.
    EXPECT_FALSE(pattern("(a|a)*(aa|a)*b(\\d+)/(\\d+)").match(std::string(4000, 'a')));
    EXPECT_FALSE(pattern("(.*)(.*)(.*)x(?P<percent>\\d)").match(std::string(4096, '\xff')));
}

TEST(PrintedLines, EndWithEitherSignAndKeepTheTimeOfTheirLastByte) {
    PrintedLines lines;
    Lines seen;
    const auto keep = [&](std::string_view line, std::int64_t at) { seen.emplace_back(line, at); };
    lines.add("one\ntw", 1, keep);
    lines.add("o", 2, keep);
    lines.add("\r", 3, keep);
    lines.add("\r\nthree", 4, keep);
    lines.end(keep);
    EXPECT_EQ(seen, (Lines{{"one", 1}, {"two", 2}, {"three", 4}}));
}

TEST(PrintedLines, LeaveEscapesOutAndLongLinesCut) {
    PrintedLines lines;
    Lines seen;
    const auto keep = [&](std::string_view line, std::int64_t at) { seen.emplace_back(line, at); };
    lines.add("\x1b[2K\x1b[1;32mstep 5\x1b[0m/9\x1b", 1, keep);
    lines.add("[0m!\n", 1, keep);
    lines.add(std::string(10'000, 'x') + "\n", 1, keep);
    ASSERT_EQ(seen.size(), 2U);
    EXPECT_EQ(seen[0].first, "step 5/9!");
    EXPECT_EQ(seen[1].first.size(), PrintedLines::kMostBytes);
}

Arguments typed(std::vector<std::pair<std::string_view, std::string>> options) {
    Arguments arguments;
    arguments.options = std::move(options);
    return arguments;
}

TEST(WatchRequest, ReadsBudgetsAndWhatToDo) {
    const auto request = watch_request(typed({{"budget", "500g"},
                                              {"budget", "3h"},
                                              {"budget-on", "forecast"},
                                              {"on-budget", "SIGUSR1,stop"},
                                              {"grace", "5min"}}));
    ASSERT_TRUE(request) << request.error().what;
    ASSERT_EQ(request->budgets.size(), 2U);
    EXPECT_EQ(request->budgets[1].amount, 10'800.0);
    EXPECT_EQ(request->on, plan::BudgetOn::kForecast);
    EXPECT_TRUE(request->action.stop);
    EXPECT_EQ(request->grace_s, 300.0);
}

TEST(WatchRequest, RefusesWhatDoesNothing) {
    for (const auto& [name, value] :
         std::vector<std::pair<std::string_view, std::string>>{{"budget", "500"},
                                                               {"grace", "30s"},
                                                               {"on-budget", "stop"},
                                                               {"budget-on", "spent"},
                                                               {"steps-total", "-1"},
                                                               {"progress-regex", "step (\\d+)"}}) {
        EXPECT_FALSE(watch_request(typed({{name, value}}))) << name;
    }
    EXPECT_FALSE(watch_request(typed({{"budget", "1h"}, {"grace", "3kg"}})));
    EXPECT_FALSE(watch_request(typed({{"budget", "1h"}, {"budget-on", "both"}})));
    EXPECT_TRUE(watch_request(typed({{"steps-total", "9"}, {"progress-regex", "step (\\d+)"}})));
}

}  // namespace
}  // namespace gramme::cli
