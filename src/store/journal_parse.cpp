// Reading a journal back: which records count, and which are copies of what another record already holds.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>

#include "base/crc32c.hpp"
#include "present/present.hpp"
#include "store/journal_format.hpp"

namespace gramme::store {
namespace {

enum class RecordState : std::uint8_t { kEmpty, kUnfinished, kGood, kBad };

/// What was found of one device.
struct DeviceRecords {
    bool has_segment = false;
    Device device;
    std::vector<Record> coarse;
    std::vector<Record> fine;
    std::vector<Record> gaps;
    std::optional<Record> open_window;
    std::optional<Record> open_gap;
};

bool is_use_sane(const WindowPayload& payload) {
    const std::array sums{payload.known_s,   payload.busy_s,  payload.start_up_j, payload.evaluation_j,
                          payload.loading_j, payload.quiet_j, payload.unclear_j};
    return std::isfinite(payload.known_j) && std::isfinite(payload.idle_j) &&
           std::all_of(sums.begin(), sums.end(), [](float sum) { return std::isfinite(sum); });
}

bool is_window_sane(const Record& record) {
    const auto payload = payload_of<WindowPayload>(record);
    return record.quality <= static_cast<std::uint8_t>(Quality::kAssumed) && record.from_ns <= record.to_ns &&
           record.first <= record.last && std::isfinite(payload.energy_j) && std::isfinite(payload.job_j) &&
           std::isfinite(payload.unassigned_j) && std::isfinite(payload.job_cpu_s) &&
           std::isfinite(payload.busy_cpu_s) && is_use_sane(payload);
}

bool is_zero(std::span<const std::byte> bytes) {  // each byte equals the next, and the first is 0
    return bytes.empty() || (bytes.front() == std::byte{0} &&
                             std::memcmp(bytes.data(), bytes.data() + 1, bytes.size() - 1) == 0);
}

class Parser {
public:
    explicit Parser(std::span<const std::byte> bytes) : bytes_(bytes) {}

    Result<ParsedJournal> parse() {
        GRAMME_CHECK(read_head());
        GRAMME_CHECK(read_run());
        read_tick();
        for (std::size_t offset = kHeadBytes; offset + kRecordBytes <= bytes_.size();
             offset += kSegmentBytes) {
            read_segment(offset);
        }
        collect();
        if (out_.run.state == RunState::kRunning) {
            out_.run.duration_s = Seconds{Nanoseconds{last_ns_}}.count();
            out_.run.samples = samples_;
        }
        return std::move(out_);
    }

private:
    [[nodiscard]] Record record_at(std::size_t offset) const {
        Record record;
        std::memcpy(&record, bytes_.data() + offset, sizeof record);
        return record;
    }

    [[nodiscard]] RecordState state_of(const Record& record, std::size_t offset) const {
        if (record.crc != 0) {
            return record.crc == checksum(record) ? RecordState::kGood : RecordState::kBad;
        }
        return is_zero(bytes_.subspan(offset, kRecordBytes)) ? RecordState::kEmpty : RecordState::kUnfinished;
    }

    void damaged(std::size_t offset, std::string_view what) {
        constexpr std::size_t kMostLines = 100;  // a file of noise has thousands
        if (out_.damage.size() < kMostLines) {
            out_.damage.push_back("byte " + std::to_string(offset) + ": " + std::string{what});
        } else if (out_.damage.size() == kMostLines) {
            out_.damage.emplace_back("and more");
        }
    }

    /// The record at `offset` if it is finished and of one of two kinds. An unfinished one is no damage: its
    /// writer died inside it, and what it was to hold is still where it came from.
    std::optional<Record> good_record(std::size_t offset, std::string_view what) {
        if (offset + kRecordBytes > bytes_.size()) {
            return std::nullopt;
        }
        const Record record = record_at(offset);
        const RecordState state = state_of(record, offset);
        if (state == RecordState::kBad) {
            damaged(offset, std::string{what} + ": the checksum does not match");
        }
        return state == RecordState::kGood ? std::optional{record} : std::nullopt;
    }

