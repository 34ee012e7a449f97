// Which runs a row that could not be taken may be of. Pure.
#pragma once

#include <array>
#include <bitset>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "foreign/emissions_file.hpp"

namespace gramme::foreign {

/// Rejected rows by the ids that may be in them. Time and memory go with the number of fields, not with rows
/// x runs.
class Doubts {
public:
    struct Where {
        std::size_t file = 0;  ///< among all files
        std::size_t line = 0;
    };
    void add(std::size_t file, const RejectedRow& row);
    /// A rejected row that may be a later one of the run than its row at `last`: one below it, or one of
    /// another file.
    [[nodiscard]] std::optional<Where> about(std::string_view id, Where last) const;

private:
    /// What is enough to know of all places of one text.
    struct Places {
        Where latest;                 ///< of the file that came first
        std::optional<Where> beside;  ///< in any other file
        void add(Where where);
        [[nodiscard]] std::optional<Where> after(Where last) const;
    };
    using Texts = std::map<std::string, Places, std::less<>>;
    static void add(Texts& texts, const std::string& text, Where where);

    Texts whole_;                            ///< a field
    Texts cut_;                              ///< the last field, which may be the beginning of an id
    std::bitset<kLongestId + 1> cut_sizes_;  ///< that there are in cut_
};

}  // namespace gramme::foreign
