#include "sweep/objective.hpp"

#include <re2/re2.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <memory>
#include <utility>

#include "base/parse.hpp"
#include "base/text.hpp"
#include "present/json.hpp"

namespace gramme::sweep {
namespace {

constexpr std::size_t kLongestLine = 4096;
constexpr std::int64_t kMostMemory = 4 << 20;  ///< of RE2's machine; it begins anew where that is not enough
constexpr std::size_t kMostJson = 16U << 20U;

struct CloseFile {
    void operator()(std::FILE* file) const { (void)std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, CloseFile>;

/// Python writes NaN and Infinity into JSON, where they have no place: nlohmann refuses the file then.
bool holds_no_number(const std::string& text, const std::string& key) {
    const std::string last = "\"" + key.substr(key.rfind('.') + 1) + "\"";
    for (std::size_t at = text.find(last); at != std::string::npos; at = text.find(last, at + 1)) {
        std::size_t value = text.find_first_not_of(" \t\r\n:", at + last.size());
        if (value != std::string::npos && text[value] == '-') {
            ++value;
        }
        if (value != std::string::npos &&
            (text.compare(value, 3, "NaN") == 0 || text.compare(value, 8, "Infinity") == 0)) {
            return true;
        }
    }
    return false;
}

Told nothing(std::string note) {
    return {std::nullopt, false, std::move(note)};
}

}  // namespace

struct Objective::Pattern {
    Pattern(const std::string& text, const RE2::Options& options) : regex(text, options) {}
    RE2 regex;
};

Objective::Objective() = default;
Objective::Objective(Objective&&) noexcept = default;
Objective& Objective::operator=(Objective&&) noexcept = default;
Objective::~Objective() = default;

Told told_by(std::string_view word) {
    std::string_view text = trimmed(word);
    if (const auto number = parse_double(text.starts_with('+') ? text.substr(1) : text)) {
        return {*number, false, ""};
    }
    std::string_view bare = text;
    if (!bare.empty() && (bare.front() == '-' || bare.front() == '+')) {
        bare.remove_prefix(1);
    }
    const std::string small = folded(bare);
    if (small.starts_with("nan") || small.starts_with("inf")) {
        return {std::nullopt, true, "its objective is " + std::string{text.substr(0, 16)}};
    }
    return nothing("its objective is no number: '" + std::string{text.substr(0, 40)} + "'");
}

Result<Objective> Objective::by_regex(const std::string& pattern) {
    Objective out;
    out.typed_ = pattern;
    RE2::Options options;
    options.set_log_errors(false);
    options.set_max_mem(kMostMemory);
    out.pattern_ = std::make_unique<Pattern>(pattern, options);
    if (!out.pattern_->regex.ok()) {
        return Error{Code::kUsage,
                     "--objective-regex: '" + pattern + "' is no expression: " + out.pattern_->regex.error(),
                     "write it like accuracy=([0-9.]+), in the way of RE2"};
    }
    return out;
}

Result<Objective> Objective::by_json(const std::string& text) {
    const std::size_t colon = text.rfind(':');
    if (colon == std::string::npos || colon == 0 || colon + 1 == text.size()) {
        return Error{Code::kUsage, "--objective-json: '" + text + "' is no FILE:KEY",
                     "write {dir}/metrics.json:accuracy; a key inside objects is eval.accuracy"};
    }
    Objective out;
    out.typed_ = text;
    out.file_ = text.substr(0, colon);
    out.key_ = text.substr(colon + 1);
    return out;
}

std::string Objective::text() const {
    return (is_json() ? "json " : "regex ") + typed_;
}

Told Objective::from_log(const std::string& path) const {
    const File file{std::fopen(path.c_str(), "re")};
    if (!file) {
        return nothing("its log could not be read");
    }
    std::optional<std::string> last;
    std::string line;
    const auto look = [&] {
        std::array<re2::StringPiece, 2> found;
        const int groups = pattern_->regex.NumberOfCapturingGroups() > 0 ? 2 : 1;
        if (pattern_->regex.Match(line, 0, line.size(), RE2::UNANCHORED, found.data(), groups)) {
            const re2::StringPiece& told = found.at(static_cast<std::size_t>(groups - 1));
            last = std::string{told.data() == nullptr ? "" : told.data(), told.size()};
        }
        line.clear();
    };
    std::array<char, 65536> block{};
    while (const std::size_t count = std::fread(block.data(), 1, block.size(), file.get())) {
        for (std::size_t i = 0; i < count; ++i) {
            const char c = block.at(i);
            if (c == '\n' || c == '\r') {  // a progress bar writes its line again behind a CR
                look();
            } else if (line.size() < kLongestLine) {
                line += c;
            }
        }
    }
    look();
    return last ? told_by(*last) : nothing("nothing in its output matches --objective-regex");
}

Told Objective::from_json(const std::string& path, std::int64_t since_wall_ns) const {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) {
        return nothing("it wrote no " + path);
    }
    if (!S_ISREG(status.st_mode)) {  // a pipe would wait for its writer
        return nothing(path + " is no file");
    }
    // The clock of files stands still for up to some milliseconds.
    constexpr std::int64_t kNsPerSecond = 1'000'000'000;
    constexpr std::int64_t kGrain = 20'000'000;
    if (status.st_mtim.tv_sec * kNsPerSecond + status.st_mtim.tv_nsec + kGrain < since_wall_ns) {
        return nothing(path + " is older than the trial");
    }
    const File file{std::fopen(path.c_str(), "re")};
    if (!file || static_cast<std::size_t>(status.st_size) > kMostJson) {
        return nothing(path + " could not be read");
    }
    std::string text(static_cast<std::size_t>(status.st_size), '\0');
    text.resize(std::fread(text.data(), 1, text.size(), file.get()));
    const present::Json json = present::Json::parse(text, nullptr, false);
    if (json.is_discarded()) {
        return holds_no_number(text, key_) ? Told{std::nullopt, true, "its objective is NaN or infinite"}
                                           : nothing(path + " is no JSON");
    }
    const present::Json* here = &json;
    for (const std::string_view part : split(key_, '.')) {
        here = here->is_object() ? present::member(*here, std::string{part}.c_str()) : nullptr;
        if (here == nullptr) {
            return nothing(path + " has no number '" + key_ + "'");
        }
    }
    if (here->is_number()) {
        const auto value = here->get<double>();
        return std::isfinite(value) ? Told{value, false, ""}
                                    : Told{std::nullopt, true, "its objective is infinite"};
    }
    return here->is_string() ? told_by(here->get<std::string>())
                             : nothing(path + " has no number '" + key_ + "'");
}

}  // namespace gramme::sweep
