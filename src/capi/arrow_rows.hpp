// The rows of an Arrow batch into figures and notes: what batch_rows does for CSV.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "batch/row_job.hpp"
#include "capi/arrow_plan.hpp"
#include "capi/arrow_words.hpp"
#include "refdata/tables.hpp"

namespace gramme::capi {

/// The columns that are added to one batch.
struct ArrowFigures {
    std::size_t rows = 0;
    std::size_t without = 0;            ///< rows without a figure
    std::size_t notes_null = 0;         ///< rows without a note
    std::unique_ptr<double[]> numbers;  ///< kFigures columns of `rows`, one behind the other
    std::vector<std::uint8_t> valid;    ///< bitmap of the numbers, for all of them
    std::vector<std::int64_t> offsets;  ///< of the notes
    std::vector<std::uint8_t> noted;    ///< bitmap of the notes
    std::string notes;
};

/// Keeps what it learnt of a table's words from batch to batch.
class ArrowRows {
public:
    ArrowRows(const ArrowPlan& plan, const refdata::Tables& tables);

    /// kMalformed: a batch that is not of the plan's schema. Rows are those of the batch, from its offset.
    [[nodiscard]] Result<ArrowFigures> compute(const ArrowArray& batch);

private:
    enum class Said : std::uint8_t { kNothing, kNumber, kOther };
    struct Input {
        const ArrowBinding* binding = nullptr;
        ArrowColumn column;
        bool is_word = false;
        WordColumn words;  ///< of a text
        batch::NumberOf number = nullptr;
        // Of the rows of this turn:
        std::vector<WordTable::Code> codes;
        std::vector<double> values;
        std::vector<Said> said;
    };

    [[nodiscard]] Result<void> open(const ArrowArray& batch);
    void make_room();
    void read_turn(Input& input, std::size_t first, std::size_t count);
    template <class T>
    static void read_numbers(Input& input, std::size_t first, std::size_t count);
    static void read_decimals(Input& input, std::size_t first, std::size_t count);
    /// Row `first` + `i`: the reason why it has no figure, or empty after it was pushed; `note` is then its
    /// note.
    [[nodiscard]] std::string row_trouble(std::size_t first, std::size_t i, std::string_view& note);
    /// Of a cell that is no plain number.
    [[nodiscard]] static std::string read_cell(const Input& input, std::size_t row,
                                               batch::RowNumbers& numbers);

    const ArrowPlan& plan_;
    WordTable words_;
    ComboTable combos_;
    batch::JobBuffer jobs_;
    std::vector<Input> inputs_;
};

}  // namespace gramme::capi
