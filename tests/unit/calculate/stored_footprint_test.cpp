#include "calculate/stored_footprint.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "present/present.hpp"

namespace gramme::calculate {
namespace {

using ::testing::HasSubstr;

Footprint full_footprint() {
    Footprint f;
    f.energy_kwh = Estimate{1.5, 1.2, 1.9};
    f.facility_energy_kwh = Estimate{1.8, 1.4, 2.3};
    f.operational_kgco2e = Estimate{0.1, 0.05, 0.2};
    f.quality = Quality::kModelled;
    Part cpu;
    cpu.device = {"cpu0", DeviceKind::kCpu, "package-0", "rapl-powercap", Quality::kMeasured,
                  0.03,   "khan_2018",      "rapl",      Membership::kIn, ""};
    cpu.energy_kwh = Estimate{1.5, 1.2, 1.9};
    cpu.device_energy = KilowattHours{2.0};
    cpu.others = KilowattHours{0.25};
    cpu.unassigned = KilowattHours{0.25};
    cpu.covered_s = 3600.0;
    cpu.gap_s = 1.5;
    cpu.utilization = 0.25;
    Part memory;
    memory.device.id = "dram0";
    memory.device.kind = DeviceKind::kMemory;
    f.parts = {cpu, memory};
    Part gpu;
    gpu.device.id = "gpu1";
    gpu.device.kind = DeviceKind::kGpu;
    gpu.device.membership = Membership::kOut;
    gpu.device.membership_reason = "CUDA_VISIBLE_DEVICES";
    gpu.device_energy = KilowattHours{0.5};
    gpu.covered_s = 3600.0;
    f.left_out = {gpu};
    f.factors.pue = {1.2, 0.05, 2024, {"aws_2024", "mean of the provider"}};
    f.factors.intensity.value = GramsPerKilowattHour{5.5};
    f.factors.intensity.sigma_ln = 0.1;
    f.factors.intensity.zone = "CA-QC";
    f.factors.intensity.zone_name = "Quebec";
    f.factors.intensity.region = "aws:ca-central-1";
    f.factors.intensity.place = "Montreal";
    f.factors.intensity.country_iso3 = "CAN";
    f.factors.intensity.year = 2023;
    f.factors.intensity.basis = "direct";
    f.factors.intensity.from = {"eccc_2024", "--region Montreal"};
    f.factors.intensity.country_lifecycle = GramsPerKilowattHour{171.0};
    f.factors.intensity.country_lifecycle_zone = "CAN";
    f.factors.intensity.country_lifecycle_year = 2024;
    f.factors.intensity.country_lifecycle_source = "owid_ember_2026";
    f.factors.notes = {"a note"};
    f.dominant = DominantUncertainty{"intensity", 71.0, "give an hourly intensity"};
    f.equivalences = {{"car_km", "km by car", 0.5, "epa"}};
    f.gaps = {{"cpu0", 1.0, 2.5, "permission denied"}};
    f.not_covered = {"network", "storage"};
    f.waiting =
        Waiting{KilowattHours{4.0},
                KilowattHours{2.0},
                KilowattHours{1.0},
                {{WaitingCause::kEnd, KilowattHours{0.75}}, {WaitingCause::kUnclear, KilowattHours{0.25}}},
                WaitingCause::kEnd};
    f.remainder = Remainder{Estimate{0.5, 0.25, 1.0},
                            Estimate{0.25, 0.125, 0.5},
                            {"docs/method/remainder.md", "a server"},
                            Watts{60.0},
                            0.5,
                            0.94,
                            0.2,
                            0.75,
                            3600.0};
    return f;
}

TEST(ReadFootprint, IsTheInverseOfWriting) {
    const RunRecord run;
    const std::string text = present::footprint_json(run, full_footprint(), false);
    const auto back = read_footprint(text);
    ASSERT_TRUE(back) << back.error().what;
    EXPECT_EQ(present::footprint_json(run, *back, false), text);
}

TEST(ReadFootprint, RefusesWaitingThatCannotBe) {
    for (const char* waiting :
         {R"([1])", R"({"energy_kwh": 1})", R"({"energy_kwh": 1, "known_energy_kwh": 0})",
          R"({"known_energy_kwh": 2, "mostly": "boredom"})", R"({"known_energy_kwh": 2, "causes": {}})",
          R"({"known_energy_kwh": 2, "causes": [{"energy_kwh": 1}]})"}) {
        const auto back =
            read_footprint(R"({"schema": "gramme/footprint/1", "waiting": )" + std::string{waiting} + "}");
        ASSERT_FALSE(back) << waiting;
        EXPECT_EQ(back.error().code, Code::kMalformed);
    }
}

TEST(ReadFootprint, GivesTheSameSummary) {
    const RunRecord run;
    const Footprint footprint = full_footprint();
    const auto back = read_footprint(present::footprint_json(run, footprint, false));
    ASSERT_TRUE(back) << back.error().what;
    EXPECT_EQ(present::summary_text(run, *back, {}, {}), present::summary_text(run, footprint, {}, {}));
}

TEST(ReadFootprint, KeepsTheUnknownUnknown) {
    const auto back = read_footprint(present::footprint_json({}, Footprint{}, false));
    ASSERT_TRUE(back) << back.error().what;
    EXPECT_FALSE(back->energy_kwh.has_value());
    EXPECT_FALSE(back->dominant.has_value());
}

TEST(ReadFootprint, RefusesWhatIsNoResult) {
    for (const char* text : {"", "[]", "{", "{}", R"({"schema": "gramme/footprint/2"})",
                             R"({"schema": "gramme/footprint/1", "parts": {}})",
                             R"({"schema": "gramme/footprint/1", "energy_kwh": 5})",
                             R"({"schema": "gramme/footprint/1", "quality": "guessed"})"}) {
        const auto back = read_footprint(text);
        ASSERT_FALSE(back) << text;
        EXPECT_EQ(back.error().code, Code::kMalformed) << text;
    }
    EXPECT_THAT(read_footprint(R"({"schema": "gramme/footprint/1", "parts": 1})").error().what,
                HasSubstr("'parts'"));
}

TEST(ReadResult, RefusesAmountsThatCannotBe) {
    for (const char* text :
         {R"("energy_kwh": {"value": -1, "low": 0, "high": 0})",
          R"("energy_kwh": {"value": 1, "low": 2, "high": 3})",
          R"("operational_kgco2e": {"value": 4, "low": 2, "high": 3})",
          R"("embodied_kgco2e": {"value": 1, "low": -1, "high": 3})",
          R"("parts": [{"device": "cpu0", "energy_kwh": -1, "low": -2, "high": 0}])",
          R"("parts": [{"device": "cpu0", "energy_kwh": 1, "low": 1, "high": 1, "sigma": -0.1}])",
          R"("factors": {"pue": {"value": -1}})",
          R"("factors": {"intensity_gco2e_per_kwh": {"value": -5}})"}) {
        const auto result = read_result(R"({"schema": "gramme/footprint/1", )" + std::string{text} + "}");
        ASSERT_FALSE(result) << text;
        EXPECT_EQ(result.error().code, Code::kMalformed) << text;
    }
    const auto unknown = read_result(R"({"schema": "gramme/footprint/1", "energy_kwh": {"value": null}})");
    ASSERT_TRUE(unknown) << unknown.error().what;
    EXPECT_FALSE(unknown->footprint.energy_kwh.has_value());
}

TEST(ReadResult, GivesWhatAResultSaysOfItsRun) {
    RunRecord run;
    run.id = "01938c2e-7b1c-7c4e-9a51-0f2b6d3c1a00";
    run.project = "bert";
    run.scope = Scope::kMachine;
    run.state = RunState::kFinished;
    run.started_wall_ns = 1'795'424'400'000'000'000;
    run.duration_s = 12.5;
    run.own_cpu_s = 0.25;
    run.samples = 13;
    const auto back = read_result(present::footprint_json(run, full_footprint(), false));
    ASSERT_TRUE(back) << back.error().what;
    EXPECT_EQ(back->run.id, run.id);
    EXPECT_EQ(back->run.project, "bert");
    EXPECT_EQ(back->run.scope, Scope::kMachine);
    EXPECT_EQ(back->run.started_wall_ns, run.started_wall_ns);
    EXPECT_EQ(back->run.duration_s, 12.5);
    EXPECT_EQ(back->run.samples, 13U);
    EXPECT_TRUE(back->missing.empty()) << back->missing.front();
}

TEST(ReadResult, GivesTheEmbodiedCarbonAndTheEstimate) {
    const auto result = read_result(R"({"schema": "gramme/footprint/1",
        "embodied_kgco2e": {"value": 13, "low": 7, "high": 27, "source": "s", "chosen": "c"},
        "estimate": {"groups": [{"device": "h100", "count": 8}, {"power_w": 330, "count": 2}], "hours": 120,
                     "utilisation": null, "host": "none", "power_model": "tdp", "lifetime_years": 3,
                     "assumptions": [{"what": "w", "value": "v", "source": "s", "change": "--x"}]}})");
    ASSERT_TRUE(result) << result.error().what;
    ASSERT_TRUE(result->footprint.embodied);
    EXPECT_EQ(result->footprint.embodied->value.high, 27.0);
    EXPECT_EQ(result->footprint.embodied->from.chosen, "c");
    ASSERT_TRUE(result->estimate);
    const JobRequest& asked = result->estimate->asked;
    ASSERT_EQ(asked.groups.size(), 2U);
    EXPECT_EQ(asked.groups[0].name, "h100");
    EXPECT_EQ(asked.groups[0].count, 8.0);
    EXPECT_EQ(asked.groups[1].kind, JobGroup::Kind::kPower);
    EXPECT_EQ(asked.groups[1].amount, 330.0);
    EXPECT_EQ(asked.hours, 120.0);
    EXPECT_FALSE(asked.utilisation);
    EXPECT_EQ(asked.power_model, PowerModel::kTdp);
    EXPECT_EQ(asked.lifetime_years, 3.0);
    EXPECT_EQ(result->estimate->assumptions.at(0).change, "--x");
}

TEST(ReadResult, AnEstimateThatIsNoneNamesItsKey) {
    for (const auto& [text, key] :
         {std::pair{R"({"groups": 3})", "groups"}, std::pair{R"({"groups": [{}]})", "groups"},
          std::pair{R"({"hours": "x"})", "hours"}, std::pair{"3", "estimate"},
          std::pair{R"({"power_model": "x"})", "power_model"}}) {
        const auto result =
            read_result(R"({"schema": "gramme/footprint/1", "estimate": )" + std::string{text} + "}");
        ASSERT_FALSE(result) << text;
        EXPECT_THAT(result.error().what, HasSubstr(key));
    }
    const auto unknown =
        read_result(R"({"schema": "gramme/footprint/1", "embodied_kgco2e": {"value": null}})");
    ASSERT_TRUE(unknown);
    EXPECT_FALSE(unknown->footprint.embodied);  // null is not 0
}

TEST(ReadResult, NamesTheKeysThatAnIntervalNeeds) {
    // The example of another program: no uncertainties, no energy of the whole device.
    const auto back = read_result(R"({"schema": "gramme/footprint/1",
        "parts": [{"device": "gpu0", "energy_kwh": 1.0}, {"device": "gpu1", "energy_kwh": null}],
        "factors": {"pue": {"value": 1.5}, "intensity_gco2e_per_kwh": {"value": 400, "sigma_ln": 0}}})");
    ASSERT_TRUE(back) << back.error().what;
    EXPECT_THAT(back->missing, ::testing::ElementsAre("factors.pue.sigma_ln", "parts[gpu0].sigma",
                                                      "parts[gpu0].device_energy_kwh"));
    EXPECT_EQ(back->run.project, "");
    EXPECT_EQ(back->footprint.parts[0].covered_s, 0.0) << "a time that the result does not hold";
}

