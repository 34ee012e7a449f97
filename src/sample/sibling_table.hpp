// Trackers in the processes of one job on one node (ranks): each measures its own part, and through a small
// mapped file knows what the others use, so that the parts add up to what one run of all would have measured.
// docs/adr/0009-library.md.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "host/unique_fd.hpp"
#include "sample/rank_layout.hpp"

namespace gramme::sample {

/// What the ranks of the job have at one instant. Trackers of one rank are one.
struct SiblingShares {
    double all_cpu_s = 0.0;  ///< CPU seconds of all of them since each began; never falls
    int ranks = 1;           ///< that have a tracker, this one's included
};

/// One thread. Everything is atomic memory; an exchange is two system calls and one more per sibling now and
/// then.
///
/// A rank may have several trackers: one after another, at once, or in processes that it started and that
/// inherited its number. Its CPU time is counted by one of them: of two in one process by the first, of two
/// where one process is below the other by that of the upper, which sees the time of both.
class SiblingTable {
public:
    /// Devices that can be told apart; one more is taken to be counted by every rank.
    static constexpr std::size_t kMostDevices = 63;
    static constexpr std::uint32_t kMostRanks = 4096;
    /// Trackers at one time.
    static constexpr std::uint32_t kSlots = 4096;

    /// `path`: the same for all trackers of the job. `rank`: on this node, 0 .. kMostRanks - 1. kPermission:
    /// the file is a link or belongs to somebody else. kUnsupported: no locks there. kUnavailable: no room
    /// for another tracker. kIo.
    static Result<SiblingTable> join(const std::string& path, int rank);
    ~SiblingTable();
    SiblingTable(SiblingTable&& other) noexcept;
    SiblingTable& operator=(SiblingTable&&) = delete;
    SiblingTable(const SiblingTable&) = delete;
    SiblingTable& operator=(const SiblingTable&) = delete;

    /// This tracker has seen so much CPU time of its process tree since it joined; the sum of all ranks.
    [[nodiscard]] SiblingShares exchange(double own_cpu_s) noexcept;
    /// Whether this tracker counts the energy of a device, and the place to ask how many do. `identity`: the
    /// same in all processes that see the device.
    std::size_t claim(std::string_view identity, bool counts) noexcept;
    /// How many ranks count the device of that place, as of the last exchange; at least 1.
    [[nodiscard]] int ranks_of(std::size_t place) const noexcept;
    /// Its part is over; what it has used stays in the sum.
    void leave() noexcept;

private:
    struct Slot {
        /// Its generation, and in the lowest two bits a State: whoever ends it must have seen it.
        std::atomic<std::uint64_t> state;
        std::atomic<std::uint64_t> number;  ///< counts the trackers that ever joined
        std::atomic<std::uint32_t> rank;
        RankProcess process;
        std::atomic<std::uint64_t> pid_namespace;
        std::atomic<std::uint64_t> devices;  ///< that it counts, a bit for each place
    };
    enum State : std::uint64_t { kFree = 0, kTaken = 1, kThere = 2, kStateBits = 3 };
    struct Layout {
        std::atomic<std::uint32_t> used;  ///< slots that were ever taken
        std::atomic<std::uint64_t> joined;
        std::atomic<std::uint64_t> cpu_ns;                           ///< of all ranks
        std::array<std::atomic<std::uint64_t>, kMostDevices> names;  ///< hashes, in the order they came
        std::array<Slot, kSlots> slots;
    };

    SiblingTable(std::string path, host::UniqueFd fd, Layout* layout);
    [[nodiscard]] bool is_whole() const noexcept;
    [[nodiscard]] bool take_slot(int rank) noexcept;
    void count_own(double own_cpu_s, std::uint32_t used) noexcept;
    [[nodiscard]] bool covers_own(const Slot& other) const noexcept;
    void free_if_gone(Slot& slot, std::uint64_t seen) const noexcept;

    std::string path_;
    host::UniqueFd fd_;
    Layout* layout_;
    std::uint32_t slot_ = kSlots;
    std::uint64_t taken_ = 0;  ///< Slot::state while it is ours
    std::uint64_t own_namespace_ = 0;
    std::vector<int> ancestors_;       ///< processes above this one
    std::vector<std::uint64_t> seen_;  ///< by rank: its devices, and the highest bit where it is there
    std::array<int, kMostDevices> ranks_of_{};
    double counted_s_ = 0.0;  ///< own CPU time up to here is counted, by this tracker or by another
    double most_s_ = 0.0;
    int ranks_ = 1;
    std::uint32_t turns_ = 0;
};

/// The file name for a key that may hold anything.
[[nodiscard]] std::string sibling_table_name(const std::string& key);

}  // namespace gramme::sample
