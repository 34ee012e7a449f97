#include "probe/accelerator_selection.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "base/parse.hpp"
#include "base/text.hpp"

namespace gramme::probe {
namespace {

/// Of the devices that are left, the one that `entry` names.
std::optional<std::size_t> named_of(std::string_view entry, const std::vector<std::size_t>& left,
                                    std::span<const std::string> ids) {
    if (!entry.empty() && entry.find_first_not_of("0123456789") == std::string_view::npos) {
        const auto number = read_u64(entry);
        return number && *number < left.size() ? std::optional{left[*number]} : std::nullopt;
    }
    std::optional<std::size_t> found;
    for (const std::size_t device : left) {
        if (!entry.empty() && device < ids.size() && ids[device].starts_with(entry)) {
            if (found) {
                return std::nullopt;  // two devices begin so
            }
            found = device;
        }
    }
    return found;
}

}  // namespace

GpuSelection select_by_lists(std::span<const DeviceList> lists, std::span<const std::string> ids) {
    std::vector<std::size_t> left;
    for (std::size_t i = 0; i < ids.size(); ++i) {
        left.push_back(i);
    }
    std::string used;
    std::string emptied;
    for (const DeviceList& list : lists) {
        if (!list.value) {
            continue;
        }
        used += (used.empty() ? "" : " and ") + list.variable;
        std::vector<std::size_t> chosen;
        const std::string_view text = trimmed(*list.value);
        if (text.empty() && emptied.empty()) {
            emptied = list.variable;
        }
        for (const std::string_view part : split(text, ',')) {
            const auto device = named_of(trimmed(part), left, ids);
            if (!device) {
                break;
            }
            if (std::find(chosen.begin(), chosen.end(), *device) == chosen.end()) {
                chosen.push_back(*device);
            }
        }
        left = std::move(chosen);
    }
    if (used.empty()) {
        return {std::vector<GpuChoice>(ids.size(), {Membership::kUnknown,
                                                    "no variable names it and the job was not seen on it"}),
                false};
    }
    const std::string none = emptied.empty() ? "not in " + used : emptied + " is empty";
    GpuSelection selection{std::vector<GpuChoice>(ids.size(), {Membership::kOut, none}), true};
    for (const std::size_t device : left) {
        selection.choices[device] = {Membership::kIn, used};
    }
    return selection;
}

std::vector<DeviceList> lists_of_all_ranks(std::vector<DeviceList> lists, int ranks) {
    if (ranks < 2) {
        return lists;
    }
    for (DeviceList& list : lists) {
        const std::string_view text = list.value ? trimmed(*list.value) : std::string_view{};
        const std::size_t named = text.empty() ? 0 : split(text, ',').size();
        if (named < static_cast<std::size_t>(ranks)) {
            list.value.reset();
        }
    }
    return lists;
}

GpuSelection widened_by_scope(GpuSelection selection, Scope scope) {
    if (scope == Scope::kMachine || (scope == Scope::kAllocation && !selection.decided)) {
        const char* const reason = scope == Scope::kMachine ? "the whole machine" : "nothing limits the GPUs";
        std::fill(selection.choices.begin(), selection.choices.end(), GpuChoice{Membership::kIn, reason});
        selection.decided = true;
    }
    return selection;
}

}  // namespace gramme::probe
