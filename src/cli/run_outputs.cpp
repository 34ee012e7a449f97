#include "cli/run_outputs.hpp"

#include <chrono>
#include <csignal>
#include <ctime>
#include <string>

namespace gramme::cli {
namespace {

/// Signals stay blocked until the end, so that nobody loses a run by an impatient Ctrl-C; but one that comes
/// after the command has ended says not to wait for others any more: the journal has the run.
class EndOfWaiting {
public:
    EndOfWaiting() {
        sigemptyset(&signals_);
        for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
            sigaddset(&signals_, signal);
        }
        const timespec now{};
        while (::sigtimedwait(&signals_, nullptr, &now) > 0) {
        }  // those were for the command
    }
    [[nodiscard]] bool is_asked_for() const {
        sigset_t pending;
        sigset_t asked;
        return ::sigpending(&pending) == 0 && ::sigandset(&asked, &pending, &signals_) == 0 &&
               ::sigisemptyset(&asked) == 0;
    }

private:
    sigset_t signals_{};
};

/// How long the end of a run waits for others: not for ever for one that is stuck, since the journal has the
/// run.
store::Patience patience_of(const store::Journal& journal, const EndOfWaiting& end) {
    constexpr std::chrono::seconds kWhereTheRunIsSafe{5};
    store::Patience patience;
    if (!journal.path().empty()) {
        patience.stuck = kWhereTheRunIsSafe;
    }
    patience.is_over = [&end] { return end.is_asked_for(); };
    return patience;
}

}  // namespace

Footprint write_outputs(const track::OutputWorld& world, const Terminal& terminal, RunRecord& run,
                        store::Journal& journal) {
    const EndOfWaiting end;
    track::Delivered delivered = track::deliver(world, run, journal, patience_of(journal, end));
    if (world.options.quiet) {
        for (const std::string& warning : run.warnings) {
            print_warning(terminal, warning);
        }
    } else {
        print(terminal.err,
              present::summary_text(run, delivered.footprint, delivered.outputs, terminal.err_style));
    }
    for (const std::string& text : delivered.news) {
        print_warning(terminal, text);
    }
    return std::move(delivered.footprint);
}

}  // namespace gramme::cli
