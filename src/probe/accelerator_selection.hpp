// Which accelerators a job was given by the variables of makers other than NVIDIA. Pure.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "probe/gpu_selection.hpp"

namespace gramme::probe {

/// A variable that lists devices, as it is set.
struct DeviceList {
    std::string variable;  ///< "ROCR_VISIBLE_DEVICES"
    std::optional<std::string> value;
};

/// Each list that is set counts the devices that the one before left, as a runtime does that reads them one
/// after the other. Entries are numbers, or the beginning of an id (`ids` by device, empty: none); a list
/// ends at its first entry that is neither. An empty list leaves none. Undecided where none is set.
[[nodiscard]] GpuSelection select_by_lists(std::span<const DeviceList> lists,
                                           std::span<const std::string> ids);

/// The lists of one of `ranks` processes of a job, for all of them: one that names fewer devices than there
/// are ranks may be a rank's own and is left out.
[[nodiscard]] std::vector<DeviceList> lists_of_all_ranks(std::vector<DeviceList> lists, int ranks);

/// With --scope machine all, with --scope allocation all where nothing limits them.
[[nodiscard]] GpuSelection widened_by_scope(GpuSelection selection, Scope scope);

}  // namespace gramme::probe
