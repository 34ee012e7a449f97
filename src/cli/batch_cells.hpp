// Cells that are more than a text or a number. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace gramme::cli {

/// Hours of Slurm's Elapsed: "MM:SS", "HH:MM:SS", "DD-HH:MM:SS", seconds with decimals. Source: sacct(1).
[[nodiscard]] std::optional<double> elapsed_hours(std::string_view text);

/// What AllocTRES says of GPUs and CPUs: "billing=96,cpu=96,gres/gpu:a100=8,gres/gpu=8,mem=500G,node=1".
struct Tres {
    std::string_view gpu_type;  ///< empty: not said
    double gpus = 0.0;
    double cpus = 0.0;
    bool several_types = false;
};
[[nodiscard]] Tres tres_of(std::string_view text);

/// "Standard_ND96asr_v4" of Azure's AdditionalInfo, with or without its braces; empty where it is not said.
[[nodiscard]] std::string_view service_type(std::string_view text);
/// "Nvidia Tesla T4" of "Nvidia Tesla T4 GPU attached to Spot Preemptible VMs running in Belgium"; empty for
/// other SKUs.
[[nodiscard]] std::string_view gpu_of_sku(std::string_view text);

}  // namespace gramme::cli
