// A training on a made-up GPU, second by second, through sampler, journal and estimate: is the share of the
// energy that was spent waiting right, and its cause?
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmath>
#include <csignal>

#include "../store/scratch.hpp"
#include "estimate/estimate.hpp"
#include "fake_host.hpp"
#include "sample/sampler.hpp"
#include "store/journal.hpp"

namespace gramme::sample {
namespace {

using testing::FakeHost;
using testing::kSecond;

/// One GPU with an energy counter in mJ.
class GpuProbe final : public probe::Probe {
public:
    explicit GpuProbe(const Host& host) : host_(host) {}
    std::size_t device_count() const noexcept override { return 1; }
    probe::ProbedDevice device(std::size_t) const override {
        probe::ProbedDevice probed;
        probed.device.id = "gpu0";
        probed.device.kind = DeviceKind::kGpu;
        probed.meter.energy = meter::CounterSpec{Millijoules{1.0}, 0, 1, Watts{1000.0}};
        probed.meter.whole = true;
        return probed;
    }
    void sample(ReadingBuffer& out) noexcept override {
        Reading reading;
        reading.kind = ReadingKind::kCounter;
        reading.at_ns = host_.now().boot_ns;
        reading.raw = static_cast<std::uint64_t>(std::llround(joules * 1000.0));
        reading.utilization = utilization;
        out.add(reading);
    }
    void finish(ReadingBuffer&, Seconds) noexcept override {}
    Membership membership(std::size_t) const noexcept override { return Membership::kIn; }
    std::string membership_reason(std::size_t) const override { return "test"; }
    SourceReport report() const override { return {}; }

    double joules = 1000.0;
    std::optional<double> utilization;

private:
    const Host& host_;
};

class SimulatedTraining : public ::testing::Test {
protected:
    SimulatedTraining() {
        host_.set_sysroot(true);
        host_.set("/proc/self/cgroup", "0::/job\n");
        host_.set("/proc/self/mountinfo",
                  "30 20 0:26 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw\n");
        move_on(0.0);
        run_ = testing::made_up_run();
        journal_ = *store::Journal::create(folder_.path(), run_, now_.boot_ns);
        activity_.emplace(host_, nullptr, HostFacts{}, Scope::kJob);
        auto owned = std::make_unique<GpuProbe>(host_);
        gpu_ = owned.get();
        std::vector<std::unique_ptr<probe::Probe>> probes;
        probes.push_back(std::move(owned));
        sampler_.emplace(host_, std::move(probes), *activity_, *journal_, Scope::kJob);
        sampler_->start();
    }
    /// `seconds` of a GPU at `watts` and `utilization`, with `cpus` CPUs of the job busy. `told`: its driver
    /// tells the utilisation.
    void spend(int seconds, double watts, double utilization, double cpus) {
        for (int i = 0; i < seconds; ++i) {
            gpu_->joules += watts;
            gpu_->utilization = told_ ? std::optional{utilization} : std::nullopt;
            cpu_s_ += cpus;
            move_on(1.0);
            sampler_->turn();
            (utilization < kIdleBelow ? idle_j_ : busy_j_) += watts;
        }
    }
    void mark(Marker::Kind kind, const char* name, int sender = 0) {
        const Marker marker{kind, now_.boot_ns - sampler_->started().boot_ns, name, ""};
        ASSERT_TRUE(journal_->add_marker(marker));
        sampler_->hear(marker, sender);
    }
    /// Start-up, then epochs of `steps` of 8 busy seconds and `stall_s` of waiting for data, each followed by
    /// an evaluation on CPUs.
    void train(int start_up_s, int epochs, int steps, int stall_s, int evaluation_s) {
        spend(start_up_s, 80.0, 0.0, 1.0);
        for (int epoch = 0; epoch < epochs; ++epoch) {
            for (int step = 0; step < steps; ++step) {
                spend(8, 350.0, 0.98, 1.5);
                spend(stall_s, 150.0, 0.01, 3.9);
            }
            mark(Marker::Kind::kSpanBegin, "evaluation");
            spend(evaluation_s, 90.0, 0.0, 1.0);
            mark(Marker::Kind::kSpanEnd, "evaluation");
        }
    }
    void move_on(double seconds) {
        const auto ns = static_cast<std::int64_t>(seconds * 1e9);
        now_.mono_ns += ns;
        now_.boot_ns += ns;
        now_.wall_ns += ns;
        host_.set_now(now_);
        host_.set("/sys/fs/cgroup/job/cpu.stat",
                  "usage_usec " + std::to_string(std::llround(cpu_s_ * 1e6)) + "\nuser_usec 0\n");
    }
    /// As another gramme reads it after a kill.
    [[nodiscard]] Footprint footprint() const {
        const auto read = store::read_journal(journal_->path());
        EXPECT_TRUE(read);
        EXPECT_TRUE(read->damage.empty());
        return estimate::footprint_of(run_, read->ledger, {}, refdata::Tables{});
    }
    [[nodiscard]] double true_share() const { return idle_j_ / (idle_j_ + busy_j_); }
    static double joules_of(const Waiting& waiting, WaitingCause cause) {
        for (const WaitingPart& part : waiting.causes) {
            if (part.cause == cause) {
                return part.energy.value();
            }
        }
        return 0.0;
    }

