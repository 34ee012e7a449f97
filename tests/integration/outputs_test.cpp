// What a run leaves behind: the row in emissions.csv, the JSON record, the run in the store.
#include <gmock/gmock.h>

#include <sstream>

#include "sandbox.hpp"

namespace gramme::testing {
namespace {

constexpr const char* kHeader =
    "timestamp,project_name,run_id,experiment_id,duration,emissions,emissions_rate,cpu_power,gpu_power,ram_"
    "power,"
    "cpu_energy,gpu_energy,ram_energy,energy_consumed,water_consumed,country_name,country_iso_code,region,"
    "cloud_provider,cloud_region,os,python_version,codecarbon_version,cpu_count,cpu_model,gpu_count,gpu_"
    "model,"
    "longitude,latitude,ram_total_size,tracking_mode,cpu_utilization_percent,gpu_utilization_percent,"
    "ram_utilization_percent,ram_used_gb,on_cloud,pue,wue";

/// Fields of one line; quoted fields may hold commas and doubled quotes (RFC 4180).
Words fields_of(const std::string& line) {
    Words fields{""};
    bool quoted = false;
    for (const char c : line) {
        if (c == '"') {
            quoted = !quoted;
        } else if (c == ',' && !quoted) {
            fields.emplace_back();
        } else if (c != '\r') {
            fields.back() += c;
        }
    }
    return fields;
}

Words lines_of(const std::string& text) {
    Words lines;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) {
        if (!line.empty() && line.back() == '\r') {
            line.pop_back();
        }
        lines.push_back(line);
    }
    return lines;
}

class Outputs : public Integration {
protected:
    void SetUp() override { box.use_fixture("vm"); }
    [[nodiscard]] std::string csv() const { return file_text(box.path("work/emissions.csv")); }
    [[nodiscard]] static double column(const std::string& row, const std::string& name) {
        const Words names = fields_of(kHeader);
        const Words values = fields_of(row);
        for (std::size_t i = 0; i < names.size() && i < values.size(); ++i) {
            if (names[i] == name) {
                return std::stod(values[i]);
            }
        }
        return -1.0;
    }
};

TEST_F(Outputs, CsvHasThe38ColumnsOfCodeCarbonInTheirOrder) {
    ASSERT_EQ(box.run({}, {"sleep", "0.2"}).exit_code, 0);
    const Words lines = lines_of(csv());
    ASSERT_EQ(lines.size(), 2U) << csv();
    EXPECT_EQ(lines[0], kHeader);
    EXPECT_EQ(fields_of(lines[1]).size(), 38U);
}

TEST_F(Outputs, CsvRowFollowsCodeCarbonsUnits) {
    ASSERT_EQ(box.run({"--pue", "1.5", "--intensity", "400", "--project", "bert, large"}, {"sleep", "0.5"})
                  .exit_code,
              0);
    const std::string row = lines_of(csv()).at(1);
    const Words fields = fields_of(row);
    EXPECT_EQ(fields[1], "bert, large");
    EXPECT_THAT(fields[0], ::testing::MatchesRegex("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}"));
    EXPECT_EQ(fields[2], text_of(box.result()["run"], "id"));
    EXPECT_THAT(fields[22], ::testing::StartsWith("gramme-"));
    const double energy_kwh = box.result()["energy_kwh"]["value"];
    // PUE is in the energies; emissions = energy x intensity, in kg.
    EXPECT_NEAR(column(row, "energy_consumed"), 1.5 * energy_kwh, 1e-3 * energy_kwh);
    EXPECT_NEAR(column(row, "cpu_energy") + column(row, "ram_energy"), 1.5 * energy_kwh, 1e-3 * energy_kwh);
    EXPECT_NEAR(column(row, "emissions"), 0.4 * 1.5 * energy_kwh, 1e-3 * energy_kwh);
    EXPECT_NEAR(column(row, "emissions_rate") * column(row, "duration"), column(row, "emissions"),
                1e-3 * column(row, "emissions"));
    // ... and not in the powers.
    const double watts = column(row, "cpu_power") + column(row, "ram_power");
    EXPECT_NEAR(watts * column(row, "duration") / 3.6e6, energy_kwh, 0.01 * energy_kwh);
    EXPECT_EQ(fields[14], "") << "water is unknown, so it is empty, not 0";
}

TEST_F(Outputs, EachRunAddsOneRow) {
    for (int i = 0; i < 3; ++i) {
        ASSERT_EQ(box.run({}, {"true"}).exit_code, 0);
    }
    EXPECT_EQ(lines_of(csv()).size(), 4U) << csv();
}

TEST_F(Outputs, FileWithAnotherHeaderIsLeftWhole) {
    const std::string foreign = "timestamp,mine\n2020-01-01,1\n";
    write_file(box.path("work/emissions.csv"), foreign);
    const Outcome outcome = box.run({}, {"true"});
    EXPECT_EQ(outcome.exit_code, 0);
    EXPECT_EQ(csv(), foreign);
    const Words lines = lines_of(file_text(box.path("work/emissions-gramme.csv")));
    ASSERT_EQ(lines.size(), 2U);
    EXPECT_EQ(lines[0], kHeader);
    EXPECT_NE(outcome.err.find("emissions-gramme.csv"), std::string::npos) << outcome.err;
}

TEST_F(Outputs, FileWithoutLastNewlineKeepsItsLastRow) {
    ASSERT_EQ(box.run({}, {"true"}).exit_code, 0);
    std::string text = csv();
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) {
        text.pop_back();
    }
    write_file(box.path("work/emissions.csv"), text);
    ASSERT_EQ(box.run({}, {"true"}).exit_code, 0);
    const Words lines = lines_of(csv());
    ASSERT_EQ(lines.size(), 3U) << csv();
    EXPECT_EQ(fields_of(lines[1]).size(), 38U);
    EXPECT_EQ(fields_of(lines[2]).size(), 38U);
}

