// Configuration files: any text is settings or an error that names a place, in both kinds of file.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "config/config.hpp"
#include "config/settings.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using gramme::config::ConfigKind;
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    const auto own = gramme::config::parse_config(text, "f.toml", ConfigKind::kUser);
    const auto folder = gramme::config::parse_config(text, "f.toml", ConfigKind::kFolder);
    GRAMME_ASSERT(own || own.error().what.starts_with("f.toml:"));
    GRAMME_ASSERT(own || !folder);  // a working folder may say no more than the person
    if (folder) {
        GRAMME_ASSERT(!folder->store && !folder->data && !folder->no_argv);
        GRAMME_ASSERT(!folder->pue || *folder->pue >= 1.0);
        GRAMME_ASSERT(!folder->csv || !folder->csv->starts_with('/'));
    }
    return 0;
}
