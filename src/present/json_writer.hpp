// JSON written as it is said, without an object of it in between: results are the answer to every estimate
// over HTTP and in the library, and there making and freeing the object took more time than the estimate. The
// bytes are those of dumped() (json.hpp) for the same content. Only for src/present.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/footprint.hpp"
#include "present/json.hpp"

namespace gramme::present {

/// Members of objects in the order they are said; whoever writes sees to it that no key comes twice. Not
/// thread-safe.
class JsonWriter {
public:
    JsonWriter() : out_(kUsualSize, '\0') {}

    void open_object() { enter('{'); }
    void close_object() { leave('}'); }
    void open_list() { enter('['); }
    void close_list() { leave(']'); }
    /// Must be a literal of ours: it is not escaped. A value, an object or a list follows.
    void key(std::string_view name);

    void value(std::string_view text);
    void value(const char* text) { value(std::string_view{text}); }
    void value(const std::string& text) { value(std::string_view{text}); }
    void value(bool truth) { raw(truth ? "true" : "false"); }
    /// What is not finite is not known: null.
    void value(double number);
    void value(std::integral auto number) { whole(number); }
    void value(std::nullptr_t) { raw("null"); }
    void value(const Json& json);
    void value(const std::vector<std::string>& texts);
    /// {"value", "low", "high"}.
    void value(const Estimate& estimate);
    template <class T>
    void value(const std::optional<T>& known) {
        known ? value(*known) : value(nullptr);
    }

    template <class T>
    void member(std::string_view name, const T& what) {
        key(name);
        value(what);
    }
    /// An empty text is an unknown one: null.
    void text_or_null(std::string_view name, std::string_view text);
    /// Nothing at all where there is nothing to say.
    void text_if_any(std::string_view name, std::string_view text);
    template <class Items, class Write>
    void list(std::string_view name, const Items& items, Write write) {
        key(name);
        open_list();
        for (const auto& item : items) {
            write(*this, item);
        }
        close_list();
    }

    /// The document, with a newline at its end.
    [[nodiscard]] std::string take() &&;

private:
    static constexpr std::size_t kUsualSize = 8192;

    void enter(char bracket);
    void leave(char bracket);
    /// Whatever comes before a value: the comma, the line and its indent.
    void begin();
    void line();
    void raw(std::string_view text);
    void quoted(std::string_view text);
    void whole(std::integral auto number);

    /// Room for `count` more bytes. Pieces are a few bytes each: asking once for each, with the end of what
    /// is written kept here, is what makes appending them cheap.
    char* room(std::size_t count) {
        if (out_.size() - used_ < count) {
            out_.resize(2 * out_.size() + count);
        }
        return out_.data() + used_;
    }
    void put(char byte) {
        *room(1) = byte;
        ++used_;
    }
    void put(std::string_view text) {
        std::copy(text.begin(), text.end(), room(text.size()));
        used_ += text.size();
    }

    std::string out_;       ///< longer than what is written
    std::size_t used_ = 0;  ///< of it
    std::size_t depth_ = 0;
    bool first_ = true;       ///< of the object or list that is open
    bool after_key_ = false;  ///< the value stands in the line of its key
};

void JsonWriter::whole(std::integral auto number) {
    raw(std::to_string(number));
}

}  // namespace gramme::present
