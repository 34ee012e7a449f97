// What callers say beside a span or a mark, checked the same way wherever it goes: into the journal of this
// process, or through the socket of the run around it.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "model/ledger.hpp"

namespace gramme::track {

/// A marker of this name and detail, without its time. `detail`: a JSON object or empty. NaN, Infinity and
/// -Infinity, which JSON lacks and Python's json writes, become the texts "nan", "inf" and "-inf", as in a
/// log. kMalformed: no JSON object; kOutOfRange: nested more than 7 deep, or longer than a message of the
/// run's socket (4 KiB with the name).
[[nodiscard]] Result<Marker> checked_marker(Marker::Kind kind, std::string_view name,
                                            std::string_view detail);

}  // namespace gramme::track
