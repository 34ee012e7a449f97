// Connections to the store, one for each request that is at it.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
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
    explicit StorePool(std::string url) : url_(std::move(url)) {
        patience_.stuck = patience_.most = kPatience;
        patience_.is_cancelled = [this] { return cancelled_.load(std::memory_order_relaxed); };
    }
    StorePool(const StorePool&) = delete;
    StorePool& operator=(const StorePool&) = delete;

    /// A person waits for the answer and can ask again.
    static constexpr std::chrono::milliseconds kPatience{2000};

    /// Everything that is at the store ends soon, with kUnavailable, and nothing begins any more.
    void cancel() { cancelled_ = true; }
    /// For whoever opens another store for the same purpose.
    [[nodiscard]] const store::Patience& patience() const { return patience_; }

    /// What `use` makes of a store of its own, which no other thread has meanwhile. An error of opening comes
    /// back as kUnavailable, with its words.
    template <class Use>
    auto with(Use use) -> decltype(use(std::declval<store::Store&>())) {
        auto taken = take();
        if (!taken) {
            return taken.error();
        }
        Opened opened = *std::move(taken);
        auto result = use(*opened.store);
        const bool sound = static_cast<bool>(result) || result.error().code == Code::kNotFound ||
                           result.error().code == Code::kUsage;
        if (sound) {
            give_back(std::move(opened));
        }
        return result;
    }

    [[nodiscard]] const std::string& url() const { return url_; }

private:
    /// Which file a path names; 0 and 0 where there is none.
    struct FileId {
        std::uint64_t device = 0;
        std::uint64_t inode = 0;
        bool operator==(const FileId&) const = default;
    };
    struct Opened {
        std::unique_ptr<store::Store> store;
        FileId file;
    };
    /// The file, and what SQLite lays beside it.
    struct Files {
        FileId main;
        FileId log;
        FileId index;
    };
    Result<Opened> take();
    /// SQLite would lay the log of the old file over a new one. Under mutex_.
    [[nodiscard]] Result<void> check_log(const Files& now) const;
    [[nodiscard]] Files files_now() const;
    void give_back(Opened opened);
    std::string url_;
    std::atomic<bool> cancelled_{false};
    store::Patience patience_;
    std::mutex mutex_;
    std::vector<Opened> idle_;  ///< under mutex_
    Files seen_;                ///< when the store was last open; under mutex_
};

}  // namespace gramme::serve
