// Folders that only their owner may look into.
#pragma once

#include <string>

#include "base/result.hpp"

namespace gramme::store {

/// Creates the folder (mode 0700) and those above it; no error if it is there. kPermission, kIo.
Result<void> make_private_folder(const std::string& path);

}  // namespace gramme::store
