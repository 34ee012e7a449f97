// The three providers: the address that asks a query, and what its answer says. Pure; the answers are of
// strangers, so every member is looked at before it is believed.
//
// Electricity Maps v3   hourly, average, lifecycle or direct  app.electricitymaps.com/developer-hub/api
// WattTime v3           5 min, marginal (MOER) or average operating (AOER)          docs.watttime.org
// NESO Carbon Intensity 30 min, Great Britain, average, direct   carbon-intensity.github.io/api-definitions
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "live/query.hpp"

namespace gramme::live {

/// Address of one piece of a checked query (of its newest value where it has no span). `server` has no slash
/// at its end. `now_s` chooses between what is recent and what is past.
[[nodiscard]] std::string address_of(const Query& query, std::string_view server, std::int64_t now_s);

/// The points of an answer, in the order told. kMalformed says which member is not as documented: no JSON, a
/// value that is no number from 0 to kMostGrams, another zone, unit or basis than was asked for. A stretch
/// without a value is left out.
[[nodiscard]] Result<std::vector<Point>> points_of(const Query& query, std::string_view body);

/// WattTime: where to log in, and the token of the answer (letters, digits and . - _ only, since it becomes a
/// header).
[[nodiscard]] std::string login_address(std::string_view server);
[[nodiscard]] Result<std::string> token_of_login(std::string_view body);

/// What an error answer says of itself ("error" or "message" of a JSON object), as it stands there, which may
/// be a key that it throws back; empty where it says nothing.
[[nodiscard]] std::string complaint_of(std::string_view body);

/// RFC 4648.
[[nodiscard]] std::string base64(std::string_view bytes);

}  // namespace gramme::live
