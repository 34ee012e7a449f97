// What callers ask of a tracker, on any thread, and what is left of that in a forked child.
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "estimate/units_of_work.hpp"
#include "track/marker_detail.hpp"
#include "track/process_tracker.hpp"

namespace gramme::track {
namespace {

double difference(double now, double before) {
    return std::max(now - before, 0.0);
}

std::optional<double> difference(const std::optional<double>& now, const std::optional<double>& before) {
    return now ? std::optional{difference(*now, before.value_or(0.0))} : std::nullopt;
}

Totals between(const Totals& before, const Totals& now) {
    Totals out = now;
    out.duration_s = difference(now.duration_s, before.duration_s);
    out.energy_kwh = difference(now.energy_kwh, before.energy_kwh);
    out.cpu_kwh = difference(now.cpu_kwh, before.cpu_kwh);
    out.gpu_kwh = difference(now.gpu_kwh, before.gpu_kwh);
    out.memory_kwh = difference(now.memory_kwh, before.memory_kwh);
    out.operational_kgco2e = difference(now.operational_kgco2e, before.operational_kgco2e);
    return out;
}

}  // namespace

Result<Totals> ProcessTracker::totals() {
    GRAMME_CHECK(refuse_in_fork());
    const std::lock_guard lock(mutex_);
    freshen();
    return totals_now();
}

Marker ProcessTracker::marker_now(Marker::Kind kind, std::string_view name, std::string_view detail) const {
    const std::int64_t at_ns = setup_.host->now().boot_ns - sampler_->started().boot_ns;
    return {kind, at_ns, std::string{name}, std::string{detail}};
}

Result<std::int64_t> ProcessTracker::begin_span(std::string_view name, std::string_view detail) {
    GRAMME_TRY(const Marker marker, checked_marker(Marker::Kind::kSpanBegin, name, detail));
    if (is_in_fork()) {
        GRAMME_CHECK(send_from_fork(marker));
        const std::lock_guard lock(fork_mutex_);
        fork_spans_.push_back({next_fork_span_, std::string{name}, {}});
        return next_fork_span_++;
    }
    const std::lock_guard lock(mutex_);
    if (state_ == State::kStopped) {
        return Error{Code::kUnavailable, "the tracker has stopped", "begin spans before the stop"};
    }
    freshen();
    keep(marker_now(marker.kind, name, marker.detail), pid_);
    spans_.push_back({next_span_, std::string{name}, totals_now()});
    return next_span_++;
}

Result<Totals> ProcessTracker::end_span(std::int64_t id) {
    const auto find = [id](std::vector<OpenSpan>& spans) {
        return std::find_if(spans.begin(), spans.end(), [id](const OpenSpan& span) { return span.id == id; });
    };
    const Error unknown{Code::kNotFound, "no open span has the id " + std::to_string(id), ""};
    if (is_in_fork()) {
        const std::lock_guard lock(fork_mutex_);
        const auto span = find(fork_spans_);
        if (span == fork_spans_.end()) {
            return unknown;
        }
        const Marker marker{Marker::Kind::kSpanEnd, 0, span->name, ""};
        GRAMME_CHECK(send_from_fork(marker));  // first: a queue that is full may be tried again
        fork_spans_.erase(span);
        return Error{Code::kUnavailable, "what a span of a forked child used is known to its parent alone",
                     ""};
    }
    const std::lock_guard lock(mutex_);
    const auto span = find(spans_);
    if (span == spans_.end()) {
        return unknown;
    }
    freshen();
    const Totals used = between(span->before, totals_now());
    keep(marker_now(Marker::Kind::kSpanEnd, span->name, span_detail(used)), pid_);
    spans_.erase(span);
    return used;
}

Result<void> ProcessTracker::mark(std::string_view name, std::string_view detail) {
    GRAMME_TRY(const Marker marker, checked_marker(Marker::Kind::kMark, name, detail));
    if (is_in_fork()) {
        return send_from_fork(marker);
    }
    const std::lock_guard lock(mutex_);
    if (state_ == State::kStopped) {
        return Error{Code::kUnavailable, "the tracker has stopped", "mark before the stop"};
    }
    keep(marker_now(marker.kind, name, marker.detail), pid_);
    return {};
}

Result<void> ProcessTracker::log(std::span<const LoggedValue> values) {
    if (is_in_fork()) {
        LogBuffer once;  // ours may be locked by a thread that is not here
        GRAMME_CHECK(once.add(values));
        const auto text = once.take();
        return text ? send_from_fork({Marker::Kind::kMark, 0, std::string{estimate::kLogMark}, *text})
                    : Result<void>{};
    }
    return log_.add(values);
}

Result<void> ProcessTracker::pause() {
    GRAMME_CHECK(refuse_in_fork());
    const std::lock_guard lock(mutex_);
    if (state_ == State::kRunning && has_files()) {
        sampler_->turn();
        sampler_->set_paused(true);
        state_ = State::kPaused;
        paused_since_ns_ = sampler_->started().boot_ns + sampler_->elapsed_ns();
        keep(marker_now(Marker::Kind::kSpanBegin, "paused", ""), 0);
    }
    return {};
}

Result<void> ProcessTracker::resume() {
    GRAMME_CHECK(refuse_in_fork());
    const std::lock_guard lock(mutex_);
    if (state_ == State::kPaused && has_files()) {
        sampler_->turn();
        sampler_->set_paused(false);
        state_ = State::kRunning;
        paused_ns_ += sampler_->started().boot_ns + sampler_->elapsed_ns() - paused_since_ns_;
        keep(marker_now(Marker::Kind::kSpanEnd, "paused", ""), 0);
    }
    return {};
}

bool ProcessTracker::is_in_fork() const {
    return ::getpid() != pid_;
}

Result<void> ProcessTracker::refuse_in_fork() const {
    if (is_in_fork()) {
        return Error{Code::kUnavailable, "this process was forked off the one that measures",
                     "ask there; spans, marks and logs reach it from here"};
    }
    return {};
}

Result<void> ProcessTracker::send_from_fork(const Marker& marker) const {
    GRAMME_TRY(const auto client, sample::RunClient::connect(socket_path_));
    return client.send(marker);
}

}  // namespace gramme::track
