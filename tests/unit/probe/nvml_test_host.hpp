// A host for the NVML tests: made-up files and variables, the real clock, and the fake library loaded by
// dlopen.
#pragma once

#include <dlfcn.h>
#include <gtest/gtest.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <map>
#include <mutex>
#include <string>

#include "meter/device_meter.hpp"
#include "probe/nvml_probe.hpp"

namespace gramme::probe {

inline std::int64_t clock_ns(clockid_t clock) {
    timespec now{};
    clock_gettime(clock, &now);
    return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

inline void sleep_s(double seconds) {
    usleep(static_cast<useconds_t>(seconds * 1e6));
}

class NvmlTestHost final : public Host {
public:
    void set_file(const std::string& path, const std::string& text) {
        const std::lock_guard lock(mutex_);
        files_[path] = text;
    }
    /// Before open_nvml only.
    std::map<std::string, std::string> variables{{"GRAMME_NVML_LIB", FAKE_NVML}};

    Result<std::string> read(std::string_view path) const override {
        const std::lock_guard lock(mutex_);
        const auto file = files_.find(std::string(path));
        if (file == files_.end()) {
            return Error{Code::kNotFound, "cannot open " + std::string(path), {}};
        }
        return file->second;
    }
    Result<std::unique_ptr<OpenFile>> open(std::string_view) const override {
        return Error{Code::kUnsupported, "not here", {}};
    }
    Result<std::vector<std::string>> list(std::string_view path) const override {
        const std::lock_guard lock(mutex_);
        std::vector<std::string> names;
        const std::string folder = std::string(path) + "/";
        for (const auto& [file, text] : files_) {
            if (file.starts_with(folder)) {
                names.push_back(file.substr(folder.size(), file.find('/', folder.size()) - folder.size()));
            }
        }
        names.erase(std::unique(names.begin(), names.end()), names.end());
        return names;
    }
    Result<std::string> real_path(std::string_view path) const override { return std::string(path); }
    bool exists(std::string_view path) const override {
        const std::lock_guard lock(mutex_);
        return files_.count(std::string(path)) > 0;
    }
    Instant now() const override {
        return {clock_ns(CLOCK_MONOTONIC), clock_ns(CLOCK_BOOTTIME), clock_ns(CLOCK_REALTIME)};
    }
    std::optional<std::string> env(const char* name) const override {
        const auto variable = variables.find(name);
        return variable == variables.end() ? std::nullopt : std::optional<std::string>(variable->second);
    }
    Result<std::unique_ptr<Library>> load(const std::string& name) const override {
        void* handle = dlopen(name.c_str(), RTLD_LAZY | RTLD_LOCAL);
        if (handle == nullptr) {
            return Error{Code::kUnavailable, dlerror(), {}};
        }
        return std::unique_ptr<Library>(std::make_unique<DlLibrary>(handle));
    }
    bool is_sysroot() const override { return true; }

private:
    struct DlLibrary final : Library {
        explicit DlLibrary(void* opened) : handle(opened) {}
        void* symbol(const char* name) const override { return dlsym(handle, name); }
        void* handle;
    };
    mutable std::mutex mutex_;
    std::map<std::string, std::string> files_;
};

/// The host lives as long as the process, as open_nvml asks: a test of a hung driver leaves a thread behind.
class NvmlTest : public ::testing::Test {
protected:
    NvmlTestHost& host = *new NvmlTestHost;  // NOLINT: kept by kept_hosts
    DiscoverOptions options;
    std::unique_ptr<Probe> probe;
    ReadingBuffer buffer{4096};

    NvmlTest() { kept_hosts().push_back(&host); }
    ~NvmlTest() override { unlink(file_.c_str()); }

    void script(const std::string& text) {
        std::ofstream(file_) << text;
        setenv("FAKE_NVML_SCRIPT", file_.c_str(), 1);
    }
    void start() {
        auto opened = open_nvml(host, options);
        ASSERT_TRUE(opened) << opened.error().what;
        probe = *std::move(opened);
    }
    /// Opens and waits until the driver has answered.
    void start_and_wait() {
        options.wait_for_gpus = true;
        start();
    }
    std::span<const Reading> sample() {
        buffer.clear();
        probe->sample(buffer);
        return buffer.readings();
    }
    std::span<const Reading> finish(Seconds patience = Seconds{2.0}) {
        buffer.clear();
        probe->finish(buffer, patience);
        return buffer.readings();
    }
    /// Waits, at most 5 s, until `done()`.
    template <class Done>
    static bool wait_until(Done&& done) {
        for (int i = 0; i < 500; ++i) {
            if (done()) {
                return true;
            }
            sleep_s(0.01);
        }
        return false;
    }

    struct Outcome {
        double joules = 0.0;
        double seconds = 0.0;    ///< covered by windows
        double bridged_s = 0.0;  ///< of these, power in the place of a counter
        double job_j = 0.0;
        double others_j = 0.0;
        double unassigned_j = 0.0;
        std::vector<std::string> gaps;
    };
    /// One DeviceMeter per device over everything that the probe gives within `seconds`.
    std::vector<Outcome> measure(double seconds) {
        std::vector<meter::DeviceMeter> meters;
        std::vector<Outcome> outcomes(probe->device_count());
        for (std::size_t i = 0; i < outcomes.size(); ++i) {
            meters.emplace_back(probe->device(i).meter, Scope::kJob, host.now().boot_ns);
        }
        const auto feed = [&](std::span<const Reading> readings) {
            for (const Reading& reading : readings) {
                note(outcomes[reading.device], meters[reading.device].add(reading, {}));
            }
        };
        const std::int64_t end = host.now().boot_ns + static_cast<std::int64_t>(seconds * 1e9);
        while (host.now().boot_ns < end) {
            feed(sample());
            sleep_s(0.05);
        }
        // the end of the run is when it is asked for, as for the sampler: a driver may answer later
        const std::int64_t over = host.now().boot_ns;
        feed(finish());
        for (std::size_t i = 0; i < outcomes.size(); ++i) {
            note(outcomes[i], meters[i].finish(over));
        }
        return outcomes;
    }

private:
    static void note(Outcome& outcome, const meter::MeterStep& step) {
        if (step.kind == meter::MeterStep::Kind::kWindow) {
            outcome.joules += step.energy.value();
            const double seconds = static_cast<double>(step.to_ns - step.from_ns) * 1e-9;
            outcome.seconds += seconds;
            outcome.bridged_s += step.bridged ? seconds : 0.0;
            outcome.job_j += step.split.job.value();
            outcome.others_j += step.split.others.value();
            outcome.unassigned_j += step.split.unassigned.value();
        } else if (step.kind == meter::MeterStep::Kind::kGap) {
            outcome.gaps.emplace_back(step.reason);
        }
    }
    static std::vector<NvmlTestHost*>& kept_hosts() {
        static auto* const kept = new std::vector<NvmlTestHost*>;
        return *kept;
    }
    std::string file_ = ::testing::TempDir() + "fake_nvml_" + std::to_string(getpid()) + ".txt";
};

}  // namespace gramme::probe
