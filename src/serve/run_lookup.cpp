#include "serve/run_lookup.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "serve/handlers.hpp"
#include "store/run_id.hpp"

namespace gramme::serve {

Error no_such_run() {
    return {Code::kNotFound, "No run with this id in this store.",
            "It may have been deleted or lie in another store."};
}

Result<MeantRun> meant_run(const Call& call) {
    if (auto live = call.service.live().find(call.id)) {
        return MeantRun{std::string{call.id}, std::move(live)};
    }
    std::vector<std::string> ids = call.service.live().ids(call.id);
    GRAMME_TRY(const std::vector<std::string> stored, call.service.stores().with([&](store::Store& store) {
        return unreadable(store.ids(call.id, store::kEnoughIds));
    }));
    ids.insert(ids.end(), stored.begin(), stored.end());
    auto id = store::meant_id(call.id, std::move(ids), "the store");
    if (!id) {
        return id.error().code == Code::kNotFound ? no_such_run()
                                                  : Error{Code::kUsage, id.error().what, id.error().hint};
    }
    auto live = std::find(stored.begin(), stored.end(), *id) == stored.end() ? call.service.live().find(*id)
                                                                             : std::nullopt;
    return MeantRun{*std::move(id), std::move(live)};
}

}  // namespace gramme::serve
