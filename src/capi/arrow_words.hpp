// Texts of a table as small numbers, each text kept once, and combinations of them resolved once.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "batch/resolver.hpp"
#include "batch/row_job.hpp"
#include "capi/arrow_column.hpp"

namespace gramme::capi {

/// Numbers of texts: 0 is nothing said, 1 a text that is too long to be a name, the others count up.
class WordTable {
public:
    using Code = std::uint32_t;
    struct Word {
        std::string text;     ///< without blanks around it
        std::string trouble;  ///< not empty: why it cannot be a word of a row
    };

    WordTable();
    /// Blanks around it are no part of a text.
    [[nodiscard]] Code code_of(std::string_view raw);
    [[nodiscard]] const Word& word(Code code) const { return words_[code]; }
    [[nodiscard]] bool is_full() const;
    void clear();

private:
    void grow();

    std::vector<Code> slots_;  ///< 0: free
    std::deque<Word> words_;
    std::vector<std::string> raw_;  ///< as they stand in the table; by code
    std::vector<std::size_t> hashes_;
    std::size_t bytes_ = 0;
};

/// A column of texts as codes; one for each batch.
class WordColumn {
public:
    WordColumn() = default;
    explicit WordColumn(const ArrowColumn& column);

    /// Of `count` rows from `first` on into `out`.
    void read(std::size_t first, std::size_t count, WordTable& words, WordTable::Code* out);
    /// The table was cleared.
    void forget();

private:
    [[nodiscard]] WordTable::Code code_of_text(std::string_view raw, WordTable& words) {
        if (raw != last_raw_ || !has_last_) {  // tables are often sorted by what decides
            last_ = words.code_of(raw);
            last_raw_ = raw;
            has_last_ = true;
        }
        return last_;
    }
    [[nodiscard]] WordTable::Code code_of_value(std::size_t place, WordTable& words);
    template <class Index>
    void read_dictionary(std::size_t first, std::size_t count, WordTable& words, WordTable::Code* out);
    template <class Offset>
    void read_texts(std::size_t first, std::size_t count, WordTable& words, WordTable::Code* out);

    ArrowColumn column_;
    std::vector<WordTable::Code> of_dictionary_;  ///< plus one; 0: not asked yet
    std::string_view last_raw_;
    WordTable::Code last_ = 0;
    bool has_last_ = false;
};

/// Each combination of words resolved once.
class ComboTable {
public:
    struct Key {
        std::array<WordTable::Code, batch::kTextColumns> codes{};
        batch::Evidence evidence = batch::Evidence::kGiven;
        bool has_pue = false;
        bool has_intensity = false;
        bool has_utilisation = false;

        bool operator==(const Key&) const = default;
    };

    ComboTable(const JobRequest& base, const refdata::Tables& tables)
        : resolver_(base, tables, false, {}), slots_(kFirstSlots, 0) {}

    /// Holds until the next clear().
    [[nodiscard]] const batch::Resolved& resolve(const Key& key, const WordTable& words);
    [[nodiscard]] bool is_full() const { return combos_.size() >= kMost; }
    void clear();

private:
    static constexpr std::size_t kMost = 8192;  ///< a turn of rows may add some more
    static constexpr std::size_t kFirstSlots = 32'768;
    struct Combo {
        Key key;
        batch::Resolved resolved;
    };

    batch::BatchResolver resolver_;
    std::vector<std::uint32_t> slots_;  ///< index into combos_ plus one; 0: free
    std::deque<Combo> combos_;
    const Combo* last_ = nullptr;
};

}  // namespace gramme::capi
