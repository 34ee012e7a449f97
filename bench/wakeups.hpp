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

/// Medians of single wake-ups, in CPU microseconds: what a neighbour of the machine does to some of them, or
/// an interrupt, moves no median. `ratios` are those of the rounds.
struct Comparison {
    double base_us = 0.0;
    double sample_us = 0.0;
    std::vector<double> ratios;
    [[nodiscard]] double ratio() const { return sample_us / base_us; }
};

/// Alternates `base` and `sample` every ten wake-ups, so that both meet the same machine. The first of each
/// ten, which finds the caches of the other, is left out.
template <class Base, class Sample>
Comparison compare(int rounds, int count, long period_ns, Base base, Sample sample) {
    constexpr int kBlock = 10;
    Wakeups wakeups(period_ns);
    std::vector<double> all_base;
    std::vector<double> all_sample;
    std::vector<double> of_base;
    std::vector<double> of_sample;
    const auto block = [&](auto& work, std::vector<double>& into) {
        double before = process_cpu_s();
        for (int i = 0; i < kBlock; ++i) {
            wakeups.wait();
            work();
            const double now = process_cpu_s();
            if (i > 0) {
                into.push_back((now - before) * 1e6);
            }
            before = now;
        }
    };
    wakeups.wait();
    Comparison comparison;
    for (int round = 0; round < rounds; ++round) {
        of_base.clear();
        of_sample.clear();
        for (int done = 0; done < count; done += kBlock) {
            block(base, of_base);
            block(sample, of_sample);
        }
        comparison.ratios.push_back(median(of_sample) / median(of_base));
        all_base.insert(all_base.end(), of_base.begin(), of_base.end());
        all_sample.insert(all_sample.end(), of_sample.begin(), of_sample.end());
    }
    comparison.base_us = median(all_base);
    comparison.sample_us = median(all_sample);
    return comparison;
}

}  // namespace gramme::bench
