// UUIDs (RFC 9562): which text is one, and one made from a name. Pure.
#pragma once

#include <string>
#include <string_view>

namespace gramme {

/// 8-4-4-4-12 hexadecimal digits, of any case and version.
[[nodiscard]] bool is_uuid(std::string_view text);

/// Version 5 in the namespace of URLs: the same name always gives the same id,
/// `uuid.uuid5(uuid.NAMESPACE_URL, name)` of Python too. Source: RFC 9562, 5.5 and 6.6; SHA-1 as in FIPS
/// 180-4. Not for secrets.
[[nodiscard]] std::string uuid_of_name(std::string_view name);

}  // namespace gramme
