// The windows and gaps of one device on their way into the journal: cut, closed, folded.
#pragma once

#include <cstdint>
#include <string_view>

#include "model/ledger.hpp"
#include "store/journal_format.hpp"
#include "store/mapped_region.hpp"

namespace gramme::store {

/// Where closed records go. false: there is no room (full disk), keep what you have.
class RecordSink {
public:
    virtual ~RecordSink() = default;
    virtual bool append(const Record& record) noexcept = 0;
};

/// Sampler thread only. Method: docs/method/ledger.md.
class JournalDevice {
public:
    JournalDevice(MappedRegion region, std::uint16_t index, std::int64_t start_wall_ns, RecordSink& sink);

    /// kOutOfRange does not happen: device_to_text() fits the slot.
    void describe(const Device& device);
    void add(const Window& window) noexcept;
    void add_gap(std::int64_t from_ns, std::int64_t to_ns, std::string_view reason) noexcept;

private:
    [[nodiscard]] std::int64_t bin_of(std::int64_t at_ns, std::int64_t grain_ns) const noexcept;
    void merge(const Window& piece) noexcept;
    bool close_window() noexcept;
    void fold_older_than(std::int64_t at_ns) noexcept;
    bool fold_oldest_bin() noexcept;
    void store_open_gap() noexcept;

    MappedRegion region_;
    std::uint16_t index_;
    std::int64_t start_wall_ns_;
    RecordSink* sink_;
    std::uint64_t description_turn_ = 0;

    Window open_;
    bool has_open_ = false;
    std::uint64_t serial_ = 1;  ///< of the open window
    std::uint64_t oldest_ = 1;  ///< of the oldest closed window that is still in the ring
    std::uint64_t window_turn_ = 0;
    std::int64_t end_ns_;  ///< windows do not go back behind it

    Record gap_;
    bool has_gap_ = false;
    std::uint64_t gap_serial_ = 0;
    std::uint64_t gap_turn_ = 0;
    std::int64_t gap_bin_;
    int gaps_in_bin_ = 0;
};

}  // namespace gramme::store
