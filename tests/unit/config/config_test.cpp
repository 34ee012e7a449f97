#include "config/config.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <clocale>

namespace gramme::config {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;
using ::testing::StartsWith;

Error refusal(std::string_view text, ConfigKind kind = ConfigKind::kUser) {
    const auto settings = parse_config(text, "c.toml", kind);
    EXPECT_FALSE(settings) << text;
    return settings ? Error{} : settings.error();
}

TEST(Config, SetsEverythingThatAFlagSets) {
    const auto s = parse_config(R"(
project = "bert"
name = "baseline"
region = "aws:eu-west-3"
intensity = 56
pue = 1.2
interval = "500ms"
scope = "machine"
csv = "none"
store = "sqlite:/srv/runs.db"
json = "out.json"
quiet = true
live = false
no-argv = true
data = "/srv/data"
[tags]
team = "nlp"
year = 2026
)",
                                "c.toml", ConfigKind::kUser);
    ASSERT_TRUE(s) << s.error().what;
    EXPECT_EQ(*s->project, "bert");
    EXPECT_EQ(*s->name, "baseline");
    EXPECT_EQ(*s->region, "aws:eu-west-3");
    EXPECT_EQ(s->region_from, "c.toml:4");
    EXPECT_DOUBLE_EQ(*s->intensity_gco2e_per_kwh, 56.0);
    EXPECT_EQ(s->intensity_from, "c.toml:5");
    EXPECT_DOUBLE_EQ(*s->pue, 1.2);
    EXPECT_EQ(s->pue_from, "c.toml:6");
    EXPECT_DOUBLE_EQ(*s->interval_s, 0.5);
    EXPECT_EQ(*s->scope, Scope::kMachine);
    EXPECT_EQ(*s->csv, "none");
    EXPECT_EQ(*s->store, "sqlite:/srv/runs.db");
    EXPECT_EQ(*s->json, "out.json");
    EXPECT_TRUE(*s->quiet);
    EXPECT_FALSE(*s->live);
    EXPECT_TRUE(*s->no_argv);
    EXPECT_EQ(*s->data, "/srv/data");
    EXPECT_THAT(s->tags, ElementsAre(Pair("team", "nlp"), Pair("year", "2026")));
}

TEST(Config, AnEmptyFileSaysNothing) {
    const auto s = parse_config("# nothing\n", "c.toml", ConfigKind::kFolder);
    ASSERT_TRUE(s) << s.error().what;
    EXPECT_FALSE(s->project.has_value());
}

TEST(Config, AWrongKeyNamesFileLineColumnAndTheNearestKey) {
    const Error error = refusal("project = \"a\"\n  reigon = \"FRA\"\n");
    EXPECT_EQ(error.code, Code::kMalformed);
    EXPECT_EQ(error.what, "c.toml:2:3: unknown key 'reigon'");
    EXPECT_THAT(error.hint, HasSubstr("region"));
}

TEST(Config, AKeyLikeNothingGetsTheListOfKeys) {
    EXPECT_THAT(refusal("[provider]\nlisten = 1\n").hint, HasSubstr("project, name, tags, region"));
}

TEST(Config, AWrongValueNamesFileLineColumnAndTheWayOut) {
    const Error error = refusal("pue = 0.5\n");
    EXPECT_EQ(error.code, Code::kMalformed);
    EXPECT_EQ(error.what, "c.toml:1:1: pue: '0.5' is out of range");
    EXPECT_THAT(error.hint, HasSubstr("1 to 10"));
    EXPECT_THAT(refusal("intensity = nan\n").what, HasSubstr("intensity: 'nan'"));
    EXPECT_THAT(refusal("scope = \"all\"\n").what, HasSubstr("'all' is no scope"));
}

TEST(Config, AWrongTypeIsRefused) {
    EXPECT_THAT(refusal("quiet = \"true\"\n").hint, HasSubstr("without quotes"));
    EXPECT_THAT(refusal("project = [\"a\"]\n").what, HasSubstr("neither text nor a number"));
    EXPECT_THAT(refusal("region = 2026-01-01\n").what, HasSubstr("neither text nor a number"));
    EXPECT_THAT(refusal("tags = \"a=b\"\n").hint, HasSubstr("[tags]"));
    EXPECT_THAT(refusal("[tags]\n\"a=b\" = \"c\"\n").what, HasSubstr("tag 'a=b'"));
}

