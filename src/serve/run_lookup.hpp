// Which run an address means: of those that are measured now and those in the store, by one rule. Internal to
// serve.
#pragma once

#include <optional>
#include <string>

#include "serve/service.hpp"

namespace gramme::serve {

struct MeantRun {
    std::string id;               ///< whole
    std::optional<LiveRun> live;  ///< it is being measured; else it is in the store
};
/// As store::meant_id() says, over both places. A whole id of a live run needs no store. kNotFound; kUsage:
/// several runs begin so.
[[nodiscard]] Result<MeantRun> meant_run(const Call& call);

/// The words for a run that is nowhere.
[[nodiscard]] Error no_such_run();

}  // namespace gramme::serve
