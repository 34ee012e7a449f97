// Blocks of a table through several threads and out in their order: one thread reads and cuts, some compute,
// the caller's writes. Memory is that of a bounded number of blocks, whatever the size of the table.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "cli/batch_rows.hpp"
#include "cli/batch_text.hpp"
#include "host/unique_fd.hpp"

namespace gramme::cli {

/// Where a table comes from: a file, or standard input as "-".
class BatchSource {
public:
    /// kNotFound, kPermission.
    static Result<BatchSource> open(const std::string& path);
    /// What is no text of its own.
    static BatchSource over(std::unique_ptr<BatchText> table);

    /// Reads until the first record is whole and takes it out: the header. Empty at the end of the table.
    /// kMalformed where it is longer than kMostRecord. `quotes` as in Dialect.
    [[nodiscard]] Result<std::string> take_header(bool quotes);
    /// The first byte that is no blank; '\0' where there is none within a block. For telling CSV from JSON.
    [[nodiscard]] Result<char> peek();
    /// kUsage: it is Parquet after all. Asked before anything is taken out.
    [[nodiscard]] Result<void> check_is_text();
    /// Of a table without a header.
    [[nodiscard]] Result<void> drop_byte_order_mark();
    /// The next block into `text`, cut behind a record, with the number of its first line. False at the end.
    /// Same cuts for the same bytes, however they arrive. `stop_fd` becomes readable to end a wait for more.
    [[nodiscard]] Result<bool> next(BatchBlock& block, Dialect dialect, int stop_fd);

    [[nodiscard]] std::uint64_t bytes_read() const { return bytes_read_; }
    /// 0: not known.
    [[nodiscard]] std::uint64_t size() const { return size_; }

private:
    Result<bool> fill(std::size_t wanted, int stop_fd);

    host::UniqueFd fd_;                 ///< none where there is a table
    std::unique_ptr<BatchText> table_;  ///< nullptr where there is a file
    std::string name_;
    std::string rest_;  ///< read, and not handed out yet
    bool at_end_ = false;
    std::uint64_t line_ = 1;
    std::uint64_t bytes_read_ = 0;
    std::uint64_t size_ = 0;
};

/// Calls `sink` in the caller's thread with each block in order. Ends at the first error of the source, a
/// block, or the sink, in the order of the table. Exceptions end here, of whichever thread: kUnavailable
/// where memory or threads are missing. `threads`: how many compute, 1 to kMostThreads: more could not be fed
/// by one reader, and each holds memory.
inline constexpr std::size_t kMostThreads = 16;
[[nodiscard]] Result<void> run_pipeline(BatchSource& source, const BatchPlan& plan,
                                        const refdata::Tables& tables, std::size_t threads,
                                        const std::function<Result<void>(BatchBlock&)>& sink);

}  // namespace gramme::cli
