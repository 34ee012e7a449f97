#include "store/journal.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <utility>

#include "host/errno_error.hpp"
#include "host/unique_fd.hpp"
#include "present/present.hpp"
#include "store/file_lock.hpp"
#include "store/journal_device.hpp"
#include "store/journal_file.hpp"
#include "store/journal_format.hpp"
#include "store/journal_writer.hpp"

namespace gramme::store {
namespace {

/// Reserved at once, because each reservation costs a file system transaction: two packages, their memory and
/// a place for what they close.
constexpr std::size_t kFirstBytes = kHeadBytes + 4 * kSegmentBytes;

/// The description that fits its slot: a very long command line is cut, and says so.
Result<std::string> description_of(const RunRecord& run, std::size_t most) {
    std::string text = present::run_to_json(run);
    if (text.size() <= most) {
        return text;
    }
    RunRecord cut = run;
    const auto halve = [](std::vector<std::string>& list) {
        list.resize(list.size() / 2);
        for (std::string& item : list) {
            item = std::string{cut_text(item, item.size() / 2)};
        }
    };
    cut.warnings.emplace_back(
        "the command line or the lists of this run were too long for the journal and are cut");
    while (text.size() > most && !cut.command.empty()) {
        halve(cut.command);
        text = present::run_to_json(cut);
    }
    while (text.size() > most && !cut.survivors.empty()) {
        halve(cut.survivors);
        text = present::run_to_json(cut);
    }
    while (text.size() > most && cut.warnings.size() > 1) {
        cut.warnings.erase(cut.warnings.begin(),
                           cut.warnings.end() - static_cast<std::ptrdiff_t>((cut.warnings.size() + 1) / 2));
        text = present::run_to_json(cut);
    }
    if (text.size() > most) {
        return Error{Code::kOutOfRange,
                     "the description of the run has " + std::to_string(text.size()) +
                         " bytes, the journal takes " + std::to_string(most),
                     "use fewer or shorter tags"};
    }
    return text;
}

class FileJournal final : public Journal, private RecordSink {
public:
    FileJournal(std::string path, host::UniqueFd fd, MappedRegion head, std::int64_t start_wall_ns,
                const JournalOptions& options)
        : path_(std::move(path)),
          fd_(std::move(fd)),
          head_(std::move(head)),
          start_wall_ns_(start_wall_ns),
          options_(options) {
        head_.watch(options_.probe);
    }

    Result<void> declare(std::uint16_t index, const Device& device) override {
        if (index >= kMaxDevices) {
            return Error{Code::kOutOfRange, "a run has at most " + std::to_string(kMaxDevices) + " devices",
                         ""};
        }
        if (!is_whole()) {
            return cut_error();
        }
        if (!devices_[index]) {
            auto segment = add_segment(RecordKind::kDeviceSegment, index);
            if (!segment) {
                return std::move(segment).error();
            }
            devices_[index] = std::make_unique<JournalDevice>(*std::move(segment), index, start_wall_ns_,
                                                              static_cast<RecordSink&>(*this));
        }
        devices_[index]->describe(device);
        return {};
    }

    [[nodiscard]] bool is_whole() noexcept override {
        struct stat status {};
        if (fd_ && !cut_ && ::fstat(fd_.get(), &status) == 0) {
            cut_ = static_cast<std::uint64_t>(status.st_size) < reserved_;
        }
        return !cut_;
    }

    void add(const Window& window) noexcept override {
        const bool finite = std::isfinite(window.energy.value()) && std::isfinite(window.job.value()) &&
                            std::isfinite(window.unassigned.value()) && std::isfinite(window.job_cpu_s) &&
                            std::isfinite(window.busy_cpu_s) && std::isfinite(window.use.idle.value());
        if (!fd_ || cut_) {
            return;  // the journal was removed, or cut: there is no file to write to
        }
        if (!finite || window.device >= kMaxDevices || !devices_[window.device]) {
            ++dropped_;
            return;
        }
        devices_[window.device]->add(window);
    }

    void add_gap(std::uint16_t device, std::int64_t from_ns, std::int64_t to_ns,
                 std::string_view reason) noexcept override {
        if (!fd_ || cut_) {
            return;
        }
        if (device >= kMaxDevices || !devices_[device]) {
            ++dropped_;
            return;
        }
        devices_[device]->add_gap(from_ns, to_ns, reason);
    }

