#include "estimate/efficiency.hpp"

#include <algorithm>
#include <array>

namespace gramme::estimate {
namespace {

constexpr double kSharedFrom = 0.01;
/// Causes are kept in single precision: a smaller rest is rounding.
constexpr double kRounding = 1e-5;

using Causes = std::array<WaitingPart, 7>;

Joules& of(Causes& causes, WaitingCause cause) {
    return causes[static_cast<std::size_t>(cause)].energy;
}

/// Idle joules without a cause of their own came after the accelerator was last busy, or it never was.
void add_causes(const Use& use, Causes& causes) {
    of(causes, WaitingCause::kStartUp) += use.start_up;
    of(causes, WaitingCause::kDataLoading) += use.loading;
    of(causes, WaitingCause::kEvaluation) += use.evaluation;
    of(causes, WaitingCause::kCpusIdle) += use.quiet;
    of(causes, WaitingCause::kUnclear) += use.unclear;
    const Joules rest = use.idle - use.judged();
    const bool was_busy = use.known - use.idle > use.known * kRounding;
    if (rest > use.idle * kRounding) {
        of(causes, was_busy ? WaitingCause::kEnd : WaitingCause::kNeverBusy) += rest;
    }
}

}  // namespace

std::vector<Use> use_of(const Ledger& ledger, std::size_t devices) {
    std::vector<Use> uses(devices);
    for (const Window& window : ledger.windows) {
        if (window.device < devices) {
            uses[window.device] += window.use;
        }
    }
    return uses;
}

std::optional<double> utilization_of(const Use& use) noexcept {
    if (!(use.known_s > 0.0)) {
        return std::nullopt;
    }
    return std::clamp(use.busy_s / use.known_s, 0.0, 1.0);
}

std::optional<Waiting> waiting_of(std::span<const AcceleratorUse> accelerators) {
    Waiting waiting;
    Causes causes{};
    for (std::size_t i = 0; i < causes.size(); ++i) {
        causes[i].cause = static_cast<WaitingCause>(i);
    }
    for (const AcceleratorUse& one : accelerators) {
        if (one.others > one.energy * kSharedFrom) {
            continue;
        }
        waiting.accelerators += one.energy;
        waiting.known += one.use.known;
        waiting.idle += one.use.idle;
        add_causes(one.use, causes);
    }
    if (!(waiting.known > Joules{0.0})) {
        return std::nullopt;
    }
    std::stable_sort(causes.begin(), causes.end(),
                     [](const WaitingPart& a, const WaitingPart& b) { return a.energy > b.energy; });
    for (const WaitingPart& part : causes) {
        if (part.energy > Joules{0.0}) {
            waiting.causes.push_back(part);
        }
    }
    if (!waiting.causes.empty() && waiting.causes.front().cause != WaitingCause::kUnclear &&
        waiting.causes.front().energy >= waiting.idle * kMostOfIt) {
        waiting.mostly = waiting.causes.front().cause;
    }
    return waiting;
}

}  // namespace gramme::estimate
