// What callers ask of a tracker, on any thread, and what is left of that in a forked child.
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "estimate/units_of_work.hpp"
#include "track/marker_detail.hpp"
#include "track/process_tracker.hpp"

namespace gramme::track {
namespace {

constexpr double kNsPerSecond = 1e9;

}  // namespace

Result<Totals> ProcessTracker::totals() {
    GRAMME_CHECK(refuse_in_fork());
    const std::lock_guard lock(mutex_);
    freshen();
    return totals_now();
}

Marker ProcessTracker::marker_at(std::int64_t boot_ns, Marker::Kind kind, std::string_view name,
                                 std::string_view detail) const {
    return {kind, boot_ns - sampler_->started().boot_ns, std::string{name}, std::string{detail}};
}

Marker ProcessTracker::marker_now(Marker::Kind kind, std::string_view name, std::string_view detail) const {
    return marker_at(setup_.host->now().boot_ns, kind, name, detail);
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
    const std::int64_t from_ns = setup_.host->now().boot_ns;  // what the turn took is not the span's
    keep(marker_at(from_ns, marker.kind, name, marker.detail), pid_);
    spans_.push_back({next_span_, std::string{name}, from_ns, sampler_->begin_stretch(from_ns)});
    return next_span_++;
}

/// Its duration is that between the two calls, to the nanosecond; its energy is put together from the windows
/// in between, and of a span that is shorter than they are, from the power of late.
Totals ProcessTracker::used_in(const OpenSpan& span, std::int64_t to_ns) {
    sampler_->end_stretch(span.stretch, to_ns);
    freshen();
    if (sampler_->turns() == 0) {  // no window yet to tell it from
        take_fresh_turn();
    }
    const sample::StretchEnergy energy = sampler_->take_stretch(span.stretch);
    const std::int64_t paused_ns = sampler_->paused_ns(to_ns) - sampler_->paused_ns(span.from_ns);
    Totals out = totals_of(energy);
    out.duration_s =
        static_cast<double>(std::max<std::int64_t>(to_ns - span.from_ns - paused_ns, 0)) / kNsPerSecond;
    out.has_gaps = !energy.is_whole || sampler_->gaps() > 0;
    return out;
}

Result<Totals> ProcessTracker::end_span(std::int64_t id) {
    const std::int64_t to_ns = setup_.host->now().boot_ns;  // before anything is waited for
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
    const Totals used = used_in(*span, to_ns);
    keep(marker_at(to_ns, Marker::Kind::kSpanEnd, span->name, span_detail(used)), pid_);
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
        sampler_->pause(setup_.host->now().boot_ns);
        take_fresh_turn();
        state_ = State::kPaused;
        keep(marker_now(Marker::Kind::kSpanBegin, "paused", ""), 0);
    }
    return {};
}

Result<void> ProcessTracker::resume() {
    GRAMME_CHECK(refuse_in_fork());
    const std::lock_guard lock(mutex_);
    if (state_ == State::kPaused && has_files()) {
        sampler_->resume(setup_.host->now().boot_ns);
        take_fresh_turn();
        state_ = State::kRunning;
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
