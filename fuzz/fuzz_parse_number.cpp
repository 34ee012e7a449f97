// Numbers: what we accept we can write back, and the two forms of parse_u64 agree.
#include <cmath>
#include <string>

#include "base/parse.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace gramme;
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    const auto whole = parse_u64(text);
    const auto quick = read_u64(text);
    GRAMME_ASSERT(static_cast<bool>(whole) == quick.has_value());
    if (whole) {
        GRAMME_ASSERT(*whole == *quick);
        GRAMME_ASSERT(*parse_u64(std::to_string(*whole)) == *whole);
    }
    if (const auto number = parse_i64(text)) {
        GRAMME_ASSERT(*parse_i64(std::to_string(*number)) == *number);
    }
    if (const auto number = parse_double(text)) {
        GRAMME_ASSERT(std::isfinite(*number));
    }
    if (const auto seconds = parse_duration_s(text)) {
        GRAMME_ASSERT(std::isfinite(*seconds) && *seconds >= 0.0);
    }
    return 0;
}
