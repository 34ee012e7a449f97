#include "calculate/compare_labels.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gramme::calculate {
namespace {

using estimate::Axis;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

CompareLabels labels(const std::vector<std::string>& names, Axis axis = Axis::kRegion) {
    const auto found = compare_labels({}, axis, names);
    EXPECT_TRUE(found);
    return found ? *found : CompareLabels{};
}

TEST(CompareLabels, SeveralTablesAreOneListWithEachPlaceOnce) {
    const auto all = labels({"all"}).labels;
    const auto countries = labels({"Countries"}).labels;
    const CompareLabels both = labels({"all", "countries", "aws"});
    EXPECT_EQ(both.labels.size(), all.size() + countries.size());
    EXPECT_EQ(all.size(), 402U);
    EXPECT_GT(countries.size(), 200U);
    EXPECT_THAT(both.typed, IsEmpty()) << "nobody named them one by one";
}

TEST(CompareLabels, WhatIsNamedBesideATableIsTyped) {
    const CompareLabels found = labels({"scaleway", "France", "FRA", "scaleway:fr-par-1", "Atlantis"});
    EXPECT_EQ(found.labels.size(), labels({"scaleway"}).labels.size() + 2) << "France and FRA are one place";
    EXPECT_THAT(found.typed, ElementsAre("Atlantis", "France", "scaleway:fr-par-1"));
}

TEST(CompareLabels, WhatIsNamedAgainIsThereOnce) {
    std::vector<std::string> names(500, "all");
    names.insert(names.end(), {"Atlantis", "ALL", "Atlantis"});
    const CompareLabels found = labels(names);
    EXPECT_EQ(found.labels.size(), 403U);
    EXPECT_THAT(found.typed, ElementsAre("Atlantis"));
}

TEST(CompareLabels, YearsAndHardwareKnowNoTables) {
    EXPECT_THAT(labels({"2019-2021", "2020"}, Axis::kYear).labels, ElementsAre("2019", "2020", "2021"));
    EXPECT_THAT(labels({"all"}, Axis::kDevice).labels, ElementsAre("all"));
    EXPECT_THAT(labels({"wind", "all"}, Axis::kEnergySource).typed, ElementsAre("wind"));
}

}  // namespace
}  // namespace gramme::calculate
