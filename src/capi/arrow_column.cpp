#include "capi/arrow_column.hpp"

#include <array>
#include <cstring>

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

std::optional<ArrowType> arrow_type_of(const ArrowSchema& schema) {
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

ArrowValues::ArrowValues(ArrowKind kind, const ArrowArray& array, std::int64_t offset)
    : kind_(kind), offset_(static_cast<std::size_t>(offset)) {
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

ArrowColumn::ArrowColumn(ArrowType type, const ArrowArray& array, std::int64_t from)
    : rows_(type.index.value_or(type.values), array, array.offset + from) {
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
