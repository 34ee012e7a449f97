#include "present/json_writer.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <utility>

namespace gramme::present {
namespace {

constexpr std::size_t kIndent = 2;

/// Printable ASCII without quote and backslash stands as it is.
constexpr std::array<bool, 256> kPlain = [] {
    std::array<bool, 256> plain{};
    for (std::size_t byte = ' '; byte <= '~'; ++byte) {
        plain[byte] = byte != '"' && byte != '\\';
    }
    return plain;
}();

bool is_plain(std::string_view text) {
    return std::all_of(text.begin(), text.end(),
                       [](char byte) { return kPlain[static_cast<unsigned char>(byte)]; });
}

}  // namespace

void JsonWriter::line() {
    const std::size_t count = 1 + depth_ * kIndent;
    char* const at = room(count);
    std::memset(at, ' ', count);
    *at = '\n';
    used_ += count;
}

void JsonWriter::begin() {
    if (std::exchange(after_key_, false) || depth_ == 0) {
        return;
    }
    if (!std::exchange(first_, false)) {
        put(',');
    }
    line();
}

void JsonWriter::enter(char bracket) {
    begin();
    put(bracket);
    ++depth_;
    first_ = true;
}

void JsonWriter::leave(char bracket) {
    --depth_;
    if (!std::exchange(first_, false)) {  // an empty one stays in its line
        line();
    }
    put(bracket);
}

void JsonWriter::key(std::string_view name) {
    begin();
    char* at = room(name.size() + 4);
    *at++ = '"';
    std::copy(name.begin(), name.end(), at);
    std::memcpy(at + name.size(), "\": ", 3);
    used_ += name.size() + 4;
    after_key_ = true;
}

void JsonWriter::raw(std::string_view text) {
    begin();
    put(text);
}

void JsonWriter::quoted(std::string_view text) {
    if (is_plain(text)) {
        char* at = room(text.size() + 2);
        *at++ = '"';
        std::copy(text.begin(), text.end(), at);
        at[text.size()] = '"';
        used_ += text.size() + 2;
    } else {
        put(std::string_view{Json(text).dump(-1, ' ', false, Json::error_handler_t::replace)});
    }
}

void JsonWriter::value(std::string_view text) {
    begin();
    quoted(text);
}

void JsonWriter::value(double number) {
    if (!std::isfinite(number)) {
        raw("null");
        return;
    }
    std::array<char, 64> text{};
    // As the library writes a number, so that it reads the same whichever way it was written.
    const char* const end = nlohmann::detail::to_chars(text.data(), text.data() + text.size(), number);
    raw({text.data(), static_cast<std::size_t>(end - text.data())});
}

void JsonWriter::value(const Estimate& estimate) {
    open_object();
    member("value", estimate.value);
    member("low", estimate.low);
    member("high", estimate.high);
    close_object();
}

void JsonWriter::value(const std::vector<std::string>& texts) {
    open_list();
    for (const std::string& text : texts) {
        value(text);
    }
    close_list();
}

void JsonWriter::value(const Json& json) {
    if (json.is_object()) {
        open_object();
        for (const auto& [name, inner] : json.items()) {
            begin();
            quoted(name);
            put(": ");
            after_key_ = true;
            value(inner);
        }
        close_object();
    } else if (json.is_array()) {
        open_list();
        for (const Json& inner : json) {
            value(inner);
        }
        close_list();
    } else {
        raw(json.dump(-1, ' ', false, Json::error_handler_t::replace));
    }
}

void JsonWriter::text_or_null(std::string_view name, std::string_view text) {
    key(name);
    text.empty() ? value(nullptr) : value(text);
}

void JsonWriter::text_if_any(std::string_view name, std::string_view text) {
    if (!text.empty()) {
        member(name, text);
    }
}

std::string JsonWriter::take() && {
    put('\n');
    out_.resize(used_);
    return std::move(out_);
}

}  // namespace gramme::present
