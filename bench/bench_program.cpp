// bench_program start|estimate|rate PROGRAM: what the real program costs, seen from outside.
#include <fcntl.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "bench_report.hpp"

namespace gramme::bench {
namespace {

namespace fs = std::filesystem;
using Words = std::vector<std::string>;

/// A home of its own, so that nothing of the person's is read or written.
class Home {
public:
    Home() {
        std::string name = (fs::temp_directory_path() / "gramme-bench-XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr) {
            std::perror("mkdtemp");
            std::exit(70);
        }
        path_ = name;
        const char* search = std::getenv("PATH");
        env_ = {"HOME=" + path_, "XDG_DATA_HOME=" + path_ + "/data", "XDG_CONFIG_HOME=" + path_ + "/config",
                "PATH=" + std::string{search != nullptr ? search : "/usr/bin:/bin"}};
    }
    ~Home() {
        std::error_code ignored;
        fs::remove_all(path_, ignored);
    }
    Home(const Home&) = delete;
    Home& operator=(const Home&) = delete;
    [[nodiscard]] const std::string& path() const { return path_; }

    struct Cost {
        double wall_s = 0.0;
        long peak_rss_kib = 0;
    };
    [[nodiscard]] Cost run(const Words& words) const {
        Words argv_words = words;
        argv_words.front() = fs::absolute(words.front()).string();  // it starts in another folder
        Words env_words = env_;
        std::vector<char*> argv;
        std::vector<char*> env;
        for (std::string& word : argv_words) {
            argv.push_back(word.data());
        }
        for (std::string& word : env_words) {
            env.push_back(word.data());
        }
        argv.push_back(nullptr);
        env.push_back(nullptr);
        posix_spawn_file_actions_t actions;
        ::posix_spawn_file_actions_init(&actions);
        for (int fd = 0; fd < 3; ++fd) {
            ::posix_spawn_file_actions_addopen(&actions, fd, "/dev/null", O_RDWR, 0);
        }
        ::posix_spawn_file_actions_addchdir_np(&actions, path_.c_str());
        pid_t pid = -1;
        const double before = monotonic_s();
        const int error = ::posix_spawn(&pid, argv[0], &actions, nullptr, argv.data(), env.data());
        rusage usage{};
        int status = 0;
        if (error == 0) {
            ::wait4(pid, &status, 0, &usage);
        }
        const double wall_s = monotonic_s() - before;
        ::posix_spawn_file_actions_destroy(&actions);
        if (error != 0 || status != 0) {
            std::fprintf(stderr, "bench: %s failed\n", words.front().c_str());
            std::exit(70);
        }
        return {wall_s, usage.ru_maxrss};
    }

private:
    std::string path_;
    Words env_;
};

std::string with_unit(const char* format, double a, double b) {
    char text[160];
    std::snprintf(text, sizeof text, format, a, b);
    return text;
}

int bench_start(const std::string& program, int pairs) {
    const Home home;
    const Words plain{"/bin/true"};
    const Words wrapped{program, "run", "--", "/bin/true"};
    for (int i = 0; i < 5; ++i) {
        (void)home.run(plain);
        (void)home.run(wrapped);
    }
    std::vector<double> plain_ms;
    std::vector<double> wrapped_ms;
    std::vector<double> difference_ms;
    std::vector<double> rss_mb;
    for (int i = 0; i < pairs; ++i) {
        // Who goes first changes, so that neither profits from the other's caches.
        const Home::Cost first = home.run(i % 2 == 0 ? plain : wrapped);
        const Home::Cost second = home.run(i % 2 == 0 ? wrapped : plain);
        const Home::Cost& without = i % 2 == 0 ? first : second;
        const Home::Cost& with = i % 2 == 0 ? second : first;
        plain_ms.push_back(without.wall_s * 1e3);
        wrapped_ms.push_back(with.wall_s * 1e3);
        difference_ms.push_back(wrapped_ms.back() - plain_ms.back());
        rss_mb.push_back(static_cast<double>(with.peak_rss_kib) * 1024.0 / 1e6);
    }
    report("`gramme run -- true` over `true`, wall", median(difference_ms), "ms", 5.0,
           quartiles(difference_ms, "ms"));
    remark(with_unit(
        "    true %.2f ms, gramme run -- true %.2f ms (row in emissions.csv and run in the store included)",
        median(plain_ms), median(wrapped_ms)));
    report("`gramme run -- true`, peak RSS", median(rss_mb), "MB", 12.0, quartiles(rss_mb, "MB"));
    return 0;
}

/// From the start of the process to its end, tables and text included: nothing of an earlier one is kept.
int bench_estimate(const std::string& program, int rounds) {
    const Home home;
    const Words words{program, "estimate", "--device", "h100",     "--count",
                      "8",     "--hours",  "120",      "--region", "aws:eu-west-3"};
    std::vector<double> wall_ms;
    for (int i = 0; i < rounds; ++i) {
        wall_ms.push_back(home.run(words).wall_s * 1e3);
    }
    report("`gramme estimate`, start to end, wall", median(wall_ms), "ms", 10.0, quartiles(wall_ms, "ms"));
    return 0;
}

double own_cpu_s(const Home& home, const std::string& program, const std::string& interval, int seconds) {
    const std::string json = home.path() + "/result.json";
    (void)home.run({program, "run", "--interval", interval, "--json", json, "--", "/bin/sleep",
                    std::to_string(seconds)});
    std::ifstream in(json);
    const auto result = nlohmann::json::parse(in, nullptr, false);
    return result.at("run").at("own_cpu_s").get<double>();
}

/// CPU of a long run less that of a short one: what start and end cost is in both.
int bench_rate(const std::string& program, int seconds) {
    const Home home;
    constexpr int kShort_s = 1;
    struct Rate {
        const char* interval;
        const char* name;
        double target_pct;
    };
    for (const Rate& rate : {Rate{"1s", "sampling at 1 Hz, of one core", 0.02},
                             Rate{"100ms", "sampling at 10 Hz, of one core", 0.15}}) {
        std::vector<double> percent;
        for (int i = 0; i < 3; ++i) {
            const double brief = own_cpu_s(home, program, rate.interval, kShort_s);
            const double full = own_cpu_s(home, program, rate.interval, kShort_s + seconds);
            percent.push_back(100.0 * (full - brief) / seconds);
        }
        report(rate.name, median(percent), "%", rate.target_pct,
               quartiles(percent, "%") + " runs, less start and end");
    }
    return 0;
}

}  // namespace
}  // namespace gramme::bench

int main(int argc, char** argv) {
    const std::string what = argc > 2 ? argv[1] : "";
    const int number = argc > 3 ? std::atoi(argv[3]) : 0;
    if (what == "start") {
        return gramme::bench::bench_start(argv[2], number > 0 ? number : 200);
    }
    if (what == "estimate") {
        return gramme::bench::bench_estimate(argv[2], number > 0 ? number : 200);
    }
    if (what == "rate") {
        return gramme::bench::bench_rate(argv[2], number > 0 ? number : 20);
    }
    std::fprintf(
        stderr,
        "usage: bench_program start PROGRAM [PAIRS] | estimate PROGRAM [ROUNDS] | rate PROGRAM [SECONDS]\n");
    return 64;
}
