#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "live/live.hpp"
#include "scripted_transport.hpp"

namespace gramme::live {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::ScriptedTransport;

constexpr std::int64_t kHour = 3600;
constexpr std::int64_t kDay = 24 * kHour;
constexpr std::int64_t kStart = 1'767'225'600;  // 2026-01-01T00:00:00Z

std::string french(std::int64_t from_s, std::size_t hours, double grams, bool estimated = false) {
    std::string items;
    for (std::size_t i = 0; i < hours; ++i) {
        items += (i > 0 ? "," : "") + std::string{R"({"datetime": ")"} +
                 time_text(from_s + static_cast<std::int64_t>(i) * kHour) + R"(", "carbonIntensity": )" +
                 std::to_string(grams) + R"(, "isEstimated": )" + (estimated ? "true}" : "false}");
    }
    return R"({"zone": "FR", "data": [)" + items + "]}";
}

class Fetch : public ::testing::Test {
protected:
    Fetch() {
        request.query = {Provider::kElectricityMaps, "FR", "", Span{kStart, kStart + 2 * kHour}};
        request.keys = {"s3cret-key", "ada", "pa:ss word"};
    }
    Result<LiveAnswer> fetch() {
        return fetch_intensity(request, {net, nullptr, now_s, [](double) {}});
    }
    void fails(Code code, const std::string& what) {
        const auto answer = fetch();
        ASSERT_FALSE(answer);
        EXPECT_EQ(answer.error().code, code) << answer.error().what;
        EXPECT_THAT(answer.error().what, HasSubstr(what));
        for (const std::string& text : {answer.error().what, answer.error().hint}) {
            EXPECT_THAT(text, AllOf(Not(HasSubstr("s3cret")), Not(HasSubstr("pa:ss"))));
        }
    }
    ScriptedTransport net;
    LiveRequest request;
    std::int64_t now_s = kStart + 100 * kDay;
};

TEST_F(Fetch, MakesASeriesWithItsOrigin) {
    net.answer(200, french(kStart, 2, 56.0));
    const auto answer = fetch();
    ASSERT_TRUE(answer) << answer.error().what;
    ASSERT_EQ(answer->series.periods.size(), 2U);
    EXPECT_EQ(answer->series.periods[0].from_s, kStart);
    EXPECT_EQ(answer->series.periods[1].until_s, kStart + 2 * kHour);
    EXPECT_EQ(answer->series.zone, "FR");
    EXPECT_EQ(answer->series.basis, "lifecycle");
    EXPECT_EQ(answer->series.from.source, "electricitymaps_live");
    EXPECT_EQ(answer->series.from.chosen, "--intensity-live electricitymaps:FR");
    EXPECT_DOUBLE_EQ(answer->series.sigma_ln, std::sqrt(0.05 * 0.05 + 0.10 * 0.10));
    EXPECT_THAT(answer->warnings, ElementsAre());
    EXPECT_THAT(net.asked[0].headers, Contains("auth-token: s3cret-key"));
    EXPECT_THAT(net.asked[0].url, HasSubstr("https://api.electricitymaps.com/v3/"));
    EXPECT_THAT(net.asked[0].url, Not(HasSubstr("s3cret")));
}

TEST_F(Fetch, AsksForALongTimeInPiecesAndPutsThemTogether) {
    request.query.span->until_s = kStart + 20 * kDay;
    const auto parts = pieces(Provider::kElectricityMaps, *request.query.span);
    ASSERT_GE(parts.size(), 2U);
    for (const Span& part : parts) {  // as where `end` belongs to the answer: one hour too many
        net.answer(200, french(part.from_s,
                               static_cast<std::size_t>((part.until_s - part.from_s) / kHour) + 1, 50.0));
    }
    const auto answer = fetch();
    ASSERT_TRUE(answer) << answer.error().what;
    EXPECT_EQ(answer->series.periods.size(), 20U * 24U);
    EXPECT_EQ(net.asked.size(), parts.size());
    EXPECT_THAT(answer->warnings, ElementsAre());
}

