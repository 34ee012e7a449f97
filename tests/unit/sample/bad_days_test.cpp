// Suspends, set clocks, late turns, CPUs that go, devices that are lost: each leaves an entry with its
// reason.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "../store/scratch.hpp"
#include "fake_host.hpp"
#include "sample/memory_journal.hpp"
#include "sample/recover.hpp"
#include "sample/sampler.hpp"
#include "store/store.hpp"

namespace gramme::sample {
namespace {

using testing::FakeHost;
using testing::kSecond;

constexpr const char* kOnline = "/sys/devices/system/cpu/online";

std::int64_t ns(double seconds) {
    return static_cast<std::int64_t>(std::llround(seconds * 1e9));
}

/// Devices whose meters and next readings the test sets.
class SetProbe final : public probe::Probe {
public:
    explicit SetProbe(const Host& host) : host_(host) {}
    std::size_t device_count() const noexcept override { return specs.size(); }
    probe::ProbedDevice device(std::size_t index) const override {
        probe::ProbedDevice probed;
        probed.device.id = "device" + std::to_string(index);
        probed.device.name = "made up";
        probed.meter = specs.at(index);
        return probed;
    }
    void sample(ReadingBuffer& out) noexcept override {
        for (std::size_t d = 0; d < specs.size(); ++d) {
            Reading reading = next[d];
            reading.device = static_cast<std::uint16_t>(d);
            reading.at_ns = host_.now().boot_ns;
            out.add(reading);
        }
    }
    void finish(ReadingBuffer&, Seconds) noexcept override {}
    Membership membership(std::size_t) const noexcept override { return Membership::kIn; }
    std::string membership_reason(std::size_t) const override { return "test"; }
    SourceReport report() const override { return {}; }

    std::vector<meter::MeterSpec> specs;
    std::vector<Reading> next;

private:
    const Host& host_;
};

class BadDaysTest : public ::testing::Test {
protected:
    static constexpr std::size_t kModel = 0;    // 10 W idle, 110 W full, 2 CPUs
    static constexpr std::size_t kSensor = 1;   // 50 W
    static constexpr std::size_t kCounter = 2;  // wraps at 100 kJ, up to 100 W

    BadDaysTest() { host_.set(kOnline, "0-3\n"); }

