// What tests of the store share: a folder of their own, made-up runs, children.
#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "model/ledger.hpp"
#include "model/run.hpp"

namespace gramme::testing {

/// A new folder, removed at the end.
class ScratchFolder {
public:
    ScratchFolder() {
        std::string name = (std::filesystem::temp_directory_path() / "gramme-test-XXXXXX").string();
        path_ = ::mkdtemp(name.data());
    }
    ~ScratchFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    ScratchFolder(const ScratchFolder&) = delete;
    ScratchFolder& operator=(const ScratchFolder&) = delete;
    [[nodiscard]] const std::string& path() const { return path_; }
    [[nodiscard]] std::string file(const std::string& name) const { return path_ + "/" + name; }

private:
    std::string path_;
};

inline std::string read_file(const std::string& path) {
    std::ifstream in{path, std::ios::binary};
    std::ostringstream out;
    out << in.rdbuf();
    return std::move(out).str();
}

inline void write_file(const std::string& path, const std::string& text) {
    std::ofstream{path, std::ios::binary} << text;
}

/// Runs `work` in a child process; its pid. The child's status is what `work` returns.
template <class Work>
pid_t in_child(Work work) {
    const pid_t pid = ::fork();
    if (pid == 0) {
        ::_exit(work());
    }
    return pid;
}

/// 0..255, or 1000 + signal.
inline int wait_for(pid_t pid) {
    int status = 0;
    ::waitpid(pid, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

inline constexpr std::int64_t kSecond = 1'000'000'000;

/// 2026-11-23T09:00:00Z, a 5-minute bound.
inline constexpr std::int64_t kStart = 1'795'424'400 * kSecond;
static_assert(1'795'424'400 % 300 == 0);

inline RunRecord made_up_run(const std::string& id = "01936b2e-0000-7000-8000-000000000001") {
    RunRecord run;
    run.id = id;
    run.project = "digits";
    run.name = "first try";
    run.command = {"python", "train.py", "--token=secret"};
    run.tags = {{"model", "small"}, {"seed", "1"}};
    run.started_wall_ns = kStart;
    run.gramme_version = "0.1.0";
    return run;
}

inline Device made_up_device(const std::string& id) {
    Device device;
    device.id = id;
    device.name = "package-0";
    device.method = "rapl-powercap";
    device.gain_sigma = 0.03;
    device.gain_source = "docs/method/energy.md";
    device.group = "rapl";
    return device;
}

inline Window made_up_window(std::uint16_t device, double from_s, double to_s, double joules) {
    Window window;
    window.device = device;
    window.from_ns = static_cast<std::int64_t>(from_s * 1e9);
    window.to_ns = static_cast<std::int64_t>(to_s * 1e9);
    window.energy = Joules{joules};
    window.job = Joules{joules / 2};
    window.unassigned = Joules{joules / 4};
    window.job_cpu_s = 0.5;
    window.busy_cpu_s = 0.75;
    window.readings = 1;
    return window;
}

inline double energy_of(const Ledger& ledger, std::uint16_t device) {
    double sum = 0.0;
    for (const Window& window : ledger.windows) {
        sum += window.device == device ? window.energy.value() : 0.0;
    }
    return sum;
}

}  // namespace gramme::testing
