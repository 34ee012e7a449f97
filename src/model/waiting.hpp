// Energy that accelerators drew while they idled, and why they did. Part of a footprint, never added to it.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "units/quantity.hpp"

namespace gramme {

enum class WaitingCause : std::uint8_t {
    kStartUp,
    kDataLoading,
    kEvaluation,
    kCpusIdle,   ///< the job's CPUs waited too: storage, network, a lock
    kEnd,        ///< after the accelerator was last busy
    kNeverBusy,  ///< the accelerator did nothing from start to end
    kUnclear,
};

[[nodiscard]] constexpr std::string_view name_of(WaitingCause cause) {
    switch (cause) {
        case WaitingCause::kStartUp: return "start-up";
        case WaitingCause::kDataLoading: return "data-loading";
        case WaitingCause::kEvaluation: return "evaluation";
        case WaitingCause::kCpusIdle: return "cpus-idle";
        case WaitingCause::kEnd: return "end";
        case WaitingCause::kNeverBusy: return "never-busy";
        case WaitingCause::kUnclear: return "unclear";
    }
    return "";
}

struct WaitingPart {
    WaitingCause cause = WaitingCause::kUnclear;
    Joules energy;
};

struct Waiting {
    Joules accelerators;                 ///< energy of the counted accelerators, for whoever used them
    Joules known;                        ///< of it, while their utilisation was known; > 0
    Joules idle;                         ///< of that, below kIdleBelow
    std::vector<WaitingPart> causes;     ///< largest first; their sum is `idle`
    std::optional<WaitingCause> mostly;  ///< the clear cause that holds at least half of it

    [[nodiscard]] double share() const { return idle / known; }  ///< 0..1
};

}  // namespace gramme
