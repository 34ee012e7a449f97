// The end of a tracker: last readings, outputs, and what it says of itself before and after.
#include <unistd.h>

#include <chrono>
#include <utility>

#include "estimate/own_energy.hpp"
#include "present/front_matter.hpp"
#include "present/present.hpp"
#include "track/own_cpu.hpp"
#include "track/process_tracker.hpp"

namespace gramme::track {
namespace {

constexpr double kNsPerSecond = 1e9;
constexpr Seconds kPatienceAtEnd{0.25};  // for a driver that answers late

}  // namespace

/// Of a tracker that was never stopped: what it has measured is kept all the same.
ProcessTracker::~ProcessTracker() {
    (void)stop();
}

Result<void> ProcessTracker::stop() {
    if (is_in_fork()) {
        return refuse_in_fork();
    }
    const std::lock_guard one(stop_mutex_);
    {
        const std::lock_guard lock(mutex_);
        if (state_ == State::kStopped || !thread_.joinable()) {
            return {};
        }
        stopping_ = true;
    }
    wake_.ring();
    if (thread_.joinable()) {
        thread_.join();
    }
    const std::lock_guard lock(mutex_);
    finish();
    return {};
}

void ProcessTracker::describe(RunRecord& run) const {
    run.duration_s = static_cast<double>(sampler_->elapsed_ns()) / kNsPerSecond;
    run.paused_s = run.duration_s - measured_s();
    run.suspended_s = static_cast<double>(sampler_->suspended_ns()) / kNsPerSecond;
    run.samples = sampler_->turns();
    run.failed_reads = sampler_->failed_reads();
    run.own_cpu_s = own_cpu_s_;
    const auto add = [&run](const std::vector<std::string>& texts) {
        run.warnings.insert(run.warnings.end(), texts.begin(), texts.end());
    };
    add(sampler_->troubles());
    add(sampler_->bad_days());
    if (activity_->was_incomplete()) {
        run.warnings.emplace_back(
            "the job has more processes than this limit of open files lets gramme follow (ulimit -n): for "
            "that time the whole machine is counted as the job's");
    }
}

void ProcessTracker::finish() {
    const OwnCpu own{own_cpu_s_};
    hear_messages();
    for (auto span = spans_.rbegin(); span != spans_.rend(); ++span) {
        keep(marker_now(Marker::Kind::kSpanEnd, span->name, ""), pid_);
    }
    spans_.clear();
    note_log(true);
    if (has_files()) {
        sampler_->finish(kPatienceAtEnd);
    }
    state_ = State::kStopped;
    activity_->share_with(nullptr);
    if (!lost_files_) {
        siblings_.reset();  // the others go on without this part
    }
    markers_->tell_dropped();
    describe(run_);
    run_.state = RunState::kFinished;
    if (is_joined()) {
        end_in_outer_run();
    }
    (void)journal_->describe(run_);  // killed between here and the store, the run is still a finished one

    constexpr std::chrono::seconds kWhereTheRunIsSafe{5};
    store::Patience patience;
    if (!journal_->path().empty()) {
        patience.stuck = kWhereTheRunIsSafe;
    }
    const OutputWorld world{*setup_.host, setup_.tables, setup_.options, setup_.factors, data_dir_};
    const Delivered delivered = deliver(world, run_, *journal_, patience);
    final_json_ = present::footprint_json(run_, delivered.footprint, false, &delivered.markers);
    final_summary_ = present::summary_text(run_, delivered.footprint, delivered.outputs, {});
    final_row_ = csv_line(csv_row_of(run_, delivered.footprint));
    for (const std::string& text : delivered.news) {
        final_summary_ += "gramme: " + text + "\n";
    }
    final_footprint_ = delivered.footprint;
    if (!lost_files_) {
        socket_.reset();
    } else if (socket_) {
        ::unlink(socket_path_.c_str());
    }
}

/// A row of its own would count twice what the surrounding run holds; where that has ended meanwhile there is
/// nobody else to hold it.
void ProcessTracker::end_in_outer_run() {
    // The end is worth a little time: after it nothing can be said any more.
    constexpr int kAttempts = 20;
    constexpr useconds_t kBetweenUs = 5'000;
    for (int i = 0; i < kAttempts && !tell_unheard() && sample::RunClient::connect(setup_.outer_path); ++i) {
        ::usleep(kBetweenUs);
    }
    const Totals all = totals_now();
    const auto told = setup_.outer->send({Marker::Kind::kSpanEnd, 0, span_name(), span_detail(all)});
    // A full socket loses the end of the span; one that nobody listens on any more has lost its run.
    if (told || sample::RunClient::connect(setup_.outer_path)) {
        setup_.options.store = "none";
        setup_.options.csv = "none";
        return;
    }
    run_.warnings.push_back("run " + run_id_ +
                            ", which this was a span of, ended first: it is kept as a run of its own");
    run_.part_of.clear();
}

Footprint ProcessTracker::footprint_so_far(RunRecord& run, Ledger& ledger) const {
    describe(run);
    if (auto known = journal_->ledger()) {
        ledger = *std::move(known);
    } else {
        run.warnings.push_back("the journal could not be read back: " + known.error().what);
    }
    if (const auto own = estimate::own_energy(run, ledger, setup_.tables)) {
        run.own_energy_j = own->energy.value();
        run.own_energy_from = own->from;
    }
    return estimate::footprint_of(run, ledger, setup_.factors, setup_.tables);
}

Result<std::string> ProcessTracker::result_json() {
    GRAMME_CHECK(refuse_in_fork());
    const std::lock_guard lock(mutex_);
    if (state_ == State::kStopped) {
        return final_json_;
    }
    freshen();
    RunRecord run = run_;
    Ledger ledger;
    const Footprint footprint = footprint_so_far(run, ledger);
    return present::footprint_json(run, footprint, false, &ledger.markers);
}

Result<std::string> ProcessTracker::summary() {
    GRAMME_CHECK(refuse_in_fork());
    const std::lock_guard lock(mutex_);
    if (state_ == State::kStopped) {
        return final_summary_;
    }
    freshen();
    RunRecord run = run_;
    Ledger ledger;
    const Footprint footprint = footprint_so_far(run, ledger);
    return present::summary_text(run, footprint, {}, {});
}

Result<std::string> ProcessTracker::model_card(std::string_view card, std::string_view training_type,
                                               const present::Beside& beside) {
    GRAMME_CHECK(refuse_in_fork());
    const std::lock_guard lock(mutex_);
    RunRecord run = run_;
    Footprint footprint = final_footprint_;
    if (state_ != State::kStopped) {
        freshen();
        run = run_;
        Ledger ledger;
        footprint = footprint_so_far(run, ledger);
    }
    const present::ReportInput input{run, footprint, nullptr, nullptr, run.gramme_version};
    GRAMME_TRY(const std::string block, present::report_model_card(input, training_type, beside));
    return present::with_front_matter(card, present::kModelCardKey, block);
}

Result<std::string> ProcessTracker::emissions_row() {
    GRAMME_CHECK(refuse_in_fork());
    const std::lock_guard lock(mutex_);
    if (state_ == State::kStopped) {
        return final_row_;
    }
    freshen();
    RunRecord run = run_;
    Ledger ledger;
    const Footprint footprint = footprint_so_far(run, ledger);
    return csv_line(csv_row_of(run, footprint));
}

}  // namespace gramme::track