    void tick(std::int64_t now_ns, std::uint64_t samples) noexcept override {
        if (!fd_ || cut_) {
            return;
        }
        ++tick_turn_;
        Record record;
        record.kind = RecordKind::kTick;
        record.last = tick_turn_;
        record.to_ns = now_ns;
        set_payload(record, TickPayload{samples, dropped_});
        head_.store(kTickOffset + (tick_turn_ % 2) * kRecordBytes, record);
    }

    Result<void> add_marker(const Marker& marker) override {
        constexpr std::size_t kMostBytes = 65'536;
        if (marker.name.size() + marker.detail.size() > kMostBytes) {
            return Error{Code::kOutOfRange, "a marker has at most 65536 bytes", ""};
        }
        if (!is_whole()) {
            return cut_error();
        }
        // The texts come first: a marker whose record is there is complete.
        const std::string text = marker.name + marker.detail;
        ++text_serial_;
        for (std::size_t at = 0; at < text.size(); at += kPayloadBytes) {
            const std::size_t count = std::min(kPayloadBytes, text.size() - at);
            Record part;
            part.kind = RecordKind::kText;
            part.first = text_serial_;
            part.last = count;
            TextPayload payload;
            std::copy_n(text.begin() + static_cast<std::ptrdiff_t>(at), count, payload.bytes.begin());
            set_payload(part, payload);
            if (!append(part)) {
                return no_room();
            }
        }
        Record record;
        record.kind = RecordKind::kMarker;
        record.first = text_serial_;
        record.from_ns = marker.at_ns;
        record.to_ns = marker.at_ns;
        set_payload(record, MarkerPayload{static_cast<std::uint32_t>(marker.kind),
                                          static_cast<std::uint32_t>(marker.name.size()),
                                          static_cast<std::uint32_t>(marker.detail.size()), 0});
        return append(record) ? Result<void>{} : Result<void>{no_room()};
    }

    Result<void> describe(const RunRecord& run) override {
        if (!fd_) {
            return Error{Code::kIo, path_ + " was removed", ""};
        }
        if (!is_whole()) {
            return cut_error();
        }
        GRAMME_TRY(const std::string text, description_of(run, kRunSlotBytes - sizeof(TextSlotHead)));
        ++run_turn_;
        const auto slot = text_slot(text, run_turn_, kRunSlotBytes);
        GRAMME_ASSERT(slot.has_value());
        head_.store_sealed(kRunOffset + (run_turn_ % 2) * kRunSlotBytes, slot->data(), slot->size());
        return {};
    }

    void store_head(const RunRecord& run, std::int64_t start_boot_ns) {
        const ProcessIdentity self = own_identity();
        HeadPayload payload;
        payload.pid = self.pid;
        payload.process_start_ticks = self.start_ticks;
        std::copy_n(self.boot_id.begin(), std::min(self.boot_id.size(), payload.boot_id.size() - 1),
                    payload.boot_id.begin());
        Record record;
        record.kind = RecordKind::kHead;
        record.from_ns = run.started_wall_ns;
        record.to_ns = start_boot_ns;
        set_payload(record, payload);
        head_.store(0, record);
    }

    [[nodiscard]] const std::string& path() const override { return path_; }

    [[nodiscard]] Result<Ledger> ledger() const override {
        struct stat status {};
        const bool short_now =
            fd_ && ::fstat(fd_.get(), &status) == 0 && static_cast<std::uint64_t>(status.st_size) < reserved_;
        if (cut_ || short_now) {
            return cut_error();
        }
        GRAMME_TRY(ParsedJournal parsed, parse_own_file(fd_.get(), path_, size_));
        return std::move(parsed.ledger);
    }

    Result<void> remove() override {
        if (::unlink(path_.c_str()) != 0 && errno != ENOENT) {
            return host::errno_error("cannot remove " + path_, errno);
        }
        fd_.reset();
        return {};
    }

private:
    bool append(const Record& record) noexcept override {
        if (!fd_ || cut_) {
            return false;
        }
        if (!tail_ || tail_used_ == kRecordsPerSegment) {
            auto segment = add_segment(RecordKind::kAppendSegment, 0);
            if (!segment) {
                return false;
            }
            tail_ = *std::move(segment);  // unmaps the full one: what a run keeps in memory does not grow
            tail_used_ = 1;
        }
        tail_.store(tail_used_ * kRecordBytes, record);
        ++tail_used_;
        return true;
    }

