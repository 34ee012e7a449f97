#include "batch/maps.hpp"

#include <array>

namespace gramme::batch {
namespace {

constexpr std::array<std::string_view, 5> kReady{"slurm", "aws", "azure", "gcp", "focus"};
constexpr double kHoursPerSecond = hours_per(Seconds{1.0});

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
    map.filters = {{"JobID", Filter::Kind::kNoStep, {}, "a step: counted with its job"},
                   {"ElapsedRaw", Filter::Kind::kSomeTime, {}, "did not run"},
                   {"Elapsed", Filter::Kind::kSomeTime, {}, "did not run"},
                   {"AllocTRES", Filter::Kind::kNotEmpty, {}, "what it held is not known"}};
    return map;
}

/// Source: AWS Data Exports user guide, "Line item columns", "Product columns", "Pricing columns" of the Cost
/// and Usage Report 2.0 (line_item_usage_amount), and the names of the older report (lineItem/UsageAmount).
/// Other kinds of lines (fees, taxes, what a savings plan gives back) name hours that a usage line counts
/// already; an EBSOptimized line and an unused reservation name a machine and are none. Databases and caches
/// (db.m5.large) are other services.
ColumnMap aws() {
    ColumnMap map;
    map.without_machine = "names no machine";
    for (const bool old : {true, false}) {
        const std::string item = old ? "lineItem/" : "line_item_";
        map.bindings.push_back(bound(
            Column::kInstance, old ? "product/instanceType" : "product_instance_type", Reading::kSageMaker));
        map.bindings.push_back(
            bound(Column::kInstance, item + (old ? "UsageType" : "usage_type"), Reading::kUsageType));
        map.bindings.push_back(bound(Column::kHours, item + (old ? "UsageAmount" : "usage_amount")));
        map.bindings.push_back(bound(Column::kRegion, old ? "product/regionCode" : "product_region_code"));
        map.bindings.push_back(bound(Column::kRegion, old ? "product/region" : "product_region"));
        map.filters.push_back({item + (old ? "LineItemType" : "line_item_type"),
                               Filter::Kind::kOneOf,
                               {"Usage", "DiscountedUsage", "SavingsPlanCoveredUsage"},
                               "no usage"});
        map.filters.push_back({item + (old ? "ProductCode" : "product_code"),
                               Filter::Kind::kOneOf,
                               {"AmazonEC2", "AmazonSageMaker"},
                               "neither EC2 nor SageMaker"});
        map.filters.push_back({item + (old ? "UsageType" : "usage_type"),
                               Filter::Kind::kHoldsNone,
                               {"EBSOptimized", "Unused"},
                               "no running machine"});
        map.filters.push_back(
            {old ? "pricing/unit" : "pricing_unit", Filter::Kind::kHours, {}, "not in hours"});
    }
    return map;
}

/// Source: Azure Cost Management, "Understand cost details fields" and the dataset schemas (EA, MCA,
/// pay-as-you-go: UsageQuantity, no unit): Quantity counts what is used, the number in UnitOfMeasure is the
/// block that is priced; AdditionalInfo is JSON with the size of a virtual machine as ServiceType. ChargeType
/// is Usage, or UnusedReservation, Purchase, Refund and others.
ColumnMap azure() {
    ColumnMap map;
    map.without_machine = "names no machine";
    map.bindings = {bound(Column::kInstance, "AdditionalInfo", Reading::kDetails),
                    bound(Column::kHours, "Quantity"), bound(Column::kHours, "UsageQuantity"),
                    bound(Column::kHours, "ConsumedQuantity"), bound(Column::kRegion, "ResourceLocation")};
    map.filters = {{"MeterCategory", Filter::Kind::kOneOf, {"Virtual Machines"}, "no virtual machine"},
                   {"ChargeType", Filter::Kind::kOneOf, {"Usage"}, "no usage"},
                   {"UnitOfMeasure", Filter::Kind::kHours, {}, "not in hours"}};
    return map;
}

/// Source: Google Cloud Billing, "Structure of Standard data export": usage.amount in usage.unit (for time:
/// seconds), sku.description, location.region, cost_type. GPUs have SKUs of their own, so a line is
/// GPU-seconds; the machine around them is a typical one. A commitment is a price for GPUs that have lines of
/// their own.
ColumnMap gcp() {
    ColumnMap map;
    map.without_machine = "names no GPU";
    for (const bool dotted : {true, false}) {
        const std::string dot = dotted ? "." : "_";
        map.bindings.push_back(bound(Column::kDevice, "sku" + dot + "description", Reading::kGpuOfSku));
        map.bindings.push_back(
            bound(Column::kHours, "usage" + dot + "amount", Reading::kAsIs, kHoursPerSecond));
        map.bindings.push_back(bound(Column::kRegion, "location" + dot + "region"));
        map.filters.push_back({"sku" + dot + "description", Filter::Kind::kHolds, {" GPU "}, "no GPU"});
        map.filters.push_back(
            {"sku" + dot + "description", Filter::Kind::kHoldsNone, {"Commitment", "Licens"}, "no usage"});
        map.filters.push_back(
            {"usage" + dot + "unit", Filter::Kind::kOneOf, {"seconds", "second"}, "not in seconds"});
    }
    map.filters.push_back({"cost_type", Filter::Kind::kOneOf, {"regular"}, "no usage"});
    return map;
}

/// Source: FinOps Open Cost and Usage Specification 1.1 and later: columns ConsumedQuantity, ConsumedUnit,
/// RegionId, ChargeCategory, CommitmentDiscountStatus, ServiceCategory, SkuPriceDetails (InstanceType). 1.0
/// names no machine: there the columns that AWS (x_UsageType) and Azure (x_SkuDetails) add say it; Google
/// Cloud names none.
ColumnMap focus() {
    ColumnMap map;
    map.without_machine = "names no machine";
    map.bindings = {bound(Column::kInstance, "SkuPriceDetails", Reading::kDetails),
                    bound(Column::kInstance, "x_SkuDetails", Reading::kDetails),
                    bound(Column::kInstance, "x_UsageType", Reading::kUsageType),
                    bound(Column::kHours, "ConsumedQuantity"), bound(Column::kRegion, "RegionId")};
    map.filters = {
        {"ChargeCategory", Filter::Kind::kOneOf, {"Usage"}, "no usage"},
        {"CommitmentDiscountStatus", Filter::Kind::kHoldsNone, {"Unused"}, "no usage"},
        {"ServiceCategory", Filter::Kind::kOneOf, {"Compute", "AI and Machine Learning"}, "no compute"},
        {"x_UsageType", Filter::Kind::kHoldsNone, {"EBSOptimized", "Unused"}, "no running machine"},
        {"ConsumedUnit", Filter::Kind::kHours, {}, "not in hours"}};
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
    if (name == "gcp") {
        return gcp();
    }
    return name == "focus" ? std::optional{focus()} : std::nullopt;
}

}  // namespace gramme::batch
