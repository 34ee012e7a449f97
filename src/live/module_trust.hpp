// Whether a library may be loaded as code: only where nobody but its owner and root could have written it.
#pragma once

#include <sys/stat.h>

#include <string>

#include "base/result.hpp"

namespace gramme::live {

/// Who asks.
struct Identity {
    uid_t user = 0;   ///< effective
    gid_t group = 0;  ///< effective
};

/// Whether `status` belongs to root or to `who`, cannot be written by others, and by a group only where that
/// is the group of `who` (a tree built with umask 002). A folder's sticky bit makes no difference: it lets
/// strangers add files. Pure.
[[nodiscard]] bool is_trusted(const struct stat& status, Identity who);

/// `file` without its links, and the folder it is in, are trusted, as is the folder that `file` names.
/// kPermission says which is not; kNotFound and the like where one cannot be looked at.
[[nodiscard]] Result<void> check_trusted(const std::string& file, Identity who);

}  // namespace gramme::live
