#include "cli/batch_pipeline.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <condition_variable>
#include <exception>
#include <memory>
#include <mutex>
#include <new>
#include <system_error>
#include <thread>

#include "cli/parquet_table.hpp"
#include "host/errno_error.hpp"

namespace gramme::cli {
namespace {

constexpr std::size_t kBlock = std::size_t{256} << 10U;
constexpr const char* kStandardInput = "standard input";
constexpr std::size_t kSpareBlocks = 4;  ///< beyond one for each thread: being read, waiting, being written

Error too_long(std::uint64_t line) {
    return {Code::kMalformed, "line " + std::to_string(line) + ": a record of more than 1 MiB",
            "is a quote opened there and never closed, or is the table no CSV?"};
}

/// What the threads share. Blocks go round: free, read, waiting, computed, written, free.
class Ring {
public:
    Ring(std::size_t blocks) : slots_(blocks) {}

    struct Slot {
        BatchBlock block;
        enum class State : std::uint8_t { kFree, kReading, kWaiting, kComputing, kDone } state = State::kFree;
    };

    /// The slot of block number `number`, once what it held is written; nullptr to stop.
    Slot* to_read(std::size_t number) {
        std::unique_lock lock(mutex_);
        Slot& slot = slots_[number % slots_.size()];
        changed_.wait(lock, [&] { return stop_ || slot.state == Slot::State::kFree; });
        slot.state = stop_ ? slot.state : Slot::State::kReading;
        return stop_ ? nullptr : &slot;
    }
    void was_read(Slot& slot) { set(slot, Slot::State::kWaiting); }
    /// No block follows number `blocks` - 1. `trouble`: why, if not the end of the table.
    void ends_at(std::size_t blocks, std::optional<Error> trouble) {
        const std::lock_guard lock(mutex_);
        end_ = blocks;
        trouble_ = std::move(trouble);
        changed_.notify_all();
    }
    Slot* to_compute() {
        std::unique_lock lock(mutex_);
        for (;;) {
            if (stop_ || (end_ && next_ >= *end_)) {
                return nullptr;
            }
            Slot& slot = slots_[next_ % slots_.size()];
            if (slot.state == Slot::State::kWaiting) {
                slot.state = Slot::State::kComputing;
                ++next_;
                return &slot;
            }
            changed_.wait(lock);
        }
    }
    void was_computed(Slot& slot) { set(slot, Slot::State::kDone); }
    /// nullptr behind the last. Throws what fail() was given.
    Slot* to_write(std::size_t number) {
        std::unique_lock lock(mutex_);
        Slot& slot = slots_[number % slots_.size()];
        changed_.wait(
            lock, [&] { return failed_ || slot.state == Slot::State::kDone || (end_ && number >= *end_); });
        if (failed_) {
            std::rethrow_exception(failed_);
        }
        return slot.state == Slot::State::kDone ? &slot : nullptr;
    }
    void was_written(Slot& slot) { set(slot, Slot::State::kFree); }
    void stop() {
        const std::lock_guard lock(mutex_);
        stop_ = true;
        changed_.notify_all();
    }
    /// In a catch clause: what was thrown ends all threads, and is thrown again in the one that writes.
    void fail() {
        const std::lock_guard lock(mutex_);
        failed_ = std::current_exception();
        stop_ = true;
        changed_.notify_all();
    }
    std::optional<Error> trouble() {
        const std::lock_guard lock(mutex_);
        return trouble_;
    }

private:
    void set(Slot& slot, Slot::State state) {
        const std::lock_guard lock(mutex_);
        slot.state = state;
        changed_.notify_all();
    }

    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<Slot> slots_;
    std::size_t next_ = 0;  ///< to compute
    std::optional<std::size_t> end_;
    std::optional<Error> trouble_;
    std::exception_ptr failed_;
    bool stop_ = false;
};

/// Ends the threads of a ring, on every way out.
class StopAtEnd {
public:
    StopAtEnd(Ring& ring, int stop_fd) : ring_(ring), stop_fd_(stop_fd) {}
    StopAtEnd(const StopAtEnd&) = delete;
    StopAtEnd& operator=(const StopAtEnd&) = delete;
    ~StopAtEnd() {
        ring_.stop();
        constexpr std::uint64_t kOne = 1;
        (void)!::write(stop_fd_, &kOne, sizeof kOne);
    }

private:
    Ring& ring_;
    int stop_fd_;
};

void read_blocks(BatchSource& source, Dialect dialect, Ring& ring, int stop_fd) {
    for (std::size_t number = 0;; ++number) {
        Ring::Slot* const slot = ring.to_read(number);
        if (slot == nullptr) {
            return ring.ends_at(number, std::nullopt);
        }
        const auto more = source.next(slot->block, dialect, stop_fd);
        if (!more || !*more) {
            return ring.ends_at(number, more ? std::nullopt : std::optional{more.error()});
        }
        ring.was_read(*slot);
    }
}

}  // namespace

Result<BatchSource> BatchSource::open(const std::string& path) {
    BatchSource source;
    source.name_ = path == "-" ? kStandardInput : path;
    source.fd_.reset(path == "-" ? ::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)
                                 : ::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!source.fd_) {
        return host::errno_error("cannot read " + source.name_, errno);
    }
    struct stat status {};
    if (::fstat(source.fd_.get(), &status) == 0) {
        if (S_ISDIR(status.st_mode)) {
            return is_a_folder(source.name_);
        }
        source.size_ = S_ISREG(status.st_mode) ? static_cast<std::uint64_t>(status.st_size) : 0;
    }
    return source;
}

