// Answers that follow from the reference tables alone: made when first asked for, kept with their gzip and
// ETag.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "base/result.hpp"
#include "serve/message.hpp"

namespace gramme::serve {

/// Thread-safe. What it gave points into it, and lives as long.
class ReferenceAnswers {
public:
    enum class What : std::uint8_t { kOpenapi, kDevices, kInstances, kRegions, kSources };
    using Make = std::function<Result<std::string>()>;

    /// The answer `what` with so many rows at most, as gzip where `gzip`. Calls `make` where it is not kept;
    /// of each `what` a few are kept, for limits are chosen by whoever asks.
    Result<Response> get(What what, std::size_t limit, bool gzip, const Make& make);

private:
    struct Kept {
        std::string plain;
        std::string packed;  ///< empty where it would be no smaller
        std::string tag;     ///< of the content, without quotes
    };
    [[nodiscard]] const Kept* find(What what, std::size_t limit);

    std::mutex mutex_;
    std::map<std::pair<What, std::size_t>, std::unique_ptr<const Kept>> kept_;  ///< under mutex_; none leaves
};

}  // namespace gramme::serve
