// Files of tasks, with and without the row of the whole run.
#include <gmock/gmock.h>

#include "emissions_text.hpp"
#include "foreign/emissions_runs.hpp"

namespace gramme::foreign {
namespace {

using testing::fixture;
using ::testing::HasSubstr;

constexpr const char* kTasksFile = "emissions_exp_d7ed5744-fdab-439d-999b-74e4577c3cdd.csv";
constexpr const char* kRun = "d7ed5744-fdab-439d-999b-74e4577c3cdd";

ForeignRuns runs_in(const std::vector<std::string>& names) {
    std::vector<NamedFile> named;
    for (const std::string& name : names) {
        auto file = parse_emissions(fixture(name));
        EXPECT_TRUE(file) << name;
        named.push_back({name, *std::move(file)});
    }
    return runs_of(named, [](std::int64_t civil_ns) { return civil_ns; });
}

ForeignRun run_in(const std::vector<std::string>& names) {
    for (ForeignRun& one : runs_in(names).runs) {
        if (one.run.id == kRun) {
            return one;
        }
    }
    ADD_FAILURE() << "no run " << kRun;
    return {};
}

double joules_of(const ForeignRun& run) {
    double sum = 0.0;
    for (const Window& window : run.ledger.windows) {
        sum += window.energy.value();
    }
    return sum;
}

// 1.2718207544059027e-05 kWh in the row of the run = 45.786 J; its tasks have the same together.
TEST(EmissionsTasks, OfARunWithItsRowAreSpansOfIt) {
    const ForeignRun one = run_in({"3.3.0.csv", kTasksFile});
    EXPECT_NEAR(joules_of(one), 45.7855, 1e-3);
    ASSERT_EQ(one.ledger.markers.size(), 4U);
    EXPECT_EQ(one.ledger.markers[0].name, "load");
    EXPECT_EQ(one.ledger.markers[0].kind, Marker::Kind::kSpanBegin);
    EXPECT_THAT(one.ledger.markers[1].detail, HasSubstr("\"energy_consumed_kwh\":"));
    EXPECT_EQ(one.ledger.markers[2].name, "fit");
    // Its row has the duration of the last task, 1.1 s; from the first to the last it took 6.1 s.
    EXPECT_NEAR(one.run.duration_s, 6.1, 0.1);
    EXPECT_THAT(one.run.warnings, ::testing::Contains(HasSubstr("from its first task to its last")));
    EXPECT_TRUE(one.ledger.gaps.empty());
}

TEST(EmissionsTasks, AloneAddUpAndLeaveGapsBetweenThem) {
    const ForeignRun one = run_in({kTasksFile});
    EXPECT_NEAR(joules_of(one), 45.7855, 1e-2);
    EXPECT_EQ(one.rows, 2U);
    ASSERT_EQ(one.ledger.gaps.size(), 2U);  // of CPU and memory, three seconds and a rounding long
    EXPECT_THAT(one.ledger.gaps[0].reason, HasSubstr("between tasks"));
    EXPECT_THAT(one.run.warnings, ::testing::Contains(HasSubstr("the sum of 2")));
    EXPECT_FALSE(one.pue_is_said);
}

TEST(EmissionsTasks, HaveNumbersAsJsonWritesThem) {
    auto file = parse_emissions(
        "task_name,timestamp,run_id,duration,emissions,energy_consumed\n"
        "load,2024-03-01T11:00:00,run-7,60,.25,00.5\n"
        "fit,2024-03-01T11:01:00,run-7,60,,1E-1\n");
    ASSERT_TRUE(file);
    const std::vector<NamedFile> files{{"tasks.csv", *std::move(file)}};
    const ForeignRuns found = runs_of(files, [](std::int64_t civil_ns) { return civil_ns; });
    ASSERT_EQ(found.runs.size(), 1U);
    ASSERT_EQ(found.runs[0].ledger.markers.size(), 4U);
    EXPECT_EQ(found.runs[0].ledger.markers[1].detail,
              R"({"energy_consumed_kwh":0.5,"emissions_kgco2e":0.25})");
    EXPECT_EQ(found.runs[0].ledger.markers[3].detail,
              R"({"energy_consumed_kwh":0.1,"emissions_kgco2e":null})");
}

TEST(EmissionsTasks, OfACopyCountOnce) {
    const ForeignRun one = run_in({kTasksFile, kTasksFile});
    EXPECT_NEAR(joules_of(one), 45.7855, 1e-2);
}

}  // namespace
}  // namespace gramme::foreign