    /// The later of two alternating records.
    std::optional<Record> latest(std::size_t offset, RecordKind kind, std::string_view what) {
        std::optional<Record> best;
        for (const std::size_t at : {offset, offset + kRecordBytes}) {
            const auto record = good_record(at, what);
            if (record && record->kind == kind && (!best || record->last > best->last)) {
                best = record;
            }
        }
        return best;
    }

    struct TextSlot {
        std::uint64_t turn = 0;
        std::string_view text;
    };
    std::optional<TextSlot> text_at(std::size_t offset, std::size_t slot_bytes, std::string_view what) {
        TextSlotHead head;
        if (offset + slot_bytes > bytes_.size()) {
            return std::nullopt;
        }
        std::memcpy(&head, bytes_.data() + offset, sizeof head);
        if (head.crc == 0) {
            return std::nullopt;
        }
        if (head.bytes > slot_bytes - sizeof head) {
            damaged(offset, std::string{what} + ": the length does not fit");
            return std::nullopt;
        }
        const std::uint32_t crc =
            crc32c(bytes_.data() + offset + sizeof head.crc, sizeof head - sizeof head.crc + head.bytes);
        if (head.crc != (crc != 0 ? crc : 1)) {
            damaged(offset, std::string{what} + ": the checksum does not match");
            return std::nullopt;
        }
        const auto* text = reinterpret_cast<const char*>(bytes_.data() + offset + sizeof head);
        return TextSlot{head.turn, {text, head.bytes}};
    }
    std::optional<TextSlot> latest_text(std::size_t offset, std::size_t slot_bytes, std::string_view what) {
        const auto a = text_at(offset, slot_bytes, what);
        const auto b = text_at(offset + slot_bytes, slot_bytes, what);
        return !a || (b && b->turn > a->turn) ? b : a;
    }

    Result<void> read_head() {
        if (bytes_.size() < kHeadBytes) {
            return Error{Code::kMalformed, "this is no journal of gramme: it is too short", ""};
        }
        const Record record = record_at(0);
        out_.head = payload_of<HeadPayload>(record);
        if (record.kind != RecordKind::kHead || out_.head.magic != kJournalMagic) {
            return Error{Code::kMalformed, "this is no journal of gramme", ""};
        }
        if (state_of(record, 0) != RecordState::kGood) {
            return Error{Code::kMalformed, "the journal's head is damaged", "keep the file and report it"};
        }
        if (out_.head.version == 0 || out_.head.version > kJournalVersion) {
            return Error{Code::kUnsupported,
                         "the journal has version " + std::to_string(out_.head.version) +
                             ", this gramme reads up to " + std::to_string(kJournalVersion),
                         "use the gramme that wrote it, or a newer one"};
        }
        out_.start_wall_ns = record.from_ns;
        out_.start_boot_ns = record.to_ns;
        return {};
    }

    Result<void> read_run() {
        const auto slot = latest_text(kRunOffset, kRunSlotBytes, "description of the run");
        if (!slot) {
            return Error{Code::kMalformed, "the journal's description of the run is damaged",
                         "keep the file and report it"};
        }
        GRAMME_TRY(out_.run, present::run_from_json(slot->text));
        return {};
    }

    void read_tick() {
        if (const auto tick = latest(kTickOffset, RecordKind::kTick, "clock")) {
            const auto payload = payload_of<TickPayload>(*tick);
            samples_ = payload.samples;
            last_ns_ = std::max(last_ns_, tick->to_ns);
            if (payload.dropped > 0) {
                out_.damage.push_back(std::to_string(payload.dropped) +
                                      " windows or gaps of a device that was never declared were dropped");
            }
        }
    }

