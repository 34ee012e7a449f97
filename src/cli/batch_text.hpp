// A table that is no text of its own, as text.
#pragma once

#include <cstddef>
#include <string>

#include "base/result.hpp"

namespace gramme::cli {

class BatchText {
public:
    virtual ~BatchText() = default;
    /// Adds whole records until `into` holds `wanted` bytes or more; the first is the header. False: nothing
    /// was left to add.
    [[nodiscard]] virtual Result<bool> more(std::string& into, std::size_t wanted) = 0;
};

}  // namespace gramme::cli
