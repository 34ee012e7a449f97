// The sampling loop's body: probes -> meters -> journal, one turn at a time.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/host.hpp"
#include "meter/device_meter.hpp"
#include "meter/use_meter.hpp"
#include "model/ledger.hpp"
#include "probe/probe.hpp"
#include "sample/activity.hpp"
#include "sample/bad_days.hpp"
#include "sample/bridges.hpp"
#include "sample/pauses.hpp"
#include "sample/reservation.hpp"
#include "sample/stretches.hpp"
#include "store/journal.hpp"

namespace gramme::sample {

/// One thread. A turn makes the reads of its probes and nothing else: no open(), no allocation, no lock held
/// by a driver (a new device or a changed membership is described once, when it appears).
class Sampler {
public:
    /// `host`, `activity`, `journal` and `reservation` (null: none is known) outlive the sampler.
    /// `interval_ns`: how often turn() is to be called; 0: nobody can be late.
    Sampler(const Host& host, std::vector<std::unique_ptr<probe::Probe>> probes, JobActivity& activity,
            store::Journal& journal, Scope scope, const Reservation* reservation = nullptr,
            std::int64_t interval_ns = 0);

    /// First readings; the run begins at the instant they are complete.
    void start();
    /// `patience`: how long a threaded probe may take to read what happened up to now (Probe::refresh); 0:
    /// its own rhythm will do.
    void turn(Seconds patience = Seconds{0.0}) noexcept;
    /// What the command said of itself: an evaluation explains why a GPU waits. Marker::at_ns as in the
    /// ledger. `sender`: the process that said it, whose spans end with it; 0: not known.
    void hear(const Marker& marker, int sender = 0) noexcept {
        evaluations_.hear(marker, started_.boot_ns, sender);
    }
    /// Last readings, then the gaps that are left. A threaded probe gets `patience` to answer.
    void finish(Seconds patience);

    /// Beginning of the run; valid after start().
    [[nodiscard]] const Instant& started() const noexcept { return started_; }
    /// From here to there energy is that of others. Make a turn behind each, so that a window ends close to
    /// it: of one that spans more it is divided by time.
    void pause(std::int64_t boot_ns) noexcept { pauses_.begin(boot_ns); }
    void resume(std::int64_t boot_ns) noexcept { pauses_.end(boot_ns); }
    /// How long the run was paused up to an instant.
    [[nodiscard]] std::int64_t paused_ns(std::int64_t until_boot_ns) const noexcept {
        return pauses_.until(until_boot_ns);
    }

    /// Since start(), of the last turn.
    [[nodiscard]] std::int64_t elapsed_ns() const noexcept { return elapsed_ns_; }
    /// Of the devices in scope, so far, and over the last turn.
    [[nodiscard]] Joules energy() const noexcept { return energy_; }
    [[nodiscard]] Watts power() const noexcept { return power_; }
    /// The same energy up to an instant that all of these devices have told of: one that is read on a thread
    /// of its own is up to a second or more behind.
    struct Told {
        std::int64_t elapsed_ns = 0;  ///< since start()
        Joules energy{};
    };
    [[nodiscard]] Told told() const noexcept;
    /// What devices had used before they turned out to be in scope: it came into energy() at once.
    [[nodiscard]] Joules joined() const noexcept { return joined_; }
    /// The same of one kind of devices; nothing where none of them has a window.
    [[nodiscard]] std::optional<Joules> energy_of(DeviceKind kind) const noexcept {
        return by_kind_.at(static_cast<std::size_t>(kind));
    }
    /// What is used from an instant on, until end_stretch(): by windows, of each the part by time. The id is
    /// for the three below.
    [[nodiscard]] std::int64_t begin_stretch(std::int64_t boot_ns) { return stretches_.begin(boot_ns); }
    /// A turn may follow: what it reads belongs to the stretch as far as it lies before this.
    void end_stretch(std::int64_t id, std::int64_t boot_ns) noexcept { stretches_.end(id, boot_ns); }
    /// The energy up to its end; of a device whose last window lies a little before it, with its power of
    /// late.
    [[nodiscard]] StretchEnergy take_stretch(std::int64_t id);
    /// A device is there whose energy counts.
    [[nodiscard]] bool has_devices() const noexcept;
    /// Stretches of devices in scope that should be known and are not.
    [[nodiscard]] std::uint64_t gaps() const noexcept { return gaps_; }
    [[nodiscard]] std::uint64_t turns() const noexcept { return turns_; }
    [[nodiscard]] std::uint64_t failed_reads() const noexcept;
    /// What the journal could not take (no room for another device on a full disk) and, after finish(), which
    /// counters stood still and what the probes say; once each.
    [[nodiscard]] const std::vector<std::string>& troubles() const noexcept { return troubles_; }
    /// Suspends, set clocks, late turns and CPUs that came or went, in one sentence per kind. Each is a
    /// marker of the ledger too.
    [[nodiscard]] std::vector<std::string> bad_days() const { return bad_days_.warnings(); }
    /// Time of the run in which the machine was suspended.
    [[nodiscard]] std::int64_t suspended_ns() const noexcept { return bad_days_.suspended_ns(); }
    /// Readings that did not fit the buffer; 0 unless a probe misbehaves.
    [[nodiscard]] std::size_t dropped_readings() const noexcept { return buffer_.dropped(); }
    /// A probe has a thread of its own, which may be stuck in a driver.
    [[nodiscard]] bool has_threads() const noexcept;

private:
    struct Metered {
        meter::DeviceMeter meter;
        meter::UseMeter use;
        Device device;
        std::size_t probe = 0;
        std::size_t index = 0;  ///< in its probe
        std::string identity;   ///< of a device that is not shared by CPU time
        RecentPower recent{};
        std::optional<Joules> job{};  ///< of its windows so far, in scope or not
    };
    void count(const Metered& metered, Joules job) noexcept;
    void change_membership(Metered& metered, Membership now) noexcept;
    [[nodiscard]] ActivityReading read_activity(const Instant& now,
                                                std::optional<double> machine_busy_s) noexcept;
    [[nodiscard]] std::optional<double> busy_of_turn() const noexcept;
    void keep_marker(const Marker& marker);
    void add_trouble(std::string trouble);
    void meet_new_devices();
    void update_membership(bool with_reasons);
    void claim(std::uint16_t index) noexcept;
    void record_unlisted();
    void tell_bridges();
    void declare(std::uint16_t index, const Device& device);
    void process(std::size_t probe, std::span<const Reading> readings,
                 const ActivityReading& activity) noexcept;
    void record(std::uint16_t device, const meter::MeterStep& step, const Use& use = {}) noexcept;

    const Host& host_;
    std::vector<std::unique_ptr<probe::Probe>> probes_;
    JobActivity& activity_;
    store::Journal& journal_;
    Scope scope_;
    const Reservation* reservation_;
    BadDays bad_days_;
    meter::EvaluationSpans evaluations_;
    Bridges bridges_;
    Pauses pauses_;
    Stretches stretches_;
    ReadingBuffer buffer_;
    std::vector<Metered> metered_;
    std::vector<std::vector<std::uint16_t>> index_;  ///< [probe][device of the probe] -> device of the run
    std::vector<std::string> troubles_;
    Instant started_;
    std::int64_t elapsed_ns_ = 0;
    std::int64_t last_turn_ns_ = 0;
    Joules energy_;
    Joules turn_energy_;
    Joules joined_;
    Watts power_;
    std::array<std::optional<Joules>, 4> by_kind_;  ///< by DeviceKind
    std::uint64_t gaps_ = 0;
    std::uint64_t turns_ = 0;
};

}  // namespace gramme::sample
