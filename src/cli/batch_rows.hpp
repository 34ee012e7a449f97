// A block of a table, whole records only, into the block of the result: input bytes, then the columns that
// are added. Pure but for its memory, which it keeps from block to block.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_line.hpp"
#include "cli/batch_columns.hpp"
#include "cli/batch_resolver.hpp"

namespace gramme::cli {

/// The longest record that is taken: a longer one is most likely a quote that is never closed.
inline constexpr std::size_t kMostRecord = std::size_t{1} << 20U;
/// Groups of --group-by.
inline constexpr std::size_t kMostGroups = 100'000;

/// Sums in the order of the rows: the same digits whatever the number of threads.
struct BatchSums {
    std::uint64_t rows = 0;     ///< with a figure
    std::uint64_t without = 0;  ///< passed through without one
    double energy_kwh = 0.0, facility_kwh = 0.0, kgco2e = 0.0, low = 0.0, high = 0.0;

    void add(const BatchSums& other);
};

struct BatchBlock {
    std::string text;  ///< whole records
    std::uint64_t first_line = 1;
    std::string out;
    std::string rejects;
    std::vector<std::string> first_reasons;  ///< "line 12: ..." of its first bad rows
    std::uint64_t rejected = 0;
    BatchSums total;
    std::map<std::string, BatchSums, std::less<>> groups;
    std::optional<Error> broken;  ///< the table cannot be read on from here

    void clear();
};

/// What all rows have in common.
struct BatchPlan {
    Layout layout;
    JobRequest base;              ///< what the options say
    bool base_hours = false;      ///< --hours was given
    std::optional<double> cpu_w;  ///< of one CPU of a job without GPUs
    bool want_rejects = false;
};

/// One for each thread.
class BatchRows {
public:
    BatchRows(const BatchPlan& plan, const refdata::Tables& tables);

    /// Fills everything of the block but its text and line.
    void compute(BatchBlock& block);

private:
    struct Row {
        std::string_view record;  ///< without its line end
        std::string_view line_end;
        std::size_t close = 0;  ///< of JSON: where the results go
        bool first_member = false;
        bool figure = false;  ///< false: passed through without one
        std::string group;
        std::string note;  ///< as it is written
    };
    struct Numbers {
        std::optional<double> count, hours, power_w, energy_kwh, pue, intensity;
        bool cpus = false;  ///< `count` counts CPUs: there was no GPU
    };

    void take_record(BatchBlock& block, std::string_view record, std::uint64_t line);
    /// Why it cannot be split; empty: it was.
    [[nodiscard]] std::string split(std::string_view record);
    /// A cell as text; empty where it is not said. `trouble` where it is none.
    [[nodiscard]] std::string_view cell(std::size_t at, std::string& trouble);
    std::string& scratch();
    [[nodiscard]] std::string read_cells(RowWords& words, Numbers& numbers);
    [[nodiscard]] std::string estimate_row(std::string_view& pass);
    [[nodiscard]] std::string units_of(const RowWords& words, const Numbers& numbers, double& units) const;
    [[nodiscard]] std::string_view filtered();
    void reject(BatchBlock& block, std::string_view record, std::string_view line_end, std::uint64_t line,
                const std::string& why);
    void push(const estimate::JobCoefficients& of_row, const Numbers& numbers, double units);
    void count_row(BatchBlock& block, const Row& row, std::size_t figure);
    void write_row(std::string& out, const Row& row, std::size_t figure) const;
    void flush(BatchBlock& block);

    const BatchPlan& plan_;
    BatchResolver resolver_;
    std::vector<RawField> fields_;
    JsonLine json_;
    std::vector<const JsonMember*> members_;  ///< by Layout::names
    std::deque<std::string> scratch_;         ///< unquoted cells of the row; they stay where they are
    std::size_t scratches_ = 0;
    std::vector<Row> rows_;  ///< the first `held_` are of the block in hand
    std::size_t held_ = 0;
    std::size_t figures_ = 0;
    std::array<std::vector<double>, 8> in_;
    std::array<std::vector<double>, 7> out_;
};

}  // namespace gramme::cli
