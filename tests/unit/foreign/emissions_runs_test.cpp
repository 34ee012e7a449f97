#include "foreign/emissions_runs.hpp"

#include <gmock/gmock.h>

#include "base/utc.hpp"
#include "emissions_text.hpp"

namespace gramme::foreign {
namespace {

using ::testing::ElementsAre;
using testing::fixture;
using ::testing::HasSubstr;
using testing::kHeader38;
using testing::kId;
using testing::row38;

constexpr std::int64_t kHourNs = 3'600'000'000'000;

std::int64_t as_utc(std::int64_t civil_ns) {
    return civil_ns;
}

ForeignRuns runs_in(const std::vector<std::pair<std::string, std::string>>& files,
                    const LocalTime& to_utc = &as_utc) {
    std::vector<NamedFile> named;
    for (const auto& [name, text] : files) {
        auto file = parse_emissions(text);
        EXPECT_TRUE(file) << file.error().what;
        named.push_back({name, *std::move(file)});
    }
    return runs_of(named, to_utc);
}

ForeignRun one_in(const std::string& rows, const LocalTime& to_utc = &as_utc) {
    ForeignRuns found = runs_in({{"emissions.csv", kHeader38 + "\n" + rows}}, to_utc);
    EXPECT_EQ(found.runs.size(), 1U);
    EXPECT_TRUE(found.rejected.empty());
    return found.runs.empty() ? ForeignRun{} : found.runs.front();
}

std::size_t together_in(const ForeignRuns& found) {
    CountedTogether together;
    for (const ForeignRun& one : found.runs) {
        together.add(one.run);
    }
    return together.count();
}

double kwh_of(const ForeignRun& run, const std::string& id) {
    double sum = 0.0;
    for (const Window& window : run.ledger.windows) {
        if (run.ledger.devices.at(window.device).id == id) {
            sum += KilowattHours{window.energy}.value();
        }
    }
    return sum;
}

std::vector<std::string> devices_of(const ForeignRun& run) {
    std::vector<std::string> out;
    for (const Device& device : run.ledger.devices) {
        out.push_back(device.id);
    }
    return out;
}

TEST(EmissionsRuns, KeepsIdProjectTimesAndMachine) {
    const ForeignRun one = one_in(row38());
    EXPECT_EQ(one.run.id, kId);
    EXPECT_EQ(one.run.project, "bert");
    EXPECT_EQ(utc_text(one.run.started_wall_ns),
              "2024-03-01T10:00:00Z");  // written at the end, an hour later
    EXPECT_DOUBLE_EQ(one.run.duration_s, 3600.0);
    EXPECT_EQ(one.run.scope, Scope::kMachine);
    EXPECT_EQ(one.run.state, RunState::kFinished);
    EXPECT_FALSE(one.run.exit_status);
    EXPECT_EQ(one.run.host.cpu_model, "AMD EPYC 7742");
    EXPECT_EQ(one.run.host.cpu_count, 8);
    EXPECT_THAT(one.run.host.gpu_models, ElementsAre("NVIDIA A100", "NVIDIA A100"));
    EXPECT_EQ(one.run.host.memory_bytes, 62'500ULL * 1024 * 1024 * 1024 / 1000);
    EXPECT_EQ(one.run.imported->file, "emissions.csv");
    EXPECT_EQ(one.run.imported->line, 2U);
    EXPECT_EQ(one.run.imported->program, "CodeCarbon 3.3.2");
}

TEST(EmissionsRuns, PartsHoldTheEnergyAsNobodyMeasuredIt) {
    const ForeignRun one = one_in(row38());
    EXPECT_THAT(devices_of(one), ElementsAre("cpu", "gpu", "memory"));
    EXPECT_DOUBLE_EQ(kwh_of(one, "cpu"), 0.06);
    EXPECT_DOUBLE_EQ(kwh_of(one, "gpu"), 0.25);
    EXPECT_DOUBLE_EQ(kwh_of(one, "memory"), 0.02);
    for (const Device& device : one.ledger.devices) {
        EXPECT_GE(device.quality, Quality::kModelled);
        EXPECT_EQ(device.method, "codecarbon");
    }
    EXPECT_DOUBLE_EQ(one.facility_kwh.value(), 0.33);
    EXPECT_DOUBLE_EQ(one.emissions_kg.value(), 0.0198);
}

TEST(EmissionsRuns, PueIsTakenOutOfTheEnergies) {
    const ForeignRun one = one_in(row38({{"pue", "1.5"}}));
    EXPECT_DOUBLE_EQ(one.pue, 1.5);
    EXPECT_TRUE(one.pue_is_said);
    EXPECT_DOUBLE_EQ(kwh_of(one, "cpu"), 0.04);  // 0.06 / 1.5
    EXPECT_DOUBLE_EQ(one.facility_kwh.value(), 0.33);
}

TEST(EmissionsRuns, AZeroIsAGapAndNoGpuIsNoGpu) {
    const ForeignRun silent =
        one_in(row38({{"gpu_energy", "0.0"}, {"energy_consumed", "0.08"}, {"emissions", "0.0048"}}));
    EXPECT_THAT(devices_of(silent), ElementsAre("cpu", "gpu", "memory"));
    ASSERT_EQ(silent.ledger.gaps.size(), 1U);
    EXPECT_EQ(silent.ledger.gaps[0].device, 1U);
    EXPECT_EQ(silent.ledger.gaps[0].to_ns, kHourNs);
    const ForeignRun none = one_in(row38({{"gpu_energy", "0.0"},
                                          {"gpu_count", "0"},
                                          {"gpu_model", ""},
                                          {"energy_consumed", "0.08"},
                                          {"emissions", "0.0048"}}));
    EXPECT_THAT(devices_of(none), ElementsAre("cpu", "memory"));
    EXPECT_TRUE(none.ledger.gaps.empty());
}

TEST(EmissionsRuns, ARunWithoutEnergyHasNoEmissionsEither) {
    const ForeignRun one = one_in(row38({{"cpu_energy", "0"},
                                         {"gpu_energy", "0"},
                                         {"ram_energy", "0"},
                                         {"energy_consumed", "0"},
                                         {"emissions", "0"}}));
    EXPECT_FALSE(one.facility_kwh);
    EXPECT_FALSE(one.emissions_kg);
    EXPECT_TRUE(one.ledger.windows.empty());
    EXPECT_THAT(one.run.warnings, ::testing::Contains("the file has no energy of this run"));
}

TEST(EmissionsRuns, LocalTimesAreTakenInTheZoneThatIsGiven) {
    const ForeignRun one = one_in(row38(), [](std::int64_t civil_ns) { return civil_ns - 2 * kHourNs; });
    EXPECT_EQ(utc_text(one.run.started_wall_ns), "2024-03-01T08:00:00Z");
    EXPECT_THAT(one.run.warnings, ElementsAre("the file has local times without a zone: taken as UTC+02:00"));
    const ForeignRun with_zone = one_in(row38({{"timestamp", "2024-03-01T11:00:00+05:30"}}));
    EXPECT_EQ(utc_text(with_zone.run.started_wall_ns), "2024-03-01T04:30:00Z");
    EXPECT_TRUE(with_zone.run.warnings.empty());
}

TEST(EmissionsRuns, OfSeveralRowsTheLastOneCounts) {
    const std::string early = row38({{"timestamp", "2024-03-01T10:30:00"},
                                     {"duration", "1800"},
                                     {"cpu_energy", "0.03"},
                                     {"gpu_energy", "0.125"},
                                     {"ram_energy", "0.01"},
                                     {"energy_consumed", "0.165"},
                                     {"emissions", "0.0099"}});
    for (const std::string& rows : {early + row38(), row38() + early, early + row38() + row38()}) {
        const ForeignRun one = one_in(rows);
        EXPECT_DOUBLE_EQ(one.facility_kwh.value(), 0.33);  // not 0.495: each row holds those before it
        EXPECT_DOUBLE_EQ(one.run.duration_s, 3600.0);
        EXPECT_GE(one.rows, 2U);
        EXPECT_THAT(one.notes.at(0), HasSubstr("rows of this run: the last one counts"));
    }
}

TEST(EmissionsRuns, FallingEnergyIsSaid) {
    const ForeignRun one = one_in(row38() + row38({{"timestamp", "2024-03-01T12:00:00"},
                                                   {"cpu_energy", "0.01"},
                                                   {"gpu_energy", "0.1"},
                                                   {"ram_energy", "0.01"},
                                                   {"energy_consumed", "0.12"},
                                                   {"emissions", "0.0072"}}));
    EXPECT_DOUBLE_EQ(one.facility_kwh.value(), 0.12);
    EXPECT_THAT(one.run.warnings,
                ::testing::Contains(HasSubstr("an earlier row of this run has more energy")));
}

TEST(EmissionsRuns, NothingIsTakenOfARunWhoseLastRowIsCut) {
    const std::string cut = row38({{"timestamp", "2024-03-01T12:00:00"}}).substr(0, 120) + "\n";
    const ForeignRuns found = runs_in({{"emissions.csv", kHeader38 + "\n" + row38() + cut}});
    EXPECT_TRUE(found.runs.empty());
    ASSERT_EQ(found.rejected.size(), 2U);
    EXPECT_EQ(found.rejected[0].line, 2U);
    EXPECT_THAT(found.rejected[0].reason, HasSubstr("line 3 of emissions.csv may be a later row of it"));
    EXPECT_EQ(found.rejected[1].line, 3U);
    // Cut inside the id: its beginning is enough.
    const ForeignRuns short_cut =
        runs_in({{"emissions.csv", kHeader38 + "\n" + row38() + row38().substr(0, 40)}});
    EXPECT_TRUE(short_cut.runs.empty());
    // A cut row before a whole one is held by it.
    EXPECT_EQ(runs_in({{"emissions.csv", kHeader38 + "\n" + cut + row38()}}).runs.size(), 1U);
    // Of another run, it is no concern of this one.
    const std::string other =
        row38({{"run_id", "10000000-0000-4000-8000-000000000002"}}).substr(0, 120) + "\n";
    EXPECT_EQ(runs_in({{"emissions.csv", kHeader38 + "\n" + row38() + other}}).runs.size(), 1U);
}

TEST(EmissionsRuns, ALaterDoubtIsNotHiddenByAnEarlierOne) {
    const std::string cut = row38({{"timestamp", "2024-03-01T12:00:00"}}).substr(0, 120) + "\n";
    const auto left_of = [&](const std::string& rows) {
        return runs_in({{"a.csv", kHeader38 + "\n" + rows}}).runs.size();
    };
    EXPECT_EQ(left_of(cut + row38()), 1U);
    EXPECT_EQ(left_of(cut + row38() + cut), 0U);
    // In another file it may be later, wherever it stands there.
    for (const bool cut_is_first : {true, false}) {
        const std::pair<std::string, std::string> whole{"a.csv", kHeader38 + "\n" + cut + row38()};
        const std::pair<std::string, std::string> torn{"b.csv", kHeader38 + "\n" + cut};
        const ForeignRuns found = cut_is_first ? runs_in({torn, whole}) : runs_in({whole, torn});
        EXPECT_TRUE(found.runs.empty());
    }
}

TEST(EmissionsRuns, AMachineHasNoMillionGpus) {
    std::string models = "1024 x A";
    for (int i = 0; i < 1'000; ++i) {
        models += ", 1024 x B";
    }
    EXPECT_EQ(one_in(row38({{"gpu_model", "\"" + models + "\""}})).run.host.gpu_models.size(), 1024U);
}

TEST(EmissionsRuns, AnIdThatIsNoUuidBecomesAlwaysTheSameOne) {
    const ForeignRun one = one_in(row38({{"run_id", "run-7"}}));
    EXPECT_EQ(one.run.id,
              "e8c7e94e-1106-54bc-8cb4-5d09b4e0594a");  // uuid5(NAMESPACE_URL, "gramme:codecarbon:run-7")
    EXPECT_EQ(one_in(row38({{"run_id", "ABCDEF00-0000-4000-8000-000000000001"}})).run.id,
              "abcdef00-0000-4000-8000-000000000001");
}

TEST(EmissionsRuns, OldFilesHaveOneTotalAndNoPue) {
    for (const char* generation : {"0.1", "1.2"}) {
        const ForeignRuns found = runs_in({{"old.csv", fixture(std::string{generation} + ".csv")}});
        ASSERT_EQ(found.runs.size(), 1U);
        const ForeignRun& one = found.runs.front();
        EXPECT_THAT(devices_of(one), ElementsAre("total"));
        EXPECT_DOUBLE_EQ(kwh_of(one, "total"), 0.33);
        EXPECT_FALSE(one.pue_is_said);
        EXPECT_EQ(one.run.imported->program, "CodeCarbon");
        EXPECT_EQ(one.run.id.substr(0, 35), "00000000-0000-4000-8000-00000000000");
    }
}

TEST(EmissionsRuns, OwnRowsAreKnownAsSuch) {
    const ForeignRun one =
        one_in(row38({{"codecarbon_version", "gramme-0.1.0"}, {"tracking_mode", "process"}}));
    EXPECT_EQ(one.run.imported->program, "gramme 0.1.0");
    EXPECT_EQ(one.run.scope, Scope::kJob);
    EXPECT_EQ(one.ledger.devices.at(0).method, "gramme");
}

TEST(EmissionsRuns, APartOfAnotherRunSaysSoAndComesBehindIt) {
    const std::string outer = "10000000-0000-4000-8000-000000000002";
    const ForeignRuns found =
        runs_in({{"emissions.csv", kHeader38 + "\n" +
                                       row38({{"codecarbon_version", "gramme-0.1.0 part of " + outer}}) +
                                       row38({{"run_id", outer},
                                              {"codecarbon_version", "gramme-0.1.0"},
                                              {"timestamp", "2024-03-01T11:00:01"}})}});
    ASSERT_EQ(found.runs.size(), 2U);
    EXPECT_EQ(found.runs[0].run.id, outer);
    EXPECT_EQ(found.runs[0].run.part_of, "");
    EXPECT_EQ(found.runs[1].run.part_of, outer);
    EXPECT_EQ(found.runs[1].run.imported->program, "gramme 0.1.0");
    EXPECT_EQ(together_in(found), 0U);
    EXPECT_EQ(one_in(row38({{"codecarbon_version", "gramme-0.1.0 part of it"}})).run.part_of, "");
}

TEST(EmissionsRuns, RanksThatEachCountedTheMachineAreNoticed) {
    const auto rank = [](const char* id, const char* ended, const char* mode = "machine") {
        return row38({{"run_id", id}, {"timestamp", ended}, {"tracking_mode", mode}});  // an hour each
    };
    const auto together = [](const std::string& rows) {
        const ForeignRuns found = runs_in({{"emissions.csv", kHeader38 + "\n" + rows}});
        return together_in(found);
    };
    const std::string ten = "2024-03-01T10:00:00";
    EXPECT_EQ(together(rank("a", "2024-03-01T10:00:00") + rank("b", "2024-03-01T11:00:00")), 0U);
    EXPECT_EQ(together(rank("a", "2024-03-01T10:00:01") + rank("b", "2024-03-01T11:00:00")),
              0U);  // a rounding
    EXPECT_EQ(together(rank("a", ten.c_str()) + rank("b", ten.c_str())), 2U);
    EXPECT_EQ(together(rank("a", ten.c_str()) + rank("b", ten.c_str()) + rank("c", ten.c_str())), 3U);
    EXPECT_EQ(together(rank("a", ten.c_str()) + rank("b", ten.c_str(), "process")), 0U);
}

TEST(EmissionsRuns, AreInTheOrderOfTime) {
    const ForeignRuns found =
        runs_in({{"b.csv", kHeader38 + "\n" + row38()},
                 {"a.csv", kHeader38 + "\n" +
                               row38({{"run_id", "10000000-0000-4000-8000-000000000002"},
                                      {"timestamp", "2023-03-01T11:00:00"}})}});
    ASSERT_EQ(found.runs.size(), 2U);
    EXPECT_EQ(found.runs[0].run.imported->file, "a.csv");
}

}  // namespace
}  // namespace gramme::foreign
