#include "cli/batch_maps.hpp"

#include <array>

namespace gramme::cli {
namespace {

constexpr std::array<std::string_view, 4> kReady{"slurm", "aws", "azure", "gcp"};
constexpr double kHoursPerSecond = 1.0 / 3600.0;

Binding bound(Column ours, std::string theirs, Reading reading = Reading::kAsIs, double scale = 1.0) {
    return {ours, std::move(theirs), reading, scale, 0};
}

/// Source: sacct(1), "Job Accounting Fields": Elapsed is [DD-[HH:]]MM:SS, ElapsedRaw seconds, AllocTRES the
/// resources that were allocated. ConsumedEnergyRaw is left out: what it covers depends on the plugin, often
/// CPUs only.
ColumnMap slurm() {
    ColumnMap map;
    map.bindings = {bound(Column::kHours, "ElapsedRaw", Reading::kAsIs, kHoursPerSecond),
                    bound(Column::kHours, "Elapsed", Reading::kElapsed),
                    bound(Column::kDevice, "AllocTRES", Reading::kGpuType),
                    bound(Column::kCount, "AllocTRES", Reading::kGpuCount)};
    map.filters = {{"JobID", Filter::Kind::kNoStep, {}, "a step: counted with its job", 0},
                   {"ElapsedRaw", Filter::Kind::kSomeTime, {}, "did not run", 0},
                   {"Elapsed", Filter::Kind::kSomeTime, {}, "did not run", 0},
                   {"AllocTRES", Filter::Kind::kNotEmpty, {}, "what it held is not known", 0}};
    return map;
}

/// Source: AWS Cost and Usage Report, data dictionary: line item, product and pricing columns; both
/// generations of names. Other kinds of lines (fees, taxes, what a savings plan gives back) name hours that a
/// usage line counts already.
ColumnMap aws() {
    ColumnMap map;
    for (const bool old : {true, false}) {
        map.bindings.push_back(
            bound(Column::kInstance, old ? "product/instanceType" : "product_instance_type"));
        map.bindings.push_back(
            bound(Column::kHours, old ? "lineItem/UsageAmount" : "line_item_usage_amount"));
        map.bindings.push_back(bound(Column::kRegion, old ? "product/regionCode" : "product_region_code"));
        map.filters.push_back({old ? "product/instanceType" : "product_instance_type",
                               Filter::Kind::kNotEmpty,
                               {},
                               "no machine",
                               0});
        map.filters.push_back({old ? "lineItem/LineItemType" : "line_item_line_item_type",
                               Filter::Kind::kOneOf,
                               {"Usage", "DiscountedUsage", "SavingsPlanCoveredUsage"},
                               "no usage",
                               0});
        map.filters.push_back({old ? "pricing/unit" : "pricing_unit",
                               Filter::Kind::kOneOf,
                               {"Hrs", "Hours", "Hour", "hours"},
                               "not in hours",
                               0});
    }
    return map;
}

/// Source: Azure Cost Management, "Understand usage details fields": Quantity in UnitOfMeasure;
/// AdditionalInfo is JSON with the size of a virtual machine as ServiceType.
ColumnMap azure() {
    ColumnMap map;
    map.bindings = {bound(Column::kInstance, "AdditionalInfo", Reading::kServiceType),
                    bound(Column::kHours, "Quantity"), bound(Column::kHours, "UsageQuantity"),
                    bound(Column::kRegion, "ResourceLocation"),
                    bound(Column::kRegion, "ResourceLocationNormalized")};
    map.filters = {
        {"MeterCategory", Filter::Kind::kOneOf, {"Virtual Machines"}, "no machine", 0},
        {"UnitOfMeasure", Filter::Kind::kOneOf, {"1 Hour", "1 Hours", "Hours"}, "not in hours", 0}};
    return map;
}

/// Source: Google Cloud Billing, "Structure of Detailed data export": usage.amount in usage.unit,
/// sku.description. GPUs have SKUs of their own, so a line is GPU-seconds; the machine around them is a
/// typical one.
ColumnMap gcp() {
    ColumnMap map;
    for (const bool dotted : {true, false}) {
        const std::string dot = dotted ? "." : "_";
        map.bindings.push_back(bound(Column::kDevice, "sku" + dot + "description", Reading::kGpuOfSku));
        map.bindings.push_back(
            bound(Column::kHours, "usage" + dot + "amount", Reading::kAsIs, kHoursPerSecond));
        map.bindings.push_back(bound(Column::kRegion, "location" + dot + "region"));
        map.filters.push_back({"sku" + dot + "description", Filter::Kind::kHolds, {" GPU"}, "no GPU", 0});
        map.filters.push_back(
            {"usage" + dot + "unit", Filter::Kind::kOneOf, {"seconds", "second"}, "not in seconds", 0});
    }
    return map;
}

}  // namespace

std::span<const std::string_view> ready_maps() {
    return kReady;
}

std::optional<ColumnMap> ready_map(std::string_view name) {
    if (name == "slurm") {
        return slurm();
    }
    if (name == "aws") {
        return aws();
    }
    if (name == "azure") {
        return azure();
    }
    return name == "gcp" ? std::optional{gcp()} : std::nullopt;
}

}  // namespace gramme::cli
