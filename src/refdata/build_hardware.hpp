// The hardware tables between records and image, apart from build_image.cpp for size only. Internal to
// refdata.
#pragma once

#include <string>
#include <string_view>

#include "refdata/image.hpp"
#include "refdata/pool.hpp"

namespace gramme::refdata {

/// The form in which names of hardware are compared: letters and digits only, in lower case, without the
/// names of makers and lines that people leave out ("NVIDIA A100-SXM4-80GB", "Tesla a100 sxm4 80gb":
/// "a100sxm480gb").
[[nodiscard]] std::string hardware_key(std::string_view name);

/// Adds the hardware tables to an image; the records are checked.
void add_hardware(const Records& records, Pool& pool, Image& image);

/// The inverse, for merging.
void add_hardware_records(const View& view, Records& out);

}  // namespace gramme::refdata
