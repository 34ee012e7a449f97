// The real machine behind the Host interface: files, clocks, environment, dlopen.
#pragma once

#include <memory>
#include <string>

#include "base/host.hpp"

namespace gramme::host {

/// The machine itself; with GRAMME_SYSROOT set, its files come from that folder (links cannot lead out of
/// it). In a privileged process (AT_SECURE) variables that name files to load are ignored. Thread-safe.
[[nodiscard]] std::unique_ptr<Host> make_real_host();
/// The same with a given folder; empty: the machine's own files.
[[nodiscard]] std::unique_ptr<Host> make_real_host(const std::string& sysroot);

}  // namespace gramme::host
