#include "calculate/read_estimate.hpp"

#include <array>
#include <string>
#include <utility>

namespace gramme::calculate {
namespace {

using present::Json;
using present::member;
using present::read_value;

constexpr std::size_t kMostItems = 512;

struct NamedKind {
    const char* key;
    JobGroup::Kind kind;
    bool has_name;
};
constexpr std::array kKinds{NamedKind{"device", JobGroup::Kind::kDevice, true},
                            NamedKind{"instance", JobGroup::Kind::kInstance, true},
                            NamedKind{"power_w", JobGroup::Kind::kPower, false},
                            NamedKind{"energy_kwh", JobGroup::Kind::kEnergy, false}};

Result<void> read_item(const Json& from, JobGroup& out) {
    for (const NamedKind& one : kKinds) {
        if (member(from, one.key) != nullptr) {
            out.kind = one.kind;
            GRAMME_CHECK(one.has_name ? read_value(from, one.key, out.name)
                                      : read_value(from, one.key, out.amount));
            return read_value(from, "count", out.count);
        }
    }
    return present::wrong_key("estimate.groups", "a list of devices, instances, watts or kWh");
}

Result<void> read_item(const Json& from, Assumption& out) {
    GRAMME_CHECK(read_value(from, "what", out.what));
    GRAMME_CHECK(read_value(from, "value", out.value));
    GRAMME_CHECK(read_value(from, "source", out.source));
    return read_value(from, "change", out.change);
}

template <class T>
Result<void> read_list(const Json& object, const char* key, std::vector<T>& out) {
    const Json* list = member(object, key);
    if (list == nullptr) {
        return {};
    }
    if (!list->is_array() || list->size() > kMostItems) {
        return present::wrong_key(key, "a list of at most 512 objects");
    }
    for (const Json& item : *list) {
        if (!item.is_object()) {
            return present::wrong_key(key, "a list of objects");
        }
        T value;
        GRAMME_CHECK(read_item(item, value));
        out.push_back(std::move(value));
    }
    return {};
}

}  // namespace

Result<std::optional<DescribedJob>> read_estimate(const Json& result) {
    GRAMME_TRY(const Json* from, present::object_member(result, "estimate"));
    if (from == nullptr) {
        return std::optional<DescribedJob>{};
    }
    DescribedJob job;
    GRAMME_CHECK(read_list(*from, "groups", job.asked.groups));
    GRAMME_CHECK(read_value(*from, "hours", job.asked.hours));
    GRAMME_CHECK(read_value(*from, "utilisation", job.asked.utilisation));
    GRAMME_CHECK(read_value(*from, "host", job.asked.host));
    std::string model;
    GRAMME_CHECK(read_value(*from, "power_model", model));
    if (!model.empty() && model != "typical" && model != "tdp") {
        return present::wrong_key("estimate.power_model", "typical or tdp");
    }
    job.asked.power_model = model == "tdp" ? PowerModel::kTdp : PowerModel::kTypical;
    GRAMME_CHECK(read_value(*from, "lifetime_years", job.asked.lifetime_years));
    GRAMME_CHECK(read_list(*from, "assumptions", job.assumptions));
    return std::optional{std::move(job)};
}

}  // namespace gramme::calculate
