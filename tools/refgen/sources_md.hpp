// data/SOURCES.md, made from data/sources.csv.
#pragma once

#include <string>

#include "refdata/image.hpp"

namespace gramme::refgen {

/// One entry for each source: title, publisher, year, licence, address, note.
[[nodiscard]] std::string sources_md(const refdata::View& view);

}  // namespace gramme::refgen
