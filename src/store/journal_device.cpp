#include "store/journal_device.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>

namespace gramme::store {
namespace {

constexpr std::int64_t kSecond = Nanoseconds{std::chrono::seconds{1}}.count();
constexpr std::int64_t kFine = 10 * kSecond;
constexpr std::int64_t kCoarse = Nanoseconds{std::chrono::minutes{5}}.count();
constexpr std::int64_t kFineSpan = Nanoseconds{std::chrono::hours{1}}.count();
/// Stretches that do not touch are kept apart, up to so many in five minutes; a sensor that comes and goes
/// every second must not fill a disk.
constexpr int kStretchesPerBin = 4;
constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::min();

std::int64_t floor_divide(std::int64_t a, std::int64_t b) {
    return a / b - (a % b < 0 ? 1 : 0);
}

/// The part of `window` before `at_ns`; `window` keeps the rest. What is taken and what stays add up to what
/// was there: the rest is total - part.
Window take_until(Window& window, std::int64_t at_ns) {
    const double share =
        static_cast<double>(at_ns - window.from_ns) / static_cast<double>(window.to_ns - window.from_ns);
    Window part = window;
    part.to_ns = at_ns;
    part.energy = window.energy * share;
    part.job = window.job * share;
    part.unassigned = window.unassigned * share;
    part.job_cpu_s = window.job_cpu_s * share;
    part.busy_cpu_s = window.busy_cpu_s * share;
    part.readings = static_cast<std::uint32_t>(static_cast<double>(window.readings) * share);
    part.use = window.use * share;
    window.from_ns = at_ns;
    window.energy -= part.energy;
    window.job -= part.job;
    window.unassigned -= part.unassigned;
    window.job_cpu_s -= part.job_cpu_s;
    window.busy_cpu_s -= part.busy_cpu_s;
    window.readings -= part.readings;
    window.use -= part.use;
    return part;
}

void absorb(Window& into, const Window& piece) {
    into.to_ns = std::max(into.to_ns, piece.to_ns);
    into.energy += piece.energy;
    into.job += piece.job;
    into.unassigned += piece.unassigned;
    into.job_cpu_s += piece.job_cpu_s;
    into.busy_cpu_s += piece.busy_cpu_s;
    into.readings += piece.readings;
    into.use += piece.use;
    into.quality = std::max(into.quality, piece.quality);  // the weakest part decides
}

std::size_t ring_at(std::uint64_t serial) {
    return kRingOffset + static_cast<std::size_t>(serial % kRingRecords) * kRecordBytes;
}

}  // namespace

JournalDevice::JournalDevice(MappedRegion region, std::uint16_t index, std::int64_t start_wall_ns,
                             RecordSink& sink)
    : region_(std::move(region)),
      index_(index),
      start_wall_ns_(start_wall_ns),
      sink_(&sink),
      end_ns_(kNever),
      gap_bin_(kNever) {}

void JournalDevice::describe(const Device& device) {
    ++description_turn_;
    const auto slot = text_slot(device_to_text(device), description_turn_, kDeviceSlotBytes);
    GRAMME_ASSERT(slot.has_value());
    region_.store_sealed(kDeviceOffset + (description_turn_ % 2) * kDeviceSlotBytes, slot->data(),
                         slot->size());
}

std::int64_t JournalDevice::bin_of(std::int64_t at_ns, std::int64_t grain_ns) const noexcept {
    return floor_divide(start_wall_ns_ + at_ns, grain_ns);
}

void JournalDevice::add(const Window& window) noexcept {
    Window rest = window;
    rest.from_ns = std::max(rest.from_ns, end_ns_);
    rest.to_ns = std::max(rest.to_ns, rest.from_ns);
    end_ns_ = rest.to_ns;
    for (;;) {
        // Of a long window (a sensor that was silent for hours) only the last hour is cut finely.
        const std::int64_t grain = rest.to_ns - rest.from_ns > kFineSpan ? kCoarse : kFine;
        const std::int64_t bound = (bin_of(rest.from_ns, grain) + 1) * grain - start_wall_ns_;
        if (rest.to_ns <= bound) {
            break;
        }
        merge(take_until(rest, bound));
    }
    merge(rest);
    ++window_turn_;
    region_.store(kOpenWindowOffset + (window_turn_ % 2) * kRecordBytes,
                  to_record(RecordKind::kOpenWindow, open_, serial_, window_turn_));
}

void JournalDevice::merge(const Window& piece) noexcept {
    const bool continues = has_open_ && piece.from_ns == open_.to_ns &&
                           bin_of(piece.from_ns, kFine) == bin_of(open_.from_ns, kFine);
    if (has_open_ && !continues && close_window()) {
        has_open_ = false;
    }
    if (has_open_) {  // it goes on, or it could not be closed: then it becomes wider, and nothing is lost
        absorb(open_, piece);
    } else {
        open_ = piece;
        has_open_ = true;
    }
}

bool JournalDevice::close_window() noexcept {
    fold_older_than(open_.to_ns - kFineSpan);
    if (serial_ - oldest_ >= kRingRecords && !fold_oldest_bin()) {
        return false;
    }
    region_.store(ring_at(serial_), to_record(RecordKind::kFineWindow, open_, serial_, serial_));
    ++serial_;
    return true;
}

void JournalDevice::fold_older_than(std::int64_t at_ns) noexcept {
    while (oldest_ < serial_) {
        const std::int64_t from_ns = region_.record_at(ring_at(oldest_)).from_ns;
        const std::int64_t bin_end_ns = (bin_of(from_ns, kCoarse) + 1) * kCoarse - start_wall_ns_;
        if (bin_end_ns > at_ns || !fold_oldest_bin()) {
            return;
        }
    }
}

bool JournalDevice::fold_oldest_bin() noexcept {
    std::int64_t bin = 0;
    Window sum;
    int stretches = 0;
    std::uint64_t next = oldest_;
    const auto append_sum = [&] {
        if (!sink_->append(to_record(RecordKind::kCoarseWindow, sum, oldest_, next - 1))) {
            return false;
        }
        oldest_ = next;
        return true;
    };
    for (; next < serial_; ++next) {
        const Window window = to_window(region_.record_at(ring_at(next)));
        if (stretches == 0) {
            bin = bin_of(window.from_ns, kCoarse);
            sum = window;
            stretches = 1;
        } else if (bin_of(window.from_ns, kCoarse) != bin) {
            break;
        } else if (window.from_ns == sum.to_ns || stretches == kStretchesPerBin) {
            absorb(sum, window);
        } else {
            if (!append_sum()) {
                return stretches > 1;  // some room was made
            }
            sum = window;
            ++stretches;
        }
    }
    return append_sum() || stretches > 1;
}

void JournalDevice::add_gap(std::int64_t from_ns, std::int64_t to_ns, std::string_view reason) noexcept {
    GapPayload payload;
    const std::string_view kept = cut_text(reason, kReasonBytes - 1);
    std::copy(kept.begin(), kept.end(), payload.reason.begin());
    Record gap;
    gap.kind = RecordKind::kOpenGap;
    gap.device = index_;
    gap.from_ns = from_ns;
    gap.to_ns = std::max(from_ns, to_ns);
    set_payload(gap, payload);

    const bool same = has_gap_ && gap.payload == gap_.payload;
    if (same && from_ns <= gap_.to_ns) {
        gap_.to_ns = std::max(gap_.to_ns, gap.to_ns);
        store_open_gap();
        return;
    }
    if (has_gap_) {
        const std::int64_t bin = bin_of(from_ns, kCoarse);
        gaps_in_bin_ = bin == gap_bin_ ? gaps_in_bin_ + 1 : 1;
        gap_bin_ = bin;
        Record closed = gap_;
        closed.kind = RecordKind::kGap;
        if (gaps_in_bin_ > kStretchesPerBin || !sink_->append(closed)) {
            // Too many to keep apart, or no room: the time without readings stays right, its place does not.
            gap_.to_ns += gap.to_ns - gap.from_ns;
            if (!same) {
                GapPayload several;
                constexpr std::string_view kSeveral = "several failures";
                std::copy(kSeveral.begin(), kSeveral.end(), several.reason.begin());
                set_payload(gap_, several);
            }
            store_open_gap();
            return;
        }
    }
    gap_ = gap;
    has_gap_ = true;
    ++gap_serial_;
    store_open_gap();
}

void JournalDevice::store_open_gap() noexcept {
    ++gap_turn_;
    gap_.first = gap_serial_;
    gap_.last = gap_turn_;
    region_.store(kOpenGapOffset + (gap_turn_ % 2) * kRecordBytes, gap_);
}

}  // namespace gramme::store
