#include "calculate/region_search.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace gramme::calculate {
namespace {

using ::testing::Contains;
using ::testing::IsEmpty;

const FoundRegion* find(const std::vector<FoundRegion>& found, const std::string& id) {
    const auto it =
        std::find_if(found.begin(), found.end(), [&](const FoundRegion& one) { return one.id == id; });
    return it == found.end() ? nullptr : &*it;
}

TEST(SearchRegions, FindsACityWithTheZoneAndTheFiguresOfItsCountry) {
    const auto found = search_regions({}, "paris");
    const FoundRegion* paris = find(found, "aws:eu-west-3");
    ASSERT_NE(paris, nullptr);
    EXPECT_EQ(paris->zone, "FRA");
    ASSERT_TRUE(paris->intensity.has_value());
    EXPECT_EQ(paris->intensity->basis, refdata::Basis::kLifecycle);
    EXPECT_TRUE(paris->pue.has_value());
    ASSERT_TRUE(paris->at.has_value());
    EXPECT_DOUBLE_EQ(paris->at->latitude, 48.86);
    EXPECT_FALSE(find(search_regions({}, "FRA"), "FRA")->at) << "a country is no point";
    EXPECT_EQ(find(found, "aws:eu-central-1"), nullptr);
}

TEST(SearchRegions, EveryWordMustOccur) {
    const auto found = search_regions({}, "aws Canada");
    ASSERT_NE(find(found, "aws:ca-central-1"), nullptr);
    EXPECT_TRUE(std::all_of(found.begin(), found.end(), [](const FoundRegion& one) {
        return one.id.starts_with("aws:") && one.country == "CAN";
    }));
}

TEST(SearchRegions, MontrealIsQuebecAndNotCanada) {
    const auto found = search_regions({}, "Montréal");
    const FoundRegion* montreal = find(found, "aws:ca-central-1");
    ASSERT_NE(montreal, nullptr);
    EXPECT_EQ(montreal->zone, "CA-QC");
    ASSERT_TRUE(montreal->intensity.has_value());
    EXPECT_DOUBLE_EQ(montreal->intensity->value.value(), 34.5);  // lifecycle, as compiled in
}

TEST(SearchRegions, FindsAnAliasThatStandsInNoName) {
    EXPECT_NE(find(search_regions({}, "UAE"), "ARE"), nullptr);
}

TEST(SearchRegions, FindsARegionCodeOfOneProvider) {
    EXPECT_NE(find(search_regions({}, "aws:us-east-1"), "aws:us-east-1"), nullptr);
}

TEST(SearchRegions, ABareZoneHasNoPue) {
    const auto found = search_regions({}, "france");
    const FoundRegion* france = find(found, "FRA");
    ASSERT_NE(france, nullptr);
    EXPECT_FALSE(france->pue.has_value());
}

TEST(SearchRegions, NothingTypedIsEverything) {
    const refdata::Tables tables;
    const auto found = search_regions(tables, "  ");
    EXPECT_GT(found.size(), tables.cloud_regions().size());
    EXPECT_NE(find(found, "WLD"), nullptr);
}

TEST(SearchRegions, NothingFoundHasNearNames) {
    EXPECT_THAT(search_regions({}, "eu-wset-3"), IsEmpty());
    EXPECT_THAT(near_regions({}, "eu-wset-3"), Contains("eu-west-3"));
    EXPECT_THAT(near_regions({}, "Monteral"), Contains("Montreal"));
}

}  // namespace
}  // namespace gramme::calculate
