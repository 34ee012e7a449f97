// As much of YAML 1.2 as it takes to tell which lines belong to which top-level key of a block mapping:
// indents, quotes, brackets, block scalars, comments. Whatever it is not sure of is an error. Only for
// src/present.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace gramme::present {

/// Fed with the lines of one mapping, in order.
class YamlLines {
public:
    enum class Kind {
        kBlank,   ///< nothing, or a comment at the margin
        kKey,     ///< a top-level key begins: key() names it
        kInside,  ///< belongs to the last key
    };
    /// `line` without its line end. kMalformed says why, without the number of the line.
    Result<Kind> take(std::string_view line);
    /// kMalformed where a quote or a bracket is still open.
    [[nodiscard]] Result<void> end() const;
    [[nodiscard]] const std::string& key() const { return key_; }

private:
    Result<void> take_node(std::string_view line, std::size_t at);
    Result<void> take_value(std::string_view line, std::size_t at, int parent);
    Result<void> take_flow(std::string_view line, std::size_t at);
    [[nodiscard]] bool is_open() const { return quote_ != '\0' || !brackets_.empty(); }

    std::string key_;
    bool any_key_ = false;
    char quote_ = '\0';         ///< of the open scalar
    std::string brackets_;      ///< open ones
    bool token_start_ = true;   ///< in brackets: a quote here opens a scalar
    bool in_property_ = false;  ///< in brackets: behind & or !
    int block_parent_ = kNone;  ///< column of what holds the block scalar
    int plain_parent_ = kNone;  ///< column of what holds the plain scalar that may go on
    bool wants_value_ = false;  ///< the top-level key has none yet
    bool in_list_ = false;      ///< of items at the margin
    static constexpr int kNone = -2;
};

}  // namespace gramme::present
