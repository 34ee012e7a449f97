// A result from a file: whatever it holds is an error that says what, or is explained without a crash.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/result.hpp"
#include "cli/stored_footprint.hpp"
#include "present/explain.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    const auto result = gramme::cli::read_result(text);
    if (!result) {
        GRAMME_ASSERT(!result.error().what.empty());
        return 0;
    }
    constexpr std::size_t kFewDraws = 10;
    const gramme::present::ExplainInput input{result->run, result->footprint, nullptr,
                                              "a file",    kFewDraws,         result->missing};
    GRAMME_ASSERT(!gramme::present::explain_text(input, gramme::refdata::Tables{}, {}).empty());
    GRAMME_ASSERT(!gramme::present::explain_json(input, gramme::refdata::Tables{}).empty());
    return 0;
}
