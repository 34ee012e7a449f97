// The wake-up of the real loop, and two kinds of work after it compared on one machine at one time.
#pragma once

#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <ctime>
#include <vector>

#include "bench_report.hpp"
#include "host/unique_fd.hpp"

namespace gramme::bench {

/// The wake-up of the real loop: epoll on a timerfd.
class Wakeups {
public:
    explicit Wakeups(long period_ns)
        : timer_(::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC)), epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
        const itimerspec schedule{{0, period_ns}, {0, period_ns}};
        ::timerfd_settime(timer_.get(), 0, &schedule, nullptr);
        epoll_event event{};
        event.events = EPOLLIN;
        ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, timer_.get(), &event);
    }
    void wait() {
        std::array<epoll_event, 8> events{};
        ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), -1);
        std::uint64_t missed = 0;
        (void)!::read(timer_.get(), &missed, sizeof missed);
    }

private:
    host::UniqueFd timer_;
    host::UniqueFd epoll_;
};

/// CPU microseconds per wake-up over `count` wake-ups, each followed by `work`.
template <class Work>
double cpu_us_per_wakeup(int count, long period_ns, Work work) {
    Wakeups wakeups(period_ns);
    wakeups.wait();
    const double before = process_cpu_s();
    for (int i = 0; i < count; ++i) {
        wakeups.wait();
        work();
    }
    return (process_cpu_s() - before) / count * 1e6;
}

/// Alternates `base` and `sample` so that both meet the same machine; the median ratio of the pairs.
struct Comparison {
    std::vector<double> base_us, sample_us, ratios;
};
template <class Base, class Sample>
Comparison compare(int rounds, int count, long period_ns, Base base, Sample sample) {
    Comparison comparison;
    for (int round = 0; round < rounds; ++round) {
        comparison.base_us.push_back(cpu_us_per_wakeup(count, period_ns, base));
        comparison.sample_us.push_back(cpu_us_per_wakeup(count, period_ns, sample));
        comparison.ratios.push_back(comparison.sample_us.back() / comparison.base_us.back());
    }
    return comparison;
}

}  // namespace gramme::bench
