// Accelerators whose numbers are files of /sys: read in the sampling loop itself, without a driver library or
// a thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "probe/gpu_selection.hpp"
#include "probe/probe.hpp"

namespace gramme::probe {

/// How one accelerator is read. Sampler thread only.
class AcceleratorSensor {
public:
    virtual ~AcceleratorSensor() = default;
    /// One reading; its device and instant are set by the caller. `now_ns`: Instant::boot_ns. No allocation,
    /// no open().
    [[nodiscard]] virtual Reading read(std::int64_t now_ns) noexcept = 0;
    /// See Probe::warnings.
    [[nodiscard]] virtual std::vector<std::string> warnings() const { return {}; }
};

struct SensedAccelerator {
    ProbedDevice probed;
    std::unique_ptr<AcceleratorSensor> sensor;
};

/// One whose energy nobody tells: each reading fails for `reason` (static storage).
[[nodiscard]] std::unique_ptr<AcceleratorSensor> untold_sensor(std::string_view reason);

/// On which accelerators processes of the job work now, by their place in the list.
using JobLook = std::function<std::vector<bool>(const Host& host, const JobMembers& members)>;

/// `selection`: one choice per accelerator; where nothing decided, `look` is asked 0.2, 0.5, 1, 2, 4 and 8 s
/// after the start and then every 10 s, until each has been seen in use. Those looks open files; the samples
/// between do not. `host` outlives the probe, as `members` do (null: nobody's job).
[[nodiscard]] std::unique_ptr<Probe> make_accelerator_probe(const Host& host,
                                                            std::vector<SensedAccelerator> accelerators,
                                                            SourceReport report,
                                                            const GpuSelection& selection, JobLook look,
                                                            const JobMembers* members);

/// The folder of the monitoring chip below a PCI device (".../hwmon/hwmon4"), empty where it has none.
[[nodiscard]] std::string hwmon_of(const Host& host, const std::string& device_folder);

/// Names in `folder` that are `beginning` and a number, in the order of the numbers.
[[nodiscard]] std::vector<std::string> numbered(const Host& host, const std::string& folder,
                                                std::string_view beginning);

/// "cardN" of /sys/class/drm with their numbers, in the order of these; connectors and render nodes left out.
[[nodiscard]] std::vector<std::string> drm_cards(const Host& host);

/// The PCI address of a card ("0000:03:00.0"): the last part of its real folder.
[[nodiscard]] std::string pci_address(const Host& host, const std::string& device_folder);

}  // namespace gramme::probe
