// An expression (the first line) against what a program prints (the rest): no line is longer than it may be,
// none holds an end of a line, and what is found is a number of steps.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/result.hpp"
#include "cli/progress_pattern.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace gramme;
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    const std::size_t end = text.find('\n');
    const auto pattern = cli::ProgressPattern::compile(text.substr(0, end), true);
    const std::string_view printed =
        end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
    cli::PrintedLines lines;
    const auto look = [&](std::string_view line, std::int64_t at_ns) {
        GRAMME_ASSERT(!line.empty() && line.size() <= cli::PrintedLines::kMostBytes);
        GRAMME_ASSERT(line.find_first_of("\n\r") == std::string_view::npos);
        GRAMME_ASSERT(at_ns == 1 || at_ns == 2);
        if (pattern) {
            const auto step = pattern->match(line);
            GRAMME_ASSERT(!step || step->step >= 0.0);
            GRAMME_ASSERT(!step || !step->total || *step->total >= 0.0);
        }
    };
    lines.add(printed.substr(0, printed.size() / 2), 1, look);
    lines.add(printed.substr(printed.size() / 2), 2, look);
    lines.end(look);
    return 0;
}
