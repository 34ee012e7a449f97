// The ledger of one run: joules per device and window, gaps, markers. It only grows while the run lives.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "model/device.hpp"
#include "model/use.hpp"
#include "units/quantity.hpp"

namespace gramme {

/// Joules of one device between two instants. Invariant: energy = job + others + unassigned, each >= 0;
/// `others` is not stored because it is what remains.
struct Window {
    std::uint16_t device = 0;
    Quality quality = Quality::kMeasured;
    std::int64_t from_ns = 0;  ///< since the start of the run, on the boot clock
    std::int64_t to_ns = 0;
    Joules energy;      ///< of the device
    Joules job;         ///< the job's dynamic energy and its fair share of the idle energy
    Joules unassigned;  ///< idle energy that nobody reserved
    double job_cpu_s = 0.0;
    double busy_cpu_s = 0.0;     ///< CPU seconds of all processes of the machine
    std::uint32_t readings = 0;  ///< how many readings stand behind it
    Use use;                     ///< how busy the device was

    [[nodiscard]] Joules others() const { return energy - job - unassigned; }
};

/// A stretch of a device that should have been known and is not. Never counted as zero.
struct Gap {
    std::uint16_t device = 0;
    std::int64_t from_ns = 0;  ///< since the start of the run
    std::int64_t to_ns = 0;
    std::string reason;  ///< "NVML: GPU is lost"; at most 63 bytes in the journal
};

/// What a child said through GRAMME_RUN_SOCKET: a span began or ended, or something happened.
struct Marker {
    enum class Kind : std::uint8_t { kSpanBegin, kSpanEnd, kMark };
    Kind kind = Kind::kMark;
    std::int64_t at_ns = 0;  ///< since the start of the run
    std::string name;
    std::string detail;  ///< JSON object or empty
};

[[nodiscard]] constexpr std::string_view name_of(Marker::Kind kind) {
    switch (kind) {
        case Marker::Kind::kSpanBegin: return "span_begin";
        case Marker::Kind::kSpanEnd: return "span_end";
        case Marker::Kind::kMark: return "mark";
    }
    return "";
}

struct Ledger {
    std::vector<Device> devices;
    std::vector<Window> windows;  ///< by device, then time
    std::vector<Gap> gaps;
    std::vector<Marker> markers;
};

}  // namespace gramme
