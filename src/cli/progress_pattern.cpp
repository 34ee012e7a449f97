#include "cli/progress_pattern.hpp"

#include <re2/re2.h>

#include <array>
#include <utility>

#include "base/parse.hpp"

namespace gramme::cli {
namespace {

constexpr std::int64_t kMostMemory = 4 << 20;  ///< of RE2's machine; it begins anew where that is not enough
constexpr int kMostGroups = 16;

/// "12,000" and "12_000" are 12000.
std::optional<double> number_of(std::string_view text) {
    std::string digits;
    for (const char c : text) {
        if (c != ',' && c != '_' && c != ' ') {
            digits += c;
        }
    }
    const auto number = parse_double(digits);
    return number && *number >= 0.0 ? std::optional{*number} : std::nullopt;
}

/// (?<name>...) of other dialects, as RE2 writes it.
std::string in_words_of_re2(std::string_view regex) {
    std::string out;
    for (std::size_t i = 0; i < regex.size(); ++i) {
        out += regex[i];
        const bool named = regex.substr(i).starts_with("(?<") && i + 3 < regex.size() &&
                           regex[i + 3] != '=' && regex[i + 3] != '!' && (i == 0 || regex[i - 1] != '\\');
        if (named) {
            out += "?P<";
            i += 2;
        }
    }
    return out;
}

}  // namespace

struct ProgressPattern::Compiled {
    explicit Compiled(const std::string& text, const RE2::Options& options) : regex(text, options) {}
    RE2 regex;
    int step = 0;  ///< number of its group; 0: none
    int total = 0;
    int percent = 0;
    int evaluation = 0;
    int checkpoint = 0;
};

Result<ProgressPattern> ProgressPattern::compile(std::string_view regex, bool knows_total) {
    const auto wrong = [&](const std::string& why, const std::string& hint) {
        return Error{Code::kUsage, "--progress-regex '" + std::string{regex} + "': " + why, hint};
    };
    RE2::Options options;
    options.set_log_errors(false);
    options.set_encoding(RE2::Options::EncodingLatin1);  // a program may print any bytes
    options.set_max_mem(kMostMemory);
    const auto compiled = std::make_shared<Compiled>(in_words_of_re2(regex), options);
    if (!compiled->regex.ok()) {
        return wrong(compiled->regex.error(), "it is an expression of RE2; quote it for the shell");
    }
    const std::string shape = "such as 'step (\\d+)/(\\d+)' or '(?P<percent>[\\d.]+)%'";
    const int groups = compiled->regex.NumberOfCapturingGroups();
    if (groups == 0 || groups > kMostGroups) {
        return wrong(groups == 0 ? "it has no group that holds the step" : "it has too many groups", shape);
    }
    const auto& names = compiled->regex.NamedCapturingGroups();
    if (names.empty()) {
        compiled->step = 1;
        compiled->total = groups > 1 ? 2 : 0;
    }
    for (const auto& [name, number] : names) {
        if (name == "step") {
            compiled->step = number;
        } else if (name == "total") {
            compiled->total = number;
        } else if (name == "percent") {
            compiled->percent = number;
        } else if (name == "evaluation") {
            compiled->evaluation = number;
        } else if (name == "checkpoint") {
            compiled->checkpoint = number;
        }
    }
    if (compiled->step == 0 && compiled->percent == 0) {
        return wrong("none of its groups is named step or percent", shape);
    }
    if (compiled->percent == 0 && compiled->total == 0 && !knows_total) {
        return wrong("it does not say how many steps there will be",
                     "give it a second group, or say --steps-total N");
    }
    return ProgressPattern{compiled};
}

std::optional<PrintedStep> ProgressPattern::match(std::string_view line) const {
    std::array<re2::StringPiece, kMostGroups + 1> groups;
    const int count = compiled_->regex.NumberOfCapturingGroups() + 1;
    if (!compiled_->regex.Match(re2::StringPiece{line.data(), line.size()}, 0, line.size(), RE2::UNANCHORED,
                                groups.data(), count)) {
        return std::nullopt;
    }
    const auto took_part = [&](int group) {
        return group > 0 && groups.at(static_cast<std::size_t>(group)).data() != nullptr;
    };
    const auto number = [&](int group) -> std::optional<double> {
        const re2::StringPiece& text = groups.at(static_cast<std::size_t>(group));
        return took_part(group) ? number_of({text.data(), text.size()}) : std::nullopt;
    };
    if (took_part(compiled_->evaluation) || took_part(compiled_->checkpoint)) {
        PrintedStep ended;
        ended.ended = took_part(compiled_->evaluation) ? plan::Phase::kEvaluation : plan::Phase::kCheckpoint;
        return ended;
    }
    constexpr double kAll = 100.0;
    if (const auto percent = number(compiled_->percent)) {
        return *percent <= kAll ? std::optional{PrintedStep{*percent, kAll, std::nullopt}} : std::nullopt;
    }
    const auto step = number(compiled_->step);
    if (!step) {
        return std::nullopt;
    }
    return PrintedStep{*step, number(compiled_->total), std::nullopt};
}

void PrintedLines::add(std::string_view bytes, std::int64_t now_ns, const OnLine& on_line) {
    for (const char c : bytes) {
        if (c == '\n' || c == '\r') {
            end(on_line);
            escape_ = Escape::kNone;
            continue;
        }
        if (escape_ == Escape::kBegun) {
            escape_ = c == '[' ? Escape::kSequence : Escape::kNone;
            continue;
        }
        if (escape_ == Escape::kSequence) {
            if (c >= '@' && c <= '~') {
                escape_ = Escape::kNone;
            }
            continue;
        }
        if (c == '\x1b') {
            escape_ = Escape::kBegun;
            continue;
        }
        if (line_.size() < kMostBytes) {
            line_ += c;
            at_ns_ = now_ns;
        }
    }
}

void PrintedLines::end(const OnLine& on_line) {
    if (!line_.empty()) {
        on_line(line_, at_ns_);
        line_.clear();
    }
}

}  // namespace gramme::cli
