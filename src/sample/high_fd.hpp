// Descriptors of our own beside the standard ones.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include "host/unique_fd.hpp"

namespace gramme::sample {

/// Above the standard ones, which the command's own end is moved onto.
[[nodiscard]] inline host::UniqueFd out_of_the_way(int fd) {
    constexpr int kFirst = 3;
    if (fd < 0 || fd >= kFirst) {
        return host::UniqueFd{fd};
    }
    const int moved = ::fcntl(fd, F_DUPFD_CLOEXEC, kFirst);
    ::close(fd);
    return host::UniqueFd{moved};
}

}  // namespace gramme::sample
