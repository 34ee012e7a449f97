// Errors and texts across the C interface: nothing is thrown there.
#pragma once

#include <cstdint>
#include <exception>
#include <new>
#include <string_view>

#include "base/result.hpp"
#include "gramme.h"

namespace gramme::capi {

/// The code; where `out` is not null, its text as well, cut at a whole character.
std::int32_t fill(gramme_error* out, const Error& error);
/// A copy for gramme_text_free(). kUnavailable without memory.
[[nodiscard]] Result<char*> handed_out(std::string_view text);

/// Runs what returns a Result<void>; an exception becomes an error.
template <class Work>
std::int32_t guarded(gramme_error* error, Work work) {
    try {
        const Result<void> done = work();
        return done ? static_cast<std::int32_t>(GRAMME_OK) : fill(error, done.error());
    } catch (const std::bad_alloc&) {
        return fill(error, {Code::kUnavailable, "there is not enough memory", ""});
    } catch (const std::exception& unexpected) {
        return fill(error, {Code::kBug, unexpected.what(), ""});
    }
}

}  // namespace gramme::capi
