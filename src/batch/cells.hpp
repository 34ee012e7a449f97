// Cells that are more than a text or a number. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace gramme::batch {

/// Hours of Slurm's Elapsed: "MM:SS", "HH:MM:SS", "DD-HH:MM:SS", seconds with decimals. Finite.
/// Source: sacct(1).
[[nodiscard]] std::optional<double> elapsed_hours(std::string_view text);

/// What AllocTRES says of GPUs and CPUs: "billing=96,cpu=96,gres/gpu:a100=8,gres/gpu=8,mem=500G,node=1".
struct Tres {
    std::string_view gpu_type;  ///< empty: not said
    double gpus = 0.0;
    double cpus = 0.0;
    bool several_types = false;
    bool rest_untyped = false;  ///< there are more GPUs in all than have a type
};
[[nodiscard]] Tres tres_of(std::string_view text);

/// The machine in a list of properties in JSON, with or without its braces: ServiceType of Azure's
/// AdditionalInfo, InstanceType of a SkuPriceDetails of FOCUS, with its prefixes F_ or x_ as well. Empty
/// where it is not said.
[[nodiscard]] std::string_view machine_of_details(std::string_view text);
/// "p4d.24xlarge" of the usage types of Amazon that are time on a machine: "USE1-BoxUsage:p4d.24xlarge",
/// "Train:ml.p4d.24xlarge"; empty for others.
[[nodiscard]] std::string_view machine_of_usage(std::string_view text);
/// "p4d.24xlarge" of SageMaker's "ml.p4d.24xlarge" and "ml.p4d.24xlarge-Training"; others as they are.
[[nodiscard]] std::string_view machine_of_sagemaker(std::string_view text);
/// "Nvidia Tesla T4" of "Nvidia Tesla T4 GPU attached to Spot Preemptible VMs running in Belgium"; empty for
/// other SKUs. What marks only how it is sold (Spot, Mega, Plus) falls away.
[[nodiscard]] std::string_view gpu_of_sku(std::string_view text);
/// Whether a unit is hours: "Hrs", "Hours", "1 Hour", "100 Hours". The number is the size of a block that is
/// priced, not of what the quantity counts.
[[nodiscard]] bool is_hours(std::string_view unit);

}  // namespace gramme::batch
