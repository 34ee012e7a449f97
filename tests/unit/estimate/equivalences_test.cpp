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

TEST(EquivalencesNamed, GivesWhatIsAskedForInThatOrder) {
    const refdata::Tables tables;
    const auto found = equivalences_named(" Laptop,car_km , laptop", 1000.0, tables);
    ASSERT_TRUE(found) << found.error().what;
    ASSERT_EQ(found->size(), 2U);
    EXPECT_EQ((*found)[0].key, "laptop");
    EXPECT_EQ((*found)[1].key, "car_km");
    for (const refdata::EquivalenceRow& row : tables.equivalences()) {
        if (row.key == "car_km") {
            EXPECT_DOUBLE_EQ((*found)[1].value, 1000.0 / row.kgco2e_per_unit);
        }
    }
    EXPECT_EQ(equivalences_named("all", 1.0, tables)->size(), tables.equivalences().size());
    EXPECT_TRUE(equivalences_named("none", 1.0, tables)->empty());
    EXPECT_TRUE(equivalences_named("all", 0.0, tables)->empty());
}

TEST(EquivalencesNamed, OffersTheNearestKey) {
    const auto found = equivalences_named("car_km,smartfone", 1.0, refdata::Tables{});
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().code, Code::kUsage);
    EXPECT_EQ(found.error().hint, "did you mean smartphone?");
    EXPECT_FALSE(equivalences_named("", 0.0, refdata::Tables{}));
}

}  // namespace
}  // namespace gramme::estimate
