#include "calculate/stored_waiting.hpp"

#include <array>
#include <string>

namespace gramme::calculate {
namespace {

using present::Json;
using present::member;
using present::object_member;
using present::read_value;

constexpr std::array kCauses{WaitingCause::kStartUp,  WaitingCause::kDataLoading, WaitingCause::kEvaluation,
                             WaitingCause::kCpusIdle, WaitingCause::kEnd,         WaitingCause::kNeverBusy,
                             WaitingCause::kUnclear};

Result<WaitingCause> cause_of(const std::string& name) {
    for (const WaitingCause cause : kCauses) {
        if (name_of(cause) == name) {
            return cause;
        }
    }
    return present::wrong_key("waiting", "a cause that this gramme knows");
}

Result<void> read_joules(const Json& object, const char* key, Joules& out) {
    double kwh = 0.0;
    GRAMME_CHECK(read_value(object, key, kwh));
    out = KilowattHours{kwh};
    return {};
}

}  // namespace

Result<void> read_waiting(const Json& result, std::optional<Waiting>& out) {
    GRAMME_TRY(const Json* from, object_member(result, "waiting"));
    if (from == nullptr) {
        return {};
    }
    Waiting waiting;
    GRAMME_CHECK(read_joules(*from, "energy_kwh", waiting.idle));
    GRAMME_CHECK(read_joules(*from, "known_energy_kwh", waiting.known));
    GRAMME_CHECK(read_joules(*from, "accelerator_energy_kwh", waiting.accelerators));
    if (!(waiting.known > Joules{0.0})) {
        return present::wrong_key("waiting.known_energy_kwh", "above 0");
    }
    std::string mostly;
    GRAMME_CHECK(read_value(*from, "mostly", mostly));
    if (!mostly.empty()) {
        GRAMME_TRY(waiting.mostly, cause_of(mostly));
    }
    const Json* causes = member(*from, "causes");
    if (causes != nullptr && !causes->is_array()) {
        return present::wrong_key("waiting.causes", "a list");
    }
    for (const Json& one : causes == nullptr ? Json::array() : *causes) {
        if (!one.is_object()) {
            return present::wrong_key("waiting.causes", "a list of objects");
        }
        std::string name;
        WaitingPart part;
        GRAMME_CHECK(read_value(one, "cause", name));
        GRAMME_TRY(part.cause, cause_of(name));
        GRAMME_CHECK(read_joules(one, "energy_kwh", part.energy));
        waiting.causes.push_back(part);
    }
    out = std::move(waiting);
    return {};
}

}  // namespace gramme::calculate
