// gramme batch: rows per second of the kernel and of the program, its memory, and awk and pandas doing the
// plain sum beside it.
//   bench_batch kernel [ROUNDS]
//   bench_batch table PROGRAM [MEGABYTES] [FOLDER]      the table and two results need seven times that in
//   FOLDER
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "bench_report.hpp"
#include "estimate/batch_kernel.hpp"

namespace {

using namespace gramme::bench;

constexpr double kMillion = 1e6;

/// xorshift64 (Marsaglia 2003): the same table on every machine.
class Random {
public:
    std::uint64_t below(std::uint64_t end) {
        state_ ^= state_ << 13U;
        state_ ^= state_ >> 7U;
        state_ ^= state_ << 17U;
        return state_ % end;
    }

private:
    std::uint64_t state_ = 88172645463325252U;
};

int bench_kernel(int rounds) {
    constexpr std::size_t kRows = std::size_t{1} << 20U;
    Random random;
    std::array<std::vector<double>, 9> columns;
    for (std::size_t c = 0; c < columns.size(); ++c) {
        columns[c].resize(kRows);
        for (double& value : columns[c]) {
            value = 0.01 + static_cast<double>(random.below(1000)) / 2000.0;
        }
    }
    std::vector<double> rates;
    double check = 0.0;
    for (int round = 0; round < rounds; ++round) {
        const double from = process_cpu_s();
        gramme::estimate::operational_of(
            {columns[0], columns[1], columns[2], columns[3], columns[4], columns[5]},
            {columns[6], columns[7], columns[8]});
        rates.push_back(static_cast<double>(kRows) / (process_cpu_s() - from) / kMillion);
        check += columns[8][static_cast<std::size_t>(round)];
    }
    const double rate = median(rates);
    std::printf(
        "estimate on numeric columns, one core    %7.1f M rows/s   target >= 20 M rows/s   %s   (%s%s)\n",
        rate, rate >= 20.0 ? "met" : "NOT MET", quartiles(rates, "M rows/s").c_str(),
        check > 0.0 ? "" : " no result");
    return 0;
}

struct Cost {
    double wall_s = 0.0;
    double cpu_s = 0.0;
    long most_anonymous_kib = 0;
    int status = -1;
};

/// RssAnon of a process, KiB.
long anonymous_kib(pid_t pid) {
    std::ifstream in("/proc/" + std::to_string(pid) + "/status");
    for (std::string line; std::getline(in, line);) {
        if (line.rfind("RssAnon:", 0) == 0) {
            return std::strtol(line.c_str() + 8, nullptr, 10);
        }
    }
    return 0;
}

Cost run(const std::vector<std::string>& words, const std::string& out) {
    Cost cost;
    const double from = monotonic_s();
    const pid_t pid = ::fork();
    if (pid == 0) {
        const int fd = ::open(out.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
        ::dup2(fd, STDOUT_FILENO);
        const int null = ::open("/dev/null", O_WRONLY);
        ::dup2(null, STDERR_FILENO);
        std::vector<char*> argv;
        for (const std::string& word : words) {
            argv.push_back(const_cast<char*>(word.c_str()));
        }
        argv.push_back(nullptr);
        ::execvp(argv[0], argv.data());
        ::_exit(127);
    }
    rusage usage{};
    while (::wait4(pid, &cost.status, WNOHANG, &usage) == 0) {
        cost.most_anonymous_kib = std::max(cost.most_anonymous_kib, anonymous_kib(pid));
        ::usleep(20'000);
    }
    cost.wall_s = monotonic_s() - from;
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / kMillion;
    };
    cost.cpu_s = seconds(usage.ru_utime) + seconds(usage.ru_stime);
    return cost;
}

std::uint64_t make_table(const std::string& path, std::uint64_t bytes) {
    const std::array<const char*, 5> devices{"h100", "a100", "v100", "NVIDIA A100-SXM4-80GB",
                                             "h100-sxm5-80gb"};
    const std::array<const char*, 6> regions{"FRA", "aws:eu-west-3", "us-east-1",
                                             "DEU", "IND",           "aws:us-west-2"};
    std::ofstream out(path, std::ios::binary);
    std::string block = "job,team,device,count,hours,region\n";
    Random random;
    std::uint64_t rows = 0;
    for (std::uint64_t written = 0; written < bytes; written += block.size(), out << block, block.clear()) {
        for (int i = 0; i < 10'000; ++i, ++rows) {
            block += "job" + std::to_string(random.below(100'000'000)) + ",team" +
                     std::to_string(random.below(30)) + "," + devices.at(random.below(devices.size())) + "," +
                     std::to_string(1U << random.below(7)) + "," + std::to_string(random.below(300)) + "." +
                     std::to_string(1000 + random.below(9000)) + "," +
                     regions.at(random.below(regions.size())) + "\n";
        }
    }
    return rows;
}

int bench_table(const std::string& program, std::uint64_t megabytes, const std::string& folder) {
    const std::string table = folder + "/bench_batch.csv";
    const std::string one = folder + "/bench_batch.1.csv";
    const std::string many = folder + "/bench_batch.n.csv";
    const std::uint64_t rows = make_table(table, megabytes * 1'000'000);
    const double millions = static_cast<double>(rows) / kMillion;
    const auto line = [&](const char* what, const Cost& cost) {
        std::printf("%-40s %7.2f M rows/s by the clock, %.2f for each second of CPU, %ld MB anonymous%s\n",
                    what, millions / cost.wall_s, millions / cost.cpu_s, cost.most_anonymous_kib / 1024,
                    cost.status == 0 ? "" : "   FAILED");
    };
    std::printf("%.1f M rows, %.0f MB\n", millions,
                static_cast<double>(std::filesystem::file_size(table)) / kMillion);
    const Cost with_one = run({program, "batch", table, "--threads", "1"}, one);
    line("gramme batch --threads 1", with_one);
    const Cost with_all = run({program, "batch", table}, many);
    line("gramme batch", with_all);
    const double rate = millions / std::max(with_one.cpu_s, with_all.cpu_s);
    std::printf("batch, CSV to CSV, for each core         %7.2f M rows/s   target >= 1 M rows/s   %s\n", rate,
                rate >= 1.0 ? "met" : "NOT MET");
    const long anonymous = std::max(with_one.most_anonymous_kib, with_all.most_anonymous_kib);
    std::printf("anonymous memory                         %7ld MB          target <= 64 MB        %s\n",
                anonymous / 1024, anonymous <= 64 * 1024 ? "met" : "NOT MET");
    const bool same = run({"cmp", one, many}, "/dev/null").status == 0;
    std::printf("the same bytes with one and all threads: %s\n", same ? "met" : "NOT MET");
    line("awk, sum of count x hours by team",
         run({"awk", "-F,", "NR>1{s[$2]+=$4*$5}END{for(t in s)print t,s[t]}", table}, "/dev/null"));
    if (run({"python3", "-c", "import pandas"}, "/dev/null").status == 0) {
        line("pandas, the same sum",
             run({"python3", "-c",
                  "import pandas as "
                  "p,sys;d=p.read_csv(sys.argv[1]);print((d['count']*d.hours).groupby(d.team).sum())",
                  table},
                 "/dev/null"));
    } else {
        remark("pandas is not installed");
    }
    for (const std::string& path : {table, one, many}) {
        std::filesystem::remove(path);
    }
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    const std::vector<std::string> words(argv + 1, argv + argc);
    if (!words.empty() && words[0] == "kernel") {
        return bench_kernel(words.size() > 1 ? std::atoi(words[1].c_str()) : 20);
    }
    if (words.size() >= 2 && words[0] == "table") {
        const long megabytes = words.size() > 2 ? std::atol(words[2].c_str()) : 2000;
        return bench_table(words[1], static_cast<std::uint64_t>(std::max(megabytes, 1L)),
                           words.size() > 3 ? words[3] : std::filesystem::temp_directory_path().string());
    }
    std::fprintf(stderr, "usage: bench_batch kernel [ROUNDS] | table PROGRAM [MEGABYTES] [FOLDER]\n");
    return 64;
}
