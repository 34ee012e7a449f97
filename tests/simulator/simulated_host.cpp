// simulated_host: the command that a test wraps. It advances the energy counters of a recorded machine in
// place and says at its end how many joules it really put into each.
//
// gramme opens its files before it starts the command and reads them again when the command has left, so all
// the energy of a run flows between those two readings and the two sums can be compared to the microjoule.

#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <string>

#include "machine_tree.hpp"
#include "options.hpp"
#include "zones.hpp"

namespace gramme::simulator {
namespace {

double monotonic_s() {
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

void sleep_s(double seconds) {
    const timespec time{
        static_cast<time_t>(seconds),
        static_cast<long>((seconds - static_cast<double>(static_cast<time_t>(seconds))) * 1e9)};
    ::nanosleep(&time, nullptr);
}

bool within(double at_s, const Stretch& stretch) {
    return at_s >= stretch.from_s && at_s < stretch.to_s;
}

class Simulation {
public:
    Simulation(const Options& options, std::vector<Zone> zones)
        : options_(options), zones_(std::move(zones)) {
        reset_done_.resize(options.resets.size());
        stat_fd_ = ::open((options.root + "/proc/stat").c_str(), O_WRONLY | O_CLOEXEC);
        group_fd_ = ::open((options.root + "/" + kJobGroup + "/cpu.stat").c_str(), O_WRONLY | O_CLOEXEC);
        busy_ = options.busy;
        if (!options.wall.empty()) {
            wall_fd_ = ::open((options.root + "/wall_w").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
            show_wall();
        }
        if (!options.log.empty()) {
            log_ = std::fopen(options.log.c_str(), "we");
        }
    }
    ~Simulation() {
        if (log_ != nullptr) {
            std::fclose(log_);
        }
    }
    Simulation(const Simulation&) = delete;
    Simulation& operator=(const Simulation&) = delete;

    void run() {
        double before_s = monotonic_s();
        while (at_s_ < options_.seconds) {
            sleep_s(options_.tick_s);
            const double now_s = monotonic_s();
            // A starved simulator runs late instead of making up for it in one leap: a leap would be a power
            // that no machine has, and a meter is right to refuse it.
            const double passed_s = now_s - before_s;
            step(options_.catch_up != 0 ? passed_s : std::min(passed_s, 2.0 * options_.tick_s));
            before_s = now_s;
        }
        log_line();
    }

    void print_totals() const {
        std::printf("{\"seconds\":%.6f,\"job_j\":%.6f,\"zones\":{", at_s_, job_j_);
        const char* separator = "";
        for (const Zone& zone : zones_) {
            std::printf(
                "%s\"%s\":{\"true_uj\":%llu,\"failing_uj\":%llu,\"wraps\":%llu,\"resets\":%llu,\"range_uj\":%"
                "llu}",
                separator, zone.name.c_str(), static_cast<unsigned long long>(zone.counter.true_uj()),
                static_cast<unsigned long long>(zone.failing_uj),
                static_cast<unsigned long long>(zone.counter.wraps()),
                static_cast<unsigned long long>(zone.counter.resets()),
                static_cast<unsigned long long>(zone.counter.range_uj()));
            separator = ",";
        }
        std::printf("}}\n");
    }

private:
    void step(double elapsed_s) {
        at_s_ += elapsed_s;
        if (!options_.load_steps.empty()) {
            const auto turn = static_cast<std::size_t>(at_s_ / options_.step_s);
            busy_ = options_.load_steps[turn % options_.load_steps.size()];
        }
        show_wall();
        plug();
        const bool paused = std::any_of(options_.pauses.begin(), options_.pauses.end(),
                                        [this](const Stretch& pause) { return within(at_s_, pause); });
        for (Zone& zone : zones_) {
            advance(zone, paused ? 0.0 : elapsed_s);
        }
        work(elapsed_s);
        if (at_s_ >= next_log_s_) {
            log_line();
            next_log_s_ = at_s_ + 0.1;
        }
    }

    /// The job's work goes to the first CPUs of its cpuset evenly, the rest of the load to all CPUs evenly.
    void work(double elapsed_s) {
        const double ticks = 100.0 * elapsed_s;
        for (std::size_t cpu = 0; cpu < kCpus; ++cpu) {
            const double load = load_of(cpu);
            busy_ticks_[cpu] += ticks * load;
            idle_ticks_[cpu] += ticks * (1.0 - load);
        }
        job_cpu_s_ += elapsed_s * kCpus * options_.job_busy;
        const std::string stat = proc_stat(busy_ticks_, idle_ticks_);
        const std::string group = cpu_stat(job_cpu_s_);
        if (stat_fd_ >= 0 && ::pwrite(stat_fd_, stat.data(), stat.size(), 0) < 0) {
            stat_fd_ = -1;  // a tree that cannot be written keeps its old load
        }
        if (group_fd_ >= 0 && ::pwrite(group_fd_, group.data(), group.size(), 0) < 0) {
            group_fd_ = -1;
        }
    }

    /// CPUs that the job works on: those of the tree's cpuset, of which the option is told again.
    [[nodiscard]] std::size_t job_cpus() const {
        return options_.cpuset ? static_cast<std::size_t>(options_.cpuset->back() - '0') + 1 : kCpus;
    }
    [[nodiscard]] double job_load_of(std::size_t cpu) const {
        const auto cpus = static_cast<double>(job_cpus());
        return cpu < job_cpus() ? options_.job_busy * kCpus / cpus : 0.0;
    }
    [[nodiscard]] double load_of(std::size_t cpu) const {
        return job_load_of(cpu) + (busy_ - options_.job_busy);
    }

    /// What the CPUs of a package add to its power (two CPUs each).
    [[nodiscard]] double package_watts(std::size_t package, bool of_job) const {
        double load = 0.0;
        for (std::size_t cpu = 2 * package; cpu < 2 * package + 2; ++cpu) {
            load += of_job ? job_load_of(cpu) : load_of(cpu);
        }
        return load * options_.watts_per_cpu;
    }

    void advance(Zone& zone, double elapsed_s) {
        const std::uint64_t before = zone.counter.true_uj();
        double watts = static_cast<double>(zone.picowatts) * 1e-12;
        if (!options_.swing.empty()) {
            watts *= 1.0 + options_.swing[0] * std::sin(kTurn * at_s_ / options_.swing[1]);
        }
        zone.now_w = watts;
        zone.at_s = at_s_;
        if (elapsed_s > 0.0 && zone.name.starts_with("pkg")) {
            const auto package = static_cast<std::size_t>(zone.name.back() - '0');
            watts += package_watts(package, false);
            job_j_ += elapsed_s * package_watts(package, true);
        }
        zone.counter.add_picojoules(static_cast<std::uint64_t>(elapsed_s * watts * 1e12));
        for (std::size_t i = 0; i < options_.resets.size(); ++i) {
            if (!reset_done_[i] && options_.resets[i].zone == zone.name && at_s_ >= options_.resets[i].at_s) {
                reset_done_[i] = true;
                if (zone.form == Form::kCrayJoules) {
                    begin_anew(zone);
                } else {
                    zone.counter.reset_to(kAfterReset);
                }
            }
        }
        bool garbled = false;
        const bool failing = failing_now(zone, &garbled);
        if (failing) {
            zone.failing_uj += zone.counter.true_uj() - before;
        }
        if (failing && !zone.failing) {
            fail(zone, garbled);
        } else if (!failing) {
            show(zone);
        }
        zone.failing = failing;
    }

    /// The controller of a Cray counts from elsewhere, even from above: all that tells it is `startup`.
    void begin_anew(Zone& zone) const {
        constexpr std::uint64_t kAbove_uj = 1'000'000'000'000;
        zone.counter.reset_to(kAbove_uj);
        rewrite("sys/cray/pm_counters/startup", "1404229999999999\n");
    }

    void rewrite(const std::string& file, const std::string& text) const {
        const int fd = ::open((options_.root + "/" + file).c_str(), O_WRONLY | O_CLOEXEC);
        if (fd >= 0) {
            (void)!::pwrite(fd, text.data(), text.size(), 0);
            ::close(fd);
        }
    }

    /// Words of one length, as for every file that is read while it is written.
    void plug() {
        const bool plugged = std::any_of(options_.mains.begin(), options_.mains.end(),
                                         [this](const Stretch& mains) { return within(at_s_, mains); });
        if (plugged != plugged_) {
            plugged_ = plugged;
            rewrite("sys/class/power_supply/BAT0/status", plugged ? "Charging   \n" : "Discharging\n");
        }
    }

    bool failing_now(const Zone& zone, bool* garbled) const {
        for (const ZoneStretch& failure : options_.failures) {
            if (failure.zone == zone.name && within(at_s_, failure.when)) {
                if (garbled != nullptr) {
                    *garbled = failure.garbled;
                }
                return true;
            }
        }
        return false;
    }

    /// What a meter at the wall would show now, by the form that calibration fits.
    void show_wall() const {
        if (wall_fd_ < 0) {
            return;
        }
        const double bend = options_.wall[2];
        const double level = bend == 0.0 ? busy_ : std::log1p(bend * busy_) / std::log1p(bend);
        std::array<char, 32> text{};
        const int size = std::snprintf(text.data(), text.size(), "%10.3f W\n",
                                       options_.wall[0] + (options_.wall[1] - options_.wall[0]) * level);
        (void)!::pwrite(wall_fd_, text.data(), static_cast<std::size_t>(size), 0);
    }

    void log_line() {
        if (log_ == nullptr) {
            return;
        }
        std::fprintf(log_, "{\"at_s\":%.6f", at_s_);
        for (const Zone& zone : zones_) {
            std::fprintf(log_, ",\"%s\":{\"true_uj\":%llu,\"shown_uj\":%llu,\"failing\":%s}",
                         zone.name.c_str(), static_cast<unsigned long long>(zone.counter.true_uj()),
                         static_cast<unsigned long long>(zone.counter.shown_uj()),
                         zone.failing ? "true" : "false");
        }
        std::fprintf(log_, "}\n");
        std::fflush(log_);
    }

    static constexpr std::uint64_t kAfterReset = 12'000;
    static constexpr double kTurn = 6.283185307179586;

    const Options& options_;
    std::vector<Zone> zones_;
    std::vector<bool> reset_done_;
    int stat_fd_ = -1;
    std::FILE* log_ = nullptr;
    double at_s_ = 0.0;
    double next_log_s_ = 0.0;
    int group_fd_ = -1;
    int wall_fd_ = -1;
    bool plugged_ = false;
    double busy_ = 0.0;
    std::array<double, kCpus> busy_ticks_{};
    std::array<double, kCpus> idle_ticks_{};
    double job_cpu_s_ = 0.0;
    double job_j_ = 0.0;  ///< what the job's own work used, of all packages
};

}  // namespace
}  // namespace gramme::simulator

int main(int argc, char** argv) {
    using namespace gramme::simulator;
    const auto options = parse_options(argc, argv);
    if (!options) {
        return 64;
    }
    if (options->make_tree) {
        const std::string error = make_tree(*options);
        if (!error.empty()) {
            std::fprintf(stderr, "simulated_host: %s\n", error.c_str());
        }
        return error.empty() ? 0 : 73;
    }
    std::string error;
    std::vector<Zone> zones = open_zones(*options, error);
    if (!error.empty()) {
        std::fprintf(stderr, "simulated_host: %s\n", error.c_str());
        return 66;
    }
    Simulation simulation(*options, std::move(zones));
    simulation.run();
    simulation.print_totals();
    return options->exit_code;
}
