// Accelerators that show no energy: AWS Neuron devices and Google TPUs. Named, and modelled where a figure is
// known. Method: docs/method/unmeasured-accelerators.md
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "probe/open_source.hpp"

namespace gramme::probe {

/// Mean percent of its maximum power that a Neuron device drew over the minute before, with the second since
/// 1970 at which that minute ended; nothing where the text says that it is not valid.
/// "POWER_STATUS_VALID,1760000000,11.20,63.75,41.02". Pure; allocates nothing.
struct NeuronPower {
    std::uint64_t at_s = 0;
    double mean_percent = 0.0;
};
[[nodiscard]] std::optional<NeuronPower> parse_neuron_power(std::string_view text) noexcept;

/// Devices "neuron0", ... (Trainium, Inferentia): the driver's percentage of a maximum that nobody has
/// published.
[[nodiscard]] OpenedSource open_neuron(const SourceContext& context);
/// Devices "tpu0", ...: presence only; the mean power of their kind where a measurement is published.
[[nodiscard]] OpenedSource open_tpus(const SourceContext& context);

[[nodiscard]] bool has_neuron_or_tpu(const Host& host);

}  // namespace gramme::probe
