#include "sample/pauses.hpp"

#include <algorithm>

namespace gramme::sample {

void Pauses::begin(std::int64_t at_ns) noexcept {
    if (open_) {
        return;
    }
    Pause next{at_ns, at_ns, 0};
    if (count_ > 0) {
        const Pause& last = kept_[(count_ - 1) % kKept];
        next.from_ns = std::max(at_ns, last.to_ns);
        next.before_ns = last.before_ns + (last.to_ns - last.from_ns);
    }
    kept_[count_++ % kKept] = next;
    open_ = true;
}

void Pauses::end(std::int64_t at_ns) noexcept {
    if (open_) {
        Pause& last = kept_[(count_ - 1) % kKept];
        last.to_ns = std::max(at_ns, last.from_ns);
        open_ = false;
    }
}

std::int64_t Pauses::until(std::int64_t at_ns) const noexcept {
    const std::size_t kept = std::min(count_, kKept);
    for (std::size_t back = 1; back <= kept; ++back) {
        const Pause& pause = kept_[(count_ - back) % kKept];
        if (at_ns < pause.from_ns) {
            continue;
        }
        const bool goes_on = open_ && back == 1;
        return pause.before_ns + (goes_on ? at_ns : std::min(at_ns, pause.to_ns)) - pause.from_ns;
    }
    return count_ > kKept ? kept_[count_ % kKept].before_ns : 0;
}

}  // namespace gramme::sample
