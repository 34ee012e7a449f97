#include "track/process_tracker.hpp"

#include <poll.h>
#include <pthread.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <filesystem>
#include <system_error>
#include <utility>

#include "base/text.hpp"
#include "estimate/units_of_work.hpp"
#include "present/numbers.hpp"
#include "sample/launcher.hpp"
#include "sample/memory_journal.hpp"
#include "sample/node_job.hpp"
#include "store/store.hpp"
#include "track/find_devices.hpp"
#include "track/job_processes.hpp"
#include "track/lost_journal.hpp"
#include "track/own_cpu.hpp"
#include "track/run_record.hpp"

namespace gramme::track {
namespace {

constexpr double kNsPerSecond = 1e9;
constexpr std::int64_t kFreshNs = 10'000'000;  // what was read this long ago stands for now
constexpr Seconds kPatience{0.02};             // for a driver, while the program waits

/// The words that this process was started with.
std::vector<std::string> own_command(const Host& host) {
    std::vector<std::string> words;
    if (const auto text = host.is_sysroot() ? Error{} : host.read("/proc/self/cmdline")) {
        for (const std::string_view word : split(*text, '\0')) {
            words.emplace_back(word);
        }
        if (!words.empty() && words.back().empty()) {
            words.pop_back();  // behind the last zero
        }
    }
    return words;
}

/// The run whose socket this is: its file is named after it.
std::string run_of_socket(const std::string& path) {
    return std::filesystem::path{path}.stem().string();
}

}  // namespace

ProcessTracker::ProcessTracker(Setup setup)
    : setup_(std::move(setup)),
      pid_(::getpid()),
      run_(describe_run(*setup_.host, setup_.options, own_command(*setup_.host), setup_.facts)),
      log_pace_(static_cast<std::int64_t>(setup_.options.interval_s * kNsPerSecond)) {
    if (!setup_.id.empty()) {
        run_.id = setup_.id;
    }
}

Result<void> ProcessTracker::begin() {
    const OwnCpu own{own_cpu_s_};
    run_id_ = is_joined() ? run_of_socket(setup_.outer_path) : run_.id;
    run_.part_of = is_joined() ? run_id_ : "";
    if (is_joined() && setup_.options.lineage_from.starts_with("GRAMME_")) {
        run_.lineage.reset();  // said to whatever runs here as a whole: that is the surrounding run
    }
    open_journal();
    markers_.emplace(*journal_, run_.warnings);
    open_socket();
    make_sampler();
    wake_.open();
    sampler_->start();
    if (is_joined()) {
        (void)setup_.outer->send({Marker::Kind::kSpanBegin, 0, span_name(), ""});
    }
    try {
        start_thread();
    } catch (const std::system_error& trouble) {
        (void)journal_->remove();
        state_ = State::kStopped;  // there is no run
        return Error{Code::kUnavailable, std::string{"no thread to measure on: "} + trouble.what(),
                     "raise the limit of processes (ulimit -u)"};
    }
    return {};
}

/// A joined tracker keeps what it sees in memory: the journal of the surrounding run holds it.
void ProcessTracker::open_journal() {
    const Host& host = *setup_.host;
    constexpr const char* kWhat = "no journal, the run would be lost if this process were killed: ";
    auto dir = store::open_data_dir(host.env("XDG_DATA_HOME"), host.env("HOME"), host.env("TMPDIR"));
    if (dir) {
        data_dir_ = dir->path;
        if (!dir->warning.empty() && !is_joined()) {
            run_.warnings.push_back(dir->warning);
        }
        setup_.options.store = absolute_store_url(setup_.options, data_dir_);
        run_.store_url = setup_.options.store;
        if (!is_joined()) {
            ::mkdir(journal_dir(data_dir_).c_str(), 0700);  // create() says what is wrong if it is not there
            auto journal = store::Journal::create(journal_dir(data_dir_), run_, host.now().boot_ns);
            if (journal) {
                journal_ = *std::move(journal);
                return;
            }
            run_.warnings.push_back(kWhat + journal.error().what);
        }
    } else if (!is_joined()) {
        run_.warnings.push_back(kWhat + dir.error().what);
    }
    journal_ = std::make_unique<sample::MemoryJournal>();
}

void ProcessTracker::open_socket() {
    if (is_joined()) {
        socket_path_ = setup_.outer_path;
        return;
    }
    if (data_dir_.empty()) {
        return;
    }
    if (auto made = sample::RunSocket::create(*setup_.host, journal_dir(data_dir_), run_.id)) {
        socket_.emplace(*std::move(made));
        socket_path_ = socket_->path();
    } else {
        run_.warnings.push_back("spans of other processes are not recorded: " + made.error().what);
    }
}

void ProcessTracker::make_sampler() {
    const Host& host = *setup_.host;
    activity_.emplace(host, nullptr, setup_.facts, run_.scope, nullptr, true);
    meet_siblings();
    run_.cpu_time_from = activity_->method();
    reservation_ = sample::read_reservation(host, setup_.facts);
    if (reservation_) {
        run_.reserved = *reservation_;
    }
    members_ = std::make_unique<JobProcesses>(host, OwnProcess::kInside, nullptr);
    auto [found, split_by] = find_devices(
        {host, setup_.tables, setup_.facts, setup_.calibration, *members_, 1, reservation_.has_value()},
        run_);
    sampler_.emplace(host, std::move(found.probes), *activity_, *journal_, split_by,
                     reservation_ ? &*reservation_ : nullptr,
                     static_cast<std::int64_t>(run_.interval_s * kNsPerSecond));
}

/// A launcher started this process as one of several on this node: each of them may have a tracker.
void ProcessTracker::meet_siblings() {
    const Host& host = *setup_.host;
    auto job = sample::find_node_job(host, "");
    if (!job && sample::find_node_job(host, "?")) {  // an MPICH that names no job
        if (const auto launcher = sample::find_launcher()) {
            job = sample::find_node_job(host, *launcher);
        }
    }
    if (!job) {
        return;
    }
    const std::string rank = std::to_string(job->local_rank) + " of " + std::to_string(job->local_size);
    const std::string folder =
        sample::rendezvous_folder(host, data_dir_.empty() ? "" : journal_dir(data_dir_));
    const std::string name =
        sample::sibling_table_name(setup_.facts.hostname + " " + std::to_string(::getuid()) + " " + job->key);
    auto table = sample::SiblingTable::join(folder + "/" + name, job->local_rank);
    if (!table) {
        run_.warnings.push_back("this is rank " + rank + " on this node, and each measures for itself: " +
                                table.error().what + "; do not add these runs up");
        return;
    }
    siblings_.emplace(*std::move(table));
    activity_->share_with(&*siblings_);
    const auto at =
        std::lower_bound(run_.tags.begin(), run_.tags.end(), std::pair{std::string{"rank"}, std::string{}});
    if (at == run_.tags.end() || at->first != "rank") {
        run_.tags.insert(at, {"rank", rank});
    }
}

/// With every signal blocked: those of the program are for its own threads.
void ProcessTracker::start_thread() {
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before);
    try {
        thread_ = std::thread([this] { sample_until_stopped(); });
    } catch (...) {
        ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
        throw;
    }
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

void ProcessTracker::sample_until_stopped() {
    ::pthread_setname_np(::pthread_self(), "gr-sampler");
    constexpr unsigned long kTimerSlackNs = 50'000'000;  // of this thread alone: wake-ups may join others
    ::prctl(PR_SET_TIMERSLACK, kTimerSlackNs);
    const auto interval_ns = static_cast<std::int64_t>(run_.interval_s * kNsPerSecond);
    const Host& host = *setup_.host;
    std::int64_t next_ns = sampler_->started().mono_ns + interval_ns;
    std::array<pollfd, 2> files{pollfd{wake_.fd(), POLLIN, 0},
                                pollfd{socket_ ? socket_->fd() : -1, POLLIN, 0}};
    while (true) {
        const std::int64_t wait_ns = std::max<std::int64_t>(next_ns - host.now().mono_ns, 0);
        const timespec wait{wait_ns / 1'000'000'000, wait_ns % 1'000'000'000};
        ::ppoll(files.data(), files.size(), &wait, nullptr);
        const std::lock_guard lock(mutex_);
        if (stopping_ || !has_files()) {
            own_cpu_s_ += thread_cpu_seconds();
            return;
        }
        hear_messages();
        const std::int64_t now_ns = host.now().mono_ns;
        if (now_ns >= next_ns) {
            sampler_->turn();
            note_log(false);
            next_ns +=
                ((now_ns - next_ns) / interval_ns + 1) * interval_ns;  // a late turn moves no later one
        }
    }
}

/// False from when the program closed our descriptors: then nothing is read or written any more, for their
/// numbers may be those of its own files.
bool ProcessTracker::has_files() {
    if (!lost_files_ && !wake_.is_ours()) {
        lost_files_ = true;
        run_.warnings.push_back(
            "the program closed gramme's files (closefrom): nothing was measured after the first " +
            present::shortest(static_cast<double>(sampler_->elapsed_ns()) / kNsPerSecond) + " s");
        if (!journal_->path().empty()) {
            auto lost = std::make_unique<LostJournal>(journal_->path());
            (void)journal_.release();  // stays in memory, as all of the tracker: must_stay()
            journal_ = std::move(lost);
        }
        if (setup_.outer) {
            new sample::RunClient{std::move(*setup_.outer)};  // likewise: its number may be the program's
            setup_.outer.reset();
            if (auto anew = sample::RunClient::connect(setup_.outer_path)) {
                setup_.outer.emplace(*std::move(anew));
            }
        }
    }
    return !lost_files_;
}

void ProcessTracker::hear_messages() {
    if (!has_files()) {
        return;
    }
    constexpr int kMostAtOnce = 1000;  // a flood must not keep the turns from coming
    for (int i = 0; socket_ && i < kMostAtOnce; ++i) {
        auto message = socket_->receive();
        if (!message) {
            return;
        }
        if (*message) {
            (*message)->at_ns = setup_.host->now().boot_ns - sampler_->started().boot_ns;
            keep(**message, socket_->sender());
        } else {
            markers_->refuse(message->error().what);
        }
    }
}

std::string ProcessTracker::span_name() const {
    return run_.name.empty() ? "tracker" : run_.name;
}

/// What the end of a span says of it, as JSON.
std::string ProcessTracker::span_detail(const Totals& used) {
    if (!used.is_known) {
        return "";
    }
    return "{\"energy_kwh\": " + present::shortest(used.energy_kwh) +
           ", \"operational_kgco2e\": " + present::shortest(used.operational_kgco2e) + "}";
}

/// A turn, unless the last of this kind is young enough to stand for now.
void ProcessTracker::freshen() {
    if (state_ != State::kStopped && setup_.host->now().boot_ns - fresh_ns_ > kFreshNs) {
        take_fresh_turn();
    }
}

/// Turns of the thread take what a driver's own thread has read of late; here what was used until now
/// matters.
void ProcessTracker::take_fresh_turn() {
    if (!has_files()) {
        return;  // what the sampler would read belongs to others by now
    }
    sampler_->turn(kPatience);
    fresh_ns_ = setup_.host->now().boot_ns;
}

void ProcessTracker::note_log(bool last) {
    const std::int64_t at_ns = setup_.host->now().boot_ns - sampler_->started().boot_ns;
    if (!last && !log_pace_.is_due(at_ns)) {
        return;
    }
    if (const auto text = last ? log_.take_last() : log_.take()) {
        keep({Marker::Kind::kMark, at_ns, std::string{estimate::kLogMark}, *text}, 0);
    }
}

/// In our own record, and in that of the surrounding run.
void ProcessTracker::keep(const Marker& marker, int sender) {
    if (!has_files()) {
        return;
    }
    sampler_->hear(marker, sender);
    markers_->keep(marker);
    if (is_joined()) {
        tell_outer(marker);
    }
}

/// A full socket loses a marker, never time; but for what was logged, which waits: without its counts one
/// sample would seem to take more than it did.
void ProcessTracker::tell_outer(const Marker& marker) {
    constexpr std::size_t kMostWaiting = 1000;
    if (marker.kind != Marker::Kind::kMark || marker.name != estimate::kLogMark) {
        (void)setup_.outer->send(marker);
        return;
    }
    if (unheard_.size() < kMostWaiting) {
        unheard_.push_back(marker);
    }
    (void)tell_unheard();
}

bool ProcessTracker::tell_unheard() {
    while (!unheard_.empty() && setup_.outer->send(unheard_.front())) {
        unheard_.pop_front();
    }
    return unheard_.empty();
}

double ProcessTracker::measured_s() const {
    const std::int64_t elapsed_ns = sampler_->elapsed_ns();
    const std::int64_t left_ns = elapsed_ns - sampler_->paused_ns(sampler_->started().boot_ns + elapsed_ns);
    return static_cast<double>(std::max<std::int64_t>(left_ns, 0)) / kNsPerSecond;
}

Totals ProcessTracker::totals_now() const {
    sample::StretchEnergy all;
    for (const DeviceKind kind :
         {DeviceKind::kCpu, DeviceKind::kMemory, DeviceKind::kGpu, DeviceKind::kPlatform}) {
        if (const auto energy = sampler_->energy_of(kind)) {
            all.add(kind, *energy);
        }
    }
    Totals out = totals_of(all);
    out.duration_s = measured_s();
    out.is_known = sampler_->has_devices();
    out.has_gaps = sampler_->gaps() > 0;
    return out;
}

/// Duration and gaps are left to the caller.
Totals ProcessTracker::totals_of(const sample::StretchEnergy& energy) const {
    const auto kwh_of = [&](DeviceKind kind) {
        const auto& joules = energy.by_kind.at(static_cast<std::size_t>(kind));
        return joules ? std::optional{KilowattHours{*joules}.value()} : std::nullopt;
    };
    Totals out;
    out.is_known = energy.is_known();
    out.energy_kwh = KilowattHours{energy.sum()}.value();
    out.cpu_kwh = kwh_of(DeviceKind::kCpu);
    if (const auto host = kwh_of(DeviceKind::kPlatform)) {  // stands for CPU and memory together
        out.cpu_kwh = out.cpu_kwh.value_or(0.0) + *host;
    }
    out.gpu_kwh = kwh_of(DeviceKind::kGpu);
    out.memory_kwh = kwh_of(DeviceKind::kMemory);
    const GramsCO2e grams = energy.sum() * setup_.factors.pue.value * setup_.factors.intensity.value;
    out.operational_kgco2e = KilogramsCO2e{grams}.value();
    out.power_w = state_ == State::kRunning ? sampler_->power().value() : 0.0;
    out.pue = setup_.factors.pue.value;
    out.intensity_gco2e_per_kwh = setup_.factors.intensity.value.value();
    return out;
}

}  // namespace gramme::track
