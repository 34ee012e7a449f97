// Forecasts and prices of plans: each becomes a table or a worded error, and what a forecast is taken for can
// be planned with.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "calculate/plan_answer.hpp"
#include "plan/when.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace gramme;
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    const auto forecast = calculate::read_forecast(text);
    GRAMME_ASSERT(forecast || !forecast.error().what.empty());
    if (forecast) {
        const std::int64_t from_s = forecast->periods.front().from_s;
        auto window = plan::window_of(*forecast, from_s, {}, 3600);
        GRAMME_ASSERT(window || !window.error().what.empty());
        if (window) {
            const plan::When plan = plan::when(*std::move(window), {3600, 600, 1800, 60.0, 0.25}, 10'000);
            GRAMME_ASSERT(plan.best.gco2e_per_kwh <= plan.worst_start * (1.0 + 1e-9));
            GRAMME_ASSERT(!plan.paused || plan.paused->gco2e_per_kwh <= plan.best.gco2e_per_kwh);
            const plan::Schedule& last = plan.paused ? *plan.paused : plan.best;
            GRAMME_ASSERT(last.runs.back().until_s <= plan.window.until_s);
        }
    }
    for (const auto& prices :
         {calculate::read_price_list(text), calculate::read_prices(text, "prices.csv")}) {
        GRAMME_ASSERT(prices || !prices.error().what.empty());
        GRAMME_ASSERT(!prices || std::all_of(prices->begin(), prices->end(), [](const calculate::Price& one) {
            return one.per_hour >= 0.0 && !one.hardware.empty() && !one.currency.empty();
        }));
    }
    return 0;
}
