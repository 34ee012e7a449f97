// Configuration files: TOML text to settings. Pure; the files are found and read in load_settings.hpp.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.hpp"
#include "config/settings.hpp"

namespace gramme::config {

enum class ConfigKind : std::uint8_t {
    kUser,    ///< the person's own file: every setting
    kFolder,  ///< ./gramme.toml of a working folder, which somebody else may have written: see
              ///< allowed_in_folder()
};

/// Keys are those of setting_names(), tags a table of their own ([tags]). `file` names the text in messages.
/// kMalformed: no TOML, an unknown key (the hint offers the nearest), a value that makes no sense, or, in a
/// working folder, a key that is the person's own or an output outside the folder; what names file, line and
/// column.
[[nodiscard]] Result<Settings> parse_config(std::string_view text, std::string_view file, ConfigKind kind);

}  // namespace gramme::config
