#include "load_curves.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "fake_host.hpp"
#include "meter/device_meter.hpp"
#include "probe/load.hpp"
#include "probe/probe.hpp"
#include "refdata/csv_table.hpp"

namespace gramme::validation {
namespace {

constexpr std::array<std::string_view, 11> kColumns{
    "machine",          "model_name", "vendor",       "family",    "model",    "cpus",
    "codecarbon_tdp_w", "load_on",    "busy_percent", "clock_mhz", "package_w"};
constexpr int kSeconds = 10;

struct Row {
    std::string machine, model_name, vendor;
    int family = 0;
    int model = 0;
    int cpus = 0;
    double tdp_w = 0.0, busy = 0.0, clock_mhz = 0.0, package_w = 0.0;
};

std::string cpu_info_of(const Row& row) {
    std::string text;
    for (int i = 0; i < row.cpus; ++i) {
        text += "processor\t: " + std::to_string(i) + "\nvendor_id\t: " + row.vendor +
                "\ncpu family\t: " + std::to_string(row.family) +
                "\nmodel\t\t: " + std::to_string(row.model) + "\nmodel name\t: " + row.model_name +
                "\nphysical id\t: 0\nflags\t\t: fpu\n\n";
    }
    return text;
}

/// /proc/stat after `seconds` at the load of the row: a hundred ticks of a CPU are a second.
std::string stat_of(const Row& row, int seconds) {
    const double busy = row.busy * row.cpus * seconds * 100.0;
    const double idle = row.cpus * seconds * 100.0 - busy;
    return "cpu  " + std::to_string(std::llround(busy)) + " 0 0 " + std::to_string(std::llround(idle)) +
           " 0 0 0 0 0 0\n";
}

Step play(const Row& row, Clock clock) {
    testing::FakeHost host;
    host.set("/proc/cpuinfo", cpu_info_of(row));
    host.set("/proc/stat", stat_of(row, 0));
    for (int i = 0; i < row.cpus && clock == Clock::kShown; ++i) {
        host.set("/sys/devices/system/cpu/cpu" + std::to_string(i) + "/cpufreq/scaling_cur_freq",
                 std::to_string(std::llround(row.clock_mhz * 1000.0)) + "\n");
    }
    const refdata::Tables tables;
    const HostFacts facts = probe::read_host_facts(host, tables);
    const probe::DiscoverOptions options;
    const probe::OpenedSource source = probe::open_load({host, tables, facts, options, false, true});
    const probe::ProbedDevice cpu = source.probe->device(0);

    meter::DeviceMeter meter{cpu.meter, Scope::kMachine, 0};
    ReadingBuffer readings{4};
    source.probe->sample(readings);
    host.set_seconds(kSeconds);
    host.set("/proc/stat", stat_of(row, kSeconds));
    source.probe->sample(readings);
    (void)meter.add(readings.readings()[0], {});
    const meter::MeterStep window = meter.add(readings.readings()[1], {});

    Step step;
    step.machine = row.machine;
    step.busy = row.busy;
    step.measured_w = row.package_w;
    step.modelled_w = window.energy.value() / kSeconds;
    const double factor = std::exp(1.96 * cpu.device.gain_sigma);  // docs/method/uncertainty.md
    step.low_w = step.modelled_w / factor;
    step.high_w = step.modelled_w * factor;
    step.codecarbon_w = row.tdp_w * (0.1 + 0.9 * std::pow(row.busy, 3.0));
    return step;
}

}  // namespace

Result<std::vector<Step>> play_load_curves(std::string_view csv, Clock clock) {
    GRAMME_TRY(const refdata::CsvTable table, refdata::read_table("load_curves.csv", csv, kColumns));
    std::vector<Step> steps;
    for (const refdata::CsvTable::Row& cells : table.rows) {
        refdata::RowCursor cursor(table, cells);
        Row row;
        row.machine = cursor.key();
        row.model_name = cursor.key();
        row.vendor = cursor.key();
        row.family = cursor.whole(0, 4095);
        row.model = cursor.whole(0, 65'535);
        row.cpus = cursor.whole(1, 1024);
        row.tdp_w = cursor.number(1.0, 1000.0);
        (void)cursor.key();
        row.busy = cursor.number(0.0, 100.0) / 100.0;
        row.clock_mhz = cursor.number(100.0, 10'000.0);
        row.package_w = cursor.number(0.1, 2000.0);
        GRAMME_CHECK(cursor.finish());
        steps.push_back(play(row, clock));
    }
    return steps;
}

Score score(const std::vector<Step>& steps, std::string_view machine) {
    Score score;
    std::vector<double> widths;
    for (const Step& step : steps) {
        if (!machine.empty() && step.machine != machine) {
            continue;
        }
        ++score.steps;
        score.error += std::abs(step.modelled_w - step.measured_w) / step.measured_w;
        score.codecarbon_error += std::abs(step.codecarbon_w - step.measured_w) / step.measured_w;
        score.coverage += step.low_w <= step.measured_w && step.measured_w <= step.high_w ? 1.0 : 0.0;
        widths.push_back(step.high_w / step.low_w);
    }
    if (score.steps == 0) {
        return score;
    }
    const auto count = static_cast<double>(score.steps);
    score.error /= count;
    score.codecarbon_error /= count;
    score.coverage /= count;
    std::sort(widths.begin(), widths.end());
    score.median_width = (widths[(widths.size() - 1) / 2] + widths[widths.size() / 2]) / 2.0;
    return score;
}

}  // namespace gramme::validation
