#include "sample/sampler.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <new>

#include "host/real_host.hpp"
#include "sample/memory_journal.hpp"

namespace {
std::atomic<long> g_allocations{0};
}  // namespace

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
void* operator new(std::size_t size) {
    ++g_allocations;
    if (void* memory = std::malloc(size)) {
        return memory;
    }
    throw std::bad_alloc{};
}
void operator delete(void* memory) noexcept {
    std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
    std::free(memory);
}
#endif

namespace gramme::sample {
namespace {

/// A host whose clock the test moves: one call of now() is a tenth of a second.
class TickingHost final : public Host {
public:
    Result<std::string> read(std::string_view) const override { return absent(); }
    Result<std::unique_ptr<OpenFile>> open(std::string_view path) const override {
        ++opens;
        if (path != "/sys/devices/system/cpu/online") {
            return absent();
        }
        return std::unique_ptr<OpenFile>{std::make_unique<FourCpus>()};
    }
    Result<std::vector<std::string>> list(std::string_view) const override { return absent(); }
    Result<std::string> real_path(std::string_view) const override { return absent(); }
    bool exists(std::string_view) const override { return false; }
    Instant now() const override {
        now_ns_ += 100'000'000;
        return {now_ns_, now_ns_, now_ns_};
    }
    std::optional<std::string> env(const char*) const override { return std::nullopt; }
    Result<std::unique_ptr<Library>> load(const std::string&) const override { return absent(); }
    bool is_sysroot() const override { return true; }

    mutable int opens = 0;

private:
    class FourCpus final : public OpenFile {
    public:
        Result<std::size_t> read(std::span<char> buffer) override {
            constexpr std::string_view kList = "0-3\n";
            return kList.copy(buffer.data(), buffer.size());
        }
    };
    static Error absent() { return {Code::kNotFound, "not here", ""}; }
    mutable std::int64_t now_ns_ = 1'000'000'000;
};

/// Counters of 1 J per count that rise by `step` at each look. Devices beyond the first appear when the test
/// says so.
class ScriptedProbe final : public probe::Probe {
public:
    ScriptedProbe(const Host& host, std::uint64_t step) : host_(host), step_(step) {}

    std::size_t device_count() const noexcept override { return devices; }
    probe::ProbedDevice device(std::size_t index) const override {
        probe::ProbedDevice probed;
        probed.device.id = "cpu" + std::to_string(index);
        probed.meter.energy = meter::CounterSpec{Joules{1.0}, 0, 1, Watts{1e9}};
        probed.meter.stand_in = meter::PowerSpec{};
        probed.meter.whole = true;
        return probed;
    }
    void sample(ReadingBuffer& out) noexcept override {
        raw_ += step_;
        for (std::size_t d = 0; d < devices; ++d) {
            Reading reading;
            reading.device = static_cast<std::uint16_t>(d);
            reading.kind = failing ? ReadingKind::kFailed : ReadingKind::kCounter;
            reading.at_ns = host_.now().boot_ns;
            reading.raw = raw_;
            reading.failure = "no answer";
            if (stuck) {
                reading.kind = ReadingKind::kPower;
                reading.value = 7.0;
                reading.failure = "it stands still";
            }
            if (d != silent) {
                out.add(reading);
            }
        }
    }
    void finish(ReadingBuffer& out, Seconds) noexcept override { sample(out); }
    Membership membership(std::size_t) const noexcept override { return member; }
    std::string membership_reason(std::size_t) const override { return "test"; }
    SourceReport report() const override { return {}; }

    std::size_t devices = 1;
    bool failing = false;
    bool stuck = false;
    std::size_t silent = 99;  ///< this device says nothing
    Membership member = Membership::kIn;

private:
    const Host& host_;
    std::uint64_t step_;
    std::uint64_t raw_ = 1000;
};

struct Bench {
    TickingHost host;
    MemoryJournal journal;
    JobActivity activity{host, nullptr, HostFacts{}, Scope::kJob};
    ScriptedProbe* probe = nullptr;
    std::unique_ptr<Sampler> sampler;

