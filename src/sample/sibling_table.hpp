// Trackers in the processes of one job on one node (ranks): each measures its own part, and through a small
// mapped file knows what the others use, so that the parts add up to what one run of all would have measured.
// docs/adr/0009-library.md.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <string>

#include "base/result.hpp"
#include "host/unique_fd.hpp"
#include "sample/rank_layout.hpp"

namespace gramme::sample {

/// What the trackers of the job have at one instant.
struct SiblingShares {
    double all_cpu_s = 0.0;  ///< CPU seconds of all of them since each began; never falls
    int alive = 1;           ///< this one included
    int same_gpus = 1;       ///< of them, those that were given the same GPUs by name; 1: none were named
};

/// One thread. Everything is atomic memory; reading the shares is two system calls and one more per sibling
/// now and then.
class SiblingTable {
public:
    /// `path`: the same for all trackers of the job. `gpus`: CUDA_VISIBLE_DEVICES, empty where it is not set.
    /// kPermission: the file is a link or belongs to somebody else. kUnsupported: no locks there.
    /// kUnavailable: no room for another tracker. kIo.
    static Result<SiblingTable> join(const std::string& path, const std::string& gpus);
    ~SiblingTable();
    SiblingTable(SiblingTable&& other) noexcept;
    SiblingTable& operator=(SiblingTable&&) = delete;
    SiblingTable(const SiblingTable&) = delete;
    SiblingTable& operator=(const SiblingTable&) = delete;

    /// This tracker has used so much since it joined; the sum of all.
    [[nodiscard]] SiblingShares exchange(double own_cpu_s) noexcept;
    /// Its part is over; what it has used stays in the sum.
    void leave() noexcept;

private:
    struct Slot {
        RankProcess process;
        std::atomic<std::uint64_t> pid_namespace;
        std::atomic<std::uint32_t> alive;
        std::atomic<std::uint64_t> cpu_ns;
        std::atomic<std::uint64_t> gpus;  ///< hash; 0: none are named
    };
    struct Layout {
        static constexpr std::uint32_t kSlots = 4096;  ///< ever: a slot is not used again
        std::atomic<std::uint32_t> used;
        std::array<Slot, kSlots> slots;
    };

    SiblingTable(std::string path, host::UniqueFd fd, Layout* layout)
        : path_(std::move(path)), fd_(std::move(fd)), layout_(layout) {}
    [[nodiscard]] bool is_whole() const noexcept;

    std::string path_;
    host::UniqueFd fd_;
    Layout* layout_;
    std::uint32_t slot_ = 0;
    double most_s_ = 0.0;
    std::uint32_t turns_ = 0;
};

/// The file name for a key that may hold anything.
[[nodiscard]] std::string sibling_table_name(const std::string& key);

}  // namespace gramme::sample
