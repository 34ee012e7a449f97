// `gramme explain` of a run in the store, of a file and of standard input, and what it says of wrong input.
#include <gmock/gmock.h>

#include "sandbox.hpp"

namespace gramme::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class Explain : public Integration {
protected:
    void SetUp() override {
        box.use_fixture("vm");
        ASSERT_EQ(box.run({"--region", "Montreal", "--pue", "1.5"}, {"sleep", "0.3"}).exit_code, 0);
        id = box.result()["run"]["id"];
    }
    std::string id;
};

TEST_F(Explain, RunOfTheStoreHasItsWindows) {
    const Outcome text = box.gramme({"explain", id.substr(0, 18)});
    EXPECT_EQ(text.exit_code, 0) << text.err;
    EXPECT_THAT(text.out, HasSubstr("gramme explain: run " + id));
    EXPECT_THAT(text.out, HasSubstr("34.5 g CO2e per kWh, Quebec (CA-QC)"));
    EXPECT_THAT(text.out, Not(HasSubstr("not in this result")));
    EXPECT_THAT(text.out, HasSubstr("within 3 %"));
    const Json json = Json::parse(box.gramme({"explain", id, "--json"}).out);
    EXPECT_EQ(json["schema"], "gramme/explain/1");
    EXPECT_GE(json["devices"][0]["windows"]["count"].get<int>(), 1);
    EXPECT_TRUE(json["disagreements"].empty()) << json["disagreements"];
    EXPECT_TRUE(json["missing"].empty()) << json["missing"];
    EXPECT_NEAR(json["steps"]["operational_gco2e"]["result"].get<double>(),
                1000.0 * box.result()["operational_kgco2e"]["value"].get<double>(),
                1e-3 * box.result()["operational_kgco2e"]["value"].get<double>());
}

TEST_F(Explain, FileAndStandardInputSayTheSameAndNameWhatTheyLack) {
    const Outcome file = box.gramme({"explain", "../result.json"});
    EXPECT_EQ(file.exit_code, 0) << file.err;
    EXPECT_THAT(file.out, HasSubstr("windows: not in this result"));
    EXPECT_THAT(file.out, Not(HasSubstr("cannot be worked out")));
    const Outcome piped = box.tool({"sh", "-c", "'" + gramme_program() + "' explain - < ../result.json"});
    EXPECT_EQ(piped.exit_code, 0) << piped.err;
    EXPECT_EQ(piped.out.substr(piped.out.find('\n')), file.out.substr(file.out.find('\n')));
    const Outcome kept = box.tool({"sh", "-c",
                                   "'" + gramme_program() + "' runs show " + id + " --json | '" +
                                       gramme_program() + "' explain - --json"});
    EXPECT_EQ(kept.exit_code, 0) << kept.err;
    EXPECT_EQ(Json::parse(kept.out)["run"]["id"], id);
}

TEST_F(Explain, WrongInputNamesItAndTheWayOut) {
    const auto expect = [&](const Words& words, int code, const std::string& what, const std::string& hint) {
        const Outcome outcome = box.gramme(joined({"explain"}, words));
        EXPECT_EQ(outcome.exit_code, code) << outcome.err;
        EXPECT_THAT(outcome.err, HasSubstr(what));
        EXPECT_THAT(outcome.err, HasSubstr(hint));
        EXPECT_EQ(outcome.out, "");
    };
    write_file(box.path("work/no.json"), "{");
    write_file(box.path("work/empty.json"), "");
    write_file(box.path("work/other.json"), R"({"schema": "gramme/runs/1"})");
    write_file(box.path("work/damaged.json"), R"({"schema": "gramme/footprint/1", "parts": 3})");
    expect({"deadbeef"}, 66, "no run \"deadbeef\"", "./deadbeef");
    expect({"./gone.json"}, 66, "./gone.json", "gramme run --json");
    expect({"."}, 66, "folder", "gramme runs list");
    expect({"no.json"}, 65, "no.json: this is no JSON object", "gramme run --json");
    expect({"empty.json"}, 65, "empty.json is empty", "gramme run --json");
    expect({"other.json"}, 65, "gramme/runs/1", "gramme run --json");
    expect({"damaged.json"}, 65, "damaged.json: key 'parts'", "gramme run --json");
    expect({}, 64, "gramme explain", "usage");
}

TEST_F(Explain, StoredResultIsExplainedWithTheFactorsOfItsTime) {
    // Rows of today's --data say otherwise; the run keeps the figure that it was computed with.
    write_file(box.path("work/data/grid_intensity.csv"),
               "zone,year,gco2e_per_kwh,basis,preferred,source\nCA-QC,2026,99.9,lifecycle,1,google_rci\n");
    const Outcome text = box.gramme({"explain", id, "--data", "data"});
    EXPECT_EQ(text.exit_code, 0) << text.err;
    EXPECT_THAT(text.out, HasSubstr("34.5 g CO2e per kWh"));
    EXPECT_THAT(text.out, Not(HasSubstr("99.9")));
}

}  // namespace
}  // namespace gramme::testing