BatchSource BatchSource::over(std::unique_ptr<BatchText> table) {
    BatchSource source;
    source.table_ = std::move(table);
    return source;
}

/// More bytes behind `rest_`, until it holds `wanted` or the table ends. False where it was told to stop.
Result<bool> BatchSource::fill(std::size_t wanted, int stop_fd) {
    while (!at_end_ && rest_.size() < wanted) {
        // Also where nothing stops it (poll passes over -1): standard input may be one that does not block.
        // A table has no descriptor to wait for.
        std::array<pollfd, 2> both{pollfd{fd_.get(), POLLIN, 0}, pollfd{stop_fd, POLLIN, 0}};
        if (::poll(both.data(), both.size(), table_ ? 0 : -1) > 0 && both[1].revents != 0) {
            return false;
        }
        if (table_) {
            GRAMME_TRY(const bool more, table_->more(rest_, wanted));
            at_end_ = !more;
            continue;
        }
        const std::size_t had = rest_.size();
        rest_.resize(wanted);
        const ssize_t got = ::read(fd_.get(), rest_.data() + had, wanted - had);
        const int error_number = errno;
        rest_.resize(had + (got > 0 ? static_cast<std::size_t>(got) : 0));
        if (got < 0 && error_number != EINTR && error_number != EAGAIN) {
            Error error = host::errno_error("cannot read " + name_, error_number);
            error.code = Code::kNotFound;  // of input: nothing was to be written
            return error;
        }
        at_end_ = got == 0;
        bytes_read_ += got > 0 ? static_cast<std::uint64_t>(got) : 0;
    }
    return true;
}

Result<char> BatchSource::peek() {
    GRAMME_CHECK(fill(kBlock, -1));
    std::string_view text = rest_;
    text.remove_prefix(text.starts_with("\xEF\xBB\xBF") ? 3 : 0);
    const std::size_t at = text.find_first_not_of(" \t\r\n");
    return at == std::string_view::npos ? '\0' : text[at];
}

Result<void> BatchSource::check_is_text() {
    // Behind the four bytes stands a header of Thrift, which begins with a control character.
    constexpr std::size_t kEnough = kParquetMagic.size() + 1;
    if (table_) {
        return {};
    }
    GRAMME_CHECK(fill(kEnough, -1));
    if (rest_.size() < kEnough || !rest_.starts_with(kParquetMagic) ||
        static_cast<unsigned char>(rest_[kParquetMagic.size()]) >= 0x20 ||
        std::string_view{"\t\r\n"}.find(rest_[kParquetMagic.size()]) != std::string_view::npos) {
        return {};
    }
    if (size_ > 0 && name_ != kStandardInput) {
        return Error{Code::kUsage, name_ + " is Parquet", "leave --format out"};
    }
    return Error{
        Code::kUsage, name_ + " is Parquet, which is read from its end",
        "name the file: gramme batch FILE.parquet; what another program writes must become a file first"};
}

