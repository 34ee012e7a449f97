// What happened to the machine while a run lasted, in numbers: counted by the gramme that lives, or read back
// from the markers of one that was killed. Pure.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/ledger.hpp"

namespace gramme::sample {

enum class BadDay : std::uint8_t { kSuspended, kClockSet, kLate, kCpusChanged };

/// Markers of one kind that a run gets at most; what comes after them is counted by the live gramme only, so
/// that a machine on which every turn is late does not fill the disk.
inline constexpr std::uint64_t kMostBadDayMarkers = 4'096;

/// The same events give the same sentences, whether they were seen or read back. Method:
/// docs/method/ledger.md#bad-days.
class BadDayTally {
public:
    /// kSuspended, kClockSet (signed), kLate: for how long, or by how much.
    void add(BadDay kind, std::int64_t amount_ns);
    /// kCpusChanged.
    void add_cpus(std::size_t before, std::size_t now);
    /// From the markers of a ledger; those of the command, and those that an older gramme wrote without
    /// numbers, say nothing here.
    [[nodiscard]] static BadDayTally of(std::span<const Marker> markers);

    [[nodiscard]] std::uint64_t count(BadDay kind) const noexcept { return of_kind(kind).count; }
    [[nodiscard]] std::int64_t suspended_ns() const noexcept { return of_kind(BadDay::kSuspended).sum_ns; }
    /// One sentence for each kind of event that there was.
    [[nodiscard]] std::vector<std::string> warnings() const;

private:
    struct Sum {
        std::uint64_t count = 0;
        std::int64_t sum_ns = 0;
    };
    [[nodiscard]] Sum& of_kind(BadDay kind) noexcept { return sums_[static_cast<std::size_t>(kind)]; }
    [[nodiscard]] const Sum& of_kind(BadDay kind) const noexcept {
        return sums_[static_cast<std::size_t>(kind)];
    }
    /// "3 times"; "at least 4096 times" where markers were read and no more are kept.
    [[nodiscard]] std::string times_text(const Sum& sum) const;

    std::array<Sum, 4> sums_{};  ///< by kind
    std::size_t cpus_at_start_ = 0;
    std::size_t fewest_cpus_ = 0;
    std::size_t most_cpus_ = 0;
    bool from_markers_ = false;
};

/// The marker of one event: its name for people, its numbers as the detail.
[[nodiscard]] Marker bad_day_marker(BadDay kind, std::int64_t at_ns, std::int64_t amount_ns);
[[nodiscard]] Marker cpus_marker(std::int64_t at_ns, std::size_t before, std::size_t now);

}  // namespace gramme::sample
