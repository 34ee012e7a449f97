#include "refdata/check_hardware.hpp"

#include <unordered_map>

#include "base/text.hpp"
#include "refdata/build_hardware.hpp"
#include "refdata/csv_table.hpp"

namespace gramme::refdata {
namespace {

using Accelerators = std::unordered_map<std::string, const AcceleratorRecord*>;

template <class Record>
Result<void> check_accelerators_of(const std::vector<Record>& rows, const Accelerators& known,
                                   std::string_view file) {
    for (const Record& row : rows) {
        if (!row.accelerator_id.empty() && known.count(row.accelerator_id) == 0) {
            return table_fault(file, row.line, "accelerator_id",
                               "\"" + row.accelerator_id + "\" is not in accelerators.csv");
        }
    }
    return {};
}

Result<void> check_names(const Records& records) {
    std::unordered_map<std::string, const AcceleratorRecord*> names;
    for (const AcceleratorRecord& row : records.accelerators) {
        std::vector<std::string_view> own{row.id, row.name, row.mlco2_label};
        const auto aliases = split(row.aliases, ';');
        own.insert(own.end(), aliases.begin(), aliases.end());
        for (const std::string_view name : own) {
            const std::string key = hardware_key(name);
            if (key.empty()) {
                continue;
            }
            const auto [earlier, is_new] = names.emplace(key, &row);
            if (!is_new && earlier->second != &row) {
                return table_fault(
                    "accelerators.csv", row.line, "aliases",
                    "\"" + std::string(name) + "\" reads like a name of " + earlier->second->id);
            }
        }
    }
    return {};
}

}  // namespace

Result<void> check_hardware(const Records& records) {
    Accelerators known;
    for (const AcceleratorRecord& row : records.accelerators) {
        known.emplace(row.id, &row);
    }
    for (const AcceleratorRecord& row : records.accelerators) {
        if (row.proxy_id.empty()) {
            continue;
        }
        const auto proxy = known.find(row.proxy_id);
        if (proxy == known.end() || !(proxy->second->board_limit_w > 0.0)) {
            return table_fault("accelerators.csv", row.line, "proxy_id",
                               "\"" + row.proxy_id + "\" is no accelerator with a known limit");
        }
    }
    if (records.hosts.size() != 6) {  // so many kinds exist, and keys are unique
        return table_fault("typical_hosts.csv", 1, "kind", "each of the six kinds of machine is needed");
    }
    GRAMME_CHECK(check_names(records));
    GRAMME_CHECK(check_accelerators_of(records.instances, known, "instances.csv"));
    GRAMME_CHECK(check_accelerators_of(records.embodied, known, "embodied.csv"));
    return check_accelerators_of(records.mfus, known, "mfu.csv");
}

}  // namespace gramme::refdata
