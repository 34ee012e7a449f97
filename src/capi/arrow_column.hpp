// One column of an Arrow batch, as texts or numbers. Layouts: Arrow specification, format/Columnar and
// format/CDataInterface. What the producer says has been checked (arrow_check.hpp).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <gramme.h>

namespace gramme::capi {

enum class ArrowKind : std::uint8_t {
    kNull,
    kInt8,
    kUint8,
    kInt16,
    kUint16,
    kInt32,
    kUint32,
    kInt64,
    kUint64,
    kFloat,
    kDouble,
    kDecimal32,  ///< decimals: whole numbers of these widths, and how many of their digits stand behind the
                 ///< point
    kDecimal64,
    kDecimal128,
    kDecimal256,
    kText,       ///< utf8
    kLargeText,  ///< large_utf8
    kTextView,   ///< utf8_view
};

struct ArrowType {
    ArrowKind values = ArrowKind::kNull;
    std::optional<ArrowKind> index;  ///< of a dictionary
    int scale = 0;                   ///< of decimals
};

[[nodiscard]] bool is_text(ArrowKind kind);
[[nodiscard]] bool is_integer(ArrowKind kind);
[[nodiscard]] bool is_decimal(ArrowKind kind);

/// nullopt for a type that holds neither text nor plain numbers.
[[nodiscard]] std::optional<ArrowType> arrow_type_of(const ArrowSchema& schema);
/// "bool", "decimal", "timestamp", or the format string where it has no short name.
[[nodiscard]] std::string arrow_type_name(const ArrowSchema& schema);

/// A plain array without its dictionary. Rows are counted from the offset given.
class ArrowValues {
public:
    ArrowValues() = default;
    /// `scale`: of decimals.
    ArrowValues(ArrowKind kind, const ArrowArray& array, std::int64_t offset, int scale = 0);

    [[nodiscard]] bool is_valid(std::size_t row) const {
        if (validity_ == nullptr) {
            return kind_ != ArrowKind::kNull;
        }
        const std::size_t bit = row + offset_;
        return (validity_[bit / 8] >> (bit % 8) & 1U) != 0;
    }
    /// Of a text kind.
    [[nodiscard]] std::string_view text(std::size_t row) const;
    /// Of a kind of whole numbers.
    [[nodiscard]] std::int64_t integer(std::size_t row) const;
    /// Of a kind of numbers, decimals apart.
    [[nodiscard]] double number(std::size_t row) const;
    /// Of a kind of decimals: its digits without the point, where they are few enough for a double to hold
    /// them all; nullopt where they are not.
    [[nodiscard]] std::optional<double> short_decimal(std::size_t row) const;
    /// Of a kind of decimals: as it is written.
    [[nodiscard]] std::string decimal(std::size_t row) const;
    [[nodiscard]] int scale() const { return scale_; }
    [[nodiscard]] ArrowKind kind() const { return kind_; }
    /// Whether is_valid() has to be asked.
    [[nodiscard]] bool may_be_null() const { return validity_ != nullptr || kind_ == ArrowKind::kNull; }
    /// The numbers of a kind that holds T, offsets or views, from row 0 on.
    template <class T>
    [[nodiscard]] const T* from_row() const {
        return static_cast<const T*>(data_) + offset_;
    }
    [[nodiscard]] const char* bytes() const { return bytes_; }

private:
    template <class T>
    [[nodiscard]] T at(std::size_t row) const {
        return from_row<T>()[row];
    }

    ArrowKind kind_ = ArrowKind::kNull;
    int scale_ = 0;
    std::size_t offset_ = 0;
    const std::uint8_t* validity_ = nullptr;
    const void* data_ = nullptr;         ///< numbers, offsets or views
    const char* bytes_ = nullptr;        ///< of texts
    const void* const* more_ = nullptr;  ///< of views: their buffers
};

/// A column, through its dictionary where it has one.
class ArrowColumn {
public:
    ArrowColumn() = default;
    /// `from`: the offset of the batch that holds the column.
    ArrowColumn(ArrowType type, const ArrowArray& array, std::int64_t from);

    /// The row of values() that this row of the column shows; nullopt: nothing is said.
    [[nodiscard]] std::optional<std::size_t> place(std::size_t row) const {
        if (!rows_.is_valid(row)) {
            return std::nullopt;
        }
        return dictionary_ ? looked_up(row) : std::optional{row};
    }
    [[nodiscard]] const ArrowValues& values() const { return dictionary_ ? *dictionary_ : rows_; }
    /// Without the dictionary: its indices.
    [[nodiscard]] const ArrowValues& rows() const { return rows_; }
    [[nodiscard]] bool has_dictionary() const { return dictionary_.has_value(); }
    /// 0 without a dictionary.
    [[nodiscard]] std::size_t dictionary_size() const { return size_; }

private:
    [[nodiscard]] std::optional<std::size_t> looked_up(std::size_t row) const;

    ArrowValues rows_;
    std::optional<ArrowValues> dictionary_;
    std::size_t size_ = 0;
};

/// Calls visit with a null pointer to the type that holds numbers of this kind; false: it holds none.
template <class Visit>
bool visit_number(ArrowKind kind, Visit visit) {
    switch (kind) {
        case ArrowKind::kInt8: visit(static_cast<const std::int8_t*>(nullptr)); return true;
        case ArrowKind::kUint8: visit(static_cast<const std::uint8_t*>(nullptr)); return true;
        case ArrowKind::kInt16: visit(static_cast<const std::int16_t*>(nullptr)); return true;
        case ArrowKind::kUint16: visit(static_cast<const std::uint16_t*>(nullptr)); return true;
        case ArrowKind::kInt32: visit(static_cast<const std::int32_t*>(nullptr)); return true;
        case ArrowKind::kUint32: visit(static_cast<const std::uint32_t*>(nullptr)); return true;
        case ArrowKind::kInt64: visit(static_cast<const std::int64_t*>(nullptr)); return true;
        case ArrowKind::kUint64: visit(static_cast<const std::uint64_t*>(nullptr)); return true;
        case ArrowKind::kFloat: visit(static_cast<const float*>(nullptr)); return true;
        case ArrowKind::kDouble: visit(static_cast<const double*>(nullptr)); return true;
        default: return false;
    }
}

}  // namespace gramme::capi