    /// The file grows by one segment. kIo: no room.
    Result<MappedRegion> add_segment(RecordKind kind, std::uint16_t device) {
        if (!fd_) {
            return Error{Code::kIo, path_ + " was removed", ""};
        }
        if (size_ == reserved_) {
            auto reserved = MappedRegion::reserve(fd_.get(), reserved_, kSegmentBytes);
            if (!reserved) {
                return Error{reserved.error().code, path_ + ": " + reserved.error().what, ""};
            }
            reserved_ += kSegmentBytes;
        }
        auto region = MappedRegion::create(fd_.get(), size_, kSegmentBytes, options_.may_map);
        if (!region) {
            return Error{region.error().code, path_ + ": " + region.error().what, ""};
        }
        size_ += kSegmentBytes;
        region->watch(options_.probe);
        Record plate;
        plate.kind = kind;
        plate.device = device;
        region->store(0, plate);
        return region;
    }

    [[nodiscard]] Error cut_error() const {
        return {Code::kIo, path_ + " was cut by another program: what this run measured is lost", ""};
    }

    [[nodiscard]] Error no_room() const {
        return {Code::kIo, path_ + ": no room for a marker", "free some space on the disk"};
    }

    std::string path_;
    host::UniqueFd fd_;
    MappedRegion head_;
    std::int64_t start_wall_ns_;
    JournalOptions options_;
    std::array<std::unique_ptr<JournalDevice>, kMaxDevices> devices_;
    MappedRegion tail_;
    std::size_t tail_used_ = 0;
    std::uint64_t size_ = kHeadBytes;
    std::uint64_t reserved_ = kFirstBytes;
    std::uint64_t tick_turn_ = 0;
    std::uint64_t run_turn_ = 0;
    std::uint64_t text_serial_ = 0;
    std::uint64_t dropped_ = 0;
    bool cut_ = false;  ///< another program made the file shorter
};

Error cannot_create(const std::string& path, int error) {
    Error out = host::errno_error("cannot create the journal " + path, error);
    if (error == ENOSPC || error == EDQUOT) {
        out.hint = "free some space, or set XDG_DATA_HOME to a folder on another disk";
    }
    return out;
}

/// Gives the finished file its name. link() refuses to replace a file; where there are no hard links,
/// rename().
Result<void> publish(const std::string& hidden, const std::string& path) {
    if (::link(hidden.c_str(), path.c_str()) == 0) {
        ::unlink(hidden.c_str());
        return {};
    }
    const int error = errno;
    if (error == EEXIST || ::access(path.c_str(), F_OK) == 0 || ::rename(hidden.c_str(), path.c_str()) != 0) {
        return cannot_create(path, error);
    }
    return {};
}

}  // namespace

Result<std::unique_ptr<Journal>> create_journal(const std::string& dir, const RunRecord& run,
                                                std::int64_t start_boot_ns, const JournalOptions& options) {
    if (run.id.empty() || run.id.find('/') != std::string::npos) {
        return Error{Code::kBug, "a journal needs a run id that can be a file name", ""};
    }
    // Made under a hidden name: no reader ever sees a journal that is half made or not yet locked.
    const std::string path = dir + "/" + run.id + ".gramme";
    const std::string hidden = dir + "/." + run.id + ".new";
    host::UniqueFd fd{::open(hidden.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR)};
    if (!fd) {
        return cannot_create(path, errno);
    }
    const auto make = [&]() -> Result<std::unique_ptr<Journal>> {
        if (try_lock(fd.get()) == LockOutcome::kHeld) {
            return Error{Code::kIo, path + " belongs to another process", ""};
        }
        const auto reserved = MappedRegion::reserve(fd.get(), 0, kFirstBytes);
        if (!reserved) {
            return Error{reserved.error().code,
                         "cannot create the journal " + path + ": " + reserved.error().what,
                         "free some space, or set XDG_DATA_HOME to a folder on another disk"};
        }
        GRAMME_TRY(MappedRegion head, MappedRegion::create(fd.get(), 0, kHeadBytes, options.may_map));
        auto journal =
            std::make_unique<FileJournal>(path, std::move(fd), std::move(head), run.started_wall_ns, options);
        GRAMME_CHECK(journal->describe(run));
        journal->store_head(run, start_boot_ns);
        GRAMME_CHECK(publish(hidden, path));
        return std::unique_ptr<Journal>{std::move(journal)};
    };
    auto made = make();
    if (!made) {
        ::unlink(hidden.c_str());
    }
    return made;
}

Result<std::unique_ptr<Journal>> Journal::create(const std::string& dir, const RunRecord& run,
                                                 std::int64_t start_boot_ns) {
    return create_journal(dir, run, start_boot_ns, {});
}

}  // namespace gramme::store
