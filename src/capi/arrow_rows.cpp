#include "capi/arrow_rows.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <span>
#include <type_traits>
#include <utility>

#include "base/digits.hpp"
#include "base/parse.hpp"
#include "capi/arrow_check.hpp"
#include "config/job_request.hpp"
#include "config/request_words.hpp"

namespace gramme::capi {
namespace {

using batch::Column;

constexpr std::size_t kTurn = 1024;  ///< rows per turn of the kernel: its columns stay in the cache

std::string digits_of(double value) {
    std::array<char, kMostDigits> digits{};
    if (!std::isfinite(value)) {
        return std::isnan(value) ? "nan" : value > 0.0 ? "inf" : "-inf";
    }
    return {digits.data(), write_digits(digits.data(), value)};
}

void set_bit(std::vector<std::uint8_t>& bits, std::size_t at) {
    bits[at / 8] = static_cast<std::uint8_t>(bits[at / 8] | 1U << (at % 8));
}

/// A record batch has no rows that are null themselves; where a producer makes some, children say nothing of
/// them.
bool has_null_rows(const ArrowArray& batch) {
    if (batch.null_count == 0 || batch.n_buffers < 1 || batch.buffers == nullptr ||
        batch.buffers[0] == nullptr) {
        return false;
    }
    const auto* const bits = static_cast<const std::uint8_t*>(batch.buffers[0]);
    for (std::int64_t i = batch.offset; i < batch.offset + batch.length; ++i) {
        if ((bits[i / 8] >> (i % 8) & 1U) == 0) {
            return true;
        }
    }
    return false;
}

}  // namespace

ArrowRows::ArrowRows(const ArrowPlan& plan, const refdata::Tables& tables)
    : plan_(plan), combos_(plan.base, tables), jobs_(kTurn) {}

Result<void> ArrowRows::open(const ArrowArray& batch) {
    GRAMME_CHECK(check_batch(batch, plan_.columns.size()));
    // Those that nobody reads are handed on, as long as the batch.
    for (std::size_t i = 0; i < plan_.columns.size(); ++i) {
        GRAMME_CHECK(check_extent(batch.children[i], batch.offset, batch.length, plan_.columns[i]));
    }
    if (has_null_rows(batch)) {
        return Error{Code::kMalformed, "a batch has rows that are null as a whole", ""};
    }
    inputs_.clear();
    for (const ArrowBinding& binding : plan_.bindings) {
        const ArrowArray& child = *batch.children[binding.at];
        GRAMME_CHECK(check_column(binding.type, child, batch.offset, batch.length, binding.theirs));
        Input input;
        input.binding = &binding;
        input.column = ArrowColumn(binding.type, child, batch.offset);
        input.is_word = batch::index_of(binding.ours) < batch::kTextColumns;
        if (input.is_word) {
            input.words = WordColumn(input.column);
            input.codes.resize(kTurn);
        } else {
            input.number = batch::number_of(binding.ours);
            input.values.resize(kTurn);
            input.said.resize(kTurn);
        }
        inputs_.push_back(std::move(input));
    }
    return {};
}

void ArrowRows::make_room() {
    if (!words_.is_full() && !combos_.is_full()) {
        return;
    }
    combos_.clear();
    words_.clear();
    for (Input& input : inputs_) {
        input.words.forget();
    }
}

namespace {

double as_written(double value) {
    return value;
}

/// A number of 32 bit is what its fewest digits say, as in a text of it: 120.3 and not 120.3000030517578125.
double as_written(float value) {
    std::array<char, 32> text{};
    const auto written = std::to_chars(text.data(), text.data() + text.size(), value);
    double read = value;  // infinities and NaN stay
    (void)std::from_chars(text.data(), written.ptr, read);
    return read;
}

template <class T>
requires std::is_integral_v<T>
double as_written(T value) {
    return static_cast<double>(value);
}

}  // namespace

template <class T>
void ArrowRows::read_numbers(Input& input, std::size_t first, std::size_t count) {
    const ArrowValues& values = input.column.values();
    const T* const from = values.from_row<T>() + first;
    const double scale = input.binding->scale;
    const double most =
        input.binding->ours == Column::kUtilisation ? 1.0 : std::numeric_limits<double>::max();
    for (std::size_t i = 0; i < count; ++i) {
        const double value = as_written(from[i]);
        input.values[i] = value * scale;
        input.said[i] = value >= 0.0 && value <= most ? Said::kNumber : Said::kOther;
    }
    for (std::size_t i = 0; values.may_be_null() && i < count; ++i) {
        if (!values.is_valid(first + i)) {
            input.said[i] = Said::kNothing;
        }
    }
}

void ArrowRows::read_decimals(Input& input, std::size_t first, std::size_t count) {
    // Both powers of ten and whole numbers are exact in a double up to these: one division rounds as reading
    // the text would.
    constexpr std::array kTens{1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                               1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    const ArrowValues& values = input.column.values();
    const auto scale = static_cast<std::size_t>(values.scale());  // a negative one is beyond the last
    const double most =
        input.binding->ours == Column::kUtilisation ? 1.0 : std::numeric_limits<double>::max();
    for (std::size_t i = 0; i < count; ++i) {
        if (!values.is_valid(first + i)) {
            input.said[i] = Said::kNothing;
            continue;
        }
        const auto digits = scale < kTens.size() ? values.short_decimal(first + i) : std::nullopt;
        const double value = digits ? *digits / kTens[scale] : -1.0;
        input.values[i] = value * input.binding->scale;
        input.said[i] = value >= 0.0 && value <= most ? Said::kNumber : Said::kOther;
    }
}

void ArrowRows::read_turn(Input& input, std::size_t first, std::size_t count) {
    if (input.is_word) {
        input.words.read(first, count, words_, input.codes.data());
        return;
    }
    if (is_decimal(input.column.values().kind())) {
        read_decimals(input, first, count);
        return;
    }
    const bool plain =
        !input.column.has_dictionary() && visit_number(input.column.values().kind(), [&](auto* type) {
            using Number = std::remove_const_t<std::remove_pointer_t<decltype(type)>>;
            read_numbers<Number>(input, first, count);
        });
    if (!plain) {
        std::fill(input.said.begin(), input.said.end(), Said::kOther);
    }
}

std::string ArrowRows::read_cell(const Input& input, std::size_t row, batch::RowNumbers& numbers) {
    const auto place = input.column.place(row);
    if (!place) {
        return {};
    }
    const ArrowValues& values = input.column.values();
    const ArrowBinding& binding = *input.binding;
    const bool written = is_text(values.kind()) || is_decimal(values.kind());
    const std::string shown = is_text(values.kind())      ? std::string{trimmed(values.text(*place))}
                              : is_decimal(values.kind()) ? values.decimal(*place)
                                                          : digits_of(values.number(*place));
    if (shown.empty()) {
        return {};
    }
    std::optional<double> number;
    if (binding.ours == Column::kUtilisation) {
        const auto share = config::parse_share(shown, binding.theirs);
        if (!share) {
            return batch::reason_of(share.error());
        }
        number = *share;
    } else if (!batch::read_number(shown, binding.scale, number)) {
        return batch::no_number(binding.theirs, shown);
    }
    numbers.*input.number = written ? *number : values.number(*place) * binding.scale;
    return {};
}

std::string ArrowRows::row_trouble(std::size_t first, std::size_t i, std::string_view& note) {
    ComboTable::Key key;
    batch::RowNumbers numbers;
    for (const Input& input : inputs_) {
        if (input.is_word) {
            const WordTable::Code code = input.codes[i];
            if (const std::string& trouble = words_.word(code).trouble; !trouble.empty()) {
                return input.binding->theirs + ": " + trouble;
            }
            key.codes[batch::index_of(input.binding->ours)] = code;
        } else if (input.said[i] == Said::kNumber) {
            numbers.*input.number = input.values[i];
        } else if (input.said[i] == Said::kOther) {
            if (std::string trouble = read_cell(input, first + i, numbers); !trouble.empty()) {
                return trouble;
            }
        }
    }
    key.evidence = batch::evidence_of(numbers, key.codes[batch::index_of(Column::kInstance)] != 0,
                                      key.codes[batch::index_of(Column::kDevice)] != 0);
    if (key.evidence == batch::Evidence::kGiven && plan_.base.groups.empty()) {
        return std::string{batch::kNoEvidence};
    }
    key.has_pue = numbers.pue.has_value();
    key.has_intensity = numbers.intensity.has_value();
    key.has_utilisation = numbers.utilisation.has_value();
    double units = 0.0;
    if (std::string trouble = batch::units_of(plan_.base, plan_.base_hours, key.evidence, numbers, units);
        !trouble.empty()) {
        return trouble;
    }
    const batch::Resolved& resolved = combos_.resolve(key, words_);
    if (!resolved.trouble.empty()) {
        return resolved.trouble;
    }
    jobs_.push(resolved.coefficients, numbers, units);
    note = resolved.coefficients.note;
    return {};
}

Result<ArrowFigures> ArrowRows::compute(const ArrowArray& batch) {
    GRAMME_CHECK(open(batch));
    ArrowFigures out;
    out.rows = static_cast<std::size_t>(batch.length);
    // Not filled with zeros: each number is written below.
    out.numbers.reset(new double[std::max<std::size_t>(out.rows * batch::kFigures, 1)]);
    out.valid.assign(out.rows / 8 + 1, 0);
    out.noted.assign(out.rows / 8 + 1, 0);
    out.offsets.resize(out.rows + 1);
    for (std::size_t first = 0; first < out.rows; first += kTurn) {
        const std::size_t count = std::min(kTurn, out.rows - first);
        make_room();
        jobs_.clear();
        for (Input& input : inputs_) {
            read_turn(input, first, count);
        }
        for (std::size_t row = first; row < first + count; ++row) {
            std::string_view note;
            std::string trouble = row_trouble(first, row - first, note);
            if (trouble.empty()) {
                set_bit(out.valid, row);
            } else {
                jobs_.push_nothing();
                ++out.without;
                trouble = config::in_request_words(std::move(trouble));
                note = trouble;
            }
            if (note.empty()) {
                ++out.notes_null;
            } else {
                set_bit(out.noted, row);
                out.notes += note;
            }
            out.offsets[row + 1] = static_cast<std::int64_t>(out.notes.size());
        }
        const auto column = [&](std::size_t figure) {
            return std::span<double>{out.numbers.get() + figure * out.rows + first, count};
        };
        jobs_.compute({column(0), column(1), column(2), column(3), column(4), column(5), column(6)});
    }
    return out;
}

}  // namespace gramme::capi
