// The transport of the real world: libgramme_net.so, loaded at the first request and not before.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/host.hpp"
#include "live/http.hpp"

namespace gramme::live {

/// `files`: where the module may be, the first that is there is taken. A first request without a module is
/// kUnavailable and says what to install; one that others could have written (live/module_trust.hpp) is
/// kPermission and not loaded. One thread at a time.
[[nodiscard]] std::unique_ptr<Transport> make_module_transport(const Host& host,
                                                               std::vector<std::string> files,
                                                               std::string user_agent);

}  // namespace gramme::live
