// A block of a table, whole records only, into the block of the result: input bytes, then the columns that
// are added. Pure but for its memory, which it keeps from block to block.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/batch_block.hpp"
#include "cli/batch_row_reader.hpp"
#include "cli/batch_row_writer.hpp"

namespace gramme::cli {

/// The longest record of a text that is taken: a longer one is most likely a quote that is never closed.
inline constexpr std::size_t kMostRecord = std::size_t{1} << 20U;
/// Bytes of the name of a group of --group-by.
inline constexpr std::size_t kMostGroupName = std::size_t{4} << 10U;

/// What all rows have in common.
struct BatchPlan {
    Layout layout;
    JobRequest base;              ///< what the options say
    bool base_hours = false;      ///< --hours was given
    std::optional<double> cpu_w;  ///< of one CPU of a job without GPUs
    bool want_rejects = false;
    std::size_t most_record = kMostRecord;  ///< of what was no text there is none: no quote of it is open
};

/// One for each thread.
class BatchRows {
public:
    BatchRows(const BatchPlan& plan, const refdata::Tables& tables);

    /// Fills everything of the block but its text and line.
    void compute(BatchBlock& block);

private:
    struct Row {
        WrittenRow written;
        bool figure = false;         ///< false: passed through without one
        BatchSums* group = nullptr;  ///< in the block; nullptr: not asked for
    };

    void take_record(BatchBlock& block, std::string_view record, std::uint64_t line);
    /// What is wrong with the row; `pass`: why it has no figure though nothing is.
    [[nodiscard]] std::string estimate_row(std::string_view& pass);
    void reject(BatchBlock& block, const WrittenRow& row, std::uint64_t line, const std::string& why) const;
    static void count_row(BatchBlock& block, const Row& row, const RowFigures& figures);
    /// The sums of the row that was split; nullptr where its name is too long, which breaks the block.
    BatchSums* group_of_row(BatchBlock& block, std::uint64_t line);
    void flush(BatchBlock& block);

    const BatchPlan& plan_;
    BatchResolver resolver_;
    RowReader reader_;
    std::vector<Row> rows_;  ///< the first `held_` are of the block in hand
    std::size_t held_ = 0;
    JobBuffer jobs_;  ///< those of them that have a figure
    std::array<std::vector<double>, kFigures> out_;
};

}  // namespace gramme::cli
