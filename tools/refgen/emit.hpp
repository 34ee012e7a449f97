// Writes laid-out tables as C++ source: constant arrays without a pointer in them.
#pragma once

#include <string>

#include "refdata/image.hpp"

namespace gramme::refgen {

/// A complete source file that defines gramme::refdata::compiled_view().
[[nodiscard]] std::string cpp_source(const refdata::View& view);

}  // namespace gramme::refgen
