#include "capi/arrow_check.hpp"

#include <array>
#include <cstring>
#include <limits>

namespace gramme::capi {
namespace {

/// Of rows, so that no sum of a few and no size in bytes of one array overflows.
constexpr std::int64_t kMostRows = std::numeric_limits<std::int64_t>::max() / 256;

Error wrong(const std::string& name, const std::string& what) {
    return {Code::kMalformed, "column " + name + ": " + what, ""};
}

bool can_be(std::int64_t rows) {
    return rows >= 0 && rows <= kMostRows;
}

std::int64_t buffers_of(ArrowKind kind) {
    switch (kind) {
        case ArrowKind::kNull: return 0;
        case ArrowKind::kText:
        case ArrowKind::kLargeText: return 3;
        case ArrowKind::kTextView: return 3;  // and one for each buffer of its long texts
        default: return 2;
    }
}

/// Offsets of rows `first` to `until` never fall, and those of texts that are not empty point somewhere.
template <class Offset>
bool texts_lie_in_order(const ArrowArray& array, std::int64_t first, std::int64_t until) {
    const auto* const offsets = static_cast<const Offset*>(array.buffers[1]);
    bool in_order = offsets[first] >= 0;
    for (std::int64_t row = first; row < until; ++row) {
        in_order &= offsets[row] <= offsets[row + 1];  // no branch: the compiler does several at once
    }
    return in_order && (array.buffers[2] != nullptr || offsets[first] == offsets[until]);
}

/// Of views the interface does carry the sizes of the buffers: in the last one.
bool views_lie_inside(const ArrowArray& array, std::int64_t first, std::int64_t until) {
    constexpr std::int64_t kView = 16;
    constexpr std::int32_t kInPlace = 12;
    const std::int64_t others = array.n_buffers - 3;
    const auto* const sizes = static_cast<const std::int64_t*>(array.buffers[array.n_buffers - 1]);
    const auto* const valid =
        static_cast<const std::uint8_t*>(array.null_count == 0 ? nullptr : array.buffers[0]);
    for (std::int64_t row = first; row < until; ++row) {
        if (valid != nullptr && (valid[row / 8] >> (row % 8) & 1U) == 0) {
            continue;  // a null's view may hold anything
        }
        std::array<std::int32_t, 4> view{};  // length, then text, or: prefix, buffer, offset
        std::memcpy(view.data(), static_cast<const char*>(array.buffers[1]) + row * kView, kView);
        if (view[0] >= 0 && view[0] <= kInPlace) {
            continue;
        }
        const std::int32_t buffer = view[2];
        const bool inside = view[0] > 0 && buffer >= 0 && buffer < others && sizes != nullptr &&
                            array.buffers[2 + buffer] != nullptr && view[3] >= 0 &&
                            std::int64_t{view[3]} + view[0] <= sizes[buffer];
        if (!inside) {
            return false;
        }
    }
    return true;
}

/// Rows `from` to `from` + `rows`, counted from the array's own offset.
Result<void> check_values(ArrowKind kind, const ArrowArray& array, std::int64_t from, std::int64_t rows,
                          const std::string& name) {
    GRAMME_CHECK(check_extent(&array, from, rows, name));
    if (array.n_buffers < buffers_of(kind) || (array.n_buffers > 0 && array.buffers == nullptr)) {
        return wrong(name, "a batch of it has fewer buffers than its type");
    }
    if (kind == ArrowKind::kNull || rows == 0) {
        return {};
    }
    if (array.buffers[1] == nullptr || (array.null_count > 0 && array.buffers[0] == nullptr)) {
        return wrong(name, "a buffer of a batch of it is NULL");
    }
    const std::int64_t first = array.offset + from;
    const std::int64_t until = first + rows;
    if (kind == ArrowKind::kTextView) {
        return views_lie_inside(array, first, until)
                   ? Result<void>{}
                   : Result<void>{wrong(name, "a text of it points outside of its buffers")};
    }
    if (is_text(kind)) {
        const bool in_order = kind == ArrowKind::kText
                                  ? texts_lie_in_order<std::int32_t>(array, first, until)
                                  : texts_lie_in_order<std::int64_t>(array, first, until);
        return in_order ? Result<void>{}
                        : Result<void>{wrong(name, "the offsets of its texts fall, or point to no bytes")};
    }
    return {};
}

Result<void> check_schema(const ArrowSchema* schema, const std::string& name, int depth) {
    constexpr int kMostDepth = 64;  // our copy of it is made by recursion
    if (depth > kMostDepth) {
        return wrong(name, "its type is nested more than 64 deep");
    }
    if (schema == nullptr || schema->release == nullptr || schema->n_children < 0 ||
        (schema->n_children > 0 && schema->children == nullptr)) {
        return wrong(name, "its type has children that are not there");
    }
    for (std::int64_t i = 0; i < schema->n_children; ++i) {
        GRAMME_CHECK(check_schema(schema->children[i], name, depth + 1));
    }
    return schema->dictionary != nullptr ? check_schema(schema->dictionary, name, depth + 1) : Result<void>{};
}

}  // namespace

Result<void> check_schema(const ArrowSchema* schema, const std::string& name) {
    return check_schema(schema, name, 0);
}

Result<void> check_extent(const ArrowArray* array, std::int64_t from, std::int64_t rows,
                          const std::string& name) {
    if (array == nullptr || array->release == nullptr) {
        return wrong(name, "a batch lacks it, or has it released already");
    }
    if (!can_be(array->length) || !can_be(array->offset) || array->length < from + rows) {
        return wrong(name, "a batch of it has " + std::to_string(array->length) + " rows from row " +
                               std::to_string(array->offset) + " on, and " + std::to_string(rows) +
                               " from row " + std::to_string(from) + " on are needed");
    }
    return {};
}

Result<void> check_column(ArrowType type, const ArrowArray& array, std::int64_t from, std::int64_t rows,
                          const std::string& name) {
    GRAMME_CHECK(check_values(type.index.value_or(type.values), array, from, rows, name));
    if (!type.index) {
        return {};
    }
    if (array.dictionary == nullptr) {
        return wrong(name, "a batch of it lacks its dictionary");
    }
    return check_values(type.values, *array.dictionary, 0, array.dictionary->length, name);
}

Result<void> check_batch(const ArrowArray& batch, std::size_t columns) {
    if (!can_be(batch.length) || !can_be(batch.offset)) {
        return Error{Code::kMalformed,
                     "a batch has " + std::to_string(batch.length) + " rows from row " +
                         std::to_string(batch.offset) + " on",
                     ""};
    }
    if (batch.n_children != static_cast<std::int64_t>(columns) ||
        (columns > 0 && batch.children == nullptr)) {
        return Error{Code::kMalformed,
                     "a batch has " + std::to_string(batch.children == nullptr ? 0 : batch.n_children) +
                         " columns, the schema " + std::to_string(columns),
                     ""};
    }
    return {};
}

}  // namespace gramme::capi
