// The name of a GPU as it is compared: drivers of different years write the maker before it or do not.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace gramme::refdata {

/// "NVIDIA GeForce RTX 3090" -> "rtx 3090". Lower case, single blanks; drops the words NVIDIA, Tesla and
/// GeForce where they come first.
[[nodiscard]] std::string gpu_match_key(std::string_view name);

/// The keys of a name and of its aliases ("A;B").
[[nodiscard]] std::vector<std::string> gpu_match_keys(std::string_view name, std::string_view aliases);

}  // namespace gramme::refdata
