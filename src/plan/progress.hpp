// How far a job is: steps as they were seen, the stretches in which it did something else, and the energy
// beside them. From the markers of a run, or from what the command printed. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "model/ledger.hpp"
#include "model/run.hpp"

namespace gramme::plan {

/// The mark that says how far a run is: {"step": 12, "total": 1000} (docs/run-socket.md).
inline constexpr std::string_view kProgressMark = "progress";

enum class Phase : std::uint8_t { kEvaluation, kCheckpoint };

struct StepSeen {
    double at_s = 0.0;  ///< since the start of the run
    double step = 0.0;  ///< how many are done, counted on where a program begins again at 0
};

/// Time that is no step: an evaluation, or the writing of a checkpoint.
struct PhaseSeen {
    Phase phase = Phase::kEvaluation;
    double from_s = 0.0;
    double to_s = 0.0;
};

struct EnergyAt {
    double at_s = 0.0;
    double joules = 0.0;  ///< from the start of the run to then
};

struct Progress {
    std::vector<StepSeen> steps;    ///< both ever later and higher
    std::vector<PhaseSeen> phases;  ///< that have ended, by beginning; none inside another
    std::vector<EnergyAt> energy;   ///< by time; empty: not known
    double now_s = 0.0;
    std::optional<double> total;  ///< steps of the whole, where the job said it
    bool began_again = false;     ///< the count of steps fell: `total` may be that of a part only
};

/// Gathers progress while a run goes on. Memory is bounded: of very many steps or energies every second one
/// is dropped, again and again. One thread.
class ProgressKeeper {
public:
    static constexpr std::size_t kMost = 4096;

    /// A step and perhaps the total. What is no finite number of 0 or more, and a time before the last one,
    /// adds nothing.
    void step(double at_s, double step, std::optional<double> total);
    /// Marks "progress" and "log" with `step` (or `global_step`) in their detail; spans of evaluations and
    /// checkpoints; where no step is said, spans "epoch 3" and "step 3" that end. False where it says nothing
    /// of that.
    bool hear(const Marker& marker);
    void energy(double at_s, double joules);
    /// A device turned out to be the job's that has used `joules` from the start to `at_s`: at an even pace,
    /// as far as anybody knows.
    void add_evenly(double at_s, double joules);
    /// A phase has ended that began at the last step. Its beginning; nothing where no step was seen yet.
    std::optional<double> phase_since_step(Phase phase, double at_s);

    [[nodiscard]] const Progress& at(double now_s);
    [[nodiscard]] bool empty() const noexcept { return kept_.steps.empty(); }
    [[nodiscard]] bool has_total() const noexcept { return kept_.total.has_value(); }

private:
    void hear_span(const Marker& marker, double at_s);
    void add_step(double at_s, double step);
    void add_phase(const PhaseSeen& phase);

    Progress kept_;
    double base_ = 0.0;           ///< steps of the counts before the last beginning
    std::optional<double> last_;  ///< as it was said
    bool counts_spans_ = false;   ///< the steps are spans, for nothing better has been said
    std::optional<Phase> open_;   ///< a phase that has begun
    std::size_t depth_ = 0;       ///< spans of phases inside each other
    double open_from_s_ = 0.0;
};

/// "evaluate", "validation", "val" ...; "checkpoint", "save", "ckpt" ...; nothing for others.
[[nodiscard]] std::optional<Phase> phase_of(std::string_view span_name);

/// The same from a ledger, with the energies of the devices that count in the scope of the run.
[[nodiscard]] Progress progress_of(const RunRecord& run, const Ledger& ledger);

}  // namespace gramme::plan