TEST_F(Fetch, TellsOfEstimatesAndHolesAndTwoValues) {
    request.query.span->until_s = kStart + 4 * kHour;
    std::string body = french(kStart, 2, 56.0, true);
    body.replace(body.size() - 2, 2, "," + french(kStart, 1, 99.0).substr(24));
    net.answer(200, body);
    const auto answer = fetch();
    ASSERT_TRUE(answer) << answer.error().what << body;
    EXPECT_EQ(answer->estimated, 2U);
    EXPECT_EQ(answer->series.periods[0].gco2e_per_kwh, 56.0);
    EXPECT_THAT(answer->warnings,
                ElementsAre(HasSubstr("2 of 2 values are estimates"), HasSubstr("1 times were told twice"),
                            HasSubstr("2.0 of 4.0 hours have no value")));
    EXPECT_DOUBLE_EQ(answer->series.sigma_ln, std::sqrt(0.15 * 0.15 + 0.10 * 0.10));
}

TEST_F(Fetch, DoesNotAskForWhatLiesAhead) {
    now_s = kStart + 30 * 60;
    net.answer(200,
               R"({"zone": "FR", "history": [{"datetime": "2026-01-01T00:00:00Z", "carbonIntensity": 5}]})");
    const auto answer = fetch();
    ASSERT_TRUE(answer) << answer.error().what;
    EXPECT_THAT(answer->warnings, ElementsAre(HasSubstr("1.0 of 2.0 hours have no value")));
    now_s = kStart;
    fails(Code::kUsage, "lies ahead");
}

TEST_F(Fetch, LogsInAtWattTimeOnce) {
    request.query = {Provider::kWattTime, "CAISO_NORTH", "", Span{kStart, kStart + 40 * kDay}};
    const std::string meta = R"("meta": {"units": "lbs_co2_per_mwh", "region": "CAISO_NORTH"})";
    net.answer(200, R"({"token": "jwt.token"})");
    net.answer(200, R"({"data": [{"point_time": "2026-01-01T00:00:00Z", "value": 1000}], )" + meta + "}");
    net.answer(200, R"({"data": [], )" + meta + "}");
    net.answer(200, R"({"data": [], )" + meta + "}");
    const auto answer = fetch();
    ASSERT_TRUE(answer) << answer.error().what;
    EXPECT_THAT(net.asked[0].headers, Contains("Authorization: Basic YWRhOnBhOnNzIHdvcmQ="));
    EXPECT_EQ(net.asked[0].url, "https://api.watttime.org/login");
    EXPECT_THAT(net.asked[1].headers,
                AllOf(Contains("Authorization: Bearer jwt.token"), Not(Contains(HasSubstr("Basic")))));
    EXPECT_EQ(answer->series.basis, "marginal");
    EXPECT_THAT(answer->warnings, Contains(HasSubstr("what one more kWh causes")));
}

TEST_F(Fetch, TakesTheNewestOfSeveralValues) {
    now_s = kStart + kHour;
    request.query = {Provider::kWattTime, "CAISO_NORTH", "direct", std::nullopt};
    net.answer(200, R"({"token": "t"})");
    net.answer(200, R"({"data": [{"point_time": "2026-01-01T00:00:00Z", "value": 1},
        {"point_time": "2026-01-01T00:05:00Z", "value": 2}], "meta": {"units": "lbs_co2_per_mwh"}})");
    const auto answer = fetch();
    ASSERT_TRUE(answer) << answer.error().what;
    ASSERT_EQ(answer->series.periods.size(), 1U);
    EXPECT_EQ(answer->series.periods[0].from_s, kStart + 300);
}

TEST_F(Fetch, TheNewestValueIsOfNow) {
    request.query = {Provider::kNeso, "GB", "", std::nullopt};
    const std::string body = R"({"data": [
        {"from": "2026-01-01T00:00Z", "to": "2026-01-01T00:30Z", "intensity": {"actual": 2}}]})";
    const std::int64_t end_s = kStart + kHour / 2;
    for (const std::int64_t now : {kStart - 3 * kHour, kStart, end_s + 3 * kHour}) {
        now_s = now;
        net.answer(200, body);
        EXPECT_TRUE(fetch()) << now - kStart;
    }
    for (const std::int64_t now : {kStart - 3 * kHour - 1, end_s + 3 * kHour + 1, end_s + 9000 * kDay}) {
        now_s = now;
        net.answer(200, body);
        fails(Code::kUnavailable, "the newest is of 2026-01-01T00:00:00Z until 2026-01-01T00:30:00Z");
    }
}

