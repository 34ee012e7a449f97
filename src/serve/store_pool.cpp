#include "serve/store_pool.hpp"

#include <sys/stat.h>

namespace gramme::serve {
namespace {

std::string path_of(const std::string& url) {
    constexpr std::string_view kScheme = "sqlite:";
    return url.starts_with(kScheme) ? url.substr(kScheme.size()) : url;
}

}  // namespace

StorePool::Files StorePool::files_now() const {
    const std::string path = path_of(url_);
    const auto id_of = [](const std::string& file) {
        struct stat status {};
        if (::stat(file.c_str(), &status) != 0) {
            return FileId{};
        }
        return FileId{static_cast<std::uint64_t>(status.st_dev), static_cast<std::uint64_t>(status.st_ino)};
    };
    return {id_of(path), id_of(path + "-wal"), id_of(path + "-shm")};
}

Result<void> StorePool::check_log(const Files& now) const {
    if (seen_.main == FileId{} || seen_.main == now.main) {
        return {};
    }
    const bool log = now.log != FileId{} && now.log == seen_.log;
    const bool index = now.index != FileId{} && now.index == seen_.index;
    if (!log && !index) {
        return {};
    }
    const std::string path = path_of(url_);
    return Error{Code::kUnavailable,
                 "The store was replaced: " + path + " is another file, and " + path +
                     (log ? "-wal" : "-shm") + " of the one before lies beside it.",
                 "Nothing was read or changed. Stop the server, move " + path + "-wal and " + path +
                     "-shm to where the file before is now, and start it again."};
}

Result<StorePool::Opened> StorePool::take() {
    if (cancelled_) {
        return Error{Code::kUnavailable, "The server stops.", ""};
    }
    const Files now = files_now();
    const FileId file = now.main;
    if (file == FileId{}) {
        return Error{Code::kUnavailable, "The store could not be read: " + url_ + " is not there any more.",
                     "A run makes a new one; or put it back."};
    }
    {
        const std::lock_guard lock{mutex_};
        GRAMME_CHECK(check_log(now));
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
                     store.error().hint.empty() ? "`gramme doctor` checks it." : store.error().hint};
    }
    return Opened{*std::move(store), file};
}

void StorePool::give_back(Opened opened) {
    constexpr std::size_t kMostIdle = 4;
    const Files now = files_now();
    const std::lock_guard lock{mutex_};
    if (now.main == opened.file) {
        seen_ = now;
    }
    if (idle_.size() < kMostIdle) {
        idle_.push_back(std::move(opened));
    }
}

}  // namespace gramme::serve
