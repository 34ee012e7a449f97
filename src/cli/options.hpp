// What commands have in common: the exit codes, and the names of what files, variables and flags say.
#pragma once

#include "config/run_options.hpp"

namespace gramme::cli {

using namespace config;  // every command speaks of settings, tables and versions

/// Exit codes of gramme's own failures (sysexits.h). `gramme run` keeps the command's own status.
enum ExitCode : int {
    kExitOk = 0,
    kExitUsage = 64,
    kExitBadData = 65,
    kExitNoInput = 66,
    kExitUnavailable = 69,
    kExitBug = 70,
    kExitCannotWrite = 73,
    kExitPermission = 77,
    kExitCannotExecute = 126,
    kExitNotFound = 127,
};

}  // namespace gramme::cli
