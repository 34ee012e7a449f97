// The bytes that the ranks of a node share. Every field but the three texts is atomic; the texts are written
// before `phase` says that they are there.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace gramme::sample {

enum class RankPhase : std::uint32_t {
    kForming = 0,  ///< the leader is not ready; what a new file says
    kLeading,
    kClosing,    ///< nobody may join until the leader knows whether somebody just did
    kClosed,     ///< the run has ended, or will never be
    kDelivered,  ///< and is where it belongs
};

enum class SlotState : std::uint32_t { kFree = 0, kTaken, kJoined, kLeft, kLost };

/// One process in one boot: a pid alone is reused.
struct RankProcess {
    std::atomic<std::int32_t> pid;
    std::atomic<std::uint64_t> start_ticks;  ///< field 22 of /proc/PID/stat
};

struct alignas(64) RankSlot {
    std::atomic<SlotState> state;
    std::atomic<std::uint32_t> rank;
    RankProcess gramme;
    std::atomic<std::uint64_t> cpu_ns;
    std::atomic<std::uint32_t> cpu_unknown;
    std::atomic<std::uint32_t> end;  ///< of the command: see packed_end
    std::atomic<std::int64_t> began_ns;
    std::atomic<std::int64_t> ended_ns;
    std::atomic<std::uint64_t> gpus;        ///< hash of CUDA_VISIBLE_DEVICES
    std::atomic<std::uint64_t> own_cpu_ns;  ///< of the member's gramme itself, once it has left
};

struct RankTableLayout {
    static constexpr std::uint64_t kVersion = 0x6772'616d'6d65'0003;
    /// Ranks may start several grammes one after another, and a slot is not used again.
    static constexpr std::uint32_t kSlots = 1024;

    std::atomic<std::uint64_t> version;
    std::atomic<RankPhase> phase;  ///< a futex
    RankProcess leader;
    std::atomic<std::uint64_t> pid_namespace;  ///< in which the pids are meant
    std::atomic<std::uint32_t> leader_rank;
    std::atomic<std::uint32_t> leader_ended;  ///< its command
    std::atomic<std::uint32_t> first_failure;
    std::atomic<std::uint32_t> used;         ///< slots ever taken
    std::atomic<std::uint64_t> surrounding;  ///< hash of the cgroup that the leader counts; 0: none
    std::array<std::atomic<std::uint64_t>, 4> options;  ///< hashes of the leader's
    std::array<char, 64> run_id;
    std::array<char, 128> socket_path;
    std::array<char, 256> last_word;             ///< there from kDelivered on; may be empty
    std::atomic<std::uint32_t> last_word_taken;  ///< one rank says it
    std::array<RankSlot, kSlots> slots;
};

static_assert(std::atomic<std::uint64_t>::is_always_lock_free && std::atomic<SlotState>::is_always_lock_free,
              "a lock would be each process's own");

}  // namespace gramme::sample