    void start(store::Journal& journal, std::int64_t interval_ns = kSecond) {
        move_clocks();
        auto owned = std::make_unique<SetProbe>(host_);
        probe_ = owned.get();
        meter::MeterSpec model;
        model.energy = meter::LoadModel{.idle = Watts{10.0}, .full = Watts{110.0}, .cpus = 2.0};
        meter::MeterSpec sensor;
        sensor.energy = meter::PowerSpec{.max_gap = Seconds{300.0}};
        meter::MeterSpec counter;
        counter.energy = meter::CounterSpec{Joules{1.0}, 99'999, 1, Watts{100.0}};
        for (meter::MeterSpec* spec : {&model, &sensor, &counter}) {
            spec->whole = true;
            probe_->specs.push_back(*spec);
        }
        probe_->next.resize(3);
        probe_->next[kModel].kind = ReadingKind::kLoad;
        probe_->next[kSensor].kind = ReadingKind::kPower;
        probe_->next[kSensor].value = 50.0;
        probe_->next[kCounter].kind = ReadingKind::kCounter;
        probe_->next[kCounter].raw = 500;
        std::vector<std::unique_ptr<probe::Probe>> probes;
        probes.push_back(std::move(owned));
        sampler_.emplace(host_, std::move(probes), activity_, journal, Scope::kMachine, nullptr, interval_ns);
        sampler_->start();
    }
    void start() { start(journal_); }

    /// A turn after `awake_s` seconds and as long a suspend as given.
    void turn(double awake_s = 1.0, double suspended_s = 0.0, double set_s = 0.0) {
        now_.mono_ns += ns(awake_s);
        now_.boot_ns += ns(awake_s + suspended_s);
        now_.wall_ns += ns(awake_s + suspended_s + set_s);
        move_clocks();
        sampler_->turn();
    }
    void move_clocks() { host_.set_now(now_); }

    [[nodiscard]] double joules(std::size_t device) const {
        return testing::energy_of(*journal_.ledger(), static_cast<std::uint16_t>(device));
    }
    [[nodiscard]] std::vector<std::string> gaps(std::size_t device) const {
        std::vector<std::string> out;
        const Ledger ledger = *journal_.ledger();
        for (const Gap& gap : ledger.gaps) {
            if (gap.device == device) {
                out.push_back(gap.reason);
            }
        }
        return out;
    }
    [[nodiscard]] std::vector<std::string> markers() const {
        std::vector<std::string> out;
        const Ledger ledger = *journal_.ledger();
        for (const Marker& marker : ledger.markers) {
            EXPECT_EQ(marker.kind, Marker::Kind::kMark);
            out.push_back(marker.name);
        }
        return out;
    }

    Instant now_{100 * kSecond, 200 * kSecond, testing::kStart};
    FakeHost host_;
    MemoryJournal journal_;
    JobActivity activity_{host_, nullptr, HostFacts{}, Scope::kMachine};
    SetProbe* probe_ = nullptr;
    std::optional<Sampler> sampler_;
};

using Texts = std::vector<std::string>;

TEST_F(BadDaysTest, AnOrdinaryRunHasNone) {
    start();
    for (int i = 0; i < 200; ++i) {
        turn(i % 2 == 0 ? 0.5 : 1.5);
    }
    EXPECT_TRUE(markers().empty());
    EXPECT_TRUE(sampler_->bad_days().empty());
}

TEST_F(BadDaysTest, ASuspendIsMarkedAndAModelAddsNothingForIt) {
    start();
    turn();
    turn(1.0, 123.0);
    turn();
    EXPECT_EQ(markers(), Texts{"suspended for 123 s"});
    EXPECT_EQ(journal_.ledger()->markers[0].at_ns, ns(125.0));
    EXPECT_DOUBLE_EQ(joules(kModel), 3.0 * 10.0)
        << "idle power for the three seconds awake, none for the suspend";
    ASSERT_EQ(sampler_->bad_days().size(), 1U);
    EXPECT_TRUE(sampler_->bad_days()[0].starts_with("the machine was suspended once, for 123 s"))
        << sampler_->bad_days()[0];
}

TEST_F(BadDaysTest, TheLoadAroundASuspendIsThatOfTheTimeAwake) {
    start();
    probe_->next[kModel].value = 2.0;  // both CPUs busy for the second awake
    turn(1.0, 123.0);
    EXPECT_DOUBLE_EQ(joules(kModel), 110.0);
}

TEST_F(BadDaysTest, ASuspendAfterTheReadsCountsForTheNextTurn) {
    start();
    const Instant before = now_;
    ActivityReading asleep;  // the clock of a turn is looked at after its reads
    asleep.suspended_ns = ns(50.0);
    meter::DeviceMeter meter{probe_->specs[kModel], Scope::kMachine, before.boot_ns};
    Reading reading = probe_->next[kModel];
    reading.at_ns = before.boot_ns;
    (void)meter.add(reading, ActivityReading{});
    reading.at_ns = before.boot_ns + ns(1.0);
    EXPECT_DOUBLE_EQ(meter.add(reading, asleep).energy.value(), 10.0);
    reading.at_ns = before.boot_ns + ns(52.0);
    EXPECT_DOUBLE_EQ(meter.add(reading, asleep).energy.value(), 10.0);
    reading.at_ns = before.boot_ns + ns(53.0);
    EXPECT_DOUBLE_EQ(meter.add(reading, asleep).energy.value(), 10.0);
}

TEST_F(BadDaysTest, APowerSensorHasAGapForASuspend) {
    start();
    turn();
    turn(1.0, 123.0);
    turn();
    EXPECT_EQ(gaps(kSensor), Texts{"the machine was suspended"});
    EXPECT_DOUBLE_EQ(joules(kSensor), 100.0);
}

TEST_F(BadDaysTest, ACounterThatFellInASuspendIsAResetAndNoWrap) {
    start();
    probe_->next[kCounter].raw = 3;  // over 1200 s a wrap could explain it, over one second it cannot
    turn(1.0, 1'200.0);
    EXPECT_EQ(gaps(kCounter), Texts{"counter was reset"});
    EXPECT_DOUBLE_EQ(joules(kCounter), 0.0);
    probe_->next[kCounter].raw = 10;
    turn();
    EXPECT_DOUBLE_EQ(joules(kCounter), 7.0);
}

TEST_F(BadDaysTest, ACounterThatRoseInASuspendCounts) {
    start();
    probe_->next[kCounter].raw = 505;
    turn(1.0, 3'600.0);
    EXPECT_DOUBLE_EQ(joules(kCounter), 5.0);
    EXPECT_TRUE(gaps(kCounter).empty());
    probe_->next[kCounter].raw = 905;  // more than a second allows: a light sleep, in which it went on
    turn(1.0, 4.0);
    EXPECT_DOUBLE_EQ(joules(kCounter), 405.0);
}

TEST_F(BadDaysTest, ShortSuspendsAddUp) {
    start();
    for (int i = 0; i < 5; ++i) {
        turn(1.0, 0.4);
    }
    EXPECT_EQ(markers(), Texts{"suspended for 1 s"});
}

TEST_F(BadDaysTest, ASetClockIsMarkedAndMovesNoDuration) {
    start();
    turn(1.0, 0.0, 3'600.0);
    turn(1.0, 0.0, -90.0);
    EXPECT_EQ(markers(), (Texts{"the clock was set by +3600 s", "the clock was set by -90 s"}));
    EXPECT_EQ(sampler_->elapsed_ns(), 2 * kSecond);
    EXPECT_DOUBLE_EQ(joules(kSensor), 100.0);
    ASSERT_EQ(sampler_->bad_days().size(), 1U);
    EXPECT_TRUE(sampler_->bad_days()[0].starts_with("the clock was set 2 times")) << sampler_->bad_days()[0];
}

TEST_F(BadDaysTest, ASteeredClockIsNoSetClock) {
    start();
    for (int i = 0; i < 10'000; ++i) {
        turn(1.0, 0.0, 0.0005);  // 5 s in all
    }
    turn(7'200.0, 0.0, 3.6);
    EXPECT_EQ(markers(), Texts{"no sample for 7200 s"});
}

TEST_F(BadDaysTest, LateTurnsAreMarkedAndSummedUpInOneWarning) {
    start();
    turn(2.9);
    EXPECT_TRUE(markers().empty()) << "less than three intervals";
    probe_->next[kCounter].raw = 700;
    turn(12.0);
    turn(20.0);
    EXPECT_EQ(markers(), (Texts{"no sample for 12 s", "no sample for 20 s"}));
    EXPECT_DOUBLE_EQ(joules(kCounter), 200.0);
    ASSERT_EQ(sampler_->bad_days().size(), 1U);
    EXPECT_TRUE(sampler_->bad_days()[0].starts_with("gramme did not come to its turn 2 times, for 32 s"))
        << sampler_->bad_days()[0];
}

TEST_F(BadDaysTest, AShortIntervalIsNotLateForLessThanASecond) {
    start(journal_, ns(0.1));
    turn(1.0);
    EXPECT_TRUE(markers().empty());
    turn(1.2);
    EXPECT_EQ(markers().size(), 1U);
}

TEST_F(BadDaysTest, EndlessEventsAreCountedButDoNotFillTheDisk) {
    start();
    for (std::uint64_t i = 0; i < kMostBadDayMarkers + 10; ++i) {
        turn(12.0);
    }
    EXPECT_EQ(markers().size(), kMostBadDayMarkers);
    ASSERT_EQ(sampler_->bad_days().size(), 1U);
    EXPECT_NE(sampler_->bad_days()[0].find(std::to_string(kMostBadDayMarkers + 10) + " times"),
              std::string::npos);
}

TEST_F(BadDaysTest, CpusThatGoAreSeenWithinAMinute) {
    start();
    const std::size_t opens = host_.opens();
    host_.set(kOnline, "0,2\n");
    for (int i = 0; i < 61; ++i) {
        turn();
    }
    EXPECT_EQ(markers(), Texts{"CPUs online: 4 before, 2 now"});
    host_.remove(kOnline);  // cannot be read for a while: no news
    for (int i = 0; i < 61; ++i) {
        turn();
    }
    host_.set(kOnline, "0-3\n");
    for (int i = 0; i < 61; ++i) {
        turn();
    }
    EXPECT_EQ(markers().size(), 2U);
    EXPECT_EQ(host_.opens(), opens);
    ASSERT_EQ(sampler_->bad_days().size(), 1U);
    EXPECT_TRUE(sampler_->bad_days()[0].starts_with(
        "the CPUs online changed 2 times during the run (4 at the start, 2 to 4"))
        << sampler_->bad_days()[0];
}

TEST_F(BadDaysTest, ALostDeviceHasAGapToTheEndAndTheOthersGoOn) {
    start();
    turn();
    probe_->next[kCounter].kind = ReadingKind::kFailed;
    probe_->next[kCounter].failure = "NVML: GPU is lost";
    turn();
    turn();
    sampler_->finish(Seconds{0.0});
    EXPECT_EQ(gaps(kCounter), Texts{"NVML: GPU is lost"});
    EXPECT_DOUBLE_EQ(joules(kSensor), 150.0);
    EXPECT_TRUE(gaps(kModel).empty());
}

TEST_F(BadDaysTest, AReloadedDriverIsAGapFromTheLastGoodReading) {
    start();
    turn();
    probe_->next[kCounter].kind = ReadingKind::kFailed;
    probe_->next[kCounter].failure = "I/O error";
    turn();
    probe_->next[kCounter].kind = ReadingKind::kCounter;
    probe_->next[kCounter].raw = 1;
    turn();
    EXPECT_EQ(gaps(kCounter), Texts{"counter was reset"});
    EXPECT_EQ(journal_.ledger()->gaps[0].from_ns, kSecond);
    EXPECT_EQ(journal_.ledger()->gaps[0].to_ns, 3 * kSecond);
}

TEST_F(BadDaysTest, ARunThatWasKilledHasTheSameWarnings) {
    const testing::ScratchFolder folder;
    RunRecord run = testing::made_up_run();
    run.state = RunState::kRunning;
    run.exit_status.reset();
    run.warnings.clear();
    std::vector<std::string> said;
    {
        auto journal = store::Journal::create(folder.path(), run, now_.boot_ns);
        ASSERT_TRUE(journal);
        start(**journal);
        turn(1.0, 123.4);
        turn(1.0, 30.3);
        turn(1.0, 0.0, -3'600.0);
        turn(12.0);
        host_.set(kOnline, "0-1\n");
        turn(60.0);
        ASSERT_TRUE((*journal)->add_marker({Marker::Kind::kMark, ns(1.0), "suspended for 9 s", ""}));
        said = sampler_->bad_days();
        ASSERT_EQ(said.size(), 4U);
        sampler_.reset();
    }  // as if killed: the journal stays
    const auto store = store::Store::open(folder.path() + "/runs.db");
    ASSERT_TRUE(store);
    const Recovery recovery = recover_journals(host_, refdata::Tables{}, folder.path(), **store);
    EXPECT_EQ(recovery.news.size(), 1U);
    const auto found = (*store)->show(run.id);
    ASSERT_TRUE(found) << found.error().what;
    EXPECT_EQ(found->run.warnings, said);
}

TEST(BadDayTally, ReadsItsOwnMarkersOnly) {
    const auto mark = [](const char* detail) { return Marker{Marker::Kind::kMark, 0, "x", detail}; };
    const std::vector<Marker> others{mark(""),
                                     mark(R"({"bad_day":"late"})"),
                                     mark(R"({"bad_day":"late","ns":})"),
                                     mark(R"({"bad_day":"late","ns":5} )"),
                                     mark(R"({"bad_day":"late","ns":99999999999999999999})"),
                                     mark(R"({"bad_day":"late","ns":9000000000000000000})"),
                                     mark(R"({"bad_day":"cpus","before":-1,"now":2})"),
                                     mark(R"({"bad_day":"rain","ns":5})")};
    EXPECT_TRUE(BadDayTally::of(others).warnings().empty());
    const std::vector<Marker> many(kMostBadDayMarkers + 1, bad_day_marker(BadDay::kLate, 0, kSecond));
    ASSERT_EQ(BadDayTally::of(many).warnings().size(), 1U);
    EXPECT_TRUE(BadDayTally::of(many).warnings()[0].starts_with(
        "gramme did not come to its turn at least 4096 times, for 4096 s"))
        << BadDayTally::of(many).warnings()[0];
}

TEST_F(BadDaysTest, AMonthWithABadDayEveryHourStaysBelow20MB) {
    const testing::ScratchFolder folder;
    const RunRecord run = testing::made_up_run();
    auto journal = store::Journal::create(folder.path(), run, now_.boot_ns);
    ASSERT_TRUE(journal);
    start(**journal, 150 * kSecond);
    for (const std::size_t like : {kSensor, kCounter}) {  // five devices
        probe_->specs.push_back(probe_->specs[like]);
        probe_->next.push_back(probe_->next[like]);
    }
    constexpr int kHours = 30 * 24;
    constexpr int kTurnsPerHour = 20;
    for (int hour = 0; hour < kHours; ++hour) {
        for (int i = 1; i < kTurnsPerHour; ++i) {
            turn(150.0);
        }
        host_.set(kOnline, hour % 2 == 0 ? "0-2\n" : "0-3\n");
        probe_->next[kCounter].raw = 500U - static_cast<unsigned>(hour % 2);  // a reset every other hour
        turn(600.0, 150.0, 7.0);                                              // all at once
    }
    sampler_->finish(Seconds{0.0});
    constexpr std::uintmax_t kMost = 20'000'000;
    EXPECT_LT(std::filesystem::file_size((*journal)->path()), kMost);
    const auto ledger = (*journal)->ledger();
    ASSERT_TRUE(ledger);
    EXPECT_EQ(ledger->markers.size(), 4U * kHours);
    EXPECT_GT(ledger->gaps.size(), static_cast<std::size_t>(kHours));
    const std::string file = folder.file("runs.db");
    {
        auto kept = store::Store::open("sqlite:" + file);
        ASSERT_TRUE(kept);
        ASSERT_TRUE((*kept)->add(run, *ledger, Footprint{}, "", now_.wall_ns));
    }
    EXPECT_LT(std::filesystem::file_size(file), kMost);
    RecordProperty("journal_bytes", std::to_string(std::filesystem::file_size((*journal)->path())));
    RecordProperty("store_bytes", std::to_string(std::filesystem::file_size(file)));
}

}  // namespace
}  // namespace gramme::sample
