// What changes the store: rename, delete, recost.
#include <array>
#include <set>

#include "base/one_line.hpp"
#include "base/parse.hpp"
#include "calculate/asked_anew.hpp"
#include "calculate/stored_run.hpp"
#include "config/estimate_request.hpp"
#include "estimate/estimate.hpp"
#include "present/json.hpp"
#include "present/present.hpp"
#include "serve/handlers.hpp"
#include "serve/run_lookup.hpp"

namespace gramme::serve {
namespace {

using present::Json;

/// A body as JSON, its depth checked before anything walks through it; kMalformed where it is none or where
/// an object has a key twice, which two readers could read in two ways.
Result<Json> body_of(const Request& request) {
    constexpr int kDeepest = 64;
    bool too_deep = false;
    std::optional<std::string> twice;
    std::array<std::set<std::string>, kDeepest + 2> keys;  // of the object that is open at each depth
    Json json = Json::parse(
        request.body,
        [&](int depth, Json::parse_event_t event, Json& value) {
            if (depth > kDeepest) {
                too_deep = true;
                return false;
            }
            const auto level = static_cast<std::size_t>(depth);
            if (event == Json::parse_event_t::object_start) {
                keys[level + 1].clear();
            } else if (event == Json::parse_event_t::key) {
                auto key = value.get<std::string>();
                if (!keys[level].insert(key).second) {
                    twice = std::move(key);
                }
            }
            return true;
        },
        false);
    if (too_deep) {
        return Error{Code::kMalformed, "the body is more than 64 levels deep", ""};
    }
    if (!json.is_object()) {
        return Error{Code::kMalformed, "the body is no JSON object", ""};
    }
    if (twice) {
        return Error{Code::kMalformed, "the body has '" + *twice + "' twice", "give it once"};
    }
    return json;
}

Error not_found(Error error) {
    return error.code == Code::kNotFound ? no_such_run() : std::move(error);
}

/// The whole id of a run that has ended: one that is being measured has its name in its journal, which
/// belongs to its gramme.
Result<std::string> ended_run(const Call& call) {
    GRAMME_TRY(MeantRun meant, meant_run(call));
    if (meant.live) {
        return Error{Code::kUsage, "this run is still being measured", "wait until it has ended"};
    }
    return std::move(meant.id);
}

/// What changes a run names it whole: the beginning of an id may be another run's tomorrow.
Result<std::string> ended_run_named_whole(const Call& call) {
    GRAMME_TRY(std::string id, ended_run(call));
    if (id != call.id) {
        return Error{Code::kUsage, "'" + std::string{call.id} + "' is the beginning of an id",
                     "give the whole of " + id};
    }
    return id;
}

}  // namespace

Result<Response> rename_run(const Call& call) {
    constexpr std::size_t kLongest = 1000;
    GRAMME_CHECK(only_keys(call.request, {}));
    GRAMME_TRY(const Json json, body_of(call.request));
    if (json.size() != 1 || !json.contains("name") || !json["name"].is_string()) {
        return Error{Code::kMalformed, "the body is not {\"name\": TEXT}", ""};
    }
    const std::string name{trimmed(json["name"].get_ref<const std::string&>())};
    if (name.size() > kLongest) {
        return Error{Code::kUsage, "the name is longer than 1000 bytes", "shorten it"};
    }
    if (holds_control(name)) {  // as `gramme run --name` has it
        return Error{Code::kUsage, "the name holds a line break or a control character", "leave it out"};
    }
    GRAMME_TRY(const std::string id, ended_run_named_whole(call));
    auto renamed = call.service.stores().with([&](store::Store& store) -> Result<Json> {
        GRAMME_CHECK(store.rename(id, name));
        GRAMME_TRY(const store::StoredRun stored, store.show(id));
        return calculate::result_json(stored, false);
    });
    if (!renamed) {
        return not_found(renamed.error());
    }
    return json_response(present::dumped(*renamed));
}

Result<Response> delete_run(const Call& call) {
    GRAMME_CHECK(only_keys(call.request, {}));
    GRAMME_TRY(const std::string id, ended_run_named_whole(call));
    const auto removed = call.service.stores().with([&](store::Store& store) { return store.remove(id); });
    if (!removed) {
        return not_found(removed.error());
    }
    Response response;
    response.status = 204;
    return response;
}

Result<Response> recost_run(const Call& call) {
    const refdata::Tables& tables = call.service.tables();
    GRAMME_CHECK(only_keys(call.request, {}));
    GRAMME_TRY(Json json, body_of(call.request));
    bool dry_run = false;
    if (json.contains("dry_run")) {
        if (!json["dry_run"].is_boolean()) {
            return Error{Code::kMalformed, "dry_run is not true or false", ""};
        }
        dry_run = json["dry_run"].get<bool>();
        json.erase("dry_run");
    }
    if (!dry_run && !call.service.options().access.allow_write) {
        return Error{Code::kPermission, "Read-only.",
                     "To keep the result, start with `gramme serve --allow-write`."};
    }
    const std::string asked = json.dump(-1, ' ', false, Json::error_handler_t::replace);
    GRAMME_TRY(const config::EstimateRequest request,
               config::read_estimate_request(asked, config::RequestKind::kEstimate));
    for (const auto& [name, value] : request.options) {
        if (name != "region" && name != "intensity" && name != "pue" && name != "year" && name != "basis" &&
            name != "energy-source" && name != "mix") {
            return Error{Code::kUsage, "'" + std::string{name} + "' says nothing about place and factors",
                         "give region, intensity, energy_source, mix, pue, year or basis"};
        }
    }
    GRAMME_TRY(const std::string id, dry_run ? ended_run(call) : ended_run_named_whole(call));
    auto recosted = call.service.stores().with([&](store::Store& store) -> Result<std::string> {
        GRAMME_TRY(store::StoredRun stored, store.show(id));
        GRAMME_TRY(stored.run.asked, calculate::asked_anew(stored.run.asked, request.options));
        GRAMME_TRY(const Factors factors,
                   estimate::resolve_factors(tables, stored.run.asked, stored.run.host));
        const Footprint footprint = estimate::footprint_of(stored.run, stored.ledger, factors, tables);
        const std::string kept = present::footprint_json(stored.run, footprint, true);
        if (!dry_run && kept != stored.footprint_json) {
            GRAMME_CHECK(
                store.add_footprint(stored.run.id, footprint, kept, call.service.host().now().wall_ns));
        }
        return present::footprint_json(stored.run, footprint, false);
    });
    if (!recosted) {
        return not_found(recosted.error());
    }
    return json_response(*std::move(recosted));
}

}  // namespace gramme::serve
