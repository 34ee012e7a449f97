#include "bench_report.hpp"

#include <dirent.h>
#include <time.h>

#include <algorithm>
#include <cstdio>
#include <fstream>

namespace gramme::bench {
namespace {

double seconds_of(clockid_t clock) {
    timespec now{};
    ::clock_gettime(clock, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

}  // namespace

double monotonic_s() {
    return seconds_of(CLOCK_MONOTONIC);
}
double process_cpu_s() {
    return seconds_of(CLOCK_PROCESS_CPUTIME_ID);
}

double median(std::vector<double> values) {
    if (values.empty()) {
        return 0.0;
    }
    std::sort(values.begin(), values.end());
    const std::size_t half = values.size() / 2;
    return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2.0;
}

std::string quartiles(std::vector<double> values, const char* unit) {
    if (values.empty()) {
        return "";
    }
    std::sort(values.begin(), values.end());
    char text[96];
    std::snprintf(text, sizeof text, "quartiles %.3g to %.3g %s of %zu", values[values.size() / 4],
                  values[values.size() * 3 / 4], unit, values.size());
    return text;
}

void report(const std::string& what, double value, const char* unit, double target,
            const std::string& detail) {
    std::printf("%-52s %10.4g %-4s target <= %-8.4g %-8s %s\n", what.c_str(), value, unit, target,
                value <= target ? "met" : "NOT MET", detail.c_str());
    std::fflush(stdout);
}

void remark(const std::string& text) {
    std::printf("%s\n", text.c_str());
    std::fflush(stdout);
}

long status_kib(const std::string& key) {
    std::ifstream in("/proc/self/status");
    for (std::string line; std::getline(in, line);) {
        if (line.rfind(key + ":", 0) == 0) {
            return std::atol(line.c_str() + key.size() + 1);
        }
    }
    return 0;
}

long open_files() {
    long count = 0;
    if (DIR* dir = ::opendir("/proc/self/fd"); dir != nullptr) {
        while (::readdir(dir) != nullptr) {
            ++count;
        }
        ::closedir(dir);
    }
    return count;
}

}  // namespace gramme::bench
