// The YAML front matter of a model card (README.md of a Hugging Face repository): one key is put in or
// replaced, and no other byte changes. No YAML library: it would write the whole mapping anew, without
// comments and layout. Pure. Rules: docs/reports.md#model-card.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace gramme::present {

/// Bytes from `begin` to before `end`.
struct ByteRange {
    std::size_t begin = 0;
    std::size_t end = 0;
};

struct FrontMatter {
    ByteRange yaml;                ///< between the two lines of dashes
    std::string line_end;          ///< of its first line: "\n" or "\r\n"
    std::optional<ByteRange> key;  ///< the lines of the wanted key, line end of the last one included
};

/// nullopt where `card` has none. kMalformed, with the line: it is not closed, is no block of "key: value"
/// lines, has an open quote or bracket, names the key twice, or is written in a way in which the key cannot
/// be told from the rest for sure.
[[nodiscard]] Result<std::optional<FrontMatter>> find_front_matter(std::string_view card,
                                                                   std::string_view key);

/// `card` with `block` as the value of `key`: in the place of the old one, else at the end of the front
/// matter, else in a front matter of its own before everything. `block` is "key:\n  ...\n"; it gets the
/// card's line ends. kMalformed as above, or where something else refers to an anchor inside of what would be
/// replaced.
[[nodiscard]] Result<std::string> with_front_matter(std::string_view card, std::string_view key,
                                                    std::string_view block);

}  // namespace gramme::present
