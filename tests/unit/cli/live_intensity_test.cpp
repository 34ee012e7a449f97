#include "cli/live_intensity.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <utility>
#include <vector>

#include "temporary.hpp"

namespace gramme::cli {
namespace {

using ::testing::HasSubstr;

TEST(ElectricityMapsZone, IsTheCountryOfARegionWhereThatIsOneZone) {
    const refdata::Tables tables;
    for (const char* region : {"FRA", "FR", "aws:eu-west-3", "Paris"}) {
        const auto zone = electricity_maps_zone(tables, region);
        ASSERT_TRUE(zone) << region << ": " << zone.error().what;
        EXPECT_EQ(*zone, "FR");
    }
    EXPECT_EQ(*electricity_maps_zone(tables, "aws:eu-central-1"), "DE");
    EXPECT_EQ(*electricity_maps_zone(tables, "aws:eu-west-2"), "GB");
}

TEST(ElectricityMapsZone, IsAskedForWhereACountryHasSeveral) {
    const refdata::Tables tables;
    for (const char* region : {"USA", "aws:us-east-1", "CA-QC", "Mumbai", "SWE", "WLD", "nowhere at all"}) {
        const auto zone = electricity_maps_zone(tables, region);
        ASSERT_FALSE(zone) << region;
        EXPECT_EQ(zone.error().code, Code::kUsage);
    }
    EXPECT_THAT(electricity_maps_zone(tables, "USA").error().hint, HasSubstr("electricitymaps:US-CAL-CISO"));
}

TEST(ElectricityMapsZone, TablesKnowTheTwoLettersOfCountriesOnly) {
    const refdata::Tables tables;
    EXPECT_EQ(tables.iso2("DEU"), "DE");
    EXPECT_EQ(tables.iso2("US-CA"), "");
    EXPECT_EQ(tables.iso2("no zone"), "");
}

/// Without a key: what comes so far has its provider, zone and span, and has asked nothing.
class WithoutKey : public ::testing::Test {
protected:
    void fails(const Result<live::LiveAnswer>& answer, Code code, const std::string& words) {
        ASSERT_FALSE(answer);
        EXPECT_EQ(answer.error().code, code) << answer.error().what;
        EXPECT_THAT(answer.error().what, HasSubstr(words));
    }
    testing::EnvHost host;
    Terminal terminal;
    Arguments arguments;
    RunOptions options;
    CommandContext context{host, terminal, arguments, options};
};

TEST_F(WithoutKey, TheZoneIsThatOfTheRegionGivenElseOfTheSettings) {
    options.factors.region = "USA";
    fails(live_answer(context, "electricitymaps", std::nullopt), Code::kUsage, "has several zones");
    fails(live_answer(context, "electricitymaps", std::nullopt, "FRA"), Code::kPermission,
          "TOKEN is not set");
    options.factors.region = "FRA";
    fails(live_answer(context, "electricitymaps", std::nullopt), Code::kPermission, "TOKEN is not set");
    fails(live_answer(context, "electricitymaps", live::Span{0, 3600}, "USA"), Code::kUsage,
          "has several zones");
}

TEST_F(WithoutKey, NoTimeAtAllIsNotTheNewestValue) {
    fails(live_answer(context, "electricitymaps:FR", std::nullopt), Code::kPermission, "TOKEN is not set");
    for (const live::Span span : {live::Span{0, 0}, live::Span{3600, 3600}, live::Span{7200, 3600}}) {
        fails(live_answer(context, "electricitymaps:FR", span), Code::kUsage, "the time span is empty");
    }
}

Arguments typed(std::vector<std::pair<std::string_view, std::string>> options) {
    Arguments arguments;
    arguments.options = std::move(options);
    return arguments;
}

TEST(LiveOptions, MeanSomethingWithAProviderOnly) {
    EXPECT_TRUE(check_live_options(typed({})));
    EXPECT_TRUE(check_live_options(typed({{"intensity-live", "neso"},
                                          {"live-url", "https://example.org"},
                                          {"live-timeout", "3"},
                                          {"no-cache", ""}})));
    for (const auto& [option, value] : std::vector<std::pair<std::string_view, std::string>>{
             {"live-url", "https://example.org"}, {"live-timeout", "3"}, {"no-cache", ""}}) {
        const auto checked = check_live_options(typed({{option, value}}));
        ASSERT_FALSE(checked) << option;
        EXPECT_EQ(checked.error().code, Code::kUsage);
        EXPECT_EQ(checked.error().what,
                  "--" + std::string{option} + " means something only with --intensity-live");
    }
}

TEST(LiveOptions, AreLookedAtWhetherOrNotTheyAreUsed) {
    for (const auto& [option, value] : std::vector<std::pair<std::string_view, std::string>>{
             {"live-url", "ftp://x"}, {"live-url", ""}, {"live-timeout", "abc"}, {"live-timeout", "0"}}) {
        for (const bool live : {false, true}) {
            Arguments arguments = typed({{option, value}});
            if (live) {
                arguments.options.emplace_back("intensity-live", "neso");
            }
            const auto checked = check_live_options(arguments);
            ASSERT_FALSE(checked) << option << " " << value;
            EXPECT_EQ(checked.error().code, Code::kUsage);
            EXPECT_THAT(checked.error().what, HasSubstr("--" + std::string{option} + ": "));
        }
    }
}

}  // namespace
}  // namespace gramme::cli
