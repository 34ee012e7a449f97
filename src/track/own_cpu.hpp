// What measuring itself costs, thread by thread: inside a program the process's own time is the program's.
#pragma once

#include <ctime>

namespace gramme::track {

/// CPU seconds of the calling thread since it began.
[[nodiscard]] inline double thread_cpu_seconds() {
    constexpr double kNsPerSecond = 1e9;
    timespec time{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / kNsPerSecond;
}

/// Adds to `sum` what the calling thread uses from here to the end of the block.
class OwnCpu {
public:
    explicit OwnCpu(double& sum) : sum_(sum), before_(thread_cpu_seconds()) {}
    ~OwnCpu() { sum_ += thread_cpu_seconds() - before_; }
    OwnCpu(const OwnCpu&) = delete;
    OwnCpu& operator=(const OwnCpu&) = delete;
    OwnCpu(OwnCpu&&) = delete;
    OwnCpu& operator=(OwnCpu&&) = delete;

private:
    double& sum_;
    double before_;
};

}  // namespace gramme::track
