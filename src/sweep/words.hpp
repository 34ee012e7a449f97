// Placeholders in the command of a trial: {lr}, {trial}, {budget}, {dir}, {seed}. No IO.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "plan/space.hpp"

namespace gramme::sweep {

/// Names without braces and what stands for them.
using Filling = std::map<std::string, std::string, std::less<>>;

/// `word` with its placeholders filled in; braces around anything else stay as they are.
[[nodiscard]] std::string filled(const std::string& word, const Filling& filling);

/// The command of one point. A word that holds a parameter of `space` which the point does not have is left
/// out; if it is nothing but that, the option before it (a word that begins with '-') as well.
[[nodiscard]] std::vector<std::string> filled_command(const std::vector<std::string>& command,
                                                      const plan::Space& space, const Filling& filling);

/// What looks like a mistake: parameters that no word names, placeholders that nearly name one.
[[nodiscard]] std::vector<std::string> doubts_about(const std::vector<std::string>& command,
                                                    const plan::Space& space);

}  // namespace gramme::sweep
