// Where the electricity comes from: known, unknown, misspelt.
#include "sandbox.hpp"

namespace gramme::testing {
namespace {

struct Place {
    const char* typed;
    const char* zone;
    const char* basis;
    double least_g;
    double most_g;
};

void PrintTo(const Place& place, std::ostream* out) {
    *out << place.typed;
}

class KnownPlace : public Integration, public ::testing::WithParamInterface<Place> {};

TEST_P(KnownPlace, GivesZoneBasisYearAndSource) {
    box.use_fixture("vm");
    const Outcome outcome = box.run({"--region", GetParam().typed}, {"sleep", "0.2"});
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    const Json factors = box.result().at("factors");
    const Json intensity = factors.at("intensity_gco2e_per_kwh");
    EXPECT_EQ(text_of(intensity, "zone"), GetParam().zone) << intensity;
    EXPECT_EQ(text_of(intensity, "basis"), GetParam().basis) << intensity;
    EXPECT_GE(intensity.at("value").get<double>(), GetParam().least_g) << intensity;
    EXPECT_LE(intensity.at("value").get<double>(), GetParam().most_g) << intensity;
    EXPECT_FALSE(text_of(intensity, "source").empty()) << intensity;
    EXPECT_TRUE(intensity.contains("year")) << intensity;
    // Place before basis: a direct figure of the zone has the country's lifecycle figure beside it.
    EXPECT_EQ(intensity.contains("country_lifecycle"), std::string{GetParam().basis} == "direct")
        << intensity;
    // What a person sees says where the number comes from, too.
    EXPECT_NE(outcome.err.find(GetParam().basis), std::string::npos) << outcome.err;
    // operational = energy x PUE x intensity / 1000
    const Json result = box.result();
    const double expected = result["energy_kwh"]["value"].get<double>() *
                            factors["pue"]["value"].get<double>() * intensity["value"].get<double>() / 1000.0;
    EXPECT_NEAR(result["operational_kgco2e"]["value"].get<double>(), expected, 1e-6 * expected);
}

INSTANTIATE_TEST_SUITE_P(Each, KnownPlace,
                         ::testing::Values(Place{"Montreal", "CA-QC", "lifecycle", 34.0, 35.0},
                                           Place{"aws:ca-central-1", "CA-QC", "lifecycle", 34.0, 35.0},
                                           Place{"gcp:northamerica-northeast1", "CA-QC", "lifecycle", 34.0,
                                                 35.0},
                                           Place{"Mumbai", "IN-WE", "direct", 600.0, 800.0},
                                           Place{"aws:ap-south-1", "IN-WE", "direct", 600.0, 800.0},
                                           Place{"Paris", "FRA", "lifecycle", 20.0, 90.0},
                                           Place{"aws:eu-west-3", "FRA", "lifecycle", 20.0, 90.0},
                                           Place{"us-east-1", "US-EGRID-SRVC", "direct", 200.0, 400.0}));

class Region : public Integration {
protected:
    void SetUp() override { box.use_fixture("vm"); }
};

TEST_F(Region, UnknownIsTheWorldWithAWideIntervalAndSaysHowToMendIt) {
    const Outcome outcome = box.run({}, {"sleep", "0.2"});
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    const Json result = box.result();
    EXPECT_EQ(text_of(result["factors"]["intensity_gco2e_per_kwh"], "zone"), "WLD");
    const Json& carbon = result["operational_kgco2e"];
    EXPECT_GT(carbon["high"].get<double>(), 2.0 * carbon["low"].get<double>());
    EXPECT_NE(outcome.err.find("--region"), std::string::npos) << outcome.err;
    EXPECT_LT(outcome.err.find("--region"), 600U) << "in the first lines";
}

TEST_F(Region, MisspeltIsRefusedBeforeTheCommandStartsAndTheNearestIsOffered) {
    const Outcome outcome = box.run({"--region", "aws:eu-wst-3"}, {"touch", "started"});
    EXPECT_EQ(outcome.exit_code, 64);
    EXPECT_FALSE(file_exists(box.path("work/started")));
    EXPECT_NE(outcome.err.find("eu-west-3"), std::string::npos) << outcome.err;
    EXPECT_TRUE(box.runs().empty());
}

TEST_F(Region, NotInTheTableIsRefusedAndNotReplacedByAnotherPlace) {
    const Outcome outcome = box.run({"--region", "Atlantis"}, {"touch", "started"});
    EXPECT_EQ(outcome.exit_code, 64);
    EXPECT_FALSE(file_exists(box.path("work/started")));
    EXPECT_EQ(outcome.err.rfind("gramme: --region: ", 0), 0U) << outcome.err;
    EXPECT_NE(outcome.err.find("Atlantis"), std::string::npos) << outcome.err;
    EXPECT_NE(outcome.err.find("gramme regions"), std::string::npos) << outcome.err;
}

TEST_F(Region, OfTheEnvironmentIsCheckedLikeTheFlag) {
    box.env["GRAMME_REGION"] = "Pariss";
    const Outcome wrong = box.run({}, {"touch", "started"});
    EXPECT_EQ(wrong.exit_code, 64);
    EXPECT_EQ(wrong.err.rfind("gramme: GRAMME_REGION: ", 0), 0U) << wrong.err;
    EXPECT_NE(wrong.err.find("Paris"), std::string::npos) << wrong.err;
    EXPECT_FALSE(file_exists(box.path("work/started")));
    box.env["GRAMME_REGION"] = "Paris";
    EXPECT_EQ(box.run({}, {"true"}).exit_code, 0);
    EXPECT_EQ(text_of(box.result()["factors"]["intensity_gco2e_per_kwh"], "zone"), "FRA");
}

TEST_F(Region, OfAFileIsBadDataAndNamesFileAndLine) {
    write_file(box.path("config/gramme/config.toml"), "# mine\n\nregion = \"Pariss\"\n");
    for (const Words& words : {Words{"run", "--", "touch", "started"}, Words{"doctor"}}) {
        const Outcome own = box.gramme(words);
        EXPECT_EQ(own.exit_code, 65) << own.err;
        EXPECT_EQ(own.err.rfind("gramme: " + box.path("config/gramme/config.toml:3: region: "), 0), 0U)
            << own.err;
    }
    write_file(box.path("work/gramme.toml"), "region = \"Atlantis\"\n");
    for (const Words& words : {Words{"run", "--", "touch", "started"}, Words{"doctor"}}) {
        const Outcome folder = box.gramme(words);
        EXPECT_EQ(folder.exit_code, 65) << folder.err;
        EXPECT_EQ(folder.err.rfind("gramme: ./gramme.toml:1: region: ", 0), 0U) << folder.err;
    }
    EXPECT_FALSE(file_exists(box.path("work/started")));
}

TEST_F(Region, ANumberOfAFileIsNotSaidToBeOfAFlag) {
    write_file(box.path("config/gramme/config.toml"), "intensity = 20\npue = 1.1\n");
    const Outcome outcome = box.run({"--pue", "1.2"}, {"true"});
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    const Json factors = box.result().at("factors");
    EXPECT_EQ(text_of(factors.at("intensity_gco2e_per_kwh"), "chosen"),
              box.path("config/gramme/config.toml:1, taken as given"));
    EXPECT_EQ(text_of(factors.at("pue"), "chosen"), "--pue, taken as given");
}

TEST_F(Region, AWorkingFolderCannotMakeARunLookClean) {
    for (const char* text : {"intensity = 0.01\n", "pue = 1.0\n"}) {
        write_file(box.path("work/gramme.toml"), text);
        const Outcome outcome = box.run({}, {"touch", "started"});
        EXPECT_EQ(outcome.exit_code, 65) << outcome.err;
        EXPECT_NE(outcome.err.find("./gramme.toml:1:1: "), std::string::npos) << outcome.err;
        EXPECT_NE(outcome.err.find(".config/gramme/config.toml"), std::string::npos) << outcome.err;
    }
    EXPECT_FALSE(file_exists(box.path("work/started")));
}

TEST_F(Region, IntensityAndPueOfThePersonWin) {
    ASSERT_EQ(box.run({"--intensity", "400", "--pue", "1.5"}, {"sleep", "0.2"}).exit_code, 0);
    const Json result = box.result();
    EXPECT_EQ(result["factors"]["intensity_gco2e_per_kwh"]["value"], 400.0);
    EXPECT_EQ(result["factors"]["pue"]["value"], 1.5);
    EXPECT_EQ(text_of(result["factors"]["pue"], "source"), "user");
    const double energy = result["energy_kwh"]["value"];
    EXPECT_NEAR(result["facility_energy_kwh"]["value"].get<double>(), 1.5 * energy, 1e-6 * energy);
    EXPECT_NEAR(result["operational_kgco2e"]["value"].get<double>(), 0.6 * energy, 1e-6 * energy);
}

TEST_F(Region, ImpossiblePueIsAUsageError) {
    EXPECT_EQ(box.run({"--pue", "0.5"}, {"touch", "started"}).exit_code, 64);
    EXPECT_FALSE(file_exists(box.path("work/started")));
}

TEST_F(Region, ListFindsPlacesByCity) {
    for (const std::string city : {"Montreal", "Mumbai", "Paris"}) {
        const Outcome outcome = box.gramme({"regions", city});
        EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
        EXPECT_NE(outcome.out.find("aws"), std::string::npos) << outcome.out;
    }
    const Outcome json = box.gramme({"regions", "us-east-1", "--json"});
    EXPECT_FALSE(rows_of(Json::parse(json.out, nullptr, false)).empty()) << json.out;
}

}  // namespace
}  // namespace gramme::testing
