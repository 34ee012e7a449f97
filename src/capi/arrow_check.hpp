// Whether what a producer of Arrow data says of lengths, offsets and texts can be so. The interface carries
// no sizes of buffers: that they are as long as the lengths say is believed, all the rest is checked before
// it is followed.
#pragma once

#include <cstdint>
#include <string>

#include <gramme.h>
#include "base/result.hpp"
#include "capi/arrow_column.hpp"

namespace gramme::capi {

/// A schema with its children and dictionaries is there, all the way down. kMalformed.
[[nodiscard]] Result<void> check_schema(const ArrowSchema* schema, const std::string& name);

/// A column of a batch of which rows `from` to `from` + `rows` are used, none of its values read: length and
/// offset. `name` is for the error. kMalformed.
[[nodiscard]] Result<void> check_extent(const ArrowArray* array, std::int64_t from, std::int64_t rows,
                                        const std::string& name);
/// The same of a column whose values are read: its buffers, its dictionary and where its texts lie as well.
[[nodiscard]] Result<void> check_column(ArrowType type, const ArrowArray& array, std::int64_t from,
                                        std::int64_t rows, const std::string& name);

/// Of a batch itself: as many columns as the schema has, and a length that can be. kMalformed.
[[nodiscard]] Result<void> check_batch(const ArrowArray& batch, std::size_t columns);

}  // namespace gramme::capi
