#include "capi/arrow_column.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include "base/parse.hpp"
#include "base/text.hpp"

namespace gramme::capi {
namespace {

struct Format {
    std::string_view text;
    ArrowKind kind;
};
constexpr std::array kFormats{
    Format{"n", ArrowKind::kNull},      Format{"c", ArrowKind::kInt8},     Format{"C", ArrowKind::kUint8},
    Format{"s", ArrowKind::kInt16},     Format{"S", ArrowKind::kUint16},   Format{"i", ArrowKind::kInt32},
    Format{"I", ArrowKind::kUint32},    Format{"l", ArrowKind::kInt64},    Format{"L", ArrowKind::kUint64},
    Format{"f", ArrowKind::kFloat},     Format{"g", ArrowKind::kDouble},   Format{"u", ArrowKind::kText},
    Format{"U", ArrowKind::kLargeText}, Format{"vu", ArrowKind::kTextView}};

struct OtherFormat {
    std::string_view begins;
    std::string_view name;
};
constexpr std::array kOthers{OtherFormat{"b", "bool"},
                             OtherFormat{"e", "float16"},
                             OtherFormat{"d:", "decimal"},
                             OtherFormat{"z", "binary"},
                             OtherFormat{"Z", "binary"},
                             OtherFormat{"vz", "binary"},
                             OtherFormat{"w:", "binary"},
                             OtherFormat{"td", "date"},
                             OtherFormat{"tt", "time"},
                             OtherFormat{"ts", "timestamp"},
                             OtherFormat{"tD", "duration"},
                             OtherFormat{"ti", "interval"},
                             OtherFormat{"+r", "run-end encoded"},
                             OtherFormat{"+", "nested"}};

/// "d:PRECISION,SCALE" or "d:PRECISION,SCALE,BITS"; without the bits 128.
std::optional<ArrowType> decimal_of(std::string_view format) {
    if (!format.starts_with("d:")) {
        return std::nullopt;
    }
    const auto parts = split(format.substr(2), ',');
    if (parts.size() != 2 && parts.size() != 3) {
        return std::nullopt;
    }
    const auto scale = parse_i64(parts[1]);
    constexpr std::int64_t kMostScale = 100;  // of 256 bits: 76
    if (!scale || *scale < -kMostScale || *scale > kMostScale) {
        return std::nullopt;
    }
    const std::string_view bits = parts.size() == 3 ? parts[2] : "128";
    for (const auto& [text, kind] :
         {Format{"32", ArrowKind::kDecimal32}, Format{"64", ArrowKind::kDecimal64},
          Format{"128", ArrowKind::kDecimal128}, Format{"256", ArrowKind::kDecimal256}}) {
        if (bits == text) {
            return ArrowType{kind, std::nullopt, static_cast<int>(*scale)};
        }
    }
    return std::nullopt;
}

std::size_t decimal_bytes(ArrowKind kind) {
    return std::size_t{4} << (static_cast<unsigned>(kind) - static_cast<unsigned>(ArrowKind::kDecimal32));
}

std::optional<ArrowKind> kind_of(const char* format) {
    for (const Format& one : kFormats) {
        if (format != nullptr && one.text == format) {
            return one.kind;
        }
    }
    return std::nullopt;
}

}  // namespace

bool is_text(ArrowKind kind) {
    return kind >= ArrowKind::kText;
}

bool is_integer(ArrowKind kind) {
    return kind >= ArrowKind::kInt8 && kind <= ArrowKind::kUint64;
}

bool is_decimal(ArrowKind kind) {
    return kind >= ArrowKind::kDecimal32 && kind <= ArrowKind::kDecimal256;
}

std::optional<ArrowType> arrow_type_of(const ArrowSchema& schema) {
    if (schema.dictionary == nullptr && schema.format != nullptr) {
        if (const auto decimal = decimal_of(schema.format)) {
            return decimal;
        }
    }
    const auto plain = kind_of(schema.format);
    if (schema.dictionary == nullptr || !plain) {
        return plain ? std::optional{ArrowType{*plain, std::nullopt}} : std::nullopt;
    }
    const auto values = kind_of(schema.dictionary->format);
    if (!values || !is_integer(*plain) || schema.dictionary->dictionary != nullptr) {
        return std::nullopt;
    }
    return ArrowType{*values, *plain};
}

std::string arrow_type_name(const ArrowSchema& schema) {
    if (schema.dictionary != nullptr) {
        return "dictionary of " + arrow_type_name(*schema.dictionary);
    }
    const std::string_view format = schema.format != nullptr ? schema.format : "";
    for (const OtherFormat& one : kOthers) {
        if (format.starts_with(one.begins)) {
            return std::string{one.name};
        }
    }
    const auto kind = kind_of(schema.format);
    if (kind && is_text(*kind)) {
        return "text";
    }
    return kind ? "number" : "'" + std::string{format} + "'";
}

ArrowValues::ArrowValues(ArrowKind kind, const ArrowArray& array, std::int64_t offset, int scale)
    : kind_(kind), scale_(scale), offset_(static_cast<std::size_t>(offset)) {
    if (kind == ArrowKind::kNull || array.n_buffers < 2 || array.buffers == nullptr) {
        return;
    }
    validity_ = array.null_count == 0 ? nullptr : static_cast<const std::uint8_t*>(array.buffers[0]);
    data_ = array.buffers[1];
    if (kind == ArrowKind::kTextView) {
        more_ = array.buffers + 2;
    } else if (is_text(kind)) {
        bytes_ = static_cast<const char*>(array.buffers[2]);
    }
}

std::string_view ArrowValues::text(std::size_t row) const {
    const auto between = [&](std::int64_t from, std::int64_t until) {
        return until > from ? std::string_view{bytes_ + from, static_cast<std::size_t>(until - from)}
                            : std::string_view{};
    };
    if (kind_ == ArrowKind::kText) {
        return between(at<std::int32_t>(row), at<std::int32_t>(row + 1));
    }
    if (kind_ == ArrowKind::kLargeText) {
        return between(at<std::int64_t>(row), at<std::int64_t>(row + 1));
    }
    // Variable-size binary view: length; up to 12 bytes in place, else four of them, buffer, offset.
    constexpr std::size_t kView = 16;
    constexpr std::int32_t kInPlace = 12;
    const char* const view = static_cast<const char*>(data_) + (row + offset_) * kView;
    std::array<std::int32_t, 4> words{};
    std::memcpy(words.data(), view, kView);
    if (words[0] <= kInPlace) {
        return {view + sizeof words[0], static_cast<std::size_t>(words[0] > 0 ? words[0] : 0)};
    }
    return {static_cast<const char*>(more_[words[2]]) + words[3], static_cast<std::size_t>(words[0])};
}

std::int64_t ArrowValues::integer(std::size_t row) const {
    switch (kind_) {
        case ArrowKind::kInt8: return at<std::int8_t>(row);
        case ArrowKind::kUint8: return at<std::uint8_t>(row);
        case ArrowKind::kInt16: return at<std::int16_t>(row);
        case ArrowKind::kUint16: return at<std::uint16_t>(row);
        case ArrowKind::kInt32: return at<std::int32_t>(row);
        case ArrowKind::kUint32: return at<std::uint32_t>(row);
        default: return at<std::int64_t>(row);
    }
}

double ArrowValues::number(std::size_t row) const {
    switch (kind_) {
        case ArrowKind::kDouble: return at<double>(row);
        case ArrowKind::kFloat: return static_cast<double>(at<float>(row));
        case ArrowKind::kUint64: return static_cast<double>(at<std::uint64_t>(row));
        default: return static_cast<double>(integer(row));
    }
}

std::optional<double> ArrowValues::short_decimal(std::size_t row) const {
    // Little endian, two's complement. Up to 53 bits a double holds each whole number.
    constexpr std::int64_t kWhole = std::int64_t{1} << 53U;
    const std::size_t size = decimal_bytes(kind_);
    const char* const at = static_cast<const char*>(data_) + (row + offset_) * size;
    std::int64_t low = 0;
    if (size == sizeof(std::int32_t)) {
        std::int32_t value = 0;
        std::memcpy(&value, at, sizeof value);
        low = value;
    } else {
        std::memcpy(&low, at, sizeof low);
    }
    const char above = low < 0 ? '\xFF' : '\0';
    for (std::size_t i = sizeof low; i < size; ++i) {
        if (at[i] != above) {
            return std::nullopt;
        }
    }
    return low > -kWhole && low < kWhole ? std::optional{static_cast<double>(low)} : std::nullopt;
}

std::string ArrowValues::decimal(std::size_t row) const {
    const std::size_t size = decimal_bytes(kind_);
    std::array<std::uint32_t, 8> limbs{};  // 256 bits, the lowest first
    std::memcpy(limbs.data(), static_cast<const char*>(data_) + (row + offset_) * size, size);
    const std::size_t used = size / sizeof limbs[0];
    const bool negative = (limbs[used - 1] >> 31U) != 0;
    std::uint64_t carry = 1;
    for (std::size_t i = 0; negative && i < used; ++i) {  // its opposite
        carry += static_cast<std::uint32_t>(~limbs[i]);
        limbs[i] = static_cast<std::uint32_t>(carry);
        carry >>= 32U;
    }
    std::string digits;  // the last first
    while (std::any_of(limbs.begin(), limbs.end(), [](std::uint32_t limb) { return limb != 0; })) {
        std::uint64_t rest = 0;
        for (std::size_t i = used; i-- > 0;) {
            rest = rest << 32U | limbs[i];
            limbs[i] = static_cast<std::uint32_t>(rest / 10);
            rest %= 10;
        }
        digits += static_cast<char>('0' + rest);
    }
    if (scale_ < 0 && !digits.empty()) {
        digits.insert(0, static_cast<std::size_t>(-scale_), '0');
    }
    const auto behind = static_cast<std::size_t>(std::max(scale_, 0));
    digits.resize(std::max(digits.size(), behind + 1), '0');
    if (behind > 0) {
        digits.insert(behind, 1, '.');
    }
    digits += negative ? "-" : "";
    return {digits.rbegin(), digits.rend()};
}

ArrowColumn::ArrowColumn(ArrowType type, const ArrowArray& array, std::int64_t from)
    : rows_(type.index.value_or(type.values), array, array.offset + from, type.scale) {
    if (type.index) {
        dictionary_.emplace(type.values, *array.dictionary, array.dictionary->offset);
        size_ = static_cast<std::size_t>(array.dictionary->length);
    }
}

std::optional<std::size_t> ArrowColumn::looked_up(std::size_t row) const {
    const std::int64_t index = rows_.integer(row);
    // An index beyond the dictionary points nowhere: nothing is said.
    if (index < 0 || static_cast<std::size_t>(index) >= size_ ||
        !dictionary_->is_valid(static_cast<std::size_t>(index))) {
        return std::nullopt;
    }
    return static_cast<std::size_t>(index);
}

}  // namespace gramme::capi
