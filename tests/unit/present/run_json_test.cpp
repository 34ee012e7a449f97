// A run record survives the way to JSON and back; damage is named.
#include <gtest/gtest.h>

#include <string>

#include "present/present.hpp"

namespace gramme::present {
namespace {

RunRecord full_record() {
    RunRecord run;
    run.id = "01938c2e-7b1c-7c4e-9a51-0f2b6d3c1a00";
    run.project = "bert";
    run.name = "first \"try\"";
    run.command = {"python", "train.py", "--lr=1e-3"};
    run.tags = {{"a", "1"}, {"team", "Zürich"}};
    run.scope = Scope::kMachine;
    run.state = RunState::kFinished;
    run.started_wall_ns = 1'795'424'400'123'456'789;
    run.duration_s = 0.1;
    run.exit_status = 143;
    run.signal = 15;
    run.host.hostname = "node1";
    run.host.cpu_family = 6;
    run.host.cpu_count = 64;
    run.host.memory_bytes = 540'000'000'000;
    run.host.slurm = true;
    run.host.gpu_models = {"NVIDIA A100-SXM4-80GB"};
    run.asked = {"FRA",   "--region", 51.5,    "c.toml:3", 1.2, "--pue", {{"coal", 0.75}, {"wind", 0.25}},
                 "--mix", 2020,       "direct"};
    run.interval_s = 0.5;
    run.gramme_version = "0.1.0";
    run.own_cpu_s = 0.25;
    run.own_energy_j = 0.5;
    run.idle_power_from = "calibration";
    run.calibrated_at = "2026-11-25T09:00:00Z";
    run.own_energy_from = "2.00 W per busy hardware thread";
    run.with_remainder = true;
    run.measured_rest = MeasuredRest{46.5, 0.893, 0.125, "2026-11-25T09:00:00Z"};
    run.suspended_s = 123.4;
    run.samples = 18'446'744'073'709'551'615U;
    run.failed_reads = 3;
    run.warnings = {"one", "two"};
    run.survivors = {"1234 sleep"};
    return run;
}

TEST(RunJson, KeepsEveryField) {
    const RunRecord run = full_record();
    const auto back = run_from_json(run_to_json(run));
    ASSERT_TRUE(back) << back.error().what;
    EXPECT_EQ(back->id, run.id);
    EXPECT_EQ(back->project, "bert");
    EXPECT_EQ(back->name, run.name);
    EXPECT_EQ(back->command, run.command);
    EXPECT_EQ(back->tags, run.tags);
    EXPECT_EQ(back->scope, Scope::kMachine);
    EXPECT_EQ(back->state, RunState::kFinished);
    EXPECT_EQ(back->started_wall_ns, run.started_wall_ns);
    EXPECT_EQ(back->duration_s, 0.1);
    EXPECT_EQ(back->own_energy_j, 0.5);
    EXPECT_EQ(back->asked.mix, run.asked.mix);
    EXPECT_EQ(back->asked.mix_from, "--mix");
    EXPECT_EQ(back->asked.year, 2020);
    EXPECT_EQ(back->asked.basis, "direct");
    EXPECT_EQ(back->idle_power_from, run.idle_power_from);
    EXPECT_EQ(back->calibrated_at, run.calibrated_at);
    EXPECT_EQ(back->own_energy_from, run.own_energy_from);
    EXPECT_TRUE(back->with_remainder);
    ASSERT_TRUE(back->measured_rest);
    EXPECT_DOUBLE_EQ(back->measured_rest->base_w, 46.5);
    EXPECT_DOUBLE_EQ(back->measured_rest->efficiency, 0.893);
    EXPECT_DOUBLE_EQ(back->measured_rest->sigma, 0.125);
    EXPECT_EQ(back->measured_rest->date, "2026-11-25T09:00:00Z");
    EXPECT_DOUBLE_EQ(back->suspended_s, 123.4);
    EXPECT_EQ(back->exit_status, 143);
    EXPECT_EQ(back->signal, 15);
    EXPECT_EQ(back->host.hostname, "node1");
    EXPECT_EQ(back->host.cpu_family, 6);
    EXPECT_EQ(back->host.cpu_count, 64);
    EXPECT_EQ(back->host.memory_bytes, 540'000'000'000U);
    EXPECT_TRUE(back->host.slurm);
    EXPECT_EQ(back->host.gpu_models, run.host.gpu_models);
    EXPECT_EQ(back->asked.region, "FRA");
    EXPECT_EQ(back->asked.region_from, "--region");
    EXPECT_EQ(back->asked.intensity_gco2e_per_kwh, 51.5);
    EXPECT_EQ(back->asked.intensity_from, "c.toml:3");
    EXPECT_EQ(back->asked.pue, 1.2);
    EXPECT_EQ(back->asked.pue_from, "--pue");
    EXPECT_EQ(back->interval_s, 0.5);
    EXPECT_EQ(back->gramme_version, "0.1.0");
    EXPECT_EQ(back->own_cpu_s, 0.25);
    EXPECT_EQ(back->samples, run.samples);
    EXPECT_EQ(back->failed_reads, 3U);
    EXPECT_EQ(back->warnings, run.warnings);
    EXPECT_EQ(back->survivors, run.survivors);
    EXPECT_EQ(run_to_json(*back), run_to_json(run));  // nothing that is written is lost on the way
}

TEST(RunJson, UnknownStaysUnknown) {
    RunRecord run;
    run.id = "x";
    const std::string text = run_to_json(run);
    EXPECT_NE(text.find("\"exit_status\": null"), std::string::npos);
    const auto back = run_from_json(text);
    ASSERT_TRUE(back) << back.error().what;
    EXPECT_FALSE(back->exit_status);
    EXPECT_FALSE(back->signal);
    EXPECT_FALSE(back->asked.pue);
    EXPECT_FALSE(back->asked.intensity_gco2e_per_kwh);
}

TEST(RunJson, ReplacesBytesThatAreNotUtf8) {
    RunRecord run;
    run.id = "x";
    run.command = {"train", "\xff.bin"};
    const auto back = run_from_json(run_to_json(run));
    ASSERT_TRUE(back) << back.error().what;
    EXPECT_EQ(back->command[1], "\xEF\xBF\xBD.bin");  // U+FFFD
}

TEST(RunJson, IgnoresKeysOfALaterVersion) {
    EXPECT_TRUE(run_from_json(R"({"schema":"gramme/run/1","id":"x","colour":"blue"})"));
}

TEST(RunJson, NamesTheWrongKey) {
    struct Case {
        const char* text;
        const char* key;
    };
    const Case cases[] = {
        {R"({"schema":"gramme/run/1","id":7})", "'id'"},
        {R"({"schema":"gramme/run/1"})", "'id'"},
        {R"({"schema":"gramme/run/9","id":"x"})", "'schema'"},
        {R"({"schema":"gramme/run/1","id":"x","scope":"town"})", "'scope'"},
        {R"({"schema":"gramme/run/1","id":"x","samples":-1})", "'samples'"},
        {R"({"schema":"gramme/run/1","id":"x","exit_status":99999999999})", "'exit_status'"},
        {R"({"schema":"gramme/run/1","id":"x","started_wall_ns":1.5})", "'started_wall_ns'"},
        {R"({"schema":"gramme/run/1","id":"x","tags":{"a":1}})", "'tags.a'"},
        {R"({"schema":"gramme/run/1","id":"x","host":[]})", "'host'"},
        {R"({"schema":"gramme/run/1","id":"x","host":{"slurm":1}})", "'slurm'"},
        {R"({"schema":"gramme/run/1","id":"x","warnings":["a",1]})", "'warnings'"},
    };
    for (const Case& one : cases) {
        const auto run = run_from_json(one.text);
        ASSERT_FALSE(run) << one.text;
        EXPECT_EQ(run.error().code, Code::kMalformed);
        EXPECT_NE(run.error().what.find(one.key), std::string::npos) << run.error().what;
    }
}

TEST(RunJson, RefusesWhatIsNoJson) {
    EXPECT_FALSE(run_from_json(""));
    EXPECT_FALSE(run_from_json("{"));
    EXPECT_FALSE(run_from_json("[]"));
    EXPECT_FALSE(run_from_json(std::string(100'000, '[')));  // depth must not exhaust the stack
}

}  // namespace
}  // namespace gramme::present
