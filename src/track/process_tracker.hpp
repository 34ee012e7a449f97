// The tracker behind Tracker::start(): what is measured, the thread that does it, and its end.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/host.hpp"
#include "config/calibration.hpp"
#include "estimate/estimate.hpp"
#include "probe/probe.hpp"
#include "sample/activity.hpp"
#include "sample/run_socket.hpp"
#include "sample/sampler.hpp"
#include "sample/sibling_table.hpp"
#include "store/journal.hpp"
#include "track/marker_keeper.hpp"
#include "track/outputs.hpp"
#include "track/tracker.hpp"
#include "track/wake.hpp"

namespace gramme::track {

class ProcessTracker final : public Tracker {
public:
    /// What Tracker::start() has found out.
    struct Setup {
        std::unique_ptr<Host> host;
        refdata::Tables tables;
        config::RunOptions options;
        Factors factors;
        HostFacts facts;
        std::optional<config::Calibration> calibration;
        std::optional<sample::RunClient> outer;  ///< the run that this becomes a span of
        std::string outer_path;
        std::string id;  ///< empty: a new one
    };
    explicit ProcessTracker(Setup setup);
    ~ProcessTracker() override;
    ProcessTracker(const ProcessTracker&) = delete;
    ProcessTracker& operator=(const ProcessTracker&) = delete;
    ProcessTracker(ProcessTracker&&) = delete;
    ProcessTracker& operator=(ProcessTracker&&) = delete;

    /// First readings, then the thread.
    Result<void> begin();

    Result<void> stop() override;
    Result<void> pause() override;
    Result<void> resume() override;
    [[nodiscard]] Result<Totals> totals() override;
    [[nodiscard]] Result<std::string> result_json() override;
    [[nodiscard]] Result<std::string> summary() override;
    [[nodiscard]] Result<std::string> emissions_row() override;
    [[nodiscard]] Result<std::string> model_card(std::string_view card, std::string_view training_type,
                                                 const present::Beside& beside) override;
    Result<std::int64_t> begin_span(std::string_view name, std::string_view detail) override;
    Result<Totals> end_span(std::int64_t id) override;
    Result<void> mark(std::string_view name, std::string_view detail) override;
    Result<void> log(std::span<const LoggedValue> values) override;
    [[nodiscard]] const std::string& run_id() const override { return run_id_; }
    [[nodiscard]] bool is_joined() const override { return setup_.outer.has_value(); }
    [[nodiscard]] const std::string& socket_path() const override { return socket_path_; }
    [[nodiscard]] bool is_in_fork() const override;
    [[nodiscard]] bool must_stay() const override { return is_in_fork() || lost_files_; }

private:
    struct OpenSpan {
        std::int64_t id = 0;
        std::string name;
        std::int64_t from_ns = 0;  ///< boot clock
        std::int64_t stretch = 0;  ///< Sampler::begin_stretch()
    };
    enum class State : std::uint8_t { kRunning, kPaused, kStopped };

    void open_journal();
    void open_socket();
    void make_sampler();
    void meet_siblings();
    void start_thread();
    void sample_until_stopped();
    [[nodiscard]] bool has_files();
    void hear_messages();
    void freshen();
    void take_fresh_turn();
    void note_log(bool last);
    void keep(const Marker& marker, int sender);
    void tell_outer(const Marker& marker);
    /// Whether all that waited is told.
    bool tell_unheard();
    [[nodiscard]] Totals totals_now() const;
    [[nodiscard]] Totals totals_of(const sample::StretchEnergy& energy) const;
    [[nodiscard]] double measured_s() const;
    [[nodiscard]] Totals used_in(const OpenSpan& span, std::int64_t to_ns);
    [[nodiscard]] Marker marker_at(std::int64_t boot_ns, Marker::Kind kind, std::string_view name,
                                   std::string_view detail) const;
    [[nodiscard]] Marker marker_now(Marker::Kind kind, std::string_view name, std::string_view detail) const;
    [[nodiscard]] Result<void> refuse_in_fork() const;
    /// From a forked child to the run of its parent. Never touches what the parent's threads may hold.
    [[nodiscard]] Result<void> send_from_fork(const Marker& marker) const;
    [[nodiscard]] Footprint footprint_so_far(RunRecord& run, Ledger& ledger) const;
    void describe(RunRecord& run) const;
    void finish();
    void end_in_outer_run();
    [[nodiscard]] std::string span_name() const;
    [[nodiscard]] static std::string span_detail(const Totals& used);

    Setup setup_;
    pid_t pid_;
    RunRecord run_;
    std::string run_id_;
    std::string data_dir_;  ///< empty where nothing can be written
    std::unique_ptr<store::Journal> journal_;
    std::optional<sample::RunSocket> socket_;
    std::string socket_path_;
    std::unique_ptr<probe::JobMembers> members_;
    std::optional<sample::JobActivity> activity_;
    std::optional<sample::SiblingTable> siblings_;
    std::optional<sample::Reservation> reservation_;
    std::optional<sample::Sampler> sampler_;
    std::optional<MarkerKeeper> markers_;
    LogBuffer log_;
    LogPace log_pace_;

    std::mutex fork_mutex_;             ///< of the two below, in a forked child only
    std::vector<OpenSpan> fork_spans_;  ///< of a forked child, which has no part in what the mutex guards
    std::int64_t next_fork_span_ = std::int64_t{1} << 32;

    std::mutex mutex_;  ///< of everything below and of what sampling touches
    State state_ = State::kRunning;
    bool stopping_ = false;
    std::int64_t fresh_ns_ = 0;             ///< boot clock: up to here all devices were asked what they used
    std::atomic<bool> lost_files_ = false;  ///< written under the mutex
    std::deque<Marker> unheard_;            ///< logs that the surrounding run's full socket did not take yet
    std::vector<OpenSpan> spans_;
    std::int64_t next_span_ = 1;
    double own_cpu_s_ = 0.0;  ///< of the thread, and of the calls that began and ended it
    Footprint final_footprint_;
    std::string final_json_;
    std::string final_summary_;
    std::string final_row_;

    std::mutex stop_mutex_;  ///< one end at a time
    Wake wake_;
    std::thread thread_;
};

}  // namespace gramme::track