TEST_F(Fetch, HidesKeysThatHoldOneAnother) {
    request.query = {Provider::kWattTime, "CAISO_NORTH", "direct", std::nullopt};
    request.keys = {"", "ada", "ada-4711-secret"};
    const std::string basic = "YWRhOmFkYS00NzExLXNlY3JldA";  // RFC 4648 of ada:ada-4711-secret, then ==
    net.answer(401, R"({"error": "no ada-4711-secret of ada, )" + basic + "==, " + basic + "\"}");
    const auto answer = fetch();
    ASSERT_FALSE(answer);
    EXPECT_THAT(answer.error().what, HasSubstr("status 401: no (key) of (key), (key), (key)"));
    net.answer(200, R"({"token": "jwt.s3cret"})");
    net.answer(403, R"({"error": "jwt.s3cret is too old"})");
    fails(Code::kPermission, "status 403: (key) is too old");
}

TEST_F(Fetch, PassesOverTheHalfHourBefore) {
    request.query = {Provider::kNeso, "GB", "", Span{kStart, kStart + kHour}};
    net.answer(200, R"({"data": [
        {"from": "2025-12-31T23:30Z", "to": "2026-01-01T00:00Z", "intensity": {"actual": 1}},
        {"from": "2026-01-01T00:00Z", "to": "2026-01-01T00:30Z", "intensity": {"actual": 2}},
        {"from": "2026-01-01T00:30Z", "to": "2026-01-01T01:00Z", "intensity": {"actual": null, "forecast": 3}}]})");
    const auto answer = fetch();
    ASSERT_TRUE(answer) << answer.error().what;
    ASSERT_EQ(answer->series.periods.size(), 2U);
    EXPECT_EQ(answer->series.periods[0].gco2e_per_kwh, 2.0);
    EXPECT_EQ(answer->forecast, 1U);
    EXPECT_THAT(answer->warnings, ElementsAre(HasSubstr("1 of 2 values are forecasts")));
    EXPECT_DOUBLE_EQ(answer->series.sigma_ln, 0.10);
}

TEST_F(Fetch, NeedsItsKeyBeforeItAsks) {
    for (const char* key : {"", "a\nHost: evil", "a\r", "a\tb"}) {
        request.keys.token = key;
        fails(Code::kPermission, "ELECTRICITYMAPS_TOKEN");
    }
    request.query = {Provider::kWattTime, "CAISO_NORTH", "", std::nullopt};
    request.keys.password.clear();
    fails(Code::kPermission, "WATTTIME_PASSWORD is not set");
    EXPECT_TRUE(net.asked.empty());
}

TEST_F(Fetch, SaysWhatAStatusMeansAndNoKey) {
    net.answer(401, R"({"error": "bad token s3cret-key"})");
    fails(Code::kPermission, "status 401: bad token (key)");
    net.answer(403, "");
    fails(Code::kPermission, "status 403");
    net.answer(404, R"({"message": "No data"})");
    fails(Code::kUnavailable, "status 404: No data");
    net.answer(302, "");
    fails(Code::kUnavailable, "status 302");
    net.answer(429, "", 3600.0);
    fails(Code::kUnavailable, "status 429");
    net.fail(HttpAnswer::Kind::kTimedOut, "after s3cret-key");
    fails(Code::kUnavailable, "did not answer in time: after (key)");
    net.fail(HttpAnswer::Kind::kTooLarge);
    fails(Code::kMalformed, "4 MiB");
    net.fail(HttpAnswer::Kind::kFailed, "no TLS");
    fails(Code::kUnavailable, "no TLS");
    net.answer(200, "<html>");
    fails(Code::kMalformed, "no JSON");
    net.answer(200, R"({"zone": "FR", "data": []})");
    fails(Code::kUnavailable, "no value for FR from 2026-01-01T00:00:00Z");
}

TEST_F(Fetch, CutsNoKeyInHalf) {
    net.answer(401, R"({"error": ")" + std::string(195, 'x') + R"(s3cret-key"})");
    fails(Code::kPermission, "(key");
}

TEST_F(Fetch, TriesOnceMoreWhereItMayHelp) {
    net.answer(500, "");
    net.answer(200, french(kStart, 2, 56.0));
    EXPECT_TRUE(fetch());
    EXPECT_EQ(net.asked.size(), 2U);
}

}  // namespace
}  // namespace gramme::live
