// JSON as this module writes and reads it: keys in the order they are set, bytes that are not UTF-8 replaced,
// numbers shortest round-trip and never NaN or infinite, nothing thrown. Only for src/present.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/result.hpp"

namespace gramme::present {

using Json = nlohmann::ordered_json;

/// A number that is not finite is not known: null.
[[nodiscard]] inline Json number(double value) {
    return std::isfinite(value) ? Json(value) : Json(nullptr);
}

template <class T>
[[nodiscard]] Json number_or_null(const std::optional<T>& value) {
    if constexpr (std::is_floating_point_v<T>) {
        return value ? number(*value) : Json(nullptr);
    } else {
        return value ? Json(*value) : Json(nullptr);
    }
}

/// An empty text is an unknown one: null.
[[nodiscard]] inline Json text_or_null(std::string_view text) {
    return text.empty() ? Json(nullptr) : Json(text);
}

/// Sets `key` only where there is something to say.
inline void set_text(Json& object, const char* key, std::string_view text) {
    if (!text.empty()) {
        object[key] = text;
    }
}

/// An object with room for so many members: one that grows copies all its keys.
[[nodiscard]] inline Json object_of(std::size_t members) {
    Json json = Json::object();
    json.get_ref<Json::object_t&>().reserve(members);
    return json;
}

/// A list of what `to_json` makes of each.
template <class Item, class ToJson>
[[nodiscard]] Json list_json(const std::vector<Item>& items, ToJson to_json) {
    Json list = Json::array();
    list.get_ref<Json::array_t&>().reserve(items.size());
    for (const Item& item : items) {
        list.push_back(to_json(item));
    }
    return list;
}

/// Indented by two, ends with a newline.
[[nodiscard]] inline std::string dumped(const Json& json) {
    return json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

[[nodiscard]] inline Error wrong_key(std::string_view key, std::string_view wanted) {
    return {Code::kMalformed, "key '" + std::string{key} + "' is not " + std::string{wanted}, ""};
}

/// The member `key` of an object; nullptr where it is absent or null.
[[nodiscard]] inline const Json* member(const Json& object, const char* key) {
    const auto found = object.find(key);
    return found == object.end() || found->is_null() ? nullptr : &*found;
}

/// Each read_value leaves `out` as it is where the key is absent or null; kMalformed names the key.
inline Result<void> read_value(const Json& object, const char* key, std::string& out) {
    if (const Json* value = member(object, key)) {
        if (!value->is_string()) {
            return wrong_key(key, "a text");
        }
        out = value->get_ref<const std::string&>();
    }
    return {};
}

inline Result<void> read_value(const Json& object, const char* key, bool& out) {
    if (const Json* value = member(object, key)) {
        if (!value->is_boolean()) {
            return wrong_key(key, "true or false");
        }
        out = value->get<bool>();
    }
    return {};
}

inline Result<void> read_value(const Json& object, const char* key, double& out) {
    if (const Json* value = member(object, key)) {
        if (!value->is_number() || !std::isfinite(value->get<double>())) {
            return wrong_key(key, "a number");
        }
        out = value->get<double>();
    }
    return {};
}

inline Result<void> read_value(const Json& object, const char* key, std::uint64_t& out) {
    if (const Json* value = member(object, key)) {
        if (!value->is_number_unsigned()) {
            return wrong_key(key, "a whole number of 0 or more");
        }
        out = value->get<std::uint64_t>();
    }
    return {};
}

inline Result<void> read_value(const Json& object, const char* key, std::int64_t& out) {
    if (const Json* value = member(object, key)) {
        const bool fits = value->is_number_integer() &&
                          (!value->is_number_unsigned() ||
                           value->get<std::uint64_t>() <=
                               static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()));
        if (!fits) {
            return wrong_key(key, "a whole number");
        }
        out = value->get<std::int64_t>();
    }
    return {};
}

inline Result<void> read_value(const Json& object, const char* key, int& out) {
    std::int64_t wide = out;
    GRAMME_CHECK(read_value(object, key, wide));
    if (wide < std::numeric_limits<int>::min() || wide > std::numeric_limits<int>::max()) {
        return wrong_key(key, "a whole number of 32 bits");
    }
    out = static_cast<int>(wide);
    return {};
}

inline Result<void> read_value(const Json& object, const char* key, std::vector<std::string>& out) {
    if (const Json* value = member(object, key)) {
        if (!value->is_array()) {
            return wrong_key(key, "a list of texts");
        }
        out.clear();
        for (const Json& item : *value) {
            if (!item.is_string()) {
                return wrong_key(key, "a list of texts");
            }
            out.push_back(item.get_ref<const std::string&>());
        }
    }
    return {};
}

template <class T>
Result<void> read_value(const Json& object, const char* key, std::optional<T>& out) {
    if (member(object, key) != nullptr) {
        T value{};
        GRAMME_CHECK(read_value(object, key, value));
        out = value;
    }
    return {};
}

/// A member that must be an object where it is there; nullptr where it is not.
inline Result<const Json*> object_member(const Json& object, const char* key) {
    const Json* value = member(object, key);
    if (value != nullptr && !value->is_object()) {
        return wrong_key(key, "an object");
    }
    return value;
}

}  // namespace gramme::present
