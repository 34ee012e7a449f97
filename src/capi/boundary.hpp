// The edge of the library: failures become codes and texts, and nothing is thrown across it.
#pragma once

#include <cstdint>
#include <exception>
#include <new>

#include <string>
#include <string_view>

#include <gramme.h>
#include "base/result.hpp"
#include "host/quiet_signals.hpp"

namespace gramme::capi {

/// Writes the failure into the caller's struct, where there is one, cut at whole characters; returns its
/// code.
std::int32_t report(const Error& failure, gramme_error* error) noexcept;
/// A struct of no failure.
std::int32_t succeed(gramme_error* error) noexcept;
/// kUsage for an argument that must not be NULL.
[[nodiscard]] Error missing(std::string_view argument);
/// A copy for gramme_text_free(); NULL where there is no memory.
[[nodiscard]] char* copied(std::string_view text) noexcept;

/// Runs `body`, which returns Result<void>. Whatever it throws is out of memory or our bug.
template <class Body>
std::int32_t guarded(gramme_error* error, Body body) noexcept {
    try {
        const Result<void> done = body();
        return done ? succeed(error) : report(done.error(), error);
    } catch (const std::bad_alloc&) {
        return report({Code::kUnavailable, "out of memory", ""}, error);
    } catch (const std::exception& trouble) {
        return report({Code::kBug, std::string{"an exception reached the C interface: "} + trouble.what(),
                       "please report it"},
                      error);
    } catch (...) {
        return report({Code::kBug, "an exception reached the C interface", "please report it"}, error);
    }
}

/// The same for what may write files, pipes or the journal: no signal of that reaches the program.
template <class Body>
std::int32_t guarded_quietly(gramme_error* error, Body body) noexcept {
    const host::QuietSignals quiet;
    return guarded(error, body);
}

}  // namespace gramme::capi
