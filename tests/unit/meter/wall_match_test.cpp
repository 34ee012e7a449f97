#include "meter/wall_match.hpp"

#include <gtest/gtest.h>

namespace gramme::meter {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kStart = 1'795'597'200 * kSecond;

Device device(const char* id, DeviceKind kind, Quality quality, double sigma) {
    Device out;
    out.id = id;
    out.kind = kind;
    out.quality = quality;
    out.gain_sigma = sigma;
    return out;
}

Window window(std::uint16_t device, int from_s, int to_s, double watts, double busy_cpus = 0.0) {
    Window out;
    out.device = device;
    out.from_ns = from_s * kSecond;
    out.to_ns = to_s * kSecond;
    out.energy = Watts{watts} * Seconds{static_cast<double>(to_s - from_s)};
    out.busy_cpu_s = busy_cpus * (to_s - from_s);
    return out;
}

class WallMatchTest : public ::testing::Test {
protected:
    WallMatchTest() {
        run_.started_wall_ns = kStart;
        run_.host.cpu_count = 4;
        run_.host.cpu_sockets = 1;
        // Three windows of 10 s: idle, half, full.
        ledger_.devices = {device("cpu0", DeviceKind::kCpu, Quality::kMeasured, 0.05),
                           device("dram0", DeviceKind::kMemory, Quality::kModelled, 0.4)};
        ledger_.windows = {window(0, 0, 10, 20.0, 0.0), window(0, 10, 20, 60.0, 2.0),
                           window(0, 20, 30, 100.0, 4.0), window(1, 0, 30, 5.0)};
    }
    static MeterRow row(double at_s, double watts) {
        return {kStart + static_cast<std::int64_t>(at_s * 1e9), Watts{watts}};
    }
    RunRecord run_;
    Ledger ledger_;
};

TEST_F(WallMatchTest, RowsStandAgainstTheLoadOfTheirWindow) {
    const std::vector<MeterRow> rows{row(-5, 1.0),   row(2, 50.0),   row(7, 52.0),
                                     row(15, 100.0), row(25, 150.0), row(40, 1.0)};
    const WallMatch match = match_rows(run_, ledger_, rows);
    ASSERT_EQ(match.points.size(), 3U) << match.why_none;
    EXPECT_DOUBLE_EQ(match.points[0].load, 0.0);
    EXPECT_DOUBLE_EQ(match.points[0].wall.value(), 51.0);  // the mean of two rows
    EXPECT_DOUBLE_EQ(match.points[0].counted->value(), 25.0);
    EXPECT_DOUBLE_EQ(match.points[0].counted_error.value(), 20.0 * 0.05 + 5.0 * 0.4);
    EXPECT_DOUBLE_EQ(match.points[1].load, 0.5);
    EXPECT_DOUBLE_EQ(match.points[2].load, 1.0);
    EXPECT_DOUBLE_EQ(match.points[2].counted->value(), 105.0);
}

TEST_F(WallMatchTest, WindowsWithoutARowJoinTheNext) {
    const WallMatch match = match_rows(run_, ledger_, std::vector<MeterRow>{row(15, 100.0)});
    ASSERT_EQ(match.points.size(), 1U);
    EXPECT_DOUBLE_EQ(match.points[0].load, 0.25);              // of 0 to 20 s
    EXPECT_DOUBLE_EQ(match.points[0].counted->value(), 45.0);  // 40 + 5
}

TEST_F(WallMatchTest, AModelledCpuCountsNothing) {
    ledger_.devices[0].quality = Quality::kModelled;
    const WallMatch match = match_rows(run_, ledger_, std::vector<MeterRow>{row(15, 100.0)});
    ASSERT_EQ(match.points.size(), 1U);
    EXPECT_FALSE(match.points[0].counted);
}

TEST_F(WallMatchTest, AHoleIsBridgedByNobody) {
    ledger_.windows[1] = window(0, 12, 20, 60.0, 2.0);
    const WallMatch match = match_rows(run_, ledger_, std::vector<MeterRow>{row(11, 90.0), row(15, 100.0)});
    ASSERT_EQ(match.points.size(), 1U);
    EXPECT_DOUBLE_EQ(match.points[0].load, 0.5);
    EXPECT_DOUBLE_EQ(match.points[0].wall.value(), 100.0);
}

TEST_F(WallMatchTest, AModelledGpuSaysNothingOfWhatTheMeterSaw) {
    ledger_.devices.push_back(device("gpu0", DeviceKind::kGpu, Quality::kModelled, 0.2));
    ledger_.windows.push_back(window(2, 0, 30, 315.0));
    const std::vector<MeterRow> rows{row(5, 120.0), row(15, 200.0)};
    const WallMatch match = match_rows(run_, ledger_, rows);
    EXPECT_TRUE(match.points.empty());
    EXPECT_EQ(match.why_none, "the power of a GPU in it was not measured");
    ledger_.devices[2].quality = Quality::kIntegrated;
    EXPECT_EQ(match_rows(run_, ledger_, rows).points.size(), 2U);
}

TEST_F(WallMatchTest, AGpuThatWasNotReadSpoilsThePoint) {
    ledger_.devices.push_back(device("gpu0", DeviceKind::kGpu, Quality::kMeasured, 0.05));
    ledger_.windows.push_back(window(2, 0, 10, 70.0));
    const std::vector<MeterRow> rows{row(5, 120.0), row(15, 200.0)};
    const WallMatch match = match_rows(run_, ledger_, rows);
    ASSERT_EQ(match.points.size(), 1U);
    EXPECT_DOUBLE_EQ(match.points[0].gpus.value(), 70.0);
    EXPECT_DOUBLE_EQ(match.points[0].counted->value(), 95.0);
}

TEST_F(WallMatchTest, ASuspendSpoilsThePoint) {
    ledger_.markers.push_back({Marker::Kind::kMark, 15 * kSecond, "suspended for 5 s",
                               R"({"bad_day":"suspended","ns":5000000000})"});
    EXPECT_EQ(match_rows(run_, ledger_, std::vector<MeterRow>{row(5, 50.0), row(15, 100.0)}).points.size(),
              1U);
}

TEST_F(WallMatchTest, SaysWhyARunGivesNothing) {
    const std::vector<MeterRow> rows{row(5, 50.0)};
    EXPECT_NE(match_rows(run_, ledger_, std::vector<MeterRow>{row(500, 50.0)}).why_none, "");
    RunRecord kept = run_;
    kept.host.cpu_sockets = 2;
    kept.reserved = ReservedCpus{2.0, 4.0, "cpuset 0-1"};
    EXPECT_NE(match_rows(kept, ledger_, rows).why_none.find("sockets"), std::string::npos);
    for (Window& one : ledger_.windows) {
        one.busy_cpu_s = 0.0;
    }
    EXPECT_NE(match_rows(run_, ledger_, rows).why_none.find("CPU time"), std::string::npos);
    EXPECT_NE(match_rows(run_, Ledger{}, rows).why_none, "");
}

}  // namespace
}  // namespace gramme::meter
