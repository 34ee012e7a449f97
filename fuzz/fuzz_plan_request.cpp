// Requests for plans in JSON, and the amounts and ranges in them: each becomes an answer or a worded error;
// what is taken has intervals that hold their centre.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "calculate/plan_train.hpp"
#include "config/flat_request.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace gramme;
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    if (const auto range = plan::parse_range(text, "--times")) {
        GRAMME_ASSERT(range->low > 0.0 && range->low <= range->high && range->sigma_ln() >= 0.0);
    }
    if (const auto range = plan::parse_share_range(text, "--mfu")) {
        GRAMME_ASSERT(range->low > 0.0 && range->low <= range->high && range->high <= 1.0);
    }
    const auto request = config::read_flat_request(text, calculate::kPlanTrainFlags);
    if (!request) {
        GRAMME_ASSERT(!request.error().what.empty());
        return 0;
    }
    const auto factors = config::run_options(request->flags).factors;
    const auto done = calculate::plan_train(request->options, factors, refdata::Tables{});
    if (!done) {
        GRAMME_ASSERT(!done.error().what.empty());
        return 0;
    }
    const Estimate& hours = done->plan.device_hours;
    GRAMME_ASSERT(hours.low <= hours.value && hours.value <= hours.high);
    return 0;
}
