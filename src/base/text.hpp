// Small text helpers that several modules need: case folding, splitting, nearest name, ids.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gramme {

/// Lower case for ASCII, and Latin accents folded to their letter ("Montréal" -> "montreal"): the form names
/// are compared in.
[[nodiscard]] std::string folded(std::string_view text);
/// Runs of letters and digits of the folded text: "a100" is no word of "rtx-a1000".
[[nodiscard]] std::vector<std::string> words_of(std::string_view text);
[[nodiscard]] std::vector<std::string_view> split(std::string_view text, char separator);
/// Levenshtein distance in bytes; counts a swap of two neighbours as one.
[[nodiscard]] std::size_t edit_distance(std::string_view a, std::string_view b);
/// The candidates nearest to `text` (folded), best first, at most `most`, none further than 1 mistake in two
/// or three letters, 2 in up to seven, 3 in more.
[[nodiscard]] std::vector<std::string> nearest(std::string_view text, std::span<const std::string> candidates,
                                               std::size_t most = 3);
[[nodiscard]] std::vector<std::string> nearest(std::string_view text,
                                               std::span<const std::string_view> candidates,
                                               std::size_t most = 3);
/// "did you mean region or name?", empty where nothing is near.
[[nodiscard]] std::string did_you_mean(std::string_view typed, std::span<const std::string> known);

}  // namespace gramme
