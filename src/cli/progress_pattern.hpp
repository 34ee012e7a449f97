// How far a job is, from what it prints: a regular expression of the person's own (--progress-regex) against
// each line. Linear in the length of the line whatever the expression is (RE2).
// docs/adr/0011-progress-by-pty.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "plan/progress.hpp"

namespace gramme::cli {

struct PrintedStep {
    double step = 0.0;
    std::optional<double> total;       ///< of a percentage 100
    std::optional<plan::Phase> ended;  ///< instead of a step: what was done since the last one
};

/// Immutable: any thread.
class ProgressPattern {
public:
    /// Groups by name, (?P<step>...), (?P<total>...) or (?P<percent>...), else by number: the first is the
    /// step and the second the total. `knows_total`: the total is said elsewhere. kUsage: no expression that
    /// RE2 takes, no such group, no total. A group named evaluation or checkpoint that takes part says that
    /// one has just ended, which began at the last step: "step (?P<step>.*)/(?P<total>.*)|(?P<evaluation>val
    /// loss)"
    static Result<ProgressPattern> compile(std::string_view regex, bool knows_total);
    /// nullopt: the line says nothing. Numbers may have commas or underscores between their digits.
    [[nodiscard]] std::optional<PrintedStep> match(std::string_view line) const;

private:
    struct Compiled;
    explicit ProgressPattern(std::shared_ptr<const Compiled> compiled) : compiled_(std::move(compiled)) {}
    std::shared_ptr<const Compiled> compiled_;
};

/// Lines out of the bytes that a program prints. A line ends with a line feed or a carriage return, as
/// progress bars draw themselves anew; colours and other escape sequences (ECMA-48 CSI) are left out. Of a
/// longer line the first kMostBytes count. One thread.
class PrintedLines {
public:
    static constexpr std::size_t kMostBytes = 4096;
    /// A line, and when its last byte came.
    using OnLine = std::function<void(std::string_view line, std::int64_t at_ns)>;

    void add(std::string_view bytes, std::int64_t now_ns, const OnLine& on_line);
    /// The last line may have no end.
    void end(const OnLine& on_line);

private:
    enum class Escape : std::uint8_t { kNone, kBegun, kSequence };
    std::string line_;
    std::int64_t at_ns_ = 0;
    Escape escape_ = Escape::kNone;
};

}  // namespace gramme::cli
