// Names in /sys/class/powercap: the folder of a zone and what its `name` says it measures. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gramme::probe {

/// "intel-rapl:0:a" is sub-zone 10 of zone 0 of the control type "intel-rapl". Ids are hexadecimal and say
/// nothing of the socket.
struct ZoneFolder {
    std::string_view control;  ///< "intel-rapl", "intel-rapl-mmio"
    std::string_view parent;   ///< "intel-rapl:0"; empty for a zone right under its control type
};

/// nullopt for a control type itself, for other drivers and for anything malformed.
/// Source: Linux Documentation/power/powercap/powercap.rst, drivers/powercap/powercap_sys.c.
[[nodiscard]] std::optional<ZoneFolder> parse_zone_folder(std::string_view folder) noexcept;

enum class ZoneKind : std::uint8_t { kPackage, kDram, kCore, kUncore, kPlatform };

struct ZoneName {
    ZoneKind kind = ZoneKind::kPackage;
    int package = -1;  ///< of "package-1" and "package-1-die-0"
    int die = -1;      ///< of "package-1-die-0", else -1
};

/// nullopt for a name that says nothing we know: such a zone is never counted.
/// Source: Linux drivers/powercap/intel_rapl_common.c.
[[nodiscard]] std::optional<ZoneName> parse_zone_name(std::string_view name) noexcept;

}  // namespace gramme::probe
