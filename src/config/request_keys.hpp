// The keys of a request: docs/schema/request.md. Internal to this folder.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "config/estimate_request.hpp"

namespace gramme::config {

inline constexpr auto kEstimate = static_cast<std::uint8_t>(RequestKind::kEstimate);
inline constexpr auto kCompare = static_cast<std::uint8_t>(RequestKind::kCompare);
inline constexpr auto kTable = static_cast<std::uint8_t>(RequestKind::kTable);
inline constexpr auto kPlanWhen = static_cast<std::uint8_t>(RequestKind::kPlanWhen);
inline constexpr auto kPlanWhere = static_cast<std::uint8_t>(RequestKind::kPlanWhere);
inline constexpr std::uint8_t kPlans = kPlanWhen | kPlanWhere;
inline constexpr std::uint8_t kJob = kEstimate | kCompare | kPlans;
inline constexpr std::uint8_t kAll = kJob | kTable;
inline constexpr std::uint8_t kPlaced =
    kEstimate | kCompare | kTable;  ///< their grid may be said by a number

enum class RequestType : std::uint8_t {
    kText,
    kNumber,  ///< or a text that says one: "80%"
    kSwitch,  ///< true and false, or "on" and "off"
    kList,    ///< of texts, or one text with commas
    kAlong,   ///< the same, as names of their own
    kMix,     ///< {"coal": 0.6}, or "coal=0.6"
    kGroups,
    kColumns,
    kKeep,  ///< true or false
    kConfig,
    kJson,  ///< an object or a list, kept as it stands for whoever knows what it is
    kOnlyProgram,
};

struct RequestKey {
    std::string_view name;  ///< of the flag
    RequestType type;
    std::uint8_t kinds;
    bool evidence = false;  ///< begins a group
};

// In the order of `gramme estimate --help`.
inline constexpr std::array kRequestKeys{RequestKey{"groups", RequestType::kGroups, kJob},
                                         RequestKey{"device", RequestType::kText, kAll, true},
                                         RequestKey{"instance", RequestType::kText, kAll, true},
                                         RequestKey{"power-w", RequestType::kNumber, kAll, true},
                                         RequestKey{"energy-kwh", RequestType::kNumber, kJob, true},
                                         RequestKey{"count", RequestType::kNumber, kJob},
                                         RequestKey{"hours", RequestType::kNumber, kAll},
                                         RequestKey{"utilisation", RequestType::kNumber, kAll},
                                         RequestKey{"host", RequestType::kText, kAll},
                                         RequestKey{"power-model", RequestType::kText, kAll},
                                         RequestKey{"region", RequestType::kText, kAll},
                                         RequestKey{"intensity", RequestType::kNumber, kPlaced},
                                         RequestKey{"energy-source", RequestType::kText, kPlaced},
                                         RequestKey{"mix", RequestType::kMix, kPlaced},
                                         RequestKey{"pue", RequestType::kNumber, kAll},
                                         RequestKey{"year", RequestType::kNumber, kPlaced | kPlanWhere},
                                         RequestKey{"basis", RequestType::kText, kPlaced | kPlanWhere},
                                         RequestKey{"start", RequestType::kText, kEstimate},
                                         RequestKey{"water", RequestType::kSwitch, kEstimate},
                                         RequestKey{"profile", RequestType::kText, kEstimate},
                                         RequestKey{"embodied", RequestType::kSwitch, kEstimate},
                                         RequestKey{"lifetime", RequestType::kNumber, kEstimate},
                                         RequestKey{"equivalences", RequestType::kList, kEstimate},
                                         RequestKey{"regions", RequestType::kAlong, kCompare},
                                         RequestKey{"devices", RequestType::kAlong, kCompare},
                                         RequestKey{"instances", RequestType::kAlong, kCompare},
                                         RequestKey{"energy-sources", RequestType::kAlong, kCompare},
                                         RequestKey{"years", RequestType::kAlong, kCompare},
                                         RequestKey{"regions", RequestType::kList, kPlanWhere},
                                         RequestKey{"devices", RequestType::kList, kPlanWhere},
                                         RequestKey{"instances", RequestType::kList, kPlanWhere},
                                         RequestKey{"counts", RequestType::kList, kPlanWhere},
                                         RequestKey{"speed", RequestType::kList, kPlanWhere},
                                         RequestKey{"efficiency", RequestType::kNumber, kPlanWhere},
                                         RequestKey{"prices", RequestType::kJson, kPlanWhere},
                                         RequestKey{"forecast", RequestType::kJson, kPlanWhen},
                                         RequestKey{"deadline", RequestType::kText, kPlanWhen},
                                         RequestKey{"start-not-before", RequestType::kText, kPlanWhen},
                                         RequestKey{"pause-minutes", RequestType::kNumber, kPlanWhen},
                                         RequestKey{"pause-kwh", RequestType::kNumber, kPlanWhen},
                                         RequestKey{"pause-w", RequestType::kNumber, kPlanWhen},
                                         RequestKey{"least-run-hours", RequestType::kNumber, kPlanWhen},
                                         RequestKey{"columns", RequestType::kColumns, kTable},
                                         RequestKey{"passthrough", RequestType::kKeep, kTable},
                                         RequestKey{"data", RequestType::kText, kAll},
                                         RequestKey{"config", RequestType::kConfig, kAll},
                                         RequestKey{"intensity-csv", RequestType::kOnlyProgram, kAll},
                                         RequestKey{"intensity-live", RequestType::kOnlyProgram, kAll},
                                         RequestKey{"live-url", RequestType::kOnlyProgram, kAll},
                                         RequestKey{"live-timeout", RequestType::kOnlyProgram, kAll},
                                         RequestKey{"live-no-cache", RequestType::kOnlyProgram, kAll},
                                         RequestKey{"format", RequestType::kOnlyProgram, kAll},
                                         RequestKey{"json", RequestType::kOnlyProgram, kAll},
                                         RequestKey{"all-rows", RequestType::kOnlyProgram, kAll},
                                         RequestKey{"map", RequestType::kOnlyProgram, kAll},
                                         RequestKey{"cpu-w", RequestType::kOnlyProgram, kAll}};

}  // namespace gramme::config
