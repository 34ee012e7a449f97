// How long to wait for a file that other processes hold. What counts is whether it goes on: as long as the
// others get on with their work, two hundred of them may take their time; a file that nobody changes is
// stuck.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace gramme::store {

struct Patience {
    std::chrono::milliseconds stuck{30'000};  ///< since somebody last changed the file
    std::chrono::milliseconds most{30'000};   ///< in all
    std::function<bool()> is_over;            ///< somebody wants the waiting to end now; may be empty
    /// Somebody wants the work itself to end now, also in the middle of a statement, which is then as if it
    /// had not begun. Asked by the thread that works, often; may be empty.
    std::function<bool()> is_cancelled{};
};

/// One wait: begins when it is made. One thread.
class Wait {
public:
    /// `files` are those whose change shows that others get on; they need not exist.
    Wait(const Patience& patience, std::vector<std::string> files);
    /// Sleeps for a moment and is true, or is false at once when the patience has come to its end.
    [[nodiscard]] bool go_on();

private:
    using Clock = std::chrono::steady_clock;
    [[nodiscard]] std::vector<std::int64_t> state_of_files() const;

    const Patience& patience_;
    std::vector<std::string> files_;
    std::vector<std::int64_t> state_;
    Clock::time_point began_ = Clock::now();
    Clock::time_point changed_ = began_;
    std::chrono::microseconds pause_{200};
};

}  // namespace gramme::store
