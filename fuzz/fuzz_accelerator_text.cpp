// Small texts that say something of accelerators: fdinfo of a DRM file, the power of a Neuron device, lists
// of devices.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "probe/accelerator_selection.hpp"
#include "probe/drm_clients.hpp"
#include "probe/unmeasured.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace gramme::probe;
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    const std::string_view address = used_gpu(text);
    GRAMME_ASSERT(address.empty() || text.find(address) != std::string_view::npos);
    if (const auto power = parse_neuron_power(text)) {
        GRAMME_ASSERT(power->mean_percent >= 0.0 && power->mean_percent <= 100.0);
    }
    const std::size_t half = size / 2;
    const DeviceList lists[]{{"A", std::string{text.substr(0, half)}}, {"B", std::string{text.substr(half)}}};
    const std::vector<std::string> ids{"GPU-1", "", "GPU-2", "GPU-2b"};
    const GpuSelection both = select_by_lists(lists, ids);
    const GpuSelection first = select_by_lists({lists, 1}, ids);
    GRAMME_ASSERT(both.decided && both.choices.size() == ids.size());
    for (std::size_t i = 0; i < ids.size(); ++i) {  // a later list never adds
        GRAMME_ASSERT(both.choices[i].membership != gramme::Membership::kIn ||
                      first.choices[i].membership == gramme::Membership::kIn);
    }
    return 0;
}
