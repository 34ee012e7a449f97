#include "serve/store_pool.hpp"

#include <sys/stat.h>

namespace gramme::serve {

StorePool::FileId StorePool::file_now() const {
    constexpr std::string_view kScheme = "sqlite:";
    const std::string path = url_.starts_with(kScheme) ? url_.substr(kScheme.size()) : url_;
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) {
        return {};
    }
    return {static_cast<std::uint64_t>(status.st_dev), static_cast<std::uint64_t>(status.st_ino)};
}

Result<StorePool::Opened> StorePool::take() {
    if (cancelled_) {
        return Error{Code::kUnavailable, "The server stops.", ""};
    }
    const FileId file = file_now();
    if (file == FileId{}) {
        return Error{Code::kUnavailable, "The store could not be read: " + url_ + " is not there any more.",
                     "A run makes a new one; or put it back."};
    }
    {
        const std::lock_guard lock{mutex_};
        while (!idle_.empty()) {
            Opened opened = std::move(idle_.back());
            idle_.pop_back();
            if (opened.file == file) {
                return opened;
            }
        }
    }
    auto store = store::Store::open(url_, patience_);
    if (!store) {
        return Error{Code::kUnavailable, "The store could not be read: " + store.error().what,
                     "It was not changed. `gramme doctor` checks it."};
    }
    return Opened{*std::move(store), file};
}

void StorePool::give_back(Opened opened) {
    constexpr std::size_t kMostIdle = 4;
    const std::lock_guard lock{mutex_};
    if (idle_.size() < kMostIdle) {
        idle_.push_back(std::move(opened));
    }
}

}  // namespace gramme::serve
