#include "live/query.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gramme::live {
namespace {

using ::testing::HasSubstr;

constexpr std::int64_t kHour = 3600;
constexpr std::int64_t kDay = 24 * kHour;
constexpr std::int64_t kStart = 1'767'225'600;  // 2026-01-01T00:00:00Z

Query query_of(Provider provider, const std::string& zone, const std::string& basis = "") {
    return {provider, zone, basis, std::nullopt};
}

TEST(Query, TakesTheFirstBasisOfAProvider) {
    EXPECT_EQ(checked_query(query_of(Provider::kElectricityMaps, "FR"))->basis, "lifecycle");
    EXPECT_EQ(checked_query(query_of(Provider::kWattTime, "CAISO_NORTH"))->basis, "marginal");
    EXPECT_EQ(checked_query(query_of(Provider::kNeso, "GB"))->basis, "direct");
}

TEST(Query, RefusesABasisThatTheProviderDoesNotHave) {
    for (const auto& query :
         {query_of(Provider::kElectricityMaps, "FR", "marginal"),
          query_of(Provider::kWattTime, "CAISO_NORTH", "lifecycle"),
          query_of(Provider::kNeso, "GB", "lifecycle"), query_of(Provider::kNeso, "GB", "best")}) {
        const auto checked = checked_query(query);
        ASSERT_FALSE(checked);
        EXPECT_EQ(checked.error().code, Code::kUsage);
        EXPECT_THAT(checked.error().hint, HasSubstr("--basis"));
    }
}

TEST(Query, RefusesWhatIsNoZone) {
    for (const char* zone : {"", "FR&zone=DE", "../../x", "F R", "FR/latest", "FR\n", "é"}) {
        const auto checked = checked_query(query_of(Provider::kElectricityMaps, zone));
        ASSERT_FALSE(checked) << zone;
        EXPECT_EQ(checked.error().code, Code::kUsage);
    }
    EXPECT_FALSE(checked_query(query_of(Provider::kNeso, "FR")));
    EXPECT_TRUE(checked_query(query_of(Provider::kElectricityMaps, "US-CAL-CISO")));
}

TEST(Query, RefusesASpanThatIsEmptyOrTooLong) {
    Query query = query_of(Provider::kNeso, "GB");
    query.span = Span{kStart, kStart};
    EXPECT_FALSE(checked_query(query));
    query.span = Span{kStart, kStart + kLongestSpanS + 1};
    EXPECT_FALSE(checked_query(query));
    query.span = Span{kStart, kStart + kLongestSpanS};
    EXPECT_TRUE(checked_query(query));
}

TEST(Query, KnowsTheProvidersByName) {
    for (const Provider provider : {Provider::kElectricityMaps, Provider::kWattTime, Provider::kNeso}) {
        EXPECT_EQ(*provider_named(name_of(provider)), provider);
    }
    const auto other = provider_named("entsoe");
    ASSERT_FALSE(other);
    EXPECT_EQ(other.error().code, Code::kUsage);
}

TEST(Pieces, CoverTheSpanInWholeHoursWithoutAGap) {
    for (const Provider provider : {Provider::kElectricityMaps, Provider::kWattTime, Provider::kNeso}) {
        const auto parts = pieces(provider, {kStart + 61, kStart + 47 * kDay + 10});
        EXPECT_EQ(parts.front().from_s, kStart);
        EXPECT_EQ(parts.back().until_s, kStart + 47 * kDay + kHour);
        const std::int64_t most = provider == Provider::kWattTime ? 32 * kDay : 10 * kDay;
        for (std::size_t i = 0; i < parts.size(); ++i) {
            EXPECT_LT(parts[i].from_s, parts[i].until_s);
            EXPECT_LE(parts[i].until_s - parts[i].from_s, most);
            EXPECT_TRUE(i == 0 || parts[i].from_s == parts[i - 1].until_s);
        }
    }
}

TEST(Pieces, AreTheSameForQueriesThatShareThem) {
    const auto january = pieces(Provider::kNeso, {kStart, kStart + 40 * kDay});
    const auto later = pieces(Provider::kNeso, {kStart + 5 * kDay, kStart + 45 * kDay});
    ASSERT_GE(january.size(), 4U);
    EXPECT_EQ(january[1].from_s, later[1].from_s);
    EXPECT_EQ(january[1].until_s, later[1].until_s);
}

TEST(InOrder, SortsAndDropsWhatIsToldTwice) {
    std::size_t clashes = 0;
    const auto points =
        in_order({{200, 300, 2.0}, {100, 200, 1.0}, {200, 300, 2.0}, {400, 500, 4.0}}, clashes);
    ASSERT_TRUE(points);
    ASSERT_EQ(points->size(), 3U);
    EXPECT_EQ((*points)[0].from_s, 100);
    EXPECT_EQ((*points)[2].from_s, 400) << "the hole stays one";
    EXPECT_EQ(clashes, 0U);
}

TEST(InOrder, KeepsTheFirstOfTwoValuesAndCountsThem) {
    // NESO told two values of 2021-04-19T19:00Z: github.com/carbon-intensity/api-definitions, issue 17.
    std::size_t clashes = 0;
    const auto points = in_order({{100, 200, 1.0}, {100, 200, 9.0}}, clashes);
    ASSERT_TRUE(points);
    ASSERT_EQ(points->size(), 1U);
    EXPECT_EQ(points->front().gco2e_per_kwh, 1.0);
    EXPECT_EQ(clashes, 1U);
}

TEST(InOrder, RefusesStretchesThatOverlap) {
    std::size_t clashes = 0;
    const auto points = in_order({{100, 200, 1.0}, {150, 250, 2.0}}, clashes);
    ASSERT_FALSE(points);
    EXPECT_EQ(points.error().code, Code::kMalformed);
}

TEST(TimeOf, ReadsTheThreeWaysOfTheProviders) {
    EXPECT_EQ(*time_of("2026-01-01T00:30Z"), kStart + 1800);
    EXPECT_EQ(*time_of("2026-01-01T00:30:00.000Z"), kStart + 1800);
    EXPECT_EQ(*time_of("2026-01-01T00:30:00Z"), kStart + 1800);
    EXPECT_EQ(*time_of("2026-01-01T01:30:00+01:00"), kStart + 1800);
}

TEST(TimeOf, RefusesWhatIsNoTimeInUtc) {
    for (const char* text : {"", "2026-01-01", "2026-01-01T00:30", "2026-13-01T00:30Z", "now",
                             "2026-01-01T00:30:00.Z0", "2026-01-01T00:30:00", "1767225600"}) {
        EXPECT_FALSE(time_of(text)) << text;
    }
}

}  // namespace
}  // namespace gramme::live
