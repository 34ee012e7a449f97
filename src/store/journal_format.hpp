// The journal's bytes: layout, records and their checksums, and the parser. Pure: no file is touched here.
// Decision and drawing: docs/adr/0003-journal.md.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/result.hpp"
#include "model/ledger.hpp"
#include "model/run.hpp"

namespace gramme::store {

/// "GRAMMEJ" and the byte order: a machine with the other order reads another number.
constexpr std::uint64_t kJournalMagic = 0x4A454D4D4152471FULL;
constexpr std::uint32_t kJournalVersion = 2;
constexpr std::uint32_t kVersionWithUse = 2;  ///< before it, windows say nothing of how busy their device was

// The file is a head and then segments, each of one size, so that offsets fit the pages of every platform
// (arm64 has pages of up to 64 KiB).
constexpr std::size_t kRecordBytes = 128;
constexpr std::size_t kSegmentBytes = 65'536;
constexpr std::size_t kHeadBytes = 2 * kSegmentBytes;
constexpr std::size_t kRecordsPerSegment = kSegmentBytes / kRecordBytes;
// In the head: one page with the journal head and two tick slots, then two slots for the run's description.
constexpr std::size_t kTickOffset = 2'048;
constexpr std::size_t kRunOffset = 4'096;
constexpr std::size_t kRunSlotBytes = (kHeadBytes - kRunOffset) / 2;
// In a device segment: its name plate, two slots for the open window, two for the open gap, two for the
// device's description, then the ring of closed fine windows.
constexpr std::size_t kOpenWindowOffset = kRecordBytes;
constexpr std::size_t kOpenGapOffset = 3 * kRecordBytes;
constexpr std::size_t kDeviceOffset = 5 * kRecordBytes;
constexpr std::size_t kDeviceSlotBytes = 1'728;
constexpr std::size_t kRingOffset = 4'096;
constexpr std::size_t kRingRecords = (kSegmentBytes - kRingOffset) / kRecordBytes;  // 480: an hour needs 391
static_assert(kDeviceOffset + 2 * kDeviceSlotBytes == kRingOffset);

constexpr std::size_t kMaxDevices = 256;
constexpr std::size_t kReasonBytes = 64;  ///< with the closing NUL

enum class RecordKind : std::uint8_t {
    kNone = 0,
    kHead = 1,
    kTick = 2,
    kDeviceSegment = 3,
    kAppendSegment = 4,
    kOpenWindow = 5,
    kFineWindow = 6,
    kCoarseWindow = 7,
    kOpenGap = 8,
    kGap = 9,
    kMarker = 10,
    kText = 11,
};

constexpr std::size_t kPayloadBytes = 88;

/// One record. `crc` covers everything behind it, is never 0 in a finished record and is stored last: a
/// record whose writer died inside it has crc 0.
struct Record {
    std::uint32_t crc = 0;
    RecordKind kind = RecordKind::kNone;
    std::uint8_t quality = 0;
    std::uint16_t device = 0;
    std::uint64_t first = 0;  ///< serial of the window, gap or text; of a coarse window its first fine one
    std::uint64_t last = 0;   ///< of a coarse window its last fine one; in alternating slots the turn
    std::int64_t from_ns = 0;
    std::int64_t to_ns = 0;
    std::array<std::byte, kPayloadBytes> payload{};
};
static_assert(sizeof(Record) == kRecordBytes && std::is_trivially_copyable_v<Record>);

struct WindowPayload {
    double energy_j = 0.0;
    double job_j = 0.0;
    double unassigned_j = 0.0;
    double job_cpu_s = 0.0;
    double busy_cpu_s = 0.0;
    std::uint32_t readings = 0;
    // Use. What the summary states is kept in full; times and causes, which are shown to a per cent, fit the
    // record as single precision.
    float known_s = 0.0F;
    double known_j = 0.0;
    double idle_j = 0.0;
    float busy_s = 0.0F;
    float start_up_j = 0.0F;
    float evaluation_j = 0.0F;
    float loading_j = 0.0F;
    float quiet_j = 0.0F;
    float unclear_j = 0.0F;
};
static_assert(sizeof(WindowPayload) == kPayloadBytes);
struct GapPayload {
    std::array<char, kReasonBytes> reason{};
};
/// Of a tick: from_ns is unused, to_ns is now.
struct TickPayload {
    std::uint64_t samples = 0;
    std::uint64_t dropped = 0;  ///< windows and gaps that named a device nobody declared, or were not finite
};
/// Of a marker, stored after its texts: from_ns is when; the name, then the detail are the texts of `first`.
struct MarkerPayload {
    std::uint32_t kind = 0;
    std::uint32_t name_bytes = 0;
    std::uint32_t detail_bytes = 0;
    std::uint32_t padding = 0;
};
struct TextPayload {
    std::array<char, kPayloadBytes> bytes{};  ///< `last` says how many
};
/// In the journal head: from_ns and to_ns are the start on the wall clock (UTC) and the boot clock.
struct HeadPayload {
    std::uint64_t magic = kJournalMagic;
    std::uint32_t version = kJournalVersion;
    std::int32_t pid = 0;
    std::uint64_t process_start_ticks = 0;  ///< field 22 of /proc/PID/stat: pids are reused
    std::array<char, 40> boot_id{};
    std::array<char, 24> padding{};
};

template <class Payload>
[[nodiscard]] Payload payload_of(const Record& record) {
    static_assert(sizeof(Payload) <= kPayloadBytes && std::is_trivially_copyable_v<Payload>);
    Payload out;
    __builtin_memcpy(&out, record.payload.data(), sizeof out);
    return out;
}
template <class Payload>
void set_payload(Record& record, const Payload& payload) {
    static_assert(sizeof(Payload) <= kPayloadBytes && std::is_trivially_copyable_v<Payload>);
    __builtin_memcpy(record.payload.data(), &payload, sizeof payload);
}

/// The checksum that belongs into `record.crc`. Never 0.
[[nodiscard]] std::uint32_t checksum(const Record& record) noexcept;

[[nodiscard]] Record to_record(RecordKind kind, const Window& window, std::uint64_t first,
                               std::uint64_t last);
[[nodiscard]] Window to_window(const Record& record);

/// A slot of variable size: turn, length and checksum, then the text. Two of them alternate.
struct TextSlotHead {
    std::uint32_t crc = 0;
    std::uint32_t bytes = 0;
    std::uint64_t turn = 0;
};
/// The slot's bytes; nullopt if the text does not fit into `slot_bytes`.
[[nodiscard]] std::optional<std::vector<std::byte>> text_slot(std::string_view text, std::uint64_t turn,
                                                              std::size_t slot_bytes);

/// A device as the text of its slot (texts longer than 255 bytes are cut), and back. kMalformed.
[[nodiscard]] std::string device_to_text(const Device& device);
[[nodiscard]] Result<Device> device_from_text(std::string_view text);

/// `text` cut to at most `most` bytes, not inside a UTF-8 character.
[[nodiscard]] std::string_view cut_text(std::string_view text, std::size_t most);

/// Everything a journal says.
struct ParsedJournal {
    HeadPayload head;
    std::int64_t start_wall_ns = 0;
    std::int64_t start_boot_ns = 0;
    RunRecord run;  ///< as described; duration and samples from the last tick while it is running
    Ledger ledger;
    std::vector<std::string> damage;
};
/// Any bytes at all are allowed. kMalformed if they are no journal or the head or the run's description is
/// damaged, kUnsupported for a newer version.
[[nodiscard]] Result<ParsedJournal> parse_journal(std::span<const std::byte> bytes);

}  // namespace gramme::store
