#include "plan/progress.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "base/json_line.hpp"
#include "base/parse.hpp"
#include "base/text.hpp"
#include "estimate/units_of_work.hpp"

namespace gramme::plan {
namespace {

constexpr double kNsPerSecond = 1e9;

double seconds_of(std::int64_t ns) {
    return static_cast<double>(ns) / kNsPerSecond;
}

/// Every second one goes, the last one stays.
template <class Item>
void halve(std::vector<Item>& items) {
    std::size_t kept = 0;
    for (std::size_t i = items.size() % 2 == 0 ? 1 : 0; i < items.size(); i += 2) {
        items[kept++] = items[i];
    }
    items.resize(kept);
}

/// "epoch 3": 3. Nothing for other names.
std::optional<double> counted_span(std::string_view name) {
    const std::string low = folded(name);
    for (const std::string_view word : {"epoch", "step"}) {
        if (low.starts_with(word)) {
            const std::string_view rest = trimmed(std::string_view{low}.substr(word.size()));
            const auto number = parse_double(rest);
            return number && *number >= 0.0 ? std::optional{*number} : std::nullopt;
        }
    }
    return std::nullopt;
}

}  // namespace

std::optional<Phase> phase_of(std::string_view span_name) {
    const std::string name = folded(span_name);
    if (name.starts_with("eval") || name.starts_with("valid") || name == "val") {
        return Phase::kEvaluation;
    }
    if (name.starts_with("checkpoint") || name.starts_with("ckpt") || name.starts_with("save") ||
        name.starts_with("saving")) {
        return Phase::kCheckpoint;
    }
    return std::nullopt;
}

void ProgressKeeper::step(double at_s, double step, std::optional<double> total) {
    if (!std::isfinite(at_s) || !std::isfinite(step) || step < 0.0) {
        return;
    }
    if (total && std::isfinite(*total) && *total > 0.0) {
        kept_.total = total;
    }
    if (counts_spans_) {  // something better than spans
        counts_spans_ = false;
        kept_.steps.clear();
        last_.reset();
        base_ = 0.0;
        kept_.began_again = false;
    }
    add_step(at_s, step);
}

void ProgressKeeper::add_step(double at_s, double step) {
    if (last_ && step < *last_) {
        base_ += *last_;
        kept_.began_again = true;
    }
    last_ = step;
    const double counted = base_ + step;
    std::vector<StepSeen>& steps = kept_.steps;
    if (!steps.empty() && (at_s <= steps.back().at_s || counted <= steps.back().step)) {
        if (counted > steps.back().step) {
            steps.back().step = counted;  // several in one instant
        }
        return;
    }
    if (steps.size() == kMost) {
        halve(steps);
    }
    steps.push_back({at_s, counted});
}

void ProgressKeeper::hear_span(const Marker& marker, double at_s) {
    const bool begins = marker.kind == Marker::Kind::kSpanBegin;
    if (const auto phase = phase_of(marker.name)) {
        if (begins && depth_++ == 0) {
            open_ = phase;
            open_from_s_ = at_s;
        } else if (!begins && depth_ > 0 && --depth_ == 0 && open_) {
            add_phase({*open_, open_from_s_, std::max(at_s, open_from_s_)});
            open_.reset();
        }
        return;
    }
    const auto count = counted_span(marker.name);
    if (count && !begins && (kept_.steps.empty() || counts_spans_)) {
        counts_spans_ = true;
        add_step(at_s, *count);
    }
}

std::optional<double> ProgressKeeper::phase_since_step(Phase phase, double at_s) {
    if (kept_.steps.empty()) {
        return std::nullopt;
    }
    double from_s = kept_.steps.back().at_s;
    if (!kept_.phases.empty()) {  // one behind the other
        from_s = std::max(from_s, kept_.phases.back().to_s);
    }
    if (at_s > from_s) {
        add_phase({phase, from_s, at_s});
    }
    return from_s;
}

void ProgressKeeper::add_phase(const PhaseSeen& phase) {
    if (kept_.phases.size() == kMost) {
        kept_.phases.erase(kept_.phases.begin());
    }
    kept_.phases.push_back(phase);
}

bool ProgressKeeper::hear(const Marker& marker) {
    const double at_s = seconds_of(marker.at_ns);
    if (marker.kind != Marker::Kind::kMark) {
        hear_span(marker, at_s);
        return phase_of(marker.name) || counted_span(marker.name);
    }
    if (marker.name != kProgressMark && marker.name != estimate::kLogMark) {
        return false;
    }
    JsonLine line;
    if (!scan_json_line(marker.detail, line)) {
        return false;
    }
    std::optional<double> done;
    std::optional<double> total;
    for (const JsonMember& member : line.members) {
        if (member.kind != JsonMember::Kind::kNumber) {
            continue;
        }
        const auto number = parse_double(member.value);
        if (!number) {
            continue;
        }
        if (member.key == "step" || (member.key == "global_step" && !done)) {
            done = *number;
        } else if (member.key == "total" || member.key == "steps_total" || member.key == "max_steps") {
            total = *number;
        }
    }
    if (done) {
        step(at_s, *done, total);
    }
    return done.has_value();
}

void ProgressKeeper::energy(double at_s, double joules) {
    std::vector<EnergyAt>& energy = kept_.energy;
    if (!std::isfinite(joules) || (!energy.empty() && at_s <= energy.back().at_s)) {
        return;
    }
    if (energy.size() == kMost) {
        halve(energy);
    }
    if (energy.empty() && at_s > 0.0 && joules > 0.0) {
        energy.push_back({0.0, 0.0});  // steps before the first sample have used some of it
    }
    energy.push_back({at_s, energy.empty() ? joules : std::max(joules, energy.back().joules)});
}

void ProgressKeeper::add_evenly(double at_s, double joules) {
    if (!(at_s > 0.0) || !(joules > 0.0) || !std::isfinite(joules)) {
        return;
    }
    for (EnergyAt& point : kept_.energy) {
        point.joules += joules * std::clamp(point.at_s / at_s, 0.0, 1.0);
    }
}

const Progress& ProgressKeeper::at(double now_s) {
    kept_.now_s = now_s;
    return kept_;
}

Progress progress_of(const RunRecord& run, const Ledger& ledger) {
    ProgressKeeper keeper;
    std::vector<Marker> markers = ledger.markers;
    std::stable_sort(markers.begin(), markers.end(),
                     [](const Marker& a, const Marker& b) { return a.at_ns < b.at_ns; });
    for (const Marker& marker : markers) {
        (void)keeper.hear(marker);
    }
    if (keeper.empty()) {
        return keeper.at(run.duration_s);  // nothing says how far it is
    }
    std::vector<std::pair<std::int64_t, double>> turns;  // the power of one more window, or of one less
    for (const Window& window : ledger.windows) {
        const bool counts =
            run.scope == Scope::kMachine || (window.device < ledger.devices.size() &&
                                             ledger.devices[window.device].membership == Membership::kIn);
        if (counts && window.to_ns > window.from_ns) {
            const double watts = window.job.value() / (seconds_of(window.to_ns) - seconds_of(window.from_ns));
            turns.emplace_back(window.from_ns, watts);
            turns.emplace_back(window.to_ns, -watts);
        }
    }
    // Windows of several devices end at several times: each has its energy evenly over its own.
    std::sort(turns.begin(), turns.end());
    double joules = 0.0;
    double watts = 0.0;
    for (std::size_t i = 0; i < turns.size(); ++i) {
        if (i == 0 || turns[i].first != turns[i - 1].first) {
            joules += i == 0 ? 0.0 : watts * (seconds_of(turns[i].first) - seconds_of(turns[i - 1].first));
            keeper.energy(seconds_of(turns[i].first), joules);
        }
        watts += turns[i].second;
    }
    Progress progress = keeper.at(run.duration_s);
    if (run.forecast && run.forecast->steps_total) {
        progress.total = run.forecast->steps_total;
        progress.began_again = false;  // a person has said what the whole is
    }
    return progress;
}

}  // namespace gramme::plan
