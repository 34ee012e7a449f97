// What a person calls a device: an accelerator, else a processor. Internal to estimate.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "refdata/tables.hpp"

namespace gramme::estimate {

/// One of the two is there.
struct NamedDevice {
    std::optional<refdata::Accelerator> accelerator;
    std::optional<refdata::Cpu> cpu;
    std::string_view host_kind;  ///< which typical machine stands around it: a kind of Tables::typical_host()
};

/// A processor may be named without its maker: "Xeon Gold 6148", "EPYC 7742". Errors: of find_accelerator().
[[nodiscard]] Result<NamedDevice> device_named(const refdata::Tables& tables, std::string_view name);

/// Ids of other parts whose names hold the same words as `name`, which was taken for `taken`:
/// "a100-pcie-40gb, ..."; empty where the name is its own.
[[nodiscard]] std::string others_of(const refdata::Tables& tables, const refdata::Accelerator& taken,
                                    std::string_view name);

/// Of an accelerator.
[[nodiscard]] std::string_view host_kind_of(const refdata::Accelerator& device);

}  // namespace gramme::estimate
