// The one number that a trial tells: from its output, or from a JSON file that it writes.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace gramme::sweep {

struct Told {
    std::optional<double> value;  ///< finite
    bool not_a_number = false;    ///< it said NaN or infinity
    std::string note;             ///< why there is no value
};

class Objective {
public:
    /// `pattern`: an expression of RE2, which takes linear time; the first group, or the whole match where it
    /// has none, is the number, and the last line that matches counts. kUsage.
    static Result<Objective> by_regex(const std::string& pattern);
    /// "FILE:KEY": FILE may hold placeholders, KEY may lead into objects: "eval.accuracy". kUsage.
    static Result<Objective> by_json(const std::string& text);
    Objective(Objective&&) noexcept;
    Objective& operator=(Objective&&) noexcept;
    ~Objective();

    /// From the log of the trial. Lines beyond 4096 bytes are looked at up to there.
    [[nodiscard]] Told from_log(const std::string& path) const;
    /// From the file that the trial wrote, its placeholders filled in; one that is older than `since_wall_ns`
    /// is of another trial.
    [[nodiscard]] Told from_json(const std::string& path, std::int64_t since_wall_ns) const;

    [[nodiscard]] bool is_json() const { return !key_.empty(); }
    [[nodiscard]] const std::string& file() const { return file_; }
    [[nodiscard]] std::string text() const;

private:
    struct Pattern;
    Objective();
    std::unique_ptr<Pattern> pattern_;
    std::string typed_, file_, key_;
};

/// "0.93", " 1e-3", "nan", "-inf".
[[nodiscard]] Told told_by(std::string_view word);

}  // namespace gramme::sweep
