// How busy an accelerator was and why it waited: each cause alone, and joules that add up whatever comes.
#include "meter/use_meter.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <vector>

namespace gramme::meter {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

/// One second of a GPU at a time.
class Gpu {
public:
    /// `seconds` steps of `watts` at `utilization`, with `cpus` CPUs of the job busy.
    void run(int seconds, std::optional<double> utilization, double watts, std::optional<double> cpus) {
        for (int i = 0; i < seconds; ++i) {
            MeterStep step;
            step.kind = MeterStep::Kind::kWindow;
            step.from_ns = now_ns;
            step.to_ns = now_ns += kSecond;
            step.energy = Joules{watts};
            step.activity.job_known = cpus.has_value();
            step.activity.job_cpu_s = cpus.value_or(0.0);
            use += meter.add(step, utilization, spans);
        }
    }
    void mark(Marker::Kind kind, const char* name) { spans.hear({kind, now_ns, name, ""}, 0); }
    [[nodiscard]] double rest() const { return (use.idle - use.judged()).value(); }

    UseMeter meter{DeviceKind::kGpu};
    EvaluationSpans spans;
    Use use;
    std::int64_t now_ns = 0;
};

TEST(UseMeter, UnknownIsNotIdle) {
    Gpu gpu;
    gpu.run(10, std::nullopt, 300.0, 1.0);
    EXPECT_EQ(gpu.use.known_s, 0.0);
    EXPECT_EQ(gpu.use.known.value(), 0.0);
    EXPECT_EQ(gpu.use.idle.value(), 0.0);
    gpu.run(1, 1.01, 300.0, 1.0);  // no driver says more than all of the time
    gpu.run(1, -0.5, 300.0, 1.0);
    gpu.run(1, std::nan(""), 300.0, 1.0);
    EXPECT_EQ(gpu.use.known_s, 0.0);
}

TEST(UseMeter, TheMeanIsOverTheKnownTime) {
    Gpu gpu;
    gpu.run(6, 0.9, 300.0, 1.0);
    gpu.run(10, std::nullopt, 300.0, 1.0);
    gpu.run(2, 0.5, 300.0, 1.0);
    EXPECT_DOUBLE_EQ(gpu.use.known_s, 8.0);
    EXPECT_NEAR(gpu.use.busy_s, 6 * 0.9 + 2 * 0.5, 1e-12);
    EXPECT_DOUBLE_EQ(gpu.use.known.value(), 8 * 300.0);
}

TEST(UseMeter, FivePerCentIsBusyAndLessIsIdle) {
    Gpu gpu;
    gpu.run(1, 0.05, 100.0, 1.0);
    EXPECT_EQ(gpu.use.idle.value(), 0.0);
    gpu.run(1, 0.04, 70.0, 1.0);
    EXPECT_DOUBLE_EQ(gpu.use.idle.value(), 70.0);
}

TEST(UseMeter, IdleBeforeTheFirstBusySecondIsStartUp) {
    Gpu gpu;
    gpu.run(40, 0.0, 60.0, 1.0);
    EXPECT_EQ(gpu.use.judged().value(), 0.0) << "nobody knows yet whether it will ever be busy";
    gpu.run(1, 0.99, 300.0, 1.0);
    EXPECT_DOUBLE_EQ(gpu.use.start_up.value(), 40 * 60.0);
    EXPECT_DOUBLE_EQ(gpu.use.idle.value(), 40 * 60.0);
}

TEST(UseMeter, ShortStopsWithBusyCpusAreDataLoadingFromTheThirdOn) {
    Gpu gpu;
    for (int i = 0; i < 10; ++i) {
        gpu.run(8, 0.95, 300.0, 2.0);
        gpu.run(2, 0.0, 90.0, 2.0);
    }
    gpu.run(1, 0.95, 300.0, 2.0);
    EXPECT_DOUBLE_EQ(gpu.use.unclear.value(), 2 * 2 * 90.0);
    EXPECT_DOUBLE_EQ(gpu.use.loading.value(), 8 * 2 * 90.0);
    EXPECT_DOUBLE_EQ(gpu.rest(), 0.0);
}

TEST(UseMeter, ALongStopWithBusyCpusHasNoClearCause) {
    Gpu gpu;
    for (int i = 0; i < 4; ++i) {
        gpu.run(1, 0.95, 300.0, 1.0);
        gpu.run(61, 0.0, 90.0, 1.0);
    }
    gpu.run(1, 0.95, 300.0, 1.0);
    EXPECT_DOUBLE_EQ(gpu.use.unclear.value(), 4 * 61 * 90.0);
    EXPECT_EQ(gpu.use.loading.value(), 0.0);
}

TEST(UseMeter, WithIdleCpusSomethingElseIsWaitedFor) {
    Gpu gpu;
    gpu.run(1, 0.95, 300.0, 1.0);
    gpu.run(20, 0.0, 90.0, 0.02);
    gpu.run(1, 0.95, 300.0, 1.0);
    EXPECT_DOUBLE_EQ(gpu.use.quiet.value(), 20 * 90.0);
    gpu.run(20, 0.0, 90.0, 0.3);  // neither working nor waiting
    gpu.run(1, 0.95, 300.0, 1.0);
    EXPECT_DOUBLE_EQ(gpu.use.unclear.value(), 20 * 90.0);
}

TEST(UseMeter, WithoutTheJobsCpuTimeNoCauseIsClear) {
    Gpu gpu;
    for (int i = 0; i < 5; ++i) {
        gpu.run(1, 0.95, 300.0, std::nullopt);
        gpu.run(2, 0.0, 90.0, std::nullopt);
    }
    gpu.run(1, 0.95, 300.0, std::nullopt);
    EXPECT_DOUBLE_EQ(gpu.use.unclear.value(), 5 * 2 * 90.0);
}

TEST(UseMeter, AnEvaluationSpanNamesTheIdleTimeItCovers) {
    Gpu gpu;
    gpu.run(5, 0.95, 300.0, 1.0);
    gpu.mark(Marker::Kind::kSpanBegin, "Validation 3");
    gpu.run(2, 0.95, 300.0, 1.0);  // busy in an evaluation: no waiting
    gpu.run(30, 0.0, 90.0, 1.0);
    gpu.mark(Marker::Kind::kSpanEnd, "Validation 3");
    EXPECT_DOUBLE_EQ(gpu.use.evaluation.value(), 30 * 90.0);
    gpu.run(1, 0.0, 90.0, 1.0);
    EXPECT_DOUBLE_EQ(gpu.use.evaluation.value(), 30 * 90.0);
    EXPECT_DOUBLE_EQ(gpu.rest(), 90.0) << "not judged: it may be the end";
}

TEST(UseMeter, SpansOfOtherNamesExplainNothing) {
    for (const char* name : {"epoch 1", "checkpoint", "value", "va", "retrieval"}) {
        EXPECT_FALSE(names_evaluation(name)) << name;
    }
    for (const char* name : {"eval", "Evaluate", "evaluation of epoch 3", "VAL", "valid", "validation"}) {
        EXPECT_TRUE(names_evaluation(name)) << name;
    }
}

TEST(UseMeter, EvaluationsInsideOneAnotherAreOne) {
    EvaluationSpans spans;
    const auto hear = [&](Marker::Kind kind, std::int64_t at_s) {
        spans.hear({kind, at_s * kSecond, "eval", ""}, 100 * kSecond);
    };
    hear(Marker::Kind::kSpanEnd, 5);  // of none
    hear(Marker::Kind::kSpanBegin, 10);
    hear(Marker::Kind::kSpanBegin, 12);
    hear(Marker::Kind::kSpanEnd, 14);
    EXPECT_EQ(spans.share_of(115 * kSecond, 117 * kSecond), 1.0) << "the outer one is open";
    hear(Marker::Kind::kSpanEnd, 20);
    EXPECT_EQ(spans.share_of(115 * kSecond, 125 * kSecond), 0.5);  // 115 to 120 of 115 to 125
    EXPECT_EQ(spans.share_of(105 * kSecond, 110 * kSecond), 0.0);
}

/// Spans of some processes, of which some are gone.
class Senders {
public:
    void hear(Marker::Kind kind, std::int64_t at_s, int sender) {
        spans.hear({kind, at_s * kSecond, "eval", ""}, 0, sender);
    }
    void look(std::int64_t at_s, std::vector<int> gone) {
        spans.end_of_gone(at_s * kSecond, [&](int pid) {
            ++asked;
            return std::find(gone.begin(), gone.end(), pid) != gone.end();
        });
    }
    [[nodiscard]] double share(std::int64_t from_s, std::int64_t to_s) const {
        return spans.share_of(from_s * kSecond, to_s * kSecond);
    }
    EvaluationSpans spans;
    int asked = 0;
};

TEST(EvaluationSpans, EndWithTheProcessThatBeganThem) {
    Senders job;
    job.look(5, {});
    EXPECT_EQ(job.asked, 0) << "nothing is open";
    job.hear(Marker::Kind::kSpanBegin, 10, 7);
    job.hear(Marker::Kind::kSpanBegin, 11, 7);
    job.look(12, {});
    EXPECT_EQ(job.asked, 1);
    EXPECT_EQ(job.share(12, 14), 1.0);
    job.look(20, {7});  // killed without a word
    EXPECT_EQ(job.share(15, 25), 0.5);
    EXPECT_EQ(job.share(20, 30), 0.0);
    job.look(21, {7});
    EXPECT_EQ(job.asked, 2);
}

TEST(EvaluationSpans, OfOneProcessDoNotEndAnothers) {
    Senders job;
    job.hear(Marker::Kind::kSpanBegin, 10, 7);
    job.hear(Marker::Kind::kSpanBegin, 12, 8);
    job.look(13, {});
    job.look(14, {7});
    job.hear(Marker::Kind::kSpanEnd, 15, 9);  // of none
    EXPECT_EQ(job.share(10, 20), 1.0) << "8 still evaluates, and from 10 on somebody did";
    job.hear(Marker::Kind::kSpanEnd, 20, 8);
    EXPECT_EQ(job.share(10, 30), 0.5);
}

TEST(EvaluationSpans, OfShortLivedSendersEndByTheirEndOrAfterHalfAnHour) {
    Senders job;
    job.hear(Marker::Kind::kSpanBegin, 10, 7);
    job.look(11, {7});  // nc has left at once
    EXPECT_EQ(job.share(100, 110), 1.0);
    job.hear(Marker::Kind::kSpanEnd, 110, 8);
    EXPECT_EQ(job.share(110, 120), 0.0);
    job.hear(Marker::Kind::kSpanBegin, 200, 9);
    job.look(2000, {9});
    EXPECT_EQ(job.share(1990, 2000), 1.0);
    job.look(2001, {9});
    EXPECT_EQ(job.share(2001, 2010), 0.0);
}

TEST(EvaluationSpans, OfManySendersStayBounded) {
    Senders job;
    for (int pid = 1; pid <= 1000; ++pid) {
        job.hear(Marker::Kind::kSpanBegin, 10, pid);
    }
    job.look(11, {});
    EXPECT_EQ(job.asked, 64);
    for (int pid = 1; pid <= 1000; ++pid) {
        job.hear(Marker::Kind::kSpanEnd, 20, pid);
    }
    EXPECT_EQ(job.share(20, 30), 0.0);
}

TEST(UseMeter, AUtilisationDoesNotSpeakForAMinute) {
    MeterStep step;
    step.kind = MeterStep::Kind::kWindow;
    step.to_ns = 60 * kSecond;  // a counter that did not answer for a while
    step.energy = Joules{18'000.0};
    UseMeter meter{DeviceKind::kGpu};
    EXPECT_EQ(meter.add(step, 1.0, {}).known_s, 0.0);
    step.to_ns = 10 * kSecond;
    EXPECT_EQ(meter.add(step, 1.0, {}).known_s, 10.0);
}

TEST(UseMeter, CpusAreAsBusyAsTheirTimeSays) {
    MeterStep step;
    step.kind = MeterStep::Kind::kWindow;
    step.to_ns = 2 * kSecond;
    step.energy = Joules{100.0};
    step.activity.machine_known = true;
    step.activity.busy_cpu_s = 6.0;
    step.activity.capacity_cpu_s = 8.0;  // 4 CPUs x 2 s
    UseMeter meter{DeviceKind::kCpu};
    const Use use = meter.add(step, std::nullopt, {});
    EXPECT_DOUBLE_EQ(use.busy_s / use.known_s, 0.75);
    EXPECT_EQ(use.idle.value(), 0.0) << "an idle CPU waits for nobody";
    step.activity.machine_known = false;
    EXPECT_EQ(meter.add(step, std::nullopt, {}).known_s, 0.0);
    step.activity.machine_known = true;
    step.activity.capacity_cpu_s = 0.0;
    EXPECT_EQ(meter.add(step, std::nullopt, {}).known_s, 0.0);
}

/// Whatever the trace: joules idle + joules busy + joules with unknown utilisation = joules of the device,
/// and no joule has two causes.
TEST(UseMeter, JoulesIdleBusyAndUnknownAreAllThereAre) {
    EXPECT_TRUE(rc::check("idle + busy + unknown = energy of the device", [] {
        Gpu gpu;
        double idle = 0.0;
        double busy = 0.0;
        double unknown = 0.0;
        const auto steps = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 1000));
        for (const int draw : steps) {
            const int percent = draw % 11 == 0 ? -1 : (draw % 3 == 0 ? draw % 5 : draw % 101);
            const double watts = 1.0 + draw % 401;
            if (draw % 17 == 0) {
                gpu.mark(draw % 2 == 0 ? Marker::Kind::kSpanBegin : Marker::Kind::kSpanEnd, "eval");
            }
            const std::optional<double> utilization =
                percent < 0 ? std::nullopt : std::optional{static_cast<double>(percent) / 100.0};
            gpu.run(1, utilization, watts, draw % 7 == 0 ? std::nullopt : std::optional{draw % 4 * 0.3});
            (percent < 0 ? unknown : percent < 5 ? idle : busy) += watts;
        }
        const double total = idle + busy + unknown;
        const double tolerance = 1e-9 * (1.0 + total);
        RC_ASSERT(std::abs(gpu.use.idle.value() - idle) <= tolerance);
        RC_ASSERT(std::abs((gpu.use.known - gpu.use.idle).value() - busy) <= tolerance);
        RC_ASSERT(std::abs(total - gpu.use.known.value() - unknown) <= tolerance);
        RC_ASSERT(gpu.use.judged().value() <= idle + tolerance);
        RC_ASSERT(gpu.use.busy_s <= gpu.use.known_s + tolerance);
        gpu.run(1, 1.0, 1.0, 1.0);  // busy again: all of it is judged
        RC_ASSERT(std::abs(gpu.rest()) <= tolerance);
    }));
}

}  // namespace
}  // namespace gramme::meter
