// One record of a table into the words and numbers of a job. Pure but for its memory, which it keeps from
// record to record.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_line.hpp"
#include "base/records.hpp"
#include "batch/columns.hpp"
#include "batch/row_job.hpp"

namespace gramme::cli {

using namespace batch;  // the table is cut here, what it says is theirs

/// One for each thread.
class RowReader {
public:
    explicit RowReader(const Layout& layout) : layout_(layout), seen_(layout.names.size()) {}

    /// Takes a record without its line end, which the caller keeps until the next call. Why it cannot be
    /// split; empty: it was.
    [[nodiscard]] std::string split(std::string_view record);
    /// Of the record that was split: why it passes through without a figure; empty: it is a job.
    [[nodiscard]] std::string_view filtered();
    /// Its words and numbers by the bindings; views hold until the next split(). What is wrong with a cell;
    /// empty: nothing.
    [[nodiscard]] std::string read(RowWords& words, RowNumbers& numbers);
    /// A cell as text; empty where it is not said. `trouble` where it is none.
    [[nodiscard]] std::string_view cell(std::size_t at, std::string& trouble);

    /// Of a line of JSON: where in the record the results go, and whether they are its first member.
    [[nodiscard]] std::size_t json_close() const { return json_.close; }
    [[nodiscard]] bool json_is_empty() const { return json_.members.empty(); }

    /// Of the record that was split: a quote that is open at its end, or that closed where none should.
    [[nodiscard]] SplitTrouble quotes() const { return quotes_; }
    /// Of lines of JSON so far: whether one was an object, and which of Layout::names any of them had.
    [[nodiscard]] bool any_object() const { return any_object_; }
    [[nodiscard]] const std::vector<bool>& seen() const { return seen_; }

private:
    std::string& scratch();
    [[nodiscard]] std::string split_json(std::string_view record);

    const Layout& layout_;
    std::vector<RawField> fields_;
    JsonLine json_;
    std::vector<const JsonMember*> members_;  ///< by Layout::names
    std::vector<bool> seen_;
    bool any_object_ = false;
    SplitTrouble quotes_ = SplitTrouble::kNone;
    std::deque<std::string> scratch_;  ///< unquoted cells of the row; they stay where they are
    std::size_t scratches_ = 0;
};

}  // namespace gramme::cli
