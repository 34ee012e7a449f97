// Names: folding is stable, a distance is a distance, an exact name is offered first.
#include <algorithm>

#include "base/result.hpp"
#include "base/text.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace gramme;
    constexpr std::size_t kMost = 200;  // the distance takes the product of both lengths
    const std::string_view text{reinterpret_cast<const char*>(data), std::min(size, kMost)};
    const std::string once = folded(text);
    GRAMME_ASSERT(once.size() <= text.size());
    const std::vector<std::string_view> parts = split(text, '\n');
    const std::string_view first = parts.front();
    const std::string_view last = parts.back();
    GRAMME_ASSERT(edit_distance(first, last) == edit_distance(last, first));
    GRAMME_ASSERT((edit_distance(first, last) == 0) == (first == last));
    const std::vector<std::string> names{parts.begin(), parts.end()};
    const auto offered = nearest(first, names);
    GRAMME_ASSERT(!offered.empty() && offered.size() <= 3 && folded(offered.front()) == folded(first));
    return 0;
}