TEST_F(Outputs, NoneWritesNeitherCsvNorStore) {
    ASSERT_EQ(box.run({"--csv", "none", "--store", "none"}, {"true"}).exit_code, 0);
    EXPECT_FALSE(file_exists(box.path("work/emissions.csv")));
    EXPECT_TRUE(box.runs().empty());
    EXPECT_TRUE(box.result().contains("energy_kwh"));
}

TEST_F(Outputs, JsonHasTheDocumentedShape) {
    const Outcome outcome = box.run({"--project", "p", "--region", "Paris"}, {"sleep", "0.3"});
    ASSERT_EQ(outcome.exit_code, 0);
    const Json result = box.result();
    EXPECT_EQ(result["schema"], "gramme/footprint/1");
    EXPECT_EQ(result["run"]["project"], "p");
    EXPECT_EQ(result["run"]["scope"], "job");
    EXPECT_EQ(result["run"]["exit_status"], 0);
    EXPECT_THAT(result["run"]["started_at"].get<std::string>(),
                ::testing::MatchesRegex("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}.*Z"));
    for (const char* key : {"energy_kwh", "facility_energy_kwh", "operational_kgco2e"}) {
        ASSERT_TRUE(result.contains(key)) << key;
        EXPECT_LE(0.0, result[key]["low"].get<double>()) << key;
        EXPECT_LE(result[key]["low"].get<double>(), result[key]["value"].get<double>()) << key;
        EXPECT_LE(result[key]["value"].get<double>(), result[key]["high"].get<double>()) << key;
    }
    double sum = 0.0;
    for (const Json& part : result["parts"]) {
        for (const char* key : {"device", "kind", "name", "energy_kwh", "quality", "method"}) {
            EXPECT_TRUE(part.contains(key)) << key << " in " << part;
        }
        sum += joules_of(result, part["device"]);
    }
    EXPECT_NEAR(sum, joules_of(result), 1e-6 * sum);
    for (const char* key : {"factors", "dominant_uncertainty", "equivalences", "gaps", "not_covered"}) {
        EXPECT_TRUE(result.contains(key)) << key;
    }
    EXPECT_FALSE(result["not_covered"].empty());
    EXPECT_EQ(result.dump().find("sleep"), std::string::npos) << "the command line stays in the local store";
}

TEST_F(Outputs, StoreKeepsTheRunWithItsCommandUnlessToldNot) {
    ASSERT_EQ(box.run({"--name", "first", "--tag", "team=nlp"}, {"sh", "-c", "true secret-one"}).exit_code,
              0);
    ASSERT_EQ(box.run({"--name", "second", "--no-argv"}, {"sh", "-c", "true secret-two"}).exit_code, 0);
    const std::vector<Json> runs = box.runs();
    ASSERT_EQ(runs.size(), 2U);
    const Outcome found = box.gramme({"runs", "list", "--text", "secret-one", "--json"});
    EXPECT_EQ(rows_of(Json::parse(found.out)).size(), 1U);
    const Outcome hidden = box.tool({"grep", "-rl", "secret-two", box.path("data")});
    EXPECT_EQ(hidden.out, "") << "kept although --no-argv";
}

TEST_F(Outputs, ExportLeavesTheCommandOutUnlessAsked) {
    ASSERT_EQ(box.run({}, {"sh", "-c", "true secret"}).exit_code, 0);
    const Outcome without = box.gramme({"runs", "export", "--all"});
    EXPECT_EQ(without.exit_code, 0) << without.err;
    EXPECT_EQ(without.out.find("secret"), std::string::npos);
    const Outcome with = box.gramme({"runs", "export", "--all", "--with-argv"});
    EXPECT_NE(with.out.find("secret"), std::string::npos);
}

TEST_F(Outputs, DeletedRunIsGone) {
    ASSERT_EQ(box.run({}, {"true"}).exit_code, 0);
    const std::string id = box.result()["run"]["id"];
    EXPECT_EQ(box.show(id)["run"]["id"], id);
    EXPECT_EQ(box.gramme({"runs", "delete", id, "--yes"}).exit_code, 0);
    EXPECT_TRUE(box.runs().empty());
}

