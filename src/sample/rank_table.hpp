// The ranks of one job on one node: a small mapped file through which one of them measures for all.
// docs/adr/0008-ranks.md.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "sample/rank_file.hpp"

namespace gramme::sample {

/// How a rank's command ended.
struct RankEnd {
    int rank = 0;
    int code = 0;  ///< what its gramme leaves with
    std::optional<int> signal;
};

/// What a rank did since the leader last asked.
struct RankEvent {
    enum class Kind : std::uint8_t { kBegan, kEnded, kLost };  ///< kLost: its gramme was killed
    Kind kind = Kind::kBegan;
    RankEnd end;             ///< of kBegan and kLost only the rank
    std::int64_t at_ns = 0;  ///< Instant::boot_ns; of kLost 0: not known
};

/// The first to lock the file leads: it measures. The others are members: they publish what their own command
/// does. Everything is atomic memory; only joining, asking who lives and closing make system calls. One
/// thread, but for contains().
class RankTable {
public:
    enum class Role : std::uint8_t { kLeader, kMember };

    /// `folder`: where the file is, the same for all ranks. `key`: names user, node and job; it may hold
    /// anything. Waits for a leader that is still getting ready, at most `patience`. kPermission: the file is
    /// a link or belongs to somebody else. kUnsupported: no locks there. kUnavailable: no leader in time, or
    /// no room for another rank.
    static Result<RankTable> join(const std::string& folder, const std::string& key, int rank, int ranks,
                                  std::chrono::milliseconds patience = std::chrono::seconds{5});
    /// A leader that has not closed the table abandons it.
    ~RankTable();
    RankTable(RankTable&& other) noexcept;
    RankTable& operator=(RankTable&&) = delete;
    RankTable(const RankTable&) = delete;
    RankTable& operator=(const RankTable&) = delete;

    /// There will be no run, or it ends before its members do: they go on without it.
    void abandon() noexcept;
    /// For a process that was forked off the leader and does not sample: its end ends nothing.
    void let_go() noexcept { role_ = Role::kMember; }

    [[nodiscard]] Role role() const noexcept { return role_; }
    [[nodiscard]] int rank() const noexcept { return rank_; }
    /// How many ranks of this job are on the node, as the launcher said.
    [[nodiscard]] int size() const noexcept { return size_; }

    // The leader's part.

    /// Options that the run has from its leader, as texts; before lead().
    void set_options(const std::array<std::string, 4>& options) noexcept;
    /// From now on others may join: the run has begun. `surrounding`: the cgroup whose CPU time is the
    /// job's (Scope::kAllocation), empty where it is that of the commands. Call it in the process that
    /// samples.
    void lead(const std::string& run_id, const std::string& socket_path, const std::string& surrounding);
    /// CPU seconds of the members' commands so far; never falls. One system call.
    [[nodiscard]] double members_cpu_s() const noexcept;
    /// CPU seconds that the grammes of members that have left used themselves.
    [[nodiscard]] double members_own_cpu_s() const noexcept;
    /// False if a member cannot tell its CPU time.
    [[nodiscard]] bool members_cpu_known() const noexcept;
    /// Whether `pid` is the gramme of a member that has not left. Thread-safe.
    [[nodiscard]] bool contains(int pid) const noexcept;
    /// What is new since the last call. Allocates only where something is.
    [[nodiscard]] std::vector<RankEvent> news();
    /// The leader's own command has ended.
    void own_command_ended(int code, std::optional<int> signal) noexcept;
    /// Whether a member has not left; one that was killed has. Reads a file of each member.
    [[nodiscard]] bool somebody_is_left();
    /// How many ranks of the node have come, with the leader; a rank counts once, however often it came.
    [[nodiscard]] int came() const;
    /// Ends the joining; false where somebody has joined meanwhile. Then the file is gone from its folder,
    /// and the next rank of the job would lead a run of its own.
    [[nodiscard]] bool close();
    /// The run is where it belongs: who waits for that may leave. `last_word`: what the last rank says of it,
    /// where the leader itself has nobody to say it to any more; at most 255 bytes.
    void say_delivered(const std::string& last_word = "") noexcept;
    /// Members whose gramme was killed.
    [[nodiscard]] const std::vector<int>& lost() const noexcept { return lost_; }
    /// Of the ranks whose command failed the one that did so first.
    [[nodiscard]] std::optional<RankEnd> first_failure() const noexcept;
    /// Members whose CUDA_VISIBLE_DEVICES, as `gpus`, differs from the leader's.
    [[nodiscard]] bool has_other_gpus(const std::string& gpus) const noexcept;

    /// Another program cut the table: the others are not known any more, as if they had left. Both roles;
    /// found out by any other call.
    [[nodiscard]] bool was_cut() const noexcept { return file_.was_cut(); }

    // A member's part.

    [[nodiscard]] std::string run_id() const;
    [[nodiscard]] std::string socket_path() const;
    /// Which of these options are not the leader's.
    [[nodiscard]] std::array<bool, 4> other_options(const std::array<std::string, 4>& options) const noexcept;
    /// Whether the leader counts the CPU time of this cgroup already.
    [[nodiscard]] bool counts_group(const std::string& group) const noexcept;
    void set_gpus(const std::string& gpus) noexcept;
    /// CPU seconds of this rank's command since it began. One system call.
    void publish(double cpu_s, bool known) noexcept;
    /// The command has ended; this gramme itself used `own_cpu_s`.
    void leave(int code, std::optional<int> signal, double own_cpu_s) noexcept;
    /// Nobody else is left: whoever started the ranks may kill what remains.
    [[nodiscard]] bool is_last();
    /// What the leader wants said about the run, once, whoever asks first. After wait_for_delivery().
    [[nodiscard]] std::string take_last_word();
    /// Waits until the leader has delivered, at most `patience`, less where it was killed.
    void wait_for_delivery(std::chrono::milliseconds patience) const;
    [[nodiscard]] bool leader_lives() const;
    [[nodiscard]] bool is_closed() const noexcept;

private:
    RankTable(Role role, int rank, int size, RankFile file);
    /// One attempt; nothing where it is to be made again in a moment.
    [[nodiscard]] static Result<std::optional<RankTable>> try_join(const std::string& path, int rank,
                                                                   int ranks);
    [[nodiscard]] Result<bool> take_slot();
    [[nodiscard]] RankTableLayout& table() const noexcept;
    [[nodiscard]] RankSlot& own_slot() const noexcept;
    [[nodiscard]] static std::uint32_t used(const RankTableLayout& all) noexcept;
    [[nodiscard]] double sum_s(std::atomic<std::uint64_t> RankSlot::*member_ns) const noexcept;
    void note_failure(int code, std::optional<int> signal) noexcept;

    Role role_;
    int rank_;
    int size_;
    RankFile file_;           ///< the leader's holds the lock
    std::uint32_t slot_ = 0;  ///< a member's
    std::string run_id_;      ///< a member's, as the two texts were when it joined
    std::string socket_path_;
    mutable double most_cpu_s_ = 0.0;  ///< a leader's: what members_cpu_s() has said
    std::vector<std::uint8_t> seen_;
    std::vector<int> lost_;
};

}  // namespace gramme::sample
