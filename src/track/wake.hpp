// Wakes the thread that measures, and tells whether this library's descriptors are still its own.
#pragma once

#include <sys/types.h>

#include <array>

namespace gramme::track {

/// A program may close all descriptors that it did not open itself (closefrom(), the loop of a daemon), and
/// files of its own get their numbers then. This pair stands for all of ours: a pipe, because each has an
/// inode of its own while all eventfds share one. Closing its other end wakes a thread that polls the first.
/// Thread-safe.
class Wake {
public:
    Wake() = default;
    ~Wake();
    Wake(const Wake&) = delete;
    Wake& operator=(const Wake&) = delete;
    Wake(Wake&&) = delete;
    Wake& operator=(Wake&&) = delete;

    /// Once, before the thread. Without descriptors left there is no pipe: is_ours() is true, and ring()
    /// waits for the thread's next turn.
    void open() noexcept;
    /// For poll(); -1 where there is none.
    [[nodiscard]] int fd() const noexcept { return ends_[0].fd; }
    void ring() noexcept;
    [[nodiscard]] bool is_ours() const noexcept;

private:
    struct End {
        int fd = -1;
        dev_t device = 0;
        ino_t inode = 0;
        [[nodiscard]] bool is_ours() const noexcept;
    };
    std::array<End, 2> ends_;
};

}  // namespace gramme::track
