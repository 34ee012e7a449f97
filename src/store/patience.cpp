#include "store/patience.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <thread>
#include <utility>

namespace gramme::store {

Wait::Wait(const Patience& patience, std::vector<std::string> files)
    : patience_(patience), files_(std::move(files)), state_(state_of_files()) {}

bool Wait::go_on() {
    if ((patience_.is_over && patience_.is_over()) || (patience_.is_cancelled && patience_.is_cancelled())) {
        return false;
    }
    const auto now = Clock::now();
    if (auto state = state_of_files(); state != state_) {
        state_ = std::move(state);
        changed_ = now;
    }
    if (now - began_ >= patience_.most || now - changed_ >= patience_.stuck) {
        return false;
    }
    std::this_thread::sleep_for(pause_);
    // Different processes wait for different times, else they meet again.
    const std::chrono::microseconds longest{15'000 + ::getpid() % 10'000};
    pause_ = std::min(pause_ * 2, longest);
    return true;
}

std::vector<std::int64_t> Wait::state_of_files() const {
    std::vector<std::int64_t> state;
    for (const std::string& file : files_) {
        struct stat status {};
        const bool there = ::stat(file.c_str(), &status) == 0;
        state.push_back(there ? static_cast<std::int64_t>(status.st_size) : -1);
        state.push_back(there ? static_cast<std::int64_t>(status.st_mtim.tv_sec) : -1);
        state.push_back(there ? static_cast<std::int64_t>(status.st_mtim.tv_nsec) : -1);
    }
    return state;
}

}  // namespace gramme::store