    void read_segment(std::size_t offset) {
        const auto plate = good_record(offset, "segment");
        if (!plate) {
            // A segment without its plate was being made when the writer died, and holds nothing; if it holds
            // something all the same, the plate was damaged later.
            const std::size_t size = std::min(kSegmentBytes, bytes_.size() - offset);
            if (!is_zero(bytes_.subspan(offset + kRecordBytes, size - kRecordBytes))) {
                damaged(offset, "a segment has lost its plate; what can be read of it is used");
                read_records(offset + kRecordBytes, offset + kSegmentBytes);
            }
            return;
        }
        if (plate->kind == RecordKind::kAppendSegment) {
            read_records(offset + kRecordBytes, offset + kSegmentBytes);
        } else if (plate->kind == RecordKind::kDeviceSegment && plate->device < kMaxDevices) {
            read_device(offset, plate->device);
        } else {
            damaged(offset, "a segment of unknown kind");
        }
    }

    void read_device(std::size_t offset, std::uint16_t index) {
        DeviceRecords& found = devices_[index];
        const std::string what = "device " + std::to_string(index);
        const auto slot = latest_text(offset + kDeviceOffset, kDeviceSlotBytes, what);
        if (slot) {
            if (auto device = device_from_text(slot->text)) {
                found.has_segment = true;
                found.device = *std::move(device);
            } else {
                damaged(offset + kDeviceOffset, device.error().what);
            }
        }
        if (const auto open = latest(offset + kOpenWindowOffset, RecordKind::kOpenWindow, what);
            open && open->device == index) {
            keep_window(*open, offset + kOpenWindowOffset, found.open_window);
        }
        if (const auto gap = latest(offset + kOpenGapOffset, RecordKind::kOpenGap, what);
            gap && gap->device == index && gap->from_ns <= gap->to_ns) {
            found.open_gap = gap;
        }
        read_records(offset + kRingOffset, offset + kSegmentBytes);
    }

    void keep_window(Record record, std::size_t offset, std::optional<Record>& out) {
        record.last = record.first;  // in a slot `last` is the turn
        if (is_window_sane(record)) {
            out = record;
        } else {
            damaged(offset, "a window that cannot be");
        }
    }

    /// Closed windows, gaps and markers, one after the other. Empty records are passed over.
    void read_records(std::size_t begin, std::size_t end) {
        for (std::size_t at = begin; at + kRecordBytes <= std::min(end, bytes_.size()); at += kRecordBytes) {
            const auto record = good_record(at, "record");
            if (!record) {
                continue;
            }
            switch (record->kind) {
                case RecordKind::kFineWindow:
                case RecordKind::kCoarseWindow:
                    if (record->device < kMaxDevices && is_window_sane(*record)) {
                        DeviceRecords& found = devices_[record->device];
                        (record->kind == RecordKind::kFineWindow ? found.fine : found.coarse)
                            .push_back(*record);
                    } else {
                        damaged(at, "a window that cannot be");
                    }
                    break;
                case RecordKind::kGap:
                    if (record->device < kMaxDevices && record->from_ns <= record->to_ns) {
                        devices_[record->device].gaps.push_back(*record);
                    } else {
                        damaged(at, "a gap that cannot be");
                    }
                    break;
                case RecordKind::kText: read_text(*record, at); break;
                case RecordKind::kMarker: read_marker(*record, at); break;
                default: break;  // slots that lie in a segment without plate
            }
        }
    }

    void read_text(const Record& record, std::size_t at) {
        if (record.last > kPayloadBytes) {
            damaged(at, "a text that cannot be");
            return;
        }
        const auto payload = payload_of<TextPayload>(record);
        texts_[record.first].append(payload.bytes.data(), record.last);
    }

    void read_marker(const Record& record, std::size_t at) {
        const auto payload = payload_of<MarkerPayload>(record);
        const std::string& text = texts_[record.first];
        if (payload.kind > static_cast<std::uint32_t>(Marker::Kind::kMark) ||
            text.size() != std::size_t{payload.name_bytes} + payload.detail_bytes) {
            damaged(at, "a marker that lost its text");
            return;
        }
        out_.ledger.markers.push_back({static_cast<Marker::Kind>(payload.kind), record.from_ns,
                                       text.substr(0, payload.name_bytes), text.substr(payload.name_bytes)});
        texts_.erase(record.first);
    }

