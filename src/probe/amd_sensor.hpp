// One AMD GPU as a source of readings: its energy counter, and its power where that cannot be believed.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "probe/accelerator_probe.hpp"

namespace gramme::probe {

/// The files of one GPU, kept open; any may be absent.
struct AmdFiles {
    std::unique_ptr<OpenFile> metrics;  ///< gpu_metrics
    std::unique_ptr<OpenFile> power;    ///< power1_average or power1_input of the monitoring chip, uW
    std::unique_ptr<OpenFile> status;   ///< power/runtime_status, where the GPU may sleep
};

/// Reads the counter where `counter` is true, else the power. Power takes the counter's place for as long as
/// it stands still, and from then on for good once the counter and the power differ ten-fold.
/// docs/method/amd-gpu.md#belief
[[nodiscard]] std::unique_ptr<AcceleratorSensor> make_amd_sensor(AmdFiles files, bool counter,
                                                                 std::string id);

}  // namespace gramme::probe
