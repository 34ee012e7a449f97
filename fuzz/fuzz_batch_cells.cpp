// Cells of tables that other programs export: what is read out of one is a piece of it, times and numbers
// make sense.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>

#include "base/result.hpp"
#include "batch/cells.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace gramme::batch;
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    const auto inside = [&](std::string_view piece) {
        const std::less_equal<const char*> not_after;
        return piece.empty() || (not_after(text.data(), piece.data()) &&
                                 not_after(piece.data() + piece.size(), text.data() + text.size()));
    };
    GRAMME_ASSERT(inside(machine_of_details(text)));
    GRAMME_ASSERT(inside(machine_of_usage(text)));
    GRAMME_ASSERT(inside(machine_of_sagemaker(text)));
    GRAMME_ASSERT(inside(gpu_of_sku(text)));
    GRAMME_ASSERT(!is_hours(text) || text.find_first_of("hH") != std::string_view::npos);
    const Tres tres = tres_of(text);
    GRAMME_ASSERT(inside(tres.gpu_type) && tres.gpus >= 0.0 && tres.cpus >= 0.0);
    const auto hours = elapsed_hours(text);
    GRAMME_ASSERT(!hours || (*hours >= 0.0 && std::isfinite(*hours)));
    return 0;
}
