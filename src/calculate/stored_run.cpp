#include "calculate/stored_run.hpp"

#include <algorithm>

#include "present/markers.hpp"

namespace gramme::calculate {

using present::Json;

Result<Json> result_json(const store::StoredRun& stored, bool with_argv) {
    Json json = Json::parse(stored.footprint_json, nullptr, false);
    if (!json.is_object()) {
        return Error{Code::kMalformed, "run " + stored.run.id + " has no readable result in the store", ""};
    }
    if (json["run"].is_object()) {
        if (!stored.run.name.empty() || json["run"].contains("name")) {
            json["run"]["name"] = stored.run.name;
        }
        json["run"].erase("command");
        if (with_argv && !stored.run.command.empty()) {
            json["run"]["command"] = stored.run.command;
        }
    }
    json["markers"] = present::markers_json(stored.ledger.markers);
    return json;
}

Result<ReadResult> read_stored(const store::StoredRun& stored) {
    if (stored.footprint_json.empty()) {
        return Error{Code::kMalformed, "run " + stored.run.id + " has no result in the store",
                     "it may still be running"};
    }
    GRAMME_TRY(ReadResult result, read_result(stored.footprint_json));
    for (Part& part : result.footprint.parts) {
        const auto device = std::find_if(stored.ledger.devices.begin(), stored.ledger.devices.end(),
                                         [&](const Device& one) { return one.id == part.device.id; });
        if (device != stored.ledger.devices.end()) {
            part.device.group = device->group;
            part.device.membership_reason = device->membership_reason;
            std::erase(result.missing, "parts[" + part.device.id + "].group");
        }
    }
    result.run = stored.run;
    return result;
}

}  // namespace gramme::calculate
