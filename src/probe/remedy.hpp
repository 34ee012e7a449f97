// Commands that `gramme doctor` offers: they are pasted into a shell, often root's.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/host.hpp"

namespace gramme::probe {

/// Gives the right to the program itself: file capabilities do not follow a link (setcap(8) refuses one).
inline constexpr const char* kAllowPerfmon =
    "sudo setcap cap_perfmon+ep \"$(readlink -f \"$(command -v gramme)\")\"";

/// `text` as one word of a POSIX shell, which it is never taken apart by: in single quotes where anything is
/// outside [A-Za-z0-9/:._-]. nullopt where it holds a control character: no command is made of such a text.
/// Pure. Source: POSIX.1-2017, Shell Command Language, 2.2.2 Single-Quotes.
[[nodiscard]] std::optional<std::string> shell_word(std::string_view text);

/// " FILE FILE", as words of a shell; empty where there are none, or where one of them can be no word.
[[nodiscard]] std::string shell_words(const std::vector<std::string>& files);

/// The command that lets everybody read `files`, until the next boot; none where there are no files.
[[nodiscard]] std::vector<std::string> allow_reading(const std::vector<std::string>& files);

/// The same for those of `files` whose reading is refused now: a sensor that fails otherwise needs no right.
[[nodiscard]] std::vector<std::string> allow_reading_refused(const Host& host,
                                                             const std::vector<std::string>& files);

/// `more` behind the others.
void offer(std::vector<std::string>& remedies, const std::vector<std::string>& more);

}  // namespace gramme::probe
