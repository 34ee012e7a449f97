// gramme batch: rows per second of the kernel and of the program, its memory, and awk and pandas doing the
// plain sum beside it.
//   bench_batch kernel [ROUNDS]
//   bench_batch table PROGRAM [MEGABYTES] [FOLDER]      the table and one result need five times that in
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
#include <span>
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

/// What gramme batch computes for its rows once their cells are numbers, in turns of as many rows as it
/// takes.
int bench_kernel(int rounds) {
    constexpr std::size_t kRows = std::size_t{1} << 20U;
    constexpr std::size_t kTurn = 1024;  // kHeld of src/cli/batch_rows.cpp
    constexpr std::size_t kIn = 8;
    Random random;
    std::array<std::vector<double>, kIn + 7> columns;
    for (auto& column : columns) {
        column.resize(kRows);
        for (double& value : column) {
            value = 0.01 + static_cast<double>(random.below(1000)) / 2000.0;
        }
    }
    std::vector<double> rates;
    double check = 0.0;
    for (int round = 0; round < rounds; ++round) {
        const double from = process_cpu_s();
        for (std::size_t row = 0; row < kRows; row += kTurn) {
            const auto in = [&](std::size_t c) {
                return std::span<const double>(columns[c]).subspan(row, kTurn);
            };
            const auto out = [&](std::size_t c) {
                return std::span<double>(columns[kIn + c]).subspan(row, kTurn);
            };
            gramme::estimate::footprints_of({in(0), in(1), in(2), in(3), in(4), in(5), in(6), in(7)},
                                            {out(0), out(1), out(2), out(3), out(4), out(5), out(6)});
        }
        rates.push_back(static_cast<double>(kRows) / (process_cpu_s() - from) / kMillion);
        check += columns.back()[static_cast<std::size_t>(round)];
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

/// `varied`: with a utilisation, another in each row.
std::uint64_t make_table(const std::string& path, std::uint64_t bytes, bool varied) {
    const std::array<const char*, 5> devices{"h100", "a100", "v100", "NVIDIA A100-SXM4-80GB",
                                             "h100-sxm5-80gb"};
    const std::array<const char*, 6> regions{"FRA", "aws:eu-west-3", "us-east-1",
                                             "DEU", "IND",           "aws:us-west-2"};
    std::ofstream out(path, std::ios::binary);
    std::string block =
        varied ? "job,team,device,count,hours,utilisation,region\n" : "job,team,device,count,hours,region\n";
    Random random;
    std::uint64_t rows = 0;
    for (std::uint64_t written = 0; written < bytes; written += block.size(), out << block, block.clear()) {
        for (int i = 0; i < 10'000; ++i, ++rows) {
            block += "job" + std::to_string(random.below(100'000'000)) + ",team" +
                     std::to_string(random.below(30)) + "," + devices.at(random.below(devices.size())) + "," +
                     std::to_string(1U << random.below(7)) + "," + std::to_string(random.below(300)) + "." +
                     std::to_string(1000 + random.below(9000)) + ",";
            block += varied ? "0." + std::to_string(100'000 + random.below(900'000)) + "," : "";
            block += std::string{regions.at(random.below(regions.size()))} + "\n";
        }
    }
    return rows;
}

void print_cost(const char* what, double million_rows, const Cost& cost) {
    std::printf("%-40s %7.2f M rows/s by the clock, %.2f for each second of CPU, %ld MB anonymous%s\n", what,
                million_rows / cost.wall_s, million_rows / cost.cpu_s, cost.most_anonymous_kib / 1024,
                cost.status == 0 ? "" : "   FAILED");
}

/// The program on the table, its result and the SHA-256 of that; the result is removed again.
Cost run_batch(std::vector<std::string> words, const std::string& folder, std::string& sum) {
    const std::string result = folder + "/bench_batch.out.csv";
    const std::string sum_file = folder + "/bench_batch.sha256";
    const Cost cost = run(words, result);
    run({"sha256sum", result}, sum_file);
    std::ifstream in(sum_file);
    in >> sum;
    std::filesystem::remove(result);
    std::filesystem::remove(sum_file);
    return cost;
}

void print_rate(const char* what, double rate) {
    std::printf("%-40s %7.2f M rows/s   target >= 1 M rows/s   %s\n", what, rate,
                rate >= 1.0 ? "met" : "NOT MET");
}

/// awk and pandas, sum of count x hours by team: reading the table and one multiplication for each row.
void beside(const std::string& table, double millions, const Cost& ours) {
    const auto compare = [&](const char* what, const Cost& cost) {
        print_cost(what, millions, cost);
        std::printf(
            "  gramme batch, which computes and writes it all, takes %.2f of its time by the clock, %.2f of "
            "its "
            "CPU\n",
            ours.wall_s / cost.wall_s, ours.cpu_s / cost.cpu_s);
    };
    compare("awk, sum of count x hours by team",
            run({"awk", "-F,", "NR>1{s[$2]+=$4*$5}END{for(t in s)print t,s[t]}", table}, "/dev/null"));
    if (run({"python3", "-c", "import pandas"}, "/dev/null").status != 0) {
        remark("pandas is not installed: not compared (apt-get install python3-pandas)");
        return;
    }
    compare("pandas, the same sum, by the million rows",
            run({"python3", "-c",
                 "import pandas as p,sys\n"
                 "s=0\n"
                 "for d in p.read_csv(sys.argv[1],usecols=['team','count','hours'],chunksize=1000000):\n"
                 "  s=(d['count']*d.hours).groupby(d.team).sum().add(s,fill_value=0)\n"
                 "print(s)",
                 table},
                "/dev/null"));
}

int bench_table(const std::string& program, std::uint64_t megabytes, const std::string& folder) {
    constexpr std::uint64_t kTimes = 5;  // the table, and one result of three to four times its size
    const std::uint64_t needed = megabytes * kTimes;
    const std::uint64_t free = std::filesystem::space(folder).available / 1'000'000;
    if (free < needed) {
        remark("batch of " + std::to_string(megabytes) + " MB: needs " + std::to_string(needed) + " MB in " +
               folder + ", which has " + std::to_string(free) + ": left out (TMPDIR names another folder)");
        return 0;
    }
    const std::string table = folder + "/bench_batch.csv";
    double millions = static_cast<double>(make_table(table, megabytes * 1'000'000, false)) / kMillion;
    std::printf("%.1f M rows, %.0f MB\n", millions,
                static_cast<double>(std::filesystem::file_size(table)) / kMillion);
    std::string one;
    std::string many;
    const Cost with_one = run_batch({program, "batch", table, "--threads", "1"}, folder, one);
    print_cost("gramme batch --threads 1", millions, with_one);
    const Cost with_all = run_batch({program, "batch", table}, folder, many);
    print_cost("gramme batch", millions, with_all);
    print_rate("batch, CSV to CSV, for each core", millions / std::max(with_one.cpu_s, with_all.cpu_s));
    const long anonymous = std::max(with_one.most_anonymous_kib, with_all.most_anonymous_kib);
    std::printf("anonymous memory                         %7ld MB          target <= 64 MB        %s\n",
                anonymous / 1024, anonymous <= 64 * 1024 ? "met" : "NOT MET");
    std::printf("the same sha256 with one and all threads: %s (%.12s)\n",
                !one.empty() && one == many ? "met" : "NOT MET", one.c_str());
    beside(table, millions, with_all);
    millions = static_cast<double>(make_table(table, megabytes * 1'000'000 / 5, true)) / kMillion;
    const Cost varied = run_batch({program, "batch", table, "--threads", "1"}, folder, one);
    print_rate("the same, each row its own utilisation", millions / varied.cpu_s);
    std::filesystem::remove(table);
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
