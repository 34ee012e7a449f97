// Comparisons have human numbers and are of different kinds.
#include "estimate/equivalences.hpp"

#include <gtest/gtest.h>

namespace gramme::estimate {
namespace {

std::vector<refdata::EquivalenceRow> rows() {
    return {{"phone_charge", "smartphone charges", "charge", "", "s1", 0.01, true},
            {"tv_hour", "hours of television", "hour", "", "s2", 0.1, true},
            {"car_km", "km by car", "km", "", "s3", 0.25, true},
            {"car_year", "years of driving", "year", "", "s3", 4000.0, true},
            {"beef_meal", "meals with beef", "meal", "", "s4", 5.0, false},
            {"flight_short", "flights", "trip", "", "s5", 50.0, true}};
}

TEST(Equivalences, ChoosesHumanNumbersOfDifferentKinds) {
    const auto found = equivalences_of(10.0, rows());  // phone 1000, tv 100, car 40, flight 0.2
    ASSERT_EQ(found.size(), 4U);
    EXPECT_EQ(found[0].key, "phone_charge");
    EXPECT_DOUBLE_EQ(found[0].value, 1000.0);
    EXPECT_EQ(found[2].key, "car_km");
    EXPECT_DOUBLE_EQ(found[2].value, 40.0);
    EXPECT_EQ(found[2].source, "s3");
    EXPECT_DOUBLE_EQ(found[3].value, 0.2);
}

TEST(Equivalences, TakesTheCarThatFitsTheMagnitude) {
    const auto found = equivalences_of(20'000.0, rows());  // car_km 80 000, car_year 5, flight 400
    ASSERT_EQ(found.size(), 2U);
    EXPECT_EQ(found[0].key, "car_year");
    EXPECT_EQ(found[1].key, "flight_short");
}

TEST(Equivalences, GivesTheNearestWhereAllAreOutside) {
    const auto found = equivalences_of(0.0005, rows());  // phone 0.05
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].key, "phone_charge");
}

TEST(Equivalences, NothingComparesToNothing) {
    EXPECT_TRUE(equivalences_of(0.0, rows()).empty());
}

}  // namespace
}  // namespace gramme::estimate
