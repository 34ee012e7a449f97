// The journal: what a live run knows, in one memory-mapped file of its own, so that kill -9 loses one
// sampling period at most.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "model/ledger.hpp"
#include "model/run.hpp"

namespace gramme::store {

/// One writer, sampler thread only. Fixed-size checksummed records; adding a window makes no system call, no
/// allocation and takes no lock (but for one file extension in some hundred closed windows). Layout:
/// docs/adr/0003-journal.md.
class Journal {
public:
    /// Creates `dir`/<run.id>.gramme and locks it (an advisory lock that dies with the process). Windows are
    /// cut at UTC bounds: fine ones (10 s) for the last hour, 5 minutes before that. kIo or kPermission names
    /// the file.
    static Result<std::unique_ptr<Journal>> create(const std::string& dir, const RunRecord& run,
                                                   std::int64_t start_boot_ns);
    virtual ~Journal() = default;

    /// Adds or changes the description of device `index` (membership may change). Not on the hot path.
    virtual Result<void> declare(std::uint16_t index, const Device& device) = 0;
    /// Adds energy; from/to are since the start of the run. Merges into the open window of the device.
    virtual void add(const Window& window) noexcept = 0;
    virtual void add_gap(std::uint16_t device, std::int64_t from_ns, std::int64_t to_ns,
                         std::string_view reason) noexcept = 0;
    /// Time passed and samples taken, so that an interrupted run knows how long it was. Hot path.
    virtual void tick(std::int64_t now_ns, std::uint64_t samples) noexcept = 0;
    /// Whether the file is still as long as the journal made it. Ask before the stores of a turn (one system
    /// call): a store into what another program cut off would be SIGBUS. Once false it stays so, and nothing
    /// more is stored.
    [[nodiscard]] virtual bool is_whole() noexcept { return true; }
    virtual Result<void> add_marker(const Marker& marker) = 0;
    /// Replaces the description of the run (at its end: duration, exit status, warnings, survivors).
    virtual Result<void> describe(const RunRecord& run) = 0;
    [[nodiscard]] virtual const std::string& path() const = 0;
    /// Everything so far, as a reader of the file would see it. kIo where the file was cut.
    [[nodiscard]] virtual Result<Ledger> ledger() const = 0;
    /// Unlocks and deletes the file: the run is in the store.
    virtual Result<void> remove() = 0;
};

struct JournalContents {
    RunRecord run;
    Ledger ledger;
    bool alive = false;               ///< its writer holds the lock
    std::vector<std::string> damage;  ///< records that failed their checksum: what and where
};

/// Reads a journal, also one whose writer lives or was killed. kMalformed if it is no journal or its head is
/// damaged.
[[nodiscard]] Result<JournalContents> read_journal(const std::string& path);

/// Whether the writer of a journal lives; false also where the file is gone. Asks for its lock, reads none of
/// it.
[[nodiscard]] bool journal_in_use(const std::string& path);

/// Journals in a directory, by name.
[[nodiscard]] std::vector<std::string> list_journals(const std::string& dir);

/// Removes what a gramme that was killed while it made its journal has left: hidden, without a run in it,
/// unlocked and older than an hour (another may be making one right now). Nothing was measured in it.
void remove_half_made_journals(const std::string& dir, std::int64_t now_wall_ns);

}  // namespace gramme::store