    explicit Bench(std::uint64_t step) {
        auto owned = std::make_unique<ScriptedProbe>(host, step);
        probe = owned.get();
        std::vector<std::unique_ptr<probe::Probe>> probes;
        probes.push_back(std::move(owned));
        sampler = std::make_unique<Sampler>(host, std::move(probes), activity, journal, Scope::kMachine);
    }
};

TEST(Sampler, SumsWhatTheCounterRoseSinceTheFirstReading) {
    Bench bench{5};
    bench.sampler->start();
    for (int turn = 0; turn < 4; ++turn) {
        bench.sampler->turn();
    }
    bench.sampler->finish(Seconds{0.0});  // one more turn and one last look: 6 steps of 5 J in all
    const auto ledger = bench.journal.ledger();
    double joules = 0.0;
    for (const Window& window : ledger->windows) {
        joules += window.energy.value();
    }
    EXPECT_DOUBLE_EQ(joules, 30.0);
    EXPECT_TRUE(ledger->gaps.empty());
    EXPECT_DOUBLE_EQ(bench.sampler->energy().value(), 30.0);
    EXPECT_EQ(bench.sampler->turns(), 5U);
}

TEST(Sampler, ALateDeviceHasAGapFromTheStartAndNoInventedEnergy) {
    Bench bench{5};
    bench.probe->devices = 1;
    bench.sampler->start();
    bench.sampler->turn();
    bench.probe->devices = 2;
    bench.sampler->turn();
    bench.sampler->turn();
    const auto ledger = bench.journal.ledger();
    ASSERT_EQ(ledger->devices.size(), 2U);
    ASSERT_EQ(ledger->gaps.size(), 1U);
    EXPECT_EQ(ledger->gaps[0].device, 1);
    EXPECT_EQ(ledger->gaps[0].from_ns, 0);
    for (const Window& window : ledger->windows) {
        if (window.device == 1) {
            EXPECT_DOUBLE_EQ(window.energy.value(), 5.0);
        }
    }
}

/// A GPU on which the job is found late was its own from the start, in the numbers that are shown meanwhile
/// as in the result.
TEST(Sampler, ADeviceThatTurnsOutToBeTheJobsCountsFromTheStart) {
    Bench bench{5};
    bench.probe->member = Membership::kUnknown;
    bench.sampler->start();
    for (int turn = 0; turn < 4; ++turn) {
        bench.sampler->turn();
    }
    EXPECT_EQ(bench.sampler->energy().value(), 0.0);
    bench.probe->member = Membership::kIn;
    bench.sampler->turn();
    EXPECT_DOUBLE_EQ(bench.sampler->energy().value(), 25.0);
    EXPECT_DOUBLE_EQ(bench.sampler->joined().value(), 20.0);
    EXPECT_DOUBLE_EQ(bench.sampler->energy_of(Device{}.kind)->value(), 25.0);
    bench.sampler->turn();
    EXPECT_DOUBLE_EQ(bench.sampler->energy().value(), 30.0);
    EXPECT_DOUBLE_EQ(bench.sampler->joined().value(), 20.0);
    bench.probe->member = Membership::kOut;
    bench.sampler->turn();
    EXPECT_DOUBLE_EQ(bench.sampler->energy().value(), 0.0);
}

/// Both devices draw the same; one tells it later than the other.
TEST(Sampler, WhatAllHaveToldIsOlderThanTheTurn) {
    Bench bench{5};
    bench.probe->devices = 2;
    bench.sampler->start();
    for (int turn = 0; turn < 4; ++turn) {
        bench.sampler->turn();
    }
    const Sampler::Told all = bench.sampler->told();
    bench.probe->silent = 1;
    bench.sampler->turn();
    const Sampler::Told told = bench.sampler->told();
    EXPECT_NEAR(static_cast<double>(told.elapsed_ns), static_cast<double>(all.elapsed_ns),
                0.5 * static_cast<double>(bench.sampler->elapsed_ns() - all.elapsed_ns));
    EXPECT_DOUBLE_EQ(bench.sampler->energy().value(), 45.0);
    EXPECT_NEAR(told.energy.value(), 40.0, 2.0);
}

TEST(Sampler, FailedReadsAtTheEndAreAGapNotZero) {
    Bench bench{5};
    bench.sampler->start();
    bench.sampler->turn();
    bench.probe->failing = true;
    bench.sampler->turn();
    bench.sampler->finish(Seconds{0.0});
    const auto ledger = bench.journal.ledger();
    ASSERT_FALSE(ledger->gaps.empty());
    EXPECT_EQ(ledger->gaps.back().reason, "no answer");
    EXPECT_GT(bench.sampler->failed_reads(), 0U);
}

TEST(Sampler, SaysWhereACounterStoodStillAndPowerTookItsPlace) {
    Bench bench{5};
    bench.sampler->start();
    bench.sampler->turn();
    bench.probe->stuck = true;
    bench.sampler->turn();
    bench.sampler->turn();
    bench.probe->stuck = false;
    bench.sampler->turn();
    bench.probe->stuck = true;
    bench.sampler->turn();
    bench.sampler->finish(Seconds{0.0});
    const auto ledger = bench.journal.ledger();
    ASSERT_EQ(ledger->markers.size(), 1U) << "one stretch: the counter gave no window of its own between";
    EXPECT_EQ(ledger->markers[0].name, "cpu0: it stands still; its power is integrated");
    EXPECT_TRUE(ledger->gaps.empty());
    EXPECT_EQ(ledger->devices[0].quality, Quality::kIntegrated);
    ASSERT_EQ(bench.sampler->troubles().size(), 1U);
    EXPECT_EQ(bench.sampler->troubles()[0].rfind("cpu0: it stands still; for ", 0), 0U)
        << bench.sampler->troubles()[0];
    double bridged_s = 0.0;
    for (const Window& window : ledger->windows) {
        bridged_s += window.quality == Quality::kIntegrated
                         ? static_cast<double>(window.to_ns - window.from_ns) * 1e-9
                         : 0.0;
    }
    EXPECT_GT(bridged_s, 0.5);
}

TEST(Sampler, DescribesAChangedMembershipAgain) {
    Bench bench{5};
    bench.probe->member = Membership::kUnknown;
    bench.sampler->start();
    bench.sampler->turn();
    EXPECT_DOUBLE_EQ(bench.sampler->energy().value(), 0.0) << "not the job's yet";
    bench.probe->member = Membership::kIn;
    bench.sampler->turn();
    EXPECT_EQ(bench.journal.ledger()->devices[0].membership, Membership::kIn);
}

TEST(Sampler, AReadThatFailsAtBothEndsOfAPauseCountsNothingOfIt) {
    Bench bench{5};
    bench.sampler->start();
    bench.sampler->turn();
    const double before_j = bench.sampler->energy().value();
    bench.probe->failing = true;
    bench.sampler->pause(bench.host.now().boot_ns);
    for (int turn = 0; turn < 20; ++turn) {
        bench.sampler->turn();
    }
    bench.sampler->resume(bench.host.now().boot_ns);
    bench.probe->failing = false;
    bench.sampler->turn();  // the counter rose 5 J at each of 21 looks
    EXPECT_LT(bench.sampler->energy().value() - before_j, 10.0);
    EXPECT_GT(bench.sampler->energy().value(), before_j);
}

TEST(Sampler, ATurnAllocatesNothing) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    GTEST_SKIP() << "the sanitizer owns operator new";
#endif
    Bench bench{5};
    bench.sampler->start();
    bench.sampler->turn();
    const long before = g_allocations.load();
    const int opens = bench.host.opens;
    for (int turn = 0; turn < 1000; ++turn) {  // some minutes: the CPUs online are looked at too
        bench.sampler->turn();
    }
    EXPECT_EQ(g_allocations.load() - before, 0);
    EXPECT_EQ(bench.host.opens, opens);
}

}  // namespace
}  // namespace gramme::sample
