// Any bytes as a journal: never a crash, and what is accepted is a ledger that can be.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>

#include "store/journal_format.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::span input{reinterpret_cast<const std::byte*>(data), size};
    const auto parsed = gramme::store::parse_journal(input);
    if (parsed) {
        const gramme::Ledger& ledger = parsed->ledger;
        for (const gramme::Window& window : ledger.windows) {
            GRAMME_ASSERT(window.device < ledger.devices.size() && window.from_ns <= window.to_ns);
            GRAMME_ASSERT(std::isfinite(window.energy.value()));
        }
        for (const gramme::Gap& gap : ledger.gaps) {
            GRAMME_ASSERT(gap.device < ledger.devices.size() && gap.from_ns <= gap.to_ns);
        }
    }
    // The description of a device, which such inputs hardly reach behind its checksum.
    const auto device = gramme::store::device_from_text({reinterpret_cast<const char*>(data), size});
    if (device) {
        const auto again = gramme::store::device_from_text(gramme::store::device_to_text(*device));
        GRAMME_ASSERT(again && again->id == device->id && again->membership == device->membership);
    }
    return 0;
}
