#include "capi/fill.hpp"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <span>

#include "config/version.hpp"

namespace gramme::capi {
namespace {

void copy_cut(std::span<char> to, std::string_view text) {
    std::size_t length = std::min(text.size(), to.size() - 1);
    if (length < text.size()) {
        constexpr unsigned kMark = 0xC0U;
        constexpr unsigned kInside = 0x80U;
        while (length > 0 && (static_cast<unsigned char>(text[length]) & kMark) == kInside) {
            --length;
        }
    }
    std::memcpy(to.data(), text.data(), length);
    to[length] = '\0';
}

std::int32_t code_of(Code code) {
    switch (code) {
        case Code::kNotFound: return GRAMME_NOT_FOUND;
        case Code::kPermission: return GRAMME_PERMISSION;
        case Code::kUnsupported: return GRAMME_UNSUPPORTED;
        case Code::kMalformed: return GRAMME_MALFORMED;
        case Code::kOutOfRange: return GRAMME_OUT_OF_RANGE;
        case Code::kUnavailable: return GRAMME_UNAVAILABLE;
        case Code::kUsage: return GRAMME_USAGE;
        case Code::kIo: return GRAMME_IO;
        case Code::kReset:
        case Code::kBug: break;
    }
    return GRAMME_BUG;
}

}  // namespace

std::int32_t fill(gramme_error* out, const Error& error) {
    const std::int32_t code = code_of(error.code);
    if (out != nullptr) {
        out->code = code;
        copy_cut(out->what, error.what);
        copy_cut(out->hint, error.hint);
    }
    return code;
}

Result<char*> handed_out(std::string_view text) {
    auto* const copy = static_cast<char*>(std::malloc(text.size() + 1));
    if (copy == nullptr) {
        return Error{Code::kUnavailable, "there is not enough memory", ""};
    }
    std::memcpy(copy, text.data(), text.size());
    copy[text.size()] = '\0';
    return copy;
}

}  // namespace gramme::capi

extern "C" {

const char* gramme_version(void) {
    return gramme::config::kVersion.data();
}

void gramme_text_free(char* text) {
    std::free(text);
}

}  // extern "C"
