// The file of a search's space, and points of it: no input may crash, and what is accepted can be drawn and
// counted.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/result.hpp"
#include "config/space_file.hpp"
#include "plan/sampling.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace gramme;
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    const auto space = config::parse_space(text, "space.toml");
    if (!space) {
        GRAMME_ASSERT(!space.error().what.empty());
        return 0;
    }
    double branches = 1.0;  // what is counted one by one
    for (const plan::Parameter& parameter : space->parameters) {
        branches *= parameter.values.empty() ? 1.0 : static_cast<double>(parameter.values.size());
    }
    constexpr double kMostBranches = 1000.0;
    if (branches <= kMostBranches) {
        const double size_of_grid = plan::grid_size(*space);
        GRAMME_ASSERT(size_of_grid >= 1.0);
        if (size_of_grid <= kMostBranches) {
            const auto points = plan::grid_points(*space, static_cast<std::size_t>(kMostBranches));
            GRAMME_ASSERT(points && static_cast<double>(points->size()) == size_of_grid);
        }
    }
    const plan::Point point = plan::draw(*space, 1, 0);
    GRAMME_ASSERT(point == plan::draw(*space, 1, 0));
    GRAMME_ASSERT(point.size() <= space->parameters.size());
    return 0;
}
