// Connections to the store, one for each request that is at it.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "store/store.hpp"

namespace gramme::serve {

/// Thread-safe. Keeps what was opened for the next request; a connection that failed is dropped, so that a
/// store that comes back is found again.
class StorePool {
public:
    explicit StorePool(std::string url) : url_(std::move(url)) {}

    /// What `use` makes of a store of its own, which no other thread has meanwhile. An error of opening comes
    /// back as kUnavailable, with its words.
    template <class Use>
    auto with(Use use) -> decltype(use(std::declval<store::Store&>())) {
        auto taken = take();
        if (!taken) {
            return taken.error();
        }
        std::unique_ptr<store::Store> store = *std::move(taken);
        auto result = use(*store);
        const bool sound = static_cast<bool>(result) || result.error().code == Code::kNotFound ||
                           result.error().code == Code::kUsage;
        if (sound) {
            give_back(std::move(store));
        }
        return result;
    }

    [[nodiscard]] const std::string& url() const { return url_; }

private:
    Result<std::unique_ptr<store::Store>> take();
    void give_back(std::unique_ptr<store::Store> store);

    std::string url_;
    std::mutex mutex_;
    std::vector<std::unique_ptr<store::Store>> idle_;  ///< under mutex_
};

}  // namespace gramme::serve
