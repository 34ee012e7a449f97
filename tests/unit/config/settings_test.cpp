#include "config/settings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>



namespace gramme::config {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

Settings with(const std::string& name, const std::string& text, const std::string& from) {
    Settings settings;
    const auto done = assign(settings, name, text, from);
    EXPECT_TRUE(done) << (done ? "" : done.error().what);
    return settings;
}

Error refusal(const std::string& name, const std::string& text) {
    Settings settings;
    const auto done = assign(settings, name, text, "--" + name);
    EXPECT_FALSE(done) << name << "=" << text;
    return done ? Error{} : done.error();
}

TEST(Assign, AcceptsWhatMakesSense) {
    EXPECT_DOUBLE_EQ(*with("pue", "1", "--pue").pue, 1.0);
    EXPECT_DOUBLE_EQ(*with("pue", "10", "--pue").pue, 10.0);
    EXPECT_DOUBLE_EQ(*with("intensity", "0", "--intensity").intensity_gco2e_per_kwh, 0.0);
    EXPECT_DOUBLE_EQ(*with("interval", "500ms", "--interval").interval_s, 0.5);
    EXPECT_DOUBLE_EQ(*with("interval", "10ms", "--interval").interval_s, 0.01);
    EXPECT_DOUBLE_EQ(*with("interval", "10", "--interval").interval_s, 10.0);
    EXPECT_EQ(*with("scope", "machine", "--scope").scope, Scope::kMachine);
    EXPECT_THAT(with("tag", "a=b=c", "--tag").tags, ElementsAre(Pair("a", "b=c")));
    EXPECT_EQ(*with("csv", "none", "--csv").csv, "none");
}

TEST(Assign, RefusesNumbersOutOfRangeAndNoNumbers) {
    for (const char* text : {"0.99", "10.5", "nan", "inf", "-1", "1,2", "1.2x", ""}) {
        EXPECT_EQ(refusal("pue", text).code, Code::kUsage) << text;
    }
    for (const char* text : {"-0.1", "nan", "inf", "-inf", "1e999", "56g"}) {
        EXPECT_EQ(refusal("intensity", text).code, Code::kUsage) << text;
    }
    for (const char* text : {"0", "9ms", "11s", "1m", "-1", "fast", "nan"}) {
        EXPECT_EQ(refusal("interval", text).code, Code::kUsage) << text;
    }
}

TEST(Assign, NamesTheInputAndTheWayOut) {
    const Error error = refusal("pue", "0.5");
    EXPECT_EQ(error.what, "--pue: '0.5' is out of range");
    EXPECT_THAT(error.hint, HasSubstr("1 to 10"));
}

TEST(Assign, RefusesTextThatWouldBreakAListOrATerminal) {
    EXPECT_EQ(refusal("project", "a\nb").code, Code::kUsage);
    EXPECT_EQ(refusal("name", " ").code, Code::kUsage);
    EXPECT_EQ(refusal("region", "\x1b[31mFRA").what.find('\x1b'), std::string::npos);
}

TEST(Assign, RefusesStandardOutputWhichBelongsToTheCommand) {
    EXPECT_THAT(refusal("json", "-").what, HasSubstr("belongs to the command"));
    EXPECT_THAT(refusal("csv", "-").what, HasSubstr("belongs to the command"));
}

TEST(Assign, RefusesATagWithoutKeyOrValue) {
    EXPECT_EQ(refusal("tag", "team").code, Code::kUsage);
    EXPECT_EQ(refusal("tag", "=nlp").code, Code::kUsage);
}

TEST(Assign, KnowsEverySetting) {
    for (const std::string_view name : setting_names()) {
        Settings settings;
        const auto done = assign(settings, name, "\n", "here");
        ASSERT_FALSE(done);
        EXPECT_EQ(done.error().what.find("there is no setting"), std::string::npos) << name;
    }
}

TEST(Merged, TheUpperLayerWinsSettingBySetting) {
    Settings under = with("project", "old", "file");
    ASSERT_TRUE(assign(under, "pue", "1.5", "file"));
    const Settings both = merged(under, with("project", "new", "--project"));
    EXPECT_EQ(*both.project, "new");
    EXPECT_DOUBLE_EQ(*both.pue, 1.5);
}

TEST(Merged, TagsAreMergedByKey) {
    Settings under = with("tag", "a=1", "file");
    ASSERT_TRUE(assign(under, "tag", "b=1", "file"));
    EXPECT_THAT(merged(under, with("tag", "b=2", "--tag")).tags, ElementsAre(Pair("a", "1"), Pair("b", "2")));
}

TEST(Assign, AMixHasSharesThatSumToOne) {
    Settings settings;
    ASSERT_TRUE(assign(settings, "mix", "coal=60%, wind=0.4", "--mix"));
    EXPECT_THAT(settings.mix, ElementsAre(Pair("coal", 0.6), Pair("wind", 0.4)));
    EXPECT_THAT(refusal("mix", "coal=0.6,wind=0.5").what, HasSubstr("does not sum to 1"));
    EXPECT_THAT(refusal("mix", "coal=0.5,coal=0.5").what, HasSubstr("twice"));
    EXPECT_EQ(refusal("mix", "coal").code, Code::kUsage);
    EXPECT_EQ(refusal("mix", "coal=nan,wind=1").code, Code::kUsage);
    EXPECT_EQ(refusal("mix", "coal=-1,wind=2").code, Code::kUsage);
}

TEST(Merged, EnergySourcesSetAsideANumberOfALowerPlaceAndTheOtherWayRound) {
    const Settings mix =
        merged(with("intensity", "400", "config.toml"), with("energy-source", "Wind", "--energy-source"));
    EXPECT_FALSE(mix.intensity_gco2e_per_kwh.has_value());
    EXPECT_THAT(mix.mix, ElementsAre(Pair("wind", 1.0)));
    EXPECT_THAT(mix.warnings, ElementsAre(HasSubstr("intensity of config.toml is not used")));
    const Settings number =
        merged(with("mix", "coal=1", "config.toml"), with("intensity", "400", "--intensity"));
    EXPECT_TRUE(number.mix.empty());
    EXPECT_THAT(number.warnings, ElementsAre(HasSubstr("is not used")));
}

TEST(Merged, ANewPlaceDropsTheIntensityOfTheOldOne) {
    const Settings both = merged(with("intensity", "400", "config.toml"), with("region", "FRA", "--region"));
    EXPECT_FALSE(both.intensity_gco2e_per_kwh.has_value());
    EXPECT_THAT(both.warnings,
                ElementsAre("intensity of config.toml is not used: --region names another place"));
}

TEST(Merged, AnIntensityStaysWithTheRegionOfItsOwnLayerOrOneBelow) {
    const Settings both = merged(with("region", "FRA", "file"), with("intensity", "20", "--intensity"));
    EXPECT_DOUBLE_EQ(*both.intensity_gco2e_per_kwh, 20.0);
    EXPECT_EQ(*both.region, "FRA");
    EXPECT_THAT(both.warnings, IsEmpty());
}

TEST(RunOptionsFromSettings, HaveTheBuiltInValues) {
    const RunOptions options = run_options({});
    EXPECT_EQ(options.csv, "emissions.csv");
    EXPECT_EQ(options.store, "");
    EXPECT_DOUBLE_EQ(options.interval_s, 1.0);
    EXPECT_EQ(options.scope, Scope::kJob);
    EXPECT_TRUE(options.keep_argv);
    EXPECT_TRUE(options.factors.region.empty());
    EXPECT_FALSE(options.factors.pue.has_value());
}

TEST(RunOptionsFromSettings, SayWhereTheRegionWasNamed) {
    const RunOptions options = run_options(with("region", "FRA", "GRAMME_REGION"));
    EXPECT_EQ(options.factors.region, "FRA");
    EXPECT_EQ(options.factors.region_from, "GRAMME_REGION");
}

TEST(RunOptionsFromSettings, SayWhereIntensityAndPueWereNamed) {
    const Settings file = merged(with("intensity", "20", "a.toml:1"), with("pue", "1.5", "a.toml:2"));
    const RunOptions options = run_options(merged(file, with("pue", "1.2", "--pue")));
    EXPECT_EQ(options.factors.intensity_from, "a.toml:1");
    EXPECT_EQ(options.factors.pue_from, "--pue");
    // A number that is set aside is not named either.
    const RunOptions elsewhere = run_options(merged(file, with("region", "FRA", "--region")));
    EXPECT_EQ(elsewhere.factors.intensity_from, "");
}

}  // namespace
}  // namespace gramme::config