    /// The windows of one device, each joule once: a coarse window stands for its range of serials, a fine
    /// one counts where no coarse one covers it, the open one where it was not closed yet.
    void collect_windows(DeviceRecords& found) {
        std::vector<Record> chosen;
        const auto add_new = [&](const std::vector<Record>& records) {
            const std::size_t old = chosen.size();
            std::vector<Record> sorted = records;
            std::sort(sorted.begin(), sorted.end(), [](const Record& a, const Record& b) {
                return a.first != b.first ? a.first < b.first : a.last < b.last;
            });
            std::uint64_t after = 0;  // serials start at 1
            for (const Record& record : sorted) {
                const auto covering = std::upper_bound(
                    chosen.begin(), chosen.begin() + static_cast<std::ptrdiff_t>(old), record.first,
                    [](std::uint64_t serial, const Record& r) { return serial <= r.last; });
                const bool covered = covering != chosen.begin() + static_cast<std::ptrdiff_t>(old) &&
                                     covering->first <= record.last;
                if (!covered && record.first > after) {
                    chosen.push_back(record);
                    after = record.last;
                }
            }
            std::inplace_merge(chosen.begin(), chosen.begin() + static_cast<std::ptrdiff_t>(old),
                               chosen.end(),
                               [](const Record& a, const Record& b) { return a.first < b.first; });
        };
        add_new(found.coarse);
        add_new(found.fine);
        if (found.open_window) {
            add_new({*found.open_window});
        }
        for (const Record& record : chosen) {
            out_.ledger.windows.push_back(to_window(record));
            if (out_.head.version < kVersionWithUse) {
                out_.ledger.windows.back().use = {};  // not known, whatever stands there
            }
            last_ns_ = std::max(last_ns_, record.to_ns);
        }
    }

    void collect_gaps(DeviceRecords& found) {
        if (found.open_gap) {
            found.gaps.push_back(
                *found.open_gap);  // behind the closed gap of the same serial, if there is one
        }
        std::stable_sort(found.gaps.begin(), found.gaps.end(),
                         [](const Record& a, const Record& b) { return a.first < b.first; });
        std::uint64_t after = 0;
        for (const Record& record : found.gaps) {
            if (record.first <= after) {
                continue;
            }
            after = record.first;
            const auto reason = payload_of<GapPayload>(record).reason;
            const auto* end = std::find(reason.begin(), reason.end(), '\0');
            out_.ledger.gaps.push_back(
                {record.device, record.from_ns, record.to_ns, std::string(reason.begin(), end)});
            last_ns_ = std::max(last_ns_, record.to_ns);
        }
    }

    void collect() {
        for (auto& [index, found] : devices_) {
            if (!found.has_segment && found.coarse.empty() && found.fine.empty() && found.gaps.empty() &&
                !found.open_window && !found.open_gap) {
                continue;  // the writer died while it declared the device
            }
            auto& devices = out_.ledger.devices;
            while (devices.size() <= index) {
                devices.emplace_back();
                devices.back().quality = Quality::kAssumed;
                devices.back().id = "device" + std::to_string(devices.size() - 1);
            }
            if (found.has_segment) {
                devices[index] = found.device;
            } else {
                out_.damage.push_back("the description of device " + std::to_string(index) + " is lost");
            }
            collect_windows(found);
            collect_gaps(found);
        }
    }

    std::span<const std::byte> bytes_;
    ParsedJournal out_;
    std::map<std::uint16_t, DeviceRecords> devices_;
    std::map<std::uint64_t, std::string> texts_;
    std::uint64_t samples_ = 0;
    std::int64_t last_ns_ = 0;
};

}  // namespace

Result<ParsedJournal> parse_journal(std::span<const std::byte> bytes) {
    return Parser{bytes}.parse();
}

}  // namespace gramme::store
