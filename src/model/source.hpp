// What `gramme doctor` says of one source of energy data.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gramme {

enum class SourceState : std::uint8_t { kUsed, kAvailable, kRefused, kAbsent };

[[nodiscard]] constexpr std::string_view name_of(SourceState state) {
    switch (state) {
        case SourceState::kUsed: return "used";
        case SourceState::kAvailable: return "available";
        case SourceState::kRefused: return "refused";
        case SourceState::kAbsent: return "absent";
    }
    return "";
}

struct SourceReport {
    std::string name;  ///< "rapl-powercap", "nvml", "cpu-load-model"
    SourceState state = SourceState::kAbsent;
    std::string why;                    ///< "energy_uj of package-0, package-1, dram: permission denied"
    std::vector<std::string> remedies;  ///< exact commands that would enable it
    std::vector<std::string> devices;   ///< ids it gives or would give
};

}  // namespace gramme