TEST_F(Outputs, ObserverReportsItsOwnCost) {
    ASSERT_EQ(box.run({}, {"sleep", "0.3"}).exit_code, 0);
    const Json run = box.result()["run"];
    ASSERT_TRUE(run.contains("own_cpu_s")) << run;
    EXPECT_GT(run["own_cpu_s"].get<double>(), 0.0);
    EXPECT_LT(run["own_cpu_s"].get<double>(), 5.0);
    EXPECT_GT(run["own_energy_j"].get<double>(), 0.0) << run;
    EXPECT_THAT(run["own_energy_from"].get<std::string>(),
                ::testing::HasSubstr("W per busy hardware thread"));
}

TEST_F(Outputs, RemainderIsALineOfItsOwnAndOnlyOnRequest) {
    ASSERT_EQ(box.run({}, {"sleep", "0.2"}).exit_code, 0);
    EXPECT_FALSE(box.result().contains("remainder_kwh"));
    const Outcome guest = box.run({"--remainder"}, {"sleep", "0.2"});
    ASSERT_EQ(guest.exit_code, 0) << guest.err;
    EXPECT_THAT(guest.err, ::testing::HasSubstr("not known; a virtual machine"));
    EXPECT_TRUE(box.result()["remainder_kwh"]["value"].is_null()) << box.result()["remainder_kwh"];
}

TEST_F(Integration, RemainderCanBeAskedForInAFileAndIsNoZeroWhereItIsNotKnown) {
    box.use_fixture("intel-2s");  // its counters stand still
    write_file(box.path("work/gramme.toml"), "remainder = true\n");
    const Outcome server = box.run({}, {"sleep", "0.2"});
    ASSERT_EQ(server.exit_code, 0) << server.err;
    const Json result = box.result();
    ASSERT_TRUE(result.contains("remainder_kwh"));
    EXPECT_TRUE(result["remainder_kwh"]["value"].is_null());
    EXPECT_THAT(result["remainder_kwh"]["chosen"].get<std::string>(), ::testing::HasSubstr("used nothing"));
    EXPECT_EQ(result["remainder_kwh"]["source"], "docs/method/remainder.md");
}

TEST_F(Outputs, LocaleWithCommasChangesNoDigit) {
    box.env["LC_ALL"] = "de_DE.UTF-8";
    box.env["LANG"] = "de_DE.UTF-8";
    ASSERT_EQ(box.run({"--pue", "1.5"}, {"sleep", "0.2"}).exit_code, 0);
    EXPECT_EQ(box.result()["factors"]["pue"]["value"], 1.5);
    EXPECT_EQ(fields_of(lines_of(csv()).at(1)).size(), 38U);
    EXPECT_NE(lines_of(csv()).at(1).find("1.5"), std::string::npos);
}

TEST_F(Outputs, JsonGoesThroughALinkAndNeverReplacesIt) {
    write_file(box.path("work/target.json"), "old");
    ASSERT_EQ(box.tool({"ln", "-s", "target.json", box.path("work/link.json")}).exit_code, 0);
    EXPECT_EQ(box.gramme({"run", "--json", "link.json", "--", "true"}).exit_code, 0);
    EXPECT_EQ(box.tool({"readlink", box.path("work/link.json")}).out, "target.json\n");
    EXPECT_NE(file_text(box.path("work/target.json")).find("gramme/footprint/1"), std::string::npos);
}

TEST_F(Outputs, StreamsAreAddedToAndKeepWhatTheCommandWrote) {
    const std::string script =
        "'" + gramme_program() +
        "' run --quiet --csv /dev/stdout --json /dev/stderr -- sh -c 'echo hello; echo trouble >&2' "
        ">out.txt 2>err.txt";
    EXPECT_EQ(box.tool({"sh", "-c", script}).exit_code, 0);
    EXPECT_EQ(file_text(box.path("work/out.txt")).substr(0, 6), "hello\n");
    EXPECT_NE(file_text(box.path("work/err.txt")).find("trouble"), std::string::npos);
    EXPECT_NE(file_text(box.path("work/err.txt")).find("gramme/footprint/1"), std::string::npos)
        << file_text(box.path("work/err.txt"));
}

TEST_F(Outputs, CommandRunsAndKeepsItsStatusWithHardlyAnyFileDescriptors) {
    for (const char* limit : {"12", "13", "14", "16"}) {
        const std::string script =
            "ulimit -n " + std::string{limit} + "; '" + gramme_program() +
            "' run --quiet --csv none --store none -- sh -c 'sleep 0.2; touch ran; exit 7'";
        EXPECT_EQ(box.tool({"bash", "-c", script}).exit_code, 7) << limit;
        EXPECT_TRUE(file_exists(box.path("work/ran"))) << limit;
        (void)box.tool({"rm", "-f", box.path("work/ran")});
    }
}

TEST_F(Outputs, AlarmThatWasSetBeforeReachesTheCommand) {
    const Outcome outcome = box.tool({"perl", "-e", "alarm 1; exec @ARGV", gramme_program(), "run", "--quiet",
                                      "--csv", "none", "--store", "none", "--", "sleep", "20"});
    EXPECT_EQ(outcome.exit_code, 142);
}

}  // namespace
}  // namespace gramme::testing
