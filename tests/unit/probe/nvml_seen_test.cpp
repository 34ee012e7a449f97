// What real GPUs showed (tests/fixtures/nvml), played through the self-check, the meter and the probe.
#include <fstream>
#include <vector>

#include "nvml_test_host.hpp"
#include "probe/nvml_check.hpp"

namespace gramme::probe {
namespace {

struct Row {
    double at_s = 0.0;
    unsigned long long energy_mj = 0;
    unsigned instant_mw = 0;
    unsigned average_mw = 0;
    unsigned utilization_percent = 0;
};

std::string fixture(const std::string& name) {
    return std::string{GRAMME_SOURCE_DIR} + "/tests/fixtures/nvml/" + name + ".csv";
}

std::vector<Row> rows_of(const std::string& name) {
    std::vector<Row> rows;
    std::ifstream in(fixture(name));
    std::string line;
    std::getline(in, line);
    while (std::getline(in, line)) {
        Row row;
        EXPECT_EQ(std::sscanf(line.c_str(), "%lf,%llu,%u,%u,%u", &row.at_s, &row.energy_mj, &row.instant_mw,
                              &row.average_mw, &row.utilization_percent),
                  5)
            << line;
        rows.push_back(row);
    }
    EXPECT_GT(rows.size(), 3000U);
    return rows;
}

const Row& at(const std::vector<Row>& rows, double at_s) {
    const auto after = std::upper_bound(rows.begin(), rows.end(), at_s,
                                        [](double now_s, const Row& row) { return now_s < row.at_s; });
    return after == rows.begin() ? rows.front() : *(after - 1);
}

std::int64_t ns(double seconds) {
    return static_cast<std::int64_t>(seconds * 1e9);
}

/// Of a run that begins at `from_s`, read as the probe reads.
std::optional<CounterCheck::Verdict> check_from(const std::vector<Row>& rows, double from_s, bool average) {
    CounterCheck check{Seconds{average ? 1.0 : 0.025}};
    for (int turn = 0; turn < 150; ++turn) {
        const double now_s = from_s + 0.1 * turn + 0.001 * (turn * 37 % 41);  // 80 to 120 ms
        const Row& row = at(rows, now_s);
        const Watts power{1e-3 * (average ? row.average_mw : row.instant_mw)};
        if (const auto verdict = check.power(ns(now_s), power)) {
            return verdict;
        }
        if (turn % 10 == 0) {
            check.counter(ns(now_s), row.energy_mj);
        }
    }
    return std::nullopt;
}

class NvmlSeen : public ::testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Cards, NvmlSeen, ::testing::Values("h100", "h200"),
                         [](const auto& card) { return std::string{card.param}; });

/// The counter agrees with the average of a second within 7 %, whatever the load.
TEST_P(NvmlSeen, ByTheAverageTheCounterAgreesWhereverARunBegins) {
    const std::vector<Row> rows = rows_of(GetParam());
    for (double from_s = 1.0; from_s + 15.0 < rows.back().at_s; from_s += 1.0) {
        const auto verdict = check_from(rows, from_s, true);
        ASSERT_TRUE(verdict) << from_s;
        EXPECT_NEAR(verdict->by_counter.value() / verdict->by_power.value(), 1.0, 0.08)
            << "from " << from_s << " s: " << verdict->by_counter.value() << " J, by power "
            << verdict->by_power.value() << " J";
    }
}

/// The reason for it: of bursts of 25 ms the instant sees the wrong part, and the same for seconds.
TEST_P(NvmlSeen, ByTheInstantItWouldNot) {
    const std::vector<Row> rows = rows_of(GetParam());
    int disagree = 0;
    for (double from_s = 1.0; from_s + 15.0 < rows.back().at_s; from_s += 1.0) {
        disagree += check_from(rows, from_s, false)->agrees() ? 0 : 1;
    }
    EXPECT_GT(disagree, 10);
}

/// Where there is no counter (most virtual GPUs): power by its average, over the whole of it.
TEST_P(NvmlSeen, PowerAloneComesToWhatTheCounterSays) {
    const std::vector<Row> rows = rows_of(GetParam());
    meter::MeterSpec spec;
    spec.energy = meter::PowerSpec{Seconds{1.0}, Watts{1050.0}, Seconds{3.0}};
    spec.whole = true;
    meter::DeviceMeter power_meter{spec, Scope::kMachine, ns(rows.front().at_s)};
    double joules = 0.0;
    double now_s = rows.front().at_s;
    for (int turn = 0; now_s < rows.back().at_s; ++turn, now_s += 0.08 + 0.001 * (turn * 37 % 41)) {
        Reading reading;
        reading.kind = ReadingKind::kPower;
        reading.at_ns = ns(now_s);
        reading.value = 1e-3 * at(rows, now_s).average_mw;
        joules += power_meter.add(reading, {}).energy.value();
    }
    const double counter_j = 1e-3 * static_cast<double>(rows.back().energy_mj - rows.front().energy_mj);
    EXPECT_NEAR(joules / counter_j, 1.0, 0.01);
}

/// Renewed each 100 ms, and each time by what flowed in these 100 ms: no window of it is left out.
TEST_P(NvmlSeen, TheCounterSeesEveryBurst) {
    const std::vector<Row> rows = rows_of(GetParam());
    const auto joules = [&](double from_s, double to_s) {
        return 1e-3 * static_cast<double>(at(rows, to_s).energy_mj - at(rows, from_s).energy_mj);
    };
    // bursts of 25 ms each 102.5 ms, whose phase against any period of 100 ms goes once around in 4 s
    std::vector<double> seconds;
    for (double from_s = 124.0; from_s < 142.0; from_s += 1.0) {
        seconds.push_back(joules(from_s, from_s + 1.0));
    }
    const auto [least, most] = std::minmax_element(seconds.begin(), seconds.end());
    EXPECT_LT(*most / *least, 1.2) << *least << " to " << *most << " J";
}

class NvmlReplay : public NvmlTest {};

/// A second and more of products of matrices, through the library and the thread: no gap at the start.
TEST_F(NvmlReplay, ThroughTheProbe) {
    options.scope = Scope::kMachine;
    script("gpus 1\ngpu 0 name NVIDIA H200\ngpu 0 architecture 9\ngpu 0 limit 700\ngpu 0 replay " +
           fixture("h200") + " 60\nhang init 0.1\n");
    const std::int64_t begun_ns = host.now().boot_ns;
    start_and_wait();
    meter::DeviceMeter device_meter{probe->device(0).meter, Scope::kMachine, begun_ns};
    double joules = 0.0;
    double led_s = 0.0;
    const auto feed = [&](std::span<const Reading> readings) {
        for (const Reading& reading : readings) {
            const meter::MeterStep step = device_meter.add(reading, {});
            EXPECT_NE(step.kind, meter::MeterStep::Kind::kGap) << step.reason;
            joules += step.energy.value();
            led_s += step.led ? static_cast<double>(step.to_ns - step.from_ns) * 1e-9 : 0.0;
        }
    };
    while (host.now().boot_ns < begun_ns + ns(1.5)) {
        feed(sample());
        sleep_s(0.05);
    }
    feed(finish());
    const double seconds = static_cast<double>(host.now().boot_ns - begun_ns) * 1e-9;
    EXPECT_NEAR(joules / seconds, 690.0, 70.0);
    EXPECT_GE(led_s, 0.1);
    EXPECT_LT(led_s, 1.0);
}

}  // namespace
}  // namespace gramme::probe
