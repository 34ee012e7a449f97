#include "cli/batch_collected.hpp"

#include <algorithm>
#include <utility>

namespace gramme::cli {
namespace {

constexpr std::size_t kShownReasons = 5;

}  // namespace

present::BatchGroup group_of(std::string name, const BatchSums& sums) {
    return {std::move(name), sums.rows,         sums.without,
            sums.energy_kwh, sums.facility_kwh, {sums.kgco2e, sums.low, sums.high}};
}

Result<void> Collected::add(const BatchBlock& block) {
    total.add(block.total);
    rejected += block.rejected;
    open_quote = open_quote || block.open_quote;
    swallowed += block.swallowed;
    any_object = any_object || block.any_object;
    seen.resize(block.seen.size());
    for (std::size_t i = 0; i < seen.size(); ++i) {
        seen[i] = seen[i] || block.seen[i];
    }
    for (const std::string& reason : block.first_reasons) {
        if (reasons.size() < kShownReasons) {
            reasons.push_back(reason);
        }
    }
    for (const auto& [name, sums] : block.groups) {
        const auto [group, is_new] = groups.try_emplace(name);
        group->second.add(sums);
        group_bytes += is_new ? name.size() : 0;
        if (groups.size() > kMostGroups) {
            return Error{Code::kOutOfRange, "more than 100,000 groups",
                         "group by a column with fewer values"};
        }
        if (group_bytes > kMostGroupBytes) {
            return Error{Code::kOutOfRange, "the values of --group-by take more than 16 MiB",
                         "group by a column with fewer or shorter values"};
        }
    }
    return {};
}

std::vector<present::BatchGroup> Collected::take_groups() {
    std::vector<present::BatchGroup> out;
    out.reserve(groups.size());
    while (!groups.empty()) {
        auto node = groups.extract(groups.begin());
        out.push_back(group_of(std::move(node.key()), node.mapped()));
    }
    std::stable_sort(out.begin(), out.end(),
                     [](const auto& a, const auto& b) { return a.kgco2e.value > b.kgco2e.value; });
    return out;
}

}  // namespace gramme::cli