TEST(ReadResult, TwoDevicesNeedTheirGroups) {
    const auto back = read_result(R"({"schema": "gramme/footprint/1",
        "parts": [{"device": "a", "energy_kwh": 1, "device_energy_kwh": 1, "sigma": 0.1, "group": ""},
                  {"device": "b", "energy_kwh": 1, "device_energy_kwh": 1, "sigma": 0.1}],
        "factors": {"pue": {"value": 1, "sigma_ln": 0}, "intensity_gco2e_per_kwh": {"value": 400, "sigma_ln": 0}}})");
    ASSERT_TRUE(back) << back.error().what;
    EXPECT_THAT(back->missing, ::testing::ElementsAre("parts[b].group"));
}

TEST(ReadResult, SaysWhatElseATextIs) {
    EXPECT_THAT(read_result("{}").error().what, HasSubstr("it has no schema"));
    EXPECT_THAT(read_result(R"({"schema": "gramme/export/1"})").error().what, HasSubstr("gramme/export/1"));
    EXPECT_THAT(read_result(R"({"schema": "gramme/footprint/2"})").error().hint, HasSubstr("newer gramme"));
    EXPECT_THAT(
        read_result(R"({"schema": "gramme/footprint/1", "run": {"started_at": "soon"}})").error().what,
        HasSubstr("run.started_at"));
}

}  // namespace
}  // namespace gramme::calculate
