#include "capi/boundary.hpp"

#include <algorithm>
#include <cstdlib>
#include <cstring>

namespace gramme::capi {
namespace {

template <std::size_t kSize>
void write_cut(char (&to)[kSize], std::string_view text) noexcept {
    std::size_t size = std::min(text.size(), kSize - 1);
    if (size < text.size()) {
        while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xC0U) == 0x80U) {
            --size;  // inside a character of UTF-8
        }
    }
    std::memcpy(to, text.data(), size);
    to[size] = '\0';
}

std::int32_t code_of(Code code) noexcept {
    switch (code) {
        case Code::kNotFound: return GRAMME_NOT_FOUND;
        case Code::kPermission: return GRAMME_PERMISSION;
        case Code::kUnsupported: return GRAMME_UNSUPPORTED;
        case Code::kMalformed: return GRAMME_MALFORMED;
        case Code::kOutOfRange: return GRAMME_OUT_OF_RANGE;
        case Code::kUnavailable: return GRAMME_UNAVAILABLE;
        case Code::kReset: return GRAMME_BUG;  // of counters, and no interface hands those out
        case Code::kUsage: return GRAMME_USAGE;
        case Code::kIo: return GRAMME_IO;
        case Code::kBug: return GRAMME_BUG;
    }
    return GRAMME_BUG;
}

}  // namespace

std::int32_t report(const Error& failure, gramme_error* error) noexcept {
    const std::int32_t code = code_of(failure.code);
    if (error != nullptr) {
        error->code = code;
        write_cut(error->what, failure.what);
        write_cut(error->hint, failure.hint);
    }
    return code;
}

std::int32_t succeed(gramme_error* error) noexcept {
    if (error != nullptr) {
        error->code = GRAMME_OK;
        error->what[0] = '\0';
        error->hint[0] = '\0';
    }
    return GRAMME_OK;
}

Error missing(std::string_view argument) {
    return {Code::kUsage, std::string{argument} + " is NULL", ""};
}

char* copied(std::string_view text) noexcept {
    auto* copy = static_cast<char*>(std::malloc(text.size() + 1));
    if (copy != nullptr) {
        std::memcpy(copy, text.data(), text.size());
        copy[text.size()] = '\0';
    }
    return copy;
}

}  // namespace gramme::capi
