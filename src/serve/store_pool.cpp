#include "serve/store_pool.hpp"

namespace gramme::serve {

Result<std::unique_ptr<store::Store>> StorePool::take() {
    {
        const std::lock_guard lock{mutex_};
        if (!idle_.empty()) {
            auto store = std::move(idle_.back());
            idle_.pop_back();
            return store;
        }
    }
    auto opened = store::Store::open(url_);
    if (!opened) {
        return Error{Code::kUnavailable, "The store could not be read: " + opened.error().what,
                     "It was not changed. `gramme doctor` checks it."};
    }
    return opened;
}

void StorePool::give_back(std::unique_ptr<store::Store> store) {
    constexpr std::size_t kMostIdle = 4;
    const std::lock_guard lock{mutex_};
    if (idle_.size() < kMostIdle) {
        idle_.push_back(std::move(store));
    }
}

}  // namespace gramme::serve
