// Finds and reads the configuration files and the environment, and merges them with the flags.
#pragma once

#include <optional>
#include <string>

#include "base/host.hpp"
#include "base/result.hpp"
#include "config/settings.hpp"

namespace gramme::config {

/// $XDG_CONFIG_HOME/gramme, else ~/.config/gramme; nullopt where neither variable is set.
[[nodiscard]] std::optional<std::string> own_config_folder(const Host& host);

/// A regular file of at most 1 MiB, which the real user (not only a privileged process) may read; nullopt
/// where there is none. kPermission, kIo, kOutOfRange (too large), kUnsupported (no regular file).
[[nodiscard]] Result<std::optional<std::string>> read_config_file(const std::string& path);

/// GRAMME_PROJECT, GRAMME_REGION, GRAMME_INTERVAL, GRAMME_STORE, GRAMME_DATA; an empty variable says nothing.
/// kUsage.
[[nodiscard]] Result<Settings> environment_settings(const Host& host);

/// Flag, then environment, then `folder`/gramme.toml, then the person's own file: GRAMME_CONFIG (kNotFound if
/// it does not exist), else $XDG_CONFIG_HOME/gramme/config.toml, else ~/.config/gramme/config.toml.
/// kMalformed for a bad file.
[[nodiscard]] Result<Settings> load_settings(const Host& host, const std::string& folder,
                                             const Settings& flags);

}  // namespace gramme::config
