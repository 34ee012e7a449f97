#include "config/load_settings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <map>

#include "env_host.hpp"
#include "temporary_folder.hpp"

namespace gramme::config {
namespace {

using ::testing::ElementsAre;
using testing::EnvHost;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::TemporaryFolder;

class LoadSettings : public ::testing::Test {
protected:
    [[nodiscard]] Result<Settings> load(const Settings& flags = {}) const {
        return load_settings(EnvHost{variables}, work.path(), flags);
    }
    TemporaryFolder home;
    TemporaryFolder work;
    std::map<std::string, std::string> variables{{"HOME", home.path()}};
};

TEST_F(LoadSettings, SayNothingWhereNothingIsSaid) {
    const auto s = load();
    ASSERT_TRUE(s) << s.error().what;
    EXPECT_FALSE(s->project.has_value());
    EXPECT_THAT(s->warnings, IsEmpty());
}

TEST_F(LoadSettings, FlagThenEnvironmentThenFolderThenOwnFile) {
    home.write(".config/gramme/config.toml", "project = \"own\"\n");
    EXPECT_EQ(*load()->project, "own");
    work.write("gramme.toml", "project = \"folder\"\n");
    EXPECT_EQ(*load()->project, "folder");
    variables["GRAMME_PROJECT"] = "variable";
    EXPECT_EQ(*load()->project, "variable");
    Settings flags;
    flags.project = "flag";
    EXPECT_EQ(*load(flags)->project, "flag");
}

TEST_F(LoadSettings, XdgConfigHomeComesBeforeHome) {
    home.write(".config/gramme/config.toml", "project = \"home\"\n");
    home.write("xdg/gramme/config.toml", "project = \"xdg\"\n");
    variables["XDG_CONFIG_HOME"] = home.file("xdg");
    EXPECT_EQ(*load()->project, "xdg");
    variables["XDG_CONFIG_HOME"] = "";  // empty is unset
    EXPECT_EQ(*load()->project, "home");
}

TEST_F(LoadSettings, AnOwnFileNamedByAVariableReplacesTheUsualOne) {
    home.write(".config/gramme/config.toml", "project = \"usual\"\npue = 1.5\n");
    variables["GRAMME_CONFIG"] = home.write("other.toml", "project = \"other\"\n");
    const auto s = load();
    ASSERT_TRUE(s) << s.error().what;
    EXPECT_EQ(*s->project, "other");
    EXPECT_FALSE(s->pue.has_value());
}

TEST_F(LoadSettings, ANamedFileThatIsAbsentIsAnError) {
    variables["GRAMME_CONFIG"] = home.file("absent.toml");
    const auto s = load();
    ASSERT_FALSE(s);
    EXPECT_EQ(s.error().code, Code::kNotFound);
    EXPECT_THAT(s.error().what, HasSubstr("absent.toml"));
}

TEST_F(LoadSettings, EveryVariableOfTheListIsRead) {
    variables["GRAMME_REGION"] = "FRA";
    variables["GRAMME_INTERVAL"] = "2s";
    variables["GRAMME_STORE"] = "none";
    variables["GRAMME_DATA"] = "/srv";
    const auto s = load();
    ASSERT_TRUE(s) << s.error().what;
    EXPECT_EQ(*s->region, "FRA");
    EXPECT_EQ(s->region_from, "GRAMME_REGION");
    EXPECT_DOUBLE_EQ(*s->interval_s, 2.0);
    EXPECT_EQ(*s->store, "none");
    EXPECT_EQ(*s->data, "/srv");
}

TEST_F(LoadSettings, AnEmptyVariableSaysNothing) {
    variables["GRAMME_REGION"] = "";
    EXPECT_FALSE(load()->region.has_value());
}

TEST_F(LoadSettings, ABadVariableIsNamed) {
    variables["GRAMME_INTERVAL"] = "1 hour";
    const auto s = load();
    ASSERT_FALSE(s);
    EXPECT_EQ(s.error().code, Code::kUsage);
    EXPECT_THAT(s.error().what, HasSubstr("GRAMME_INTERVAL"));
}

TEST_F(LoadSettings, AnErrorNamesTheFolderFileWithItsLine) {
    const std::string file = work.write("gramme.toml", "\nstore = \"x.db\"\n");
    const auto s = load();
    ASSERT_FALSE(s);
    EXPECT_EQ(s.error().code, Code::kMalformed);
    EXPECT_THAT(s.error().what, HasSubstr(file + ":2:1"));
}

TEST_F(LoadSettings, ALinkLeadsNoOutputOutOfTheFolder) {
    ASSERT_EQ(::symlink(home.path().c_str(), work.file("out").c_str()), 0);
    work.write("gramme.toml", "json = \"out/run.json\"\n");
    const auto s = load();
    ASSERT_FALSE(s);
    EXPECT_THAT(s.error().what, HasSubstr("leads out of the working folder"));
}

TEST_F(LoadSettings, NeitherDoesALinkToAFileThatDoesNotExistYet) {
    ASSERT_EQ(::symlink(home.file("new.csv").c_str(), work.file("a.csv").c_str()), 0);
    work.write("gramme.toml", "csv = \"a.csv\"\n");
    EXPECT_FALSE(load());
}

TEST_F(LoadSettings, ALinkInsideTheFolderIsFine) {
    work.write("real/keep", "");
    ASSERT_EQ(::symlink("real", work.file("out").c_str()), 0);
    work.write("gramme.toml", "csv = \"out/emissions.csv\"\n");
    const auto s = load();
    EXPECT_TRUE(s) << s.error().what;
}

TEST_F(LoadSettings, AFileThatCannotBeReadStopsNoRun) {
    ASSERT_EQ(::mkfifo(work.file("gramme.toml").c_str(), 0600), 0);  // would block a plain open()
    const auto s = load();
    ASSERT_TRUE(s) << s.error().what;
    EXPECT_THAT(s->warnings, ElementsAre(HasSubstr("no regular file")));
}

TEST_F(LoadSettings, AHugeFileIsNotRead) {
    const std::string file = work.write("big.toml", std::string(2U << 20U, '#'));
    const auto text = read_config_file(file);
    ASSERT_FALSE(text);
    EXPECT_EQ(text.error().code, Code::kOutOfRange);
}

TEST_F(LoadSettings, AFileOfTheLargestSizeIsRead) {
    const std::string file = work.write("big.toml", std::string(1U << 20U, '#'));
    const auto text = read_config_file(file);
    ASSERT_TRUE(text) << text.error().what;
    EXPECT_EQ((*text)->size(), 1U << 20U);
}

}  // namespace
}  // namespace gramme::config
