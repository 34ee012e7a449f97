#include "capi/arrow_words.hpp"

#include <cmath>
#include <functional>
#include <type_traits>

#include "base/digits.hpp"
#include "base/parse.hpp"
#include "base/records.hpp"
#include "config/request_words.hpp"

namespace gramme::capi {
namespace {

constexpr std::size_t kLongestWord = std::size_t{4} << 10U;
constexpr WordTable::Code kTooLong = 1;
constexpr std::size_t kMostWords = 65'536;
constexpr std::size_t kMostBytes = std::size_t{16} << 20U;

std::string trouble_of(std::string_view text) {
    if (const std::size_t bad = first_bad_utf8(text); bad != std::string_view::npos) {
        return "byte " + std::to_string(bad + 1) + " of a text is no UTF-8";
    }
    return text.find('\0') != std::string_view::npos ? "holds a NUL byte" : "";
}

/// A number where a word belongs: 2023.0 is the year 2023.
std::string text_of(double number) {
    std::array<char, kMostDigits> digits{};
    constexpr double kWhole = 1e15;
    if (!std::isfinite(number)) {
        return "nan";
    }
    if (std::abs(number) < kWhole && number == std::floor(number)) {
        return std::to_string(static_cast<std::int64_t>(number));
    }
    return {digits.data(), write_digits(digits.data(), number)};
}

}  // namespace

WordTable::WordTable() {
    clear();
}

void WordTable::clear() {
    constexpr std::size_t kFirstSlots = 1024;
    slots_.assign(kFirstSlots, 0);
    words_ = {Word{}, Word{"", "holds a text of more than 4 KiB"}};
    raw_.assign(2, "");
    hashes_.assign(2, 0);
    bytes_ = 0;
}

bool WordTable::is_full() const {
    return words_.size() > kMostWords || bytes_ > kMostBytes;
}

void WordTable::grow() {
    slots_.assign(slots_.size() * 2, 0);
    for (std::size_t code = kTooLong + 1; code < words_.size(); ++code) {
        std::size_t at = hashes_[code] & (slots_.size() - 1);
        while (slots_[at] != 0) {
            at = (at + 1) & (slots_.size() - 1);
        }
        slots_[at] = static_cast<Code>(code);
    }
}

WordTable::Code WordTable::code_of(std::string_view raw) {
    if (raw.size() > kLongestWord) {
        raw = trimmed(raw);
    }
    if (raw.empty() || raw.size() > kLongestWord) {
        return raw.empty() ? 0 : kTooLong;
    }
    const std::size_t hash = std::hash<std::string_view>{}(raw);
    std::size_t at = hash & (slots_.size() - 1);
    for (; slots_[at] != 0; at = (at + 1) & (slots_.size() - 1)) {
        const Code code = slots_[at];
        if (hashes_[code] == hash && raw_[code] == raw) {
            return code;
        }
    }
    const std::string_view meant = trimmed(raw);
    if (meant.empty()) {
        return 0;
    }
    const auto code = static_cast<Code>(words_.size());
    std::string trouble = trouble_of(meant);
    bytes_ += 2 * raw.size();
    words_.push_back({trouble.empty() ? std::string{meant} : "", std::move(trouble)});
    raw_.emplace_back(raw);
    hashes_.push_back(hash);
    slots_[at] = code;
    if (words_.size() * 2 > slots_.size()) {
        grow();
    }
    return code;
}

WordColumn::WordColumn(const ArrowColumn& column) : column_(column) {
    of_dictionary_.assign(column.dictionary_size(), 0);
}

void WordColumn::forget() {
    of_dictionary_.assign(of_dictionary_.size(), 0);
    has_last_ = false;
}

WordTable::Code WordColumn::code_of_value(std::size_t place, WordTable& words) {
    const ArrowValues& values = column_.values();
    if (is_text(values.kind())) {
        return code_of_text(values.text(place), words);
    }
    return words.code_of(is_integer(values.kind()) && values.kind() != ArrowKind::kUint64
                             ? std::to_string(values.integer(place))
                             : text_of(values.number(place)));
}

template <class Index>
void WordColumn::read_dictionary(std::size_t first, std::size_t count, WordTable& words,
                                 WordTable::Code* out) {
    const ArrowValues& rows = column_.rows();
    const Index* const indices = rows.from_row<Index>();
    for (std::size_t row = first; row < first + count; ++row, ++out) {
        // An index beyond the dictionary points nowhere: nothing is said.
        const auto index = static_cast<std::size_t>(indices[row]);
        if ((rows.may_be_null() && !rows.is_valid(row)) || index >= of_dictionary_.size()) {
            *out = 0;
            continue;
        }
        WordTable::Code& known = of_dictionary_[index];
        if (known == 0) {
            known = (column_.values().is_valid(index) ? code_of_value(index, words) : 0) + 1;
        }
        *out = known - 1;
    }
}

template <class Offset>
void WordColumn::read_texts(std::size_t first, std::size_t count, WordTable& words, WordTable::Code* out) {
    const ArrowValues& values = column_.values();
    const auto* const offsets = values.from_row<Offset>();
    const char* const bytes = values.bytes();
    for (std::size_t row = first; row < first + count; ++row, ++out) {
        const Offset size = offsets[row + 1] - offsets[row];
        *out = size <= 0 || (values.may_be_null() && !values.is_valid(row))
                   ? 0
                   : code_of_text({bytes + offsets[row], static_cast<std::size_t>(size)}, words);
    }
}

void WordColumn::read(std::size_t first, std::size_t count, WordTable& words, WordTable::Code* out) {
    if (column_.has_dictionary()) {
        visit_number(column_.rows().kind(), [&](auto* type) {
            using Index = std::remove_const_t<std::remove_pointer_t<decltype(type)>>;
            read_dictionary<Index>(first, count, words, out);
        });
    } else if (column_.values().kind() == ArrowKind::kText) {
        read_texts<std::int32_t>(first, count, words, out);
    } else if (column_.values().kind() == ArrowKind::kLargeText) {
        read_texts<std::int64_t>(first, count, words, out);
    } else {
        for (std::size_t row = first; row < first + count; ++row, ++out) {
            *out = column_.values().is_valid(row) ? code_of_value(row, words) : 0;
        }
    }
}

void ComboTable::clear() {
    slots_.assign(slots_.size(), 0);
    combos_.clear();
    last_ = nullptr;
}

const batch::Resolved& ComboTable::resolve(const Key& key, const WordTable& words) {
    if (last_ != nullptr && last_->key == key) {
        return last_->resolved;
    }
    // Fowler, Noll and Vo's multiplication over whole numbers, the upper half folded down.
    constexpr std::uint64_t kPrime = 0x100000001b3U;
    std::uint64_t hash = static_cast<unsigned char>(key.evidence) + (key.has_pue ? 256U : 0U) +
                         (key.has_intensity ? 512U : 0U) + (key.has_utilisation ? 1024U : 0U);
    for (const WordTable::Code code : key.codes) {
        hash = (hash ^ code) * kPrime;
    }
    hash ^= hash >> 32U;
    std::size_t at = hash & (slots_.size() - 1);
    for (; slots_[at] != 0; at = (at + 1) & (slots_.size() - 1)) {
        const Combo& one = combos_[slots_[at] - 1];
        if (one.key == key) {
            last_ = &one;
            return one.resolved;
        }
    }
    batch::RowWords row;
    row.evidence = key.evidence;
    row.has_pue = key.has_pue;
    row.has_intensity = key.has_intensity;
    row.has_utilisation = key.has_utilisation;
    for (std::size_t i = 0; i < key.codes.size(); ++i) {
        row.text.at(i) = words.word(key.codes.at(i)).text;
    }
    combos_.push_back({key, resolver_.resolve(row)});
    std::string& note = combos_.back().resolved.coefficients.note;
    note = config::in_request_words(std::move(note));
    slots_[at] = static_cast<std::uint32_t>(combos_.size());
    last_ = &combos_.back();
    return last_->resolved;
}

}  // namespace gramme::capi
