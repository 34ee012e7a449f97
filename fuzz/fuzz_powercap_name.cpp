// Names of powercap folders and zones: what is accepted can be written back.
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "probe/powercap_name.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace gramme::probe;
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    if (const auto folder = parse_zone_folder(text)) {
        const std::string_view above = folder->parent.empty() ? folder->control : folder->parent;
        GRAMME_ASSERT(text.starts_with(std::string{above} + ":"));
        GRAMME_ASSERT(folder->parent.empty() || folder->parent.starts_with(folder->control));
    }
    if (const auto name = parse_zone_name(text)) {
        GRAMME_ASSERT((name->kind == ZoneKind::kPackage) == (name->package >= 0));
        if (name->kind == ZoneKind::kPackage) {
            std::string written = "package-" + std::to_string(name->package);
            written += name->die < 0 ? "" : "-die-" + std::to_string(name->die);
            GRAMME_ASSERT(parse_zone_name(written)->package == name->package);
            GRAMME_ASSERT(parse_zone_name(written)->die == name->die);
        }
    }
    return 0;
}