Result<void> BatchSource::drop_byte_order_mark() {
    constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
    GRAMME_CHECK(fill(kByteOrderMark.size(), -1));
    rest_.erase(0, rest_.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0);
    return {};
}

Result<std::string> BatchSource::take_header(bool quotes) {
    const Dialect dialect{',', quotes};
    for (std::size_t wanted = kBlock;; wanted += kBlock) {
        GRAMME_CHECK(fill(wanted, -1));
        std::size_t length = record_length(rest_, dialect);
        if (length == std::string_view::npos && at_end_) {
            length = rest_.size();
        }
        if (length != std::string_view::npos && length <= kMostRecord) {
            std::string header = rest_.substr(0, length);
            rest_.erase(0, length);
            header += header.ends_with('\r') ? "\n" : "";  // all of the table, cut within its CRLF
            line_ += static_cast<std::uint64_t>(std::count(header.begin(), header.end(), '\n'));
            return header;
        }
        if (rest_.size() > kMostRecord) {
            return too_long(1);
        }
    }
}

Result<bool> BatchSource::next(BatchBlock& block, Dialect dialect, int stop_fd) {
    for (std::size_t wanted = kBlock;; wanted += kBlock) {
        GRAMME_TRY(const bool going, fill(std::max(wanted, rest_.size()), stop_fd));
        if (!going) {
            return false;
        }
        std::size_t whole = whole_records(rest_, dialect);
        if (at_end_ && rest_.size() - whole <= kMostRecord) {
            whole = rest_.size();  // the last record may lack its line end, or the quote that would close it
        }
        if (whole > 0 || rest_.empty()) {
            block.text.assign(rest_, 0, whole);
            block.first_line = line_;
            line_ += static_cast<std::uint64_t>(std::count(block.text.begin(), block.text.end(), '\n'));
            rest_.erase(0, whole);
            return whole > 0;
        }
        if (rest_.size() > kMostRecord) {
            return too_long(line_);
        }
    }
}

namespace {

/// What run_pipeline() does; throws where memory or threads are missing.
Result<void> run_threads(BatchSource& source, const BatchPlan& plan, const refdata::Tables& tables,
                         std::size_t threads, const std::function<Result<void>(BatchBlock&)>& sink) {
    const host::UniqueFd stop_fd{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
    if (!stop_fd) {
        return host::errno_error("cannot make an eventfd", errno);
    }
    Ring ring(threads + kSpareBlocks);
    Result<void> result;
    {
        std::vector<std::jthread> crew;  // joined behind what stops them
        const StopAtEnd stop(ring, stop_fd.get());
        const auto start = [&](auto work) {
            crew.emplace_back([&ring, work] {
                try {
                    work();
                } catch (...) {  // it would end the program
                    ring.fail();
                }
            });
        };
        start([&] { read_blocks(source, plan.layout.dialect, ring, stop_fd.get()); });
        for (std::size_t i = 0; i < threads; ++i) {
            start([&] {
                BatchRows rows(plan, tables);
                while (Ring::Slot* const slot = ring.to_compute()) {
                    rows.compute(slot->block);
                    ring.was_computed(*slot);
                }
            });
        }
        for (std::size_t number = 0; result; ++number) {
            Ring::Slot* const slot = ring.to_write(number);
            if (slot == nullptr) {
                break;
            }
            result = slot->block.broken ? Result<void>{*slot->block.broken} : sink(slot->block);
            ring.was_written(*slot);
        }
    }
    if (const auto trouble = ring.trouble(); result && trouble) {
        return *trouble;
    }
    return result;
}

}  // namespace

Result<void> run_pipeline(BatchSource& source, const BatchPlan& plan, const refdata::Tables& tables,
                          std::size_t threads, const std::function<Result<void>(BatchBlock&)>& sink) {
    try {
        return run_threads(source, plan, tables, threads, sink);
    } catch (const std::bad_alloc&) {
        return Error{Code::kUnavailable, "there is not enough memory", "give it more, or fewer --threads"};
    } catch (const std::system_error& error) {
        return Error{Code::kUnavailable, std::string{"cannot start a thread: "} + error.what(),
                     "give it fewer --threads"};
    } catch (const std::exception& error) {
        return Error{Code::kBug, std::string{"unexpected: "} + error.what(), ""};
    }
}

}  // namespace gramme::cli