TEST(Config, TextThatIsNoTomlNamesLineAndColumn) {
    EXPECT_THAT(refusal("project = \"a\nname = 3\n").what, StartsWith("c.toml:1:"));
    EXPECT_THAT(refusal("project = \"a\"\nproject = \"b\"\n").what, StartsWith("c.toml:2:"));
    EXPECT_THAT(refusal(std::string_view{"a\0b = 1\n", 8}).what, StartsWith("c.toml:1:"));
}

TEST(Config, ATableWhoseNameBeginsLikeNoKeyIsAnErrorWithItsLine) {
    const auto settings = parse_config("project = \"x\"\n[=]\n", "f.toml", ConfigKind::kFolder);
    ASSERT_FALSE(settings);
    EXPECT_TRUE(settings.error().what.starts_with("f.toml:2")) << settings.error().what;
}

TEST(Config, AWorkingFolderMaySayWhatConcernsItself) {
    const auto s = parse_config(
        "project = \"p\"\nname = \"n\"\nregion = \"FRA\"\ninterval = 2\nscope = \"job\"\n"
        "csv = \"out/emissions.csv\"\njson = \"out/run.json\"\nquiet = true\nlive = false\n[tags]\na = "
        "\"b\"\n",
        "./gramme.toml", ConfigKind::kFolder);
    ASSERT_TRUE(s) << s.error().what;
    EXPECT_EQ(*s->csv, "out/emissions.csv");
    EXPECT_DOUBLE_EQ(*s->interval_s, 2.0);
}

TEST(Config, AWorkingFolderMayNotSendLoadOrReveal) {
    for (const char* text : {"store = \"postgresql://evil/\"\n", "data = \"/tmp/evil\"\n",
                             "no-argv = false\n", "intensity = 0.001\n", "pue = 1.0\n"}) {
        const Error error = refusal(text, ConfigKind::kFolder);
        EXPECT_THAT(error.what, HasSubstr("cannot be set by the file of a working folder")) << text;
        EXPECT_THAT(error.hint, HasSubstr("~/.config/gramme/config.toml")) << text;
    }
    for (const char* text : {"command = \"rm\"\n", "listen = \"0.0.0.0\"\n", "provider = \"x\"\n"}) {
        EXPECT_THAT(refusal(text, ConfigKind::kFolder).what, HasSubstr("unknown key")) << text;
    }
}

TEST(Config, AnOutputOfAWorkingFolderStaysInIt) {
    for (const char* text :
         {"csv = \"/etc/x.csv\"\n", "csv = \"../x.csv\"\n", "json = \"a/../../x.json\"\n"}) {
        EXPECT_THAT(refusal(text, ConfigKind::kFolder).what, HasSubstr("outside the working folder")) << text;
        EXPECT_TRUE(parse_config(text, "c.toml", ConfigKind::kUser)) << text;
    }
}

TEST(Config, RefusesLettersOutsideOfQuotesThatTomlDoesNotKnow) {
    const auto parsed =
        parse_config("# caf\u00e9\nname = \"caf\u00e9\"\n[\uFEF7", "c.toml", ConfigKind::kUser);
    ASSERT_FALSE(parsed);
    EXPECT_NE(parsed.error().what.find("c.toml:3:2"), std::string::npos) << parsed.error().what;
    const auto fine =
        parse_config("# caf\u00e9 \"\nname = 'caf\u00e9 # \\' # \u00e9\nproject = \"\\\"\u00e9\"\n", "c.toml",
                     ConfigKind::kUser);
    ASSERT_TRUE(fine) << fine.error().what;
    EXPECT_EQ(*fine->project, "\"\u00e9");
}

TEST(Config, ReadsNumbersTheSameUnderACommaLocale) {
    const char* before = std::setlocale(LC_ALL, nullptr);
    const std::string kept = before == nullptr ? "C" : before;
    if (std::setlocale(LC_ALL, "de_DE.UTF-8") == nullptr) {
        GTEST_SKIP() << "no de_DE.UTF-8 here";
    }
    const auto s = parse_config("pue = 1.25\n", "c.toml", ConfigKind::kUser);
    std::setlocale(LC_ALL, kept.c_str());
    ASSERT_TRUE(s) << s.error().what;
    EXPECT_DOUBLE_EQ(*s->pue, 1.25);
}

}  // namespace
}  // namespace gramme::config