    testing::ScratchFolder folder_;
    Instant now_{100 * kSecond, 200 * kSecond, testing::kStart};
    FakeHost host_;
    RunRecord run_;
    std::unique_ptr<store::Journal> journal_;
    std::optional<JobActivity> activity_;
    GpuProbe* gpu_ = nullptr;
    std::optional<Sampler> sampler_;
    double cpu_s_ = 0.0;
    double idle_j_ = 0.0;
    double busy_j_ = 0.0;
    bool told_ = true;
};

/// 1 h 50 min: windows of its first part have been folded to five minutes.
TEST_F(SimulatedTraining, ShareAndCausesAreRight) {
    train(300, 3, 200, 2, 120);
    spend(100, 80.0, 0.0, 1.0);
    sampler_->finish(Seconds{0.0});
    const Footprint result = footprint();
    ASSERT_TRUE(result.waiting);
    const Waiting& waiting = *result.waiting;
    // 300 x 80 + 600 x 2 x 150 + 3 x 120 x 90 + 100 x 80 = 244 400 J of 1 924 400 J
    EXPECT_NEAR(true_share(), 0.127, 0.0005);
    EXPECT_NEAR(waiting.share(), true_share(), 1e-6);
    EXPECT_NEAR(waiting.known.value(), 1'924'400.0, 1.0);
    EXPECT_EQ(waiting.mostly, WaitingCause::kDataLoading);
    EXPECT_NEAR(joules_of(waiting, WaitingCause::kStartUp), 24'000.0, 1.0);
    EXPECT_NEAR(joules_of(waiting, WaitingCause::kDataLoading), 597 * 2 * 150.0, 2.0);
    EXPECT_NEAR(joules_of(waiting, WaitingCause::kUnclear), 2 * 2 * 150.0, 1.0);  // the first two stops
    EXPECT_NEAR(joules_of(waiting, WaitingCause::kEvaluation), 3 * 120 * 90.0, 1.0);
    EXPECT_NEAR(joules_of(waiting, WaitingCause::kEnd), 8'300.0, 2.0);  // with the last stop
    EXPECT_NEAR(result.parts.at(0).idle->value(), 244'400.0, 1.0);
}

TEST_F(SimulatedTraining, AKilledOneIsRecoveredWithItsWaiting) {
    train(60, 1, 100, 2, 60);
    spend(8, 350.0, 0.98, 1.5);
    const Footprint result = footprint();  // no finish(): the last record is all there is
    ASSERT_TRUE(result.waiting);
    EXPECT_NEAR(result.waiting->share(), true_share(), 1e-6);
    EXPECT_EQ(result.waiting->mostly, WaitingCause::kDataLoading);
}

TEST_F(SimulatedTraining, LongStartUpIsNamed) {
    train(900, 1, 20, 1, 30);
    const Footprint result = footprint();
    EXPECT_EQ(result.waiting->mostly, WaitingCause::kStartUp);
    EXPECT_NEAR(result.waiting->share(), true_share(), 1e-6);
}

TEST_F(SimulatedTraining, LongEvaluationsAreNamed) {
    train(10, 3, 10, 1, 300);
    EXPECT_EQ(footprint().waiting->mostly, WaitingCause::kEvaluation);
}

TEST_F(SimulatedTraining, AnEvaluationEndsWithItsProcess) {
    const int child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
        ::pause();
        ::_exit(0);
    }
    spend(5, 350.0, 0.98, 1.5);
    mark(Marker::Kind::kSpanBegin, "evaluation", child);
    spend(10, 90.0, 0.0, 1.0);
    ASSERT_EQ(::kill(child, SIGKILL), 0);
    ASSERT_EQ(::waitpid(child, nullptr, 0), child);
    for (int step = 0; step < 20; ++step) {
        spend(8, 350.0, 0.98, 1.5);
        spend(2, 150.0, 0.01, 3.9);
    }
    spend(1, 350.0, 0.98, 1.5);
    const Footprint result = footprint();
    EXPECT_NEAR(joules_of(*result.waiting, WaitingCause::kEvaluation), 10 * 90.0, 1.0);
    EXPECT_NEAR(joules_of(*result.waiting, WaitingCause::kDataLoading), 18 * 2 * 150.0, 1.0);
}

TEST_F(SimulatedTraining, WaitingForStorageIsNotDataLoading) {
    spend(5, 80.0, 0.0, 1.0);
    for (int i = 0; i < 50; ++i) {
        spend(5, 350.0, 0.98, 1.5);
        spend(3, 150.0, 0.0, 0.05);
    }
    spend(1, 350.0, 0.98, 1.5);
    EXPECT_EQ(footprint().waiting->mostly, WaitingCause::kCpusIdle);
}

TEST_F(SimulatedTraining, AGpuThatNobodyUsesIsSaidToBeIdle) {
    spend(600, 60.0, 0.0, 1.0);
    const Footprint result = footprint();
    EXPECT_EQ(result.waiting->mostly, WaitingCause::kNeverBusy);
    EXPECT_DOUBLE_EQ(result.waiting->share(), 1.0);
}

TEST_F(SimulatedTraining, WithoutUtilisationNothingIsSaid) {
    told_ = false;
    train(300, 1, 100, 2, 60);
    const Footprint result = footprint();
    EXPECT_FALSE(result.waiting);
    EXPECT_FALSE(result.parts.at(0).utilization);
    EXPECT_FALSE(result.parts.at(0).idle);
    EXPECT_GT(result.energy_kwh->value, 0.0);
}

}  // namespace
}  // namespace gramme::sample
