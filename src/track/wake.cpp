#include "track/wake.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

namespace gramme::track {

bool Wake::End::is_ours() const noexcept {
    struct stat status {};
    return fd < 0 || (::fstat(fd, &status) == 0 && status.st_dev == device && status.st_ino == inode);
}

void Wake::open() noexcept {
    std::array<int, 2> pair{-1, -1};
    if (::pipe2(pair.data(), O_CLOEXEC | O_NONBLOCK) != 0) {
        return;
    }
    for (std::size_t i = 0; i < pair.size(); ++i) {
        struct stat status {};
        ::fstat(pair.at(i), &status);
        ends_.at(i) = {pair.at(i), status.st_dev, status.st_ino};
    }
}

Wake::~Wake() {
    for (const End& end : ends_) {
        if (end.fd >= 0 && end.is_ours()) {
            ::close(end.fd);
        }
    }
}

void Wake::ring() noexcept {
    if (ends_[1].fd >= 0 && is_ours()) {
        (void)!::write(ends_[1].fd, "", 1);
    }
}

bool Wake::is_ours() const noexcept {
    return std::all_of(ends_.begin(), ends_.end(), [](const End& end) { return end.is_ours(); });
}

}  // namespace gramme::track
