// gramme plan when and where through the real program: a live forecast, and a table from a pipe.
#include <gmock/gmock.h>

#include <ctime>

#include "http_server.hpp"
#include "sandbox.hpp"

namespace gramme::testing {
namespace {

using ::testing::HasSubstr;

class PlanWhen : public Integration {};

constexpr std::int64_t kHalfHour = 1800;

std::string stamp(std::int64_t at_s) {
    const std::time_t at = at_s;
    std::tm parts{};
    ::gmtime_r(&at, &parts);
    char out[32];
    (void)std::strftime(out, sizeof out, "%Y-%m-%dT%H:%MZ", &parts);
    return out;
}

/// Half hours from the one that is now; the sixth and seventh are clean.
std::string forecast_from(std::int64_t begin_s) {
    std::string rows;
    for (std::int64_t i = 0; i < 12; ++i) {
        rows += std::string{i == 0 ? "" : ", "} + R"({"from": ")" + stamp(begin_s + i * kHalfHour) +
                R"(", "to": ")" + stamp(begin_s + (i + 1) * kHalfHour) +
                R"(", "intensity": {"actual": null, "forecast": )" + (i == 5 || i == 6 ? "40" : "200") + "}}";
    }
    return R"({"data": [)" + rows + "]}";
}

TEST_F(PlanWhen, AsksALiveProviderForTheFuture) {
#if !defined(GRAMME_HAS_NET_MODULE)
    GTEST_SKIP() << "built without libcurl";
#endif
    box.env["XDG_CACHE_HOME"] = box.path("cache");
    const std::int64_t now_s = ::time(nullptr);
    const std::int64_t begin_s = now_s - now_s % kHalfHour;
    const std::string answer = http_answer(200, forecast_from(begin_s));
    const HttpServer server{{answer, answer}};
    const Outcome out = box.gramme({"plan", "when", "--power-w", "1000", "--pue", "1", "--hours", "1",
                                    "--deadline", stamp(begin_s + 12 * kHalfHour), "--intensity-live", "neso",
                                    "--live-url", server.url(), "--json"});
    ASSERT_EQ(out.exit_code, 0) << out.err;
    const Json plan = Json::parse(out.out);
    EXPECT_EQ(plan["best_start"]["start"], stamp(begin_s + 5 * kHalfHour).substr(0, 16) + ":00Z");
    EXPECT_NEAR(plan["best_start"]["operational_kgco2e"]["value"].get<double>(), 0.04, 1e-12);
    EXPECT_EQ(plan["forecast"]["source"], "neso_live");
    EXPECT_EQ(plan["forecast"]["basis"], "direct");
    EXPECT_GT(plan["forecast"]["sigma_ln"].get<double>(), 0.1) << "these are forecasts";
    EXPECT_THAT(out.err, HasSubstr("are forecasts"));
}

TEST_F(PlanWhen, PlacesOfAFileAndPricesOfAnother) {
    write_file(box.cwd + "/places.txt", "SWE\nPOL\n");
    write_file(box.cwd + "/prices.csv",
               "device,region,price_per_hour,currency\nh100,SWE,3,EUR\nh100,POL,2,EUR\n");
    const Outcome out = box.gramme({"plan", "where", "--device", "h100", "--count", "8", "--hours", "10",
                                    "--regions", "places.txt", "--prices", "prices.csv"});
    ASSERT_EQ(out.exit_code, 0) << out.err;
    EXPECT_THAT(out.out, HasSubstr("2 of 2 ways are beaten by none in CO2e, hours and money together"));
    EXPECT_THAT(out.out, HasSubstr("cheapest  8 x h100 in POL"));
}

}  // namespace
}  // namespace gramme::testing
